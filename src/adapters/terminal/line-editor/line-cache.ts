import { visible } from '../../view/visible.js';
import { graphemes, mostWidth, reachOf } from './width.js';

/** Pieces of the text between breaks: where they begin, and their clusters up to the end of the row. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * Remembers where the lines of a long text break, so that a key costs the measuring of one line only. One line
 * of 10,000 characters takes 1 to 3 ms.
 */
export class LineCache {
  #known = new Map<string, number[]>();
  #fresh = new Map<string, number[]>();

  pieces(text: string, width: number, first: number, indent: number): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    for (const line of text.split('\n')) {
      const head = pieces.length === 0 ? first : indent;
      const breaks = this.#breaks(line, width, head, indent);
      breaks.forEach((at, n) => {
        pieces.push({ start: start + at, end: start + (breaks[n + 1] ?? line.length) });
      });
      start += line.length + 1;
    }
    // What this text does not have is forgotten.
    this.#known = this.#fresh;
    this.#fresh = new Map();
    return pieces;
  }

  #breaks(line: string, width: number, head: number, indent: number): number[] {
    const key = `${width} ${head} ${indent} ${line}`;
    const breaks = this.#known.get(key) ?? breaksOf(line, width, head, indent);
    this.#fresh.set(key, breaks);
    return breaks;
  }
}

/** Where the rows of a line begin, in UTF-16 units; the first may be empty, when the prompt takes it all. */
function breaksOf(line: string, width: number, head: number, indent: number): number[] {
  const breaks = [0];
  let [at, taken, least] = [0, head, Math.min(head, indent)];
  for (const cluster of graphemes(line)) {
    const columns = reachOf(visible(cluster), mostWidth);
    if (taken + columns > width && taken > least) {
      breaks.push(at);
      taken = indent;
      least = indent;
    }
    at += cluster.length;
    taken += columns;
  }
  return breaks;
}
