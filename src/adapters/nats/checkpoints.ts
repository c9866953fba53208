import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Checkpoint, Position } from '../../application/server/cluster/journal.js';
import type { KeptRecord, KeptRecords } from './kept-records.js';

/** How many are kept. */
const RING = 16;
/** Of one that is not whole, or not one of this form. */
const NOWHERE = -1;
/** After so long whoever began to write one does so no more, in milliseconds; the clocks of servers differ by less. */
const WRITTEN_MS = 60_000;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** What is kept of a checkpoint beside its parts. */
interface Index {
  readonly journal: string;
  readonly position: Position;
  readonly parts: number;
  /** Of all parts together. */
  readonly hash: string;
  /** When it was begun, in milliseconds since 1970. */
  readonly at: number;
}

/** One place of the ring. */
interface Place {
  readonly slot: number;
  readonly revision: number;
  readonly index: Index | undefined;
  /** Another server writes it just now. */
  readonly isTaken: boolean;
}

/**
 * Checkpoints of a journal, in a ring: each in parts, and an index that is written when all of them are there. Two servers
 * that keep one at the same time take two places.
 */
export class Checkpoints {
  constructor(
    private readonly records: KeptRecords,
    private readonly journal: string,
    private readonly maxBytes: number,
  ) {}

  /** From the newest to the oldest, those from which every entry is there. */
  async *usable(first: Position, last: Position): AsyncIterable<Checkpoint> {
    const places = (await this.#places()).filter(
      ({ index }) => index !== undefined && index.position + 1 >= first && index.position <= last,
    );
    for (const { slot, index } of places.reverse()) {
      const state = index === undefined ? undefined : await this.#read(slot, index);
      if (index !== undefined && state !== undefined) yield { position: index.position, state: state.value };
    }
  }

  async keep({ position, state }: Checkpoint): Promise<void> {
    const bytes = await deflate(JSON.stringify(state));
    const parts = Math.max(1, Math.ceil(bytes.length / this.maxBytes));
    const { slot, revision } = await this.#takeOldest(position);
    for (let part = 0; part < parts; part++)
      await this.records.put(
        `${keyOf(slot)}.${part}`,
        bytes.subarray(part * this.maxBytes, (part + 1) * this.maxBytes),
      );
    const index: Index = { journal: this.journal, position, parts, hash: hashOf(bytes), at: Date.now() };
    const done = await this.records.put(keyOf(slot), encoded(index), revision);
    if (done === 'CHANGED') throw new Error('another server has taken the place of this checkpoint');
  }

  /** Makes a place this server's own. */
  async #takeOldest(position: Position): Promise<{ slot: number; revision: number }> {
    for (const { slot, revision, isTaken } of await this.#places()) {
      if (isTaken) continue;
      const taken = await this.records.put(
        keyOf(slot),
        encoded({
          journal: this.journal,
          position: NOWHERE,
          parts: 0,
          hash: `for ${position}`,
          at: Date.now(),
        }),
        revision,
      );
      if (taken === 'CHANGED') continue;
      // Of one that was longer nothing is left.
      await this.records.forget(`${keyOf(slot)}.*`);
      return { slot, revision: taken };
    }
    throw new Error('other servers take all places for checkpoints');
  }

  /** From the one to be replaced first to the newest. */
  async #places(): Promise<Place[]> {
    const { records } = await this.records.load('checkpoint.*');
    const found = new Map(records.map(record => [record.key, record]));
    const places = Array.from({ length: RING }, (_, slot) => this.#placeOf(slot, found.get(keyOf(slot))));
    const age = ({ index, revision }: Place) => [index?.position ?? NOWHERE, revision] as const;
    return places.sort((one, other) => {
      const [position, revision] = age(one);
      const [otherPosition, otherRevision] = age(other);
      return position - otherPosition || revision - otherRevision;
    });
  }

  #placeOf(slot: number, record: KeptRecord | undefined): Place {
    const index = record === undefined ? undefined : decoded(record.bytes);
    const isWhole = index !== undefined && index.position !== NOWHERE;
    const isTaken = index !== undefined && !isWhole && Math.abs(Date.now() - index.at) < WRITTEN_MS;
    const isOurs = isWhole && index.journal === this.journal;
    return { slot, revision: record?.revision ?? 0, index: isOurs ? index : undefined, isTaken };
  }

  /** Nothing when a part is missing, or another one's. */
  async #read(slot: number, { parts, hash }: Index): Promise<{ value: unknown } | undefined> {
    const read: Uint8Array[] = [];
    for (let part = 0; part < parts; part++) {
      const record = await this.records.get(`${keyOf(slot)}.${part}`);
      if (record === undefined) return undefined;
      read.push(record.bytes);
    }
    const bytes = Buffer.concat(read);
    if (hashOf(bytes) !== hash) return undefined;
    return { value: JSON.parse((await inflate(bytes)).toString()) };
  }
}

function keyOf(slot: number): string {
  return `checkpoint.${slot}`;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

function encoded(index: Index): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(index));
}

function decoded(bytes: Uint8Array): Index | undefined {
  try {
    const index = JSON.parse(new TextDecoder().decode(bytes)) as Index;
    return typeof index.position === 'number' ? index : undefined;
  } catch {
    return undefined;
  }
}
