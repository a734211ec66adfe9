import { isAskable } from '../model/asking.ts';
import type { Observation } from '../model/observation.ts';
import type { Letter, Report } from '../model/report.ts';
import type { Fields } from '../model/resource.ts';
import { mayMeanMoney } from '../model/status.ts';

/**
 * A webhook that may mean that money has moved, taken for a question rather than a fact: nothing that it says is kept but the
 * name of the resource, about which Xendit is asked at once. Whoever stole the callback token can then cause questions, but
 * no answers. What Xendit can't be asked about stays in the inbox, with the reason. Any other webhook is left as it is.
 */
export function holdClaim(report: Report & { letter: Letter }): Report & { letter: Letter } {
  const { observations, letter } = report;
  const [first, second] = observations;
  if (first === undefined || !isClaim(first)) return report;
  // Xendit lists the payments of a code, but can't be asked about one.
  const asked = first.type === 'QrPayment' ? second : first;
  if (asked === undefined || !isAskable(asked.type, asked.id, asked.fields.family)) {
    const reason = 'It speaks of money, and Xendit can not be asked whether it is true (VERIFY_WEBHOOKS)';
    return { ...report, observations: [], letter: { ...letter, unread: { outcome: 'QUARANTINED', reason } } };
  }
  const remark = 'It speaks of money: what Xendit itself says counts (VERIFY_WEBHOOKS)';
  return { ...report, observations: [questionAbout(asked)], letter: { ...letter, remark } };
}

function isClaim({ type, status, fields }: Observation): boolean {
  return mayMeanMoney(type, status) || (type === 'Payment' && (fields.captures ?? []).length > 0);
}

/** Only what is needed to ask: a QR code is asked about by the merchant's name for it, a refund of its payment by that. */
function questionAbout({ type, id, fields }: Observation): Observation {
  const { family, externalId, paymentId } = fields as Fields<'QrCode'> & Fields<'Refund'>;
  return {
    type,
    id,
    status: 'UNKNOWN',
    updated: undefined,
    fields: { family, ...(type === 'QrCode' && { externalId }), ...(type === 'Refund' && { paymentId }) },
    isQuestion: true,
  } as Observation;
}
