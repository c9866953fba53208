const encoder = new TextEncoder();

/**
 * A long text as several messages, none of more than `maxBytes`: cut at line ends, within a line at spaces, and only
 * within a word where there is nothing else. Parts in which there is nothing to see are left out.
 */
export function splitMessage(text: string, maxBytes: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const line of text.split('\n').flatMap(whole => pieces(whole, maxBytes))) {
    const longer = part === '' ? line : `${part}\n${line}`;
    if (bytesOf(longer) <= maxBytes) part = longer;
    else {
      parts.push(part);
      part = line;
    }
  }
  return [...parts, part].filter(some => some.trim() !== '');
}

/** A line as pieces that fit. */
function pieces(line: string, maxBytes: number): string[] {
  const all: string[] = [];
  let piece = '';
  for (const word of line.split(/(?<= )(?! )/)) {
    if (bytesOf(piece + word) <= maxBytes) {
      piece += word;
      continue;
    }
    if (piece !== '') all.push(piece.trimEnd());
    piece = '';
    for (const char of word) {
      if (bytesOf(piece + char) > maxBytes) {
        all.push(piece);
        piece = '';
      }
      piece += char;
    }
  }
  return [...all, piece];
}

/** Bytes that a text takes on the wire: some characters take more there than by themselves. */
function bytesOf(text: string): number {
  return encoder.encode(JSON.stringify(text)).length - 2;
}
