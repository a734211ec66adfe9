import type { CreateQrCodeMutation } from '../examples/generated/documents.ts';
import { ArrowIcon } from '../shared/icons.tsx';
import { money } from './money.ts';

interface QrCodeCardProps {
  made: Extract<CreateQrCodeMutation['createQrCode'], { __typename: 'CreateQrCodePayload' }>;
  hasCheckout: boolean;
}

/** A code as its payer would see it, and the way to the page that is made for the payer. */
export function QrCodeCard({ made: { qrCode, watchToken }, hasCheckout }: QrCodeCardProps) {
  return (
    <div className="qr-code">
      {qrCode.image && <img src={qrCode.image} alt={`QR code of ${qrCode.externalId}`} width="160" height="160" />}
      <div>
        <p className="amount">{qrCode.amount && money(qrCode.amount)}</p>
        <p className="quiet">
          {qrCode.qris?.merchantName}
          <br />
          <code>{qrCode.externalId}</code>
        </p>
        {hasCheckout && (
          <a href={`/checkout/${watchToken.token}`} target="_blank" rel="noreferrer">
            Open its checkout page
            <ArrowIcon />
          </a>
        )}
      </div>
    </div>
  );
}
