import { ClockIcon } from './icons.tsx';
import { useLanguage } from './language.tsx';

const minuteMs = 60_000;
/** Farther away it is a date. */
const countedMs = 24 * 60 * minuteMs;
/** At these minutes it is said aloud. */
const announced = [1, 5, 10];

/** How long there is still to pay. @property now on the gateway's clock, in ms */
export function Countdown({ expiresAt, now }: { expiresAt: number; now: number }) {
  const { words, formats } = useLanguage();
  const leftMs = Math.max(expiresAt - now, 0);
  const minutes = announced.find((limit) => leftMs <= limit * minuteMs);
  return (
    <p className={minutes === 1 ? 'countdown urgent' : 'countdown'}>
      <ClockIcon />
      <span>{leftMs > countedMs ? words.expiresAt : words.expiresIn}</span>{' '}
      <time dateTime={new Date(expiresAt).toISOString()} role="timer">
        {leftMs > countedMs ? formats.time(expiresAt) : formats.countdown(leftMs)}
      </time>
      <span className="unseen" role="status">
        {minutes !== undefined && leftMs > 0 ? words.minutesLeft(minutes) : ''}
      </span>
    </p>
  );
}
