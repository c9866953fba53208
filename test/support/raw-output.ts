/** The sequences that chatty itself writes, and no others: all of them, for a terminal with a window. */
const OWN = new RegExp(
  [
    String.raw`\u001b\[\?(?:2026|7|2004|1004|25)[hl]`,
    String.raw`\u001b\[(?:\d+|\d+;\d+)?[ABCDGHJK]`,
    String.raw`\u001b\[(?:0|[1-47](?:;[1-47])*(?:;(?:[39]\d|38;5;\d+))?|[39]\d|38;5;\d+)m`,
    String.raw`\u001b\[2[23];2t`,
    String.raw`\u001b\[>5u|\u001b\[<u`,
    String.raw`\u001b\[6n`,
    String.raw`\u001b\]2;[^\u0000-\u001f\u007f-\u009f]*\u001b\\`,
    String.raw`\u001b\]9;[^\u0000-\u001f\u007f-\u009f]*\u0007`,
    String.raw`\r?\n|\r|\u0007|\u0008`,
  ].join('|'),
  'g',
);

/** What no program may write to a terminal of what others have said. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** What could act on a terminal in an output, beside what chatty itself writes; nothing when there is nothing. */
export function unsafeIn(output: string): string | undefined {
  const rest = output.replace(OWN, '');
  const at = rest.search(UNSAFE);
  return at < 0 ? undefined : JSON.stringify(rest.slice(Math.max(0, at - 40), at + 40));
}
