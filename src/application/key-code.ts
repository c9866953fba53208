// A short name of a key, for people to read from one screen and type at another.

/** Crockford's base32: no letter that could be taken for a digit. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 50 bits: two keys of a few that are meant at a time never have the same. */
const LENGTH = 10;
const HALF = LENGTH / 2;

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The code of a key: `7K3M9-2QFXA`, the first bits of the hash in its fingerprint.
 * @param fingerprint as OpenSSH prints it: `SHA256:…`
 */
export function keyCode(fingerprint: string): string {
  const sextets = Array.from(fingerprint.replace(/^SHA256:/, ''), sextet => BASE64.indexOf(sextet));
  const bits = sextets.map(sextet => sextet.toString(2).padStart(6, '0')).join('');
  const code = Array.from(
    { length: LENGTH },
    (_, at) => DIGITS[Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2)],
  );
  return `${code.slice(0, HALF).join('')}-${code.slice(HALF).join('')}`;
}

/** A code as it was typed, in its one form: in any case, with or without the hyphen; nothing when it is none. */
export function readKeyCode(typed: string): string | undefined {
  const [, first = '', second = ''] = /^(\w{5})[-\s]?(\w{5})$/.exec(typed.trim()) ?? [];
  const code = (first + second).toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  const isCode = code !== '' && Array.from(code).every(digit => DIGITS.includes(digit));
  return isCode ? `${code.slice(0, HALF)}-${code.slice(HALF)}` : undefined;
}
