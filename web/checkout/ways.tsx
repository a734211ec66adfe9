import './ways.css';
import type { Bill, Way } from './bill.ts';
import { CopyButton } from './copy-button.tsx';
import { OutIcon } from './icons.tsx';
import { useLanguage } from './language.tsx';
import { Qr } from './qr.tsx';

/** What the payer has to do. */
export function Ways({ bill }: { bill: Bill }) {
  const { words } = useLanguage();
  if (bill.ways.length === 0) return <p>{words.elsewhere}</p>;
  return bill.ways.map((way) => <OneWay key={JSON.stringify(way)} way={way} bill={bill} />);
}

function OneWay({ way, bill }: { way: Way; bill: Bill }) {
  const { words, formats } = useLanguage();
  const { amount, reference = bill.type, isForMoney } = bill;
  if (way.type === 'QR')
    return <Qr image={way.image} amount={amount ? formats.money(amount) : undefined} name={reference} />;
  if (way.type === 'NUMBER') return <PaymentNumber way={way} isExact={amount !== null} />;
  return (
    <div className="link">
      <a className="button" href={way.url} rel="noreferrer" target="_blank">
        {isForMoney ? words.goOn : words.goOnOther}
        <OutIcon />
      </a>
      <p className="hint">{isForMoney ? words.goOnHint : words.goOnOtherHint}</p>
    </div>
  );
}

function PaymentNumber({ way: { name, value }, isExact }: { way: Way & { type: 'NUMBER' }; isExact: boolean }) {
  const { words } = useLanguage();
  const label = words.numbers[name as keyof typeof words.numbers] ?? words.numbers.other;
  return (
    <div className="number">
      <p className="label">{label}</p>
      <p className="value">
        <span>{inGroups(value)}</span>
        <CopyButton text={value} what={label} />
      </p>
      {isExact && <p className="hint">{words.payExactly}</p>}
    </div>
  );
}

/** Digits as people read them; what is no number stays as it is. */
function inGroups(value: string): string {
  return /^\d{8,}$/.test(value) ? value.replace(/\d{4}(?=\d)/g, '$& ') : value;
}
