import { generate } from 'selfsigned';

/** A certificate with its key, both as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

export interface CertificateOptions {
  /** The name that it is for; localhost unless told. */
  host?: string;
  /** From when it is valid, in milliseconds from now; an hour ago unless told. */
  fromMs?: number;
  /** Until when, in milliseconds from now; in an hour unless told. */
  untilMs?: number;
  /** Who signs it; itself unless told. */
  authority?: Certificate;
}

const hourMs = 3_600_000;

/** A certificate for a server. */
export function createCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { host = 'localhost', authority } = options;
  return make(host, options, {
    ...(authority && { ca: authority }),
    extensions: [
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    ],
  });
}

/** Somebody who signs certificates, and whom nobody trusts yet. */
export function createAuthority(name: string): Promise<Certificate> {
  return make(
    name,
    {},
    {
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, critical: true },
      ],
    },
  );
}

async function make(
  name: string,
  { fromMs = -hourMs, untilMs = hourMs }: CertificateOptions,
  options: Parameters<typeof generate>[1],
): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + fromMs),
    notAfterDate: new Date(Date.now() + untilMs),
    ...options,
  });
  return { cert: made.cert, key: made.private };
}
