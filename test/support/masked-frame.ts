const MASK = Buffer.of(0x12, 0x34, 0x56, 0x78);

/** A frame as a client sends it, RFC 6455 section 5.2: with a mask over its content. */
export function masked(
  opcode: number,
  content: string | Uint8Array,
  { isLast = true, bits = 0 }: { readonly isLast?: boolean; readonly bits?: number } = {},
): Buffer {
  const bytes = Buffer.from(content as string);
  const first = (isLast ? 0x80 : 0) | bits | opcode;
  const length =
    bytes.length < 126
      ? Buffer.of(0x80 | bytes.length)
      : Buffer.of(0xfe, bytes.length >> 8, bytes.length & 0xff);
  const hidden = bytes.map((byte, at) => byte ^ (MASK[at % 4] ?? 0));
  return Buffer.concat([Buffer.of(first), length, MASK, hidden]);
}
