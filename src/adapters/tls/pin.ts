import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';

/** By which people and programs know a server's key: the SHA-256 of its public half (SPKI, DER) in base64url. */
export function pinOf(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64url');
}

export function pinOfCertificate(certificate: X509Certificate): string {
  return pinOf(certificate.publicKey);
}
