import { useState } from 'react';
import { DownloadIcon } from './icons.tsx';
import { useLanguage } from './language.tsx';

/** Of the picture that is saved, in pixels. */
const savedSide = 1_024;

/** The code to scan, dark on white whatever the page is like. @property image a data URL of an SVG */
export function Qr({ image, amount, name }: { image: string; amount: string | undefined; name: string }) {
  const { words } = useLanguage();
  const [hasFailed, setFailed] = useState(false);
  const save = () =>
    void toPng(image).then(
      (png) => Object.assign(document.createElement('a'), { href: png, download: `${name}.png` }).click(),
      () => setFailed(true),
    );
  return (
    <div className="qr">
      <p className="scan">{words.scan}</p>
      <img src={image} alt={words.qrAlt(amount)} width="512" height="512" />
      <button type="button" className="button quiet" onClick={save}>
        <DownloadIcon />
        {words.saveQr}
      </button>
      {hasFailed && <p role="alert">{words.saveFailed}</p>}
      <details className="on-phone">
        <summary>{words.onThisPhone}</summary>
        <p>{words.onThisPhoneHint}</p>
      </details>
    </div>
  );
}

/** As wallets take it from a phone's pictures. */
async function toPng(svg: string): Promise<string> {
  const picture = Object.assign(new Image(), { src: svg });
  await picture.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: savedSide, height: savedSide });
  canvas.getContext('2d')?.drawImage(picture, 0, 0, savedSide, savedSide);
  return canvas.toDataURL('image/png');
}
