const encoder = new TextEncoder();

/** A line end takes two bytes on the wire. */
const LINE_END_BYTES = 2;

/** A part of a message, and the bytes that it takes. */
interface Part {
  readonly text: string;
  readonly bytes: number;
}

const NOTHING: Part = { text: '', bytes: 0 };

/**
 * A long text as several messages, none of more than `maxBytes`: cut at line ends, within a line at spaces, and only
 * within a word where there is nothing else. Parts in which there is nothing to see are left out. Each character is
 * counted once, so that the bound, which a server names, is no cost.
 */
export function splitMessage(text: string, maxBytes: number): string[] {
  const parts: string[] = [];
  let part = NOTHING;
  for (const line of text.split('\n').flatMap(whole => pieces(whole, maxBytes))) {
    const isFirst = part.text === '';
    const bytes = line.bytes + (isFirst ? 0 : part.bytes + LINE_END_BYTES);
    if (bytes <= maxBytes) part = { text: isFirst ? line.text : `${part.text}\n${line.text}`, bytes };
    else {
      parts.push(part.text);
      part = line;
    }
  }
  return [...parts, part.text].filter(some => some.trim() !== '');
}

/** A line as pieces that fit. */
function pieces(line: string, maxBytes: number): Part[] {
  const all: Part[] = [];
  let piece = NOTHING;
  for (const word of line.split(/(?<= )(?! )/)) {
    const bytes = bytesOf(word);
    if (piece.bytes + bytes <= maxBytes) {
      piece = { text: piece.text + word, bytes: piece.bytes + bytes };
      continue;
    }
    if (piece !== NOTHING) all.push(trimmed(piece));
    piece = NOTHING;
    for (const char of word) {
      const more = bytesOf(char);
      if (piece.bytes + more > maxBytes) {
        all.push(piece);
        piece = NOTHING;
      }
      piece = { text: piece.text + char, bytes: piece.bytes + more };
    }
  }
  return [...all, piece];
}

function trimmed({ text, bytes }: Part): Part {
  const kept = text.trimEnd();
  return { text: kept, bytes: bytes - (text.length - kept.length) };
}

/** Bytes that a text takes on the wire: some characters take more there than by themselves. */
function bytesOf(text: string): number {
  return encoder.encode(JSON.stringify(text)).length - 2;
}
