import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

// A certificate for a key that is trusted for itself: nobody looks at anything else in it, so it is the smallest that
// X.509 allows, written in DER by hand. See docs/adr/0020-encrypted-by-default.md

/** Years for which it is good. Who makes a new one for the same key changes nothing for anybody. */
const YEARS = 30;

const ECDSA_WITH_SHA256 = sequence(hex('06082a8648ce3d040302'));
const COMMON_NAME = hex('0603550403');
const SUBJECT_ALT_NAME = hex('0603551d11');
const VERSION_3 = tlv(0xa0, hex('020102'));
const NAME = 'chatty';

/** A certificate that a P-256 key signs for itself, as PEM. */
export function selfSigned(key: KeyObject, from: Date = new Date()): string {
  const until = new Date(from);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const name = sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(NAME)))));
  const altNames = sequence(tlv(0x82, Buffer.from(NAME)));
  const body = sequence(
    VERSION_3,
    tlv(0x02, serialNumber()),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(from), time(until)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(sequence(SUBJECT_ALT_NAME, tlv(0x04, altNames)))),
  );
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', body, key));
  const lines =
    sequence(body, ECDSA_WITH_SHA256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Positive, and of full length. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

function time(date: Date): Buffer {
  return tlv(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`));
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

/** A tag, the length of what follows, and that. */
function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}
