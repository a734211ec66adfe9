import { createHash } from 'node:crypto';
import type { Letter, Report } from '../model/report.ts';

/** Who is who among the businesses that webhooks name. */
export interface Businesses {
  /** The owner's own; undefined: not known. */
  owner: string | undefined;
  /** The sub-accounts that are known here. */
  accounts: ReadonlySet<string>;
}

/**
 * Whether a webhook speaks of another business than the account that it came for. One that names none, such as a payment of
 * a version 1 QR code, doesn't.
 *
 * That a sub-account's `business_id` is the id by which `for-user-id` names it is Xendit's word. What counts is the outermost
 * `business_id`, since in Xendit's own samples that of the resource inside may be another; a known sub-account's must not
 * stand inside another's webhook either.
 *
 * Source: Xendit API reference, "Owned account status webhook notification" and "Managed account status webhook notification".
 */
export function namesAnother(
  { owner, accounts }: Businesses,
  { account, letter, observations }: NamingReport,
): boolean {
  const own = account === '' ? owner : account;
  const { businessId } = letter;
  if (businessId !== undefined && own !== undefined && businessId !== own) return true;
  const inside = observations.map(({ fields }) => fields.businessId);
  return [businessId, ...inside].some((name) => name !== undefined && name !== account && accounts.has(name));
}

type NamingReport = Report & { letter: Letter };

/**
 * Keeps a webhook about another business in the inbox, with the reason, and applies nothing of it. It is no repetition of the
 * same words about the right business, nor they of it.
 */
export function holdStranger(report: NamingReport): NamingReport {
  const { letter } = report;
  const contentKey = createHash('sha256')
    .update(`another business: ${letter.businessId} ${letter.contentKey}`)
    .digest('hex');
  const reason = 'It names a business other than the account that it came for';
  return { ...report, observations: [], letter: { ...letter, contentKey, unread: { outcome: 'QUARANTINED', reason } } };
}
