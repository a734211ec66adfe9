import { words } from './format.ts';
import './status.css';

const tones: Readonly<Record<string, 'good' | 'bad' | 'warn' | 'open'>> = {
  SUCCEEDED: 'good',
  COMPLETED: 'good',
  APPLIED: 'good',
  ACTIVE: 'good',
  FAILED: 'bad',
  OPEN: 'bad',
  QUARANTINED: 'warn',
  UNRECOGNISED: 'warn',
  EXPIRED: 'warn',
  CANCELED: 'warn',
  CANCELLED: 'warn',
  PROBING: 'warn',
  VOIDED: 'warn',
  REFUNDED: 'warn',
  PENDING: 'open',
  AUTHORIZED: 'open',
  REQUIRES_ACTION: 'open',
  ACCEPTING_PAYMENTS: 'open',
};

/** A word of the graph's, such as SUCCEEDED, with a colour that tells at a glance whether it is well. */
export function Status({ of }: { of: string }) {
  return <span className={`status status-${tones[of] ?? 'quiet'}`}>{words(of)}</span>;
}
