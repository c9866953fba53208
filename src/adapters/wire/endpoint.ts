/** An IPv4 address that a socket of both families has. */
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** An address without its IPv6 disguise. */
export function plainAddress(address: string): string {
  return address.replace(MAPPED, '');
}

/** One end of a connection, as both ends write it: `192.0.2.1:8081`, `[::1]:8081`; empty when it is not known. */
export function endpoint(address: string | undefined, port: number | undefined): string {
  if (address === undefined || port === undefined) return '';
  const plain = plainAddress(address);
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}
