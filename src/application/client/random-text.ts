/** Hexadecimal digits that nobody can guess. (`randomUUID` is not there on a page that came in plain text.) */
export function randomText(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(length / 2)));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, length);
}
