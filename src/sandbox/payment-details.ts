import { randomInt } from 'node:crypto';
import type { JsonObject } from '../model/json.ts';
import type { ChannelKind } from './channels.ts';

/** Who paid, as a `payment_details` of that kind of channel says it. Names and numbers are made up. */
export function detailsOf(kind: ChannelKind, channelCode: string): JsonObject {
  switch (kind) {
    case 'CARDS':
      return { authorization_data: authorizationData(), authentication_data: authenticationData };
    case 'QR_CODE':
      return { issuer_name: 'GOPAY', payer_name: 'Budi Santoso', receipt_id: digits(12) };
    case 'OVER_THE_COUNTER':
      return { receipt_id: digits(12) };
    case 'EWALLET':
      return { payer_name: 'Budi Santoso', payer_account_number: '+6281200000000', issuer_name: channelCode };
    default:
      return {
        issuer_name: channelCode.split('_')[0] ?? '',
        payer_name: 'Budi Santoso',
        payer_account_number: digits(10),
      };
  }
}

/** The answer of a card network that said yes. */
export function authorizationData(): JsonObject {
  return {
    authorization_code: digits(6),
    cvn_verification_result: 'M',
    address_verification_result: 'M',
    retrieval_reference_number: digits(12),
    network_response_code: '00',
    network_response_code_descriptor: 'Approved and completed successfully',
    network_transaction_id: digits(15),
    acquirer_merchant_id: 'xendit_sandbox',
    reconciliation_id: digits(15),
  };
}

const authenticationData: JsonObject = {
  flow: 'FRICTIONLESS',
  a_res: { eci: '05', message_version: '2.2.0', authentication_value: 'AAIBBYNoEwAAACcKhAJkdQAAAAA=' },
};

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}
