import type { Judged } from './verdict.js';

/** The heap without garbage at the end of a quarter, and how many messages were recorded by then. */
export interface Heap {
  readonly mib: number;
  readonly recorded: number;
}

/** What a soak has found. */
export interface Found {
  readonly judged: readonly Judged[];
  readonly heaps: readonly Heap[];
  /** Who should be there at the end, and who is. */
  readonly members: number;
  readonly there: number;
  readonly listeners: number;
  readonly said: number;
  readonly recorded: number;
  readonly resumed: number;
  readonly answers: number;
  readonly missing: number;
  readonly lost: number;
  readonly twice: number;
  readonly disordered: number;
  readonly fdsBefore: number;
  readonly fdsAfter: number;
  readonly code: number | null;
}

const QUARTERS = 4;
const HEAP_MIB = 2;
/** What is kept of each recorded message to know it again, up to 250,000 of them: see docs/benchmarks.md. */
const REF_BYTES = 172;
/** Who says something may just have lost the line; and bursts go first when the history is full. */
const RECORDED = 0.8;
const MISSING = 0.02;

/** Everything that is wrong, a sentence each. A day on which too little happened says nothing, and that is a fault as well. */
export function faultsOf(found: Found): string[] {
  const { judged, heaps, lost, twice, disordered, recorded } = found;
  const faults: [is: boolean, what: string][] = [
    ...judged.map(({ grows, name }): [boolean, string] => [grows, `${name} grows, or was not measured`]),
    [heaps.length !== QUARTERS, `the heap was looked at ${heaps.length} times, not ${QUARTERS}`],
    [heaps.length === QUARTERS && !isHeapBounded(heaps), 'the heap without garbage grows'],
    [lost + twice + disordered > 0, 'messages were lost, told twice or out of order'],
    [found.missing > MISSING * recorded * found.listeners, 'too many messages were told to be missing'],
    [!(recorded > RECORDED * found.said), `of ${found.said} messages, only ${recorded} were recorded`],
    [found.there < found.members, `of ${found.members} members, only ${found.there} are there at the end`],
    [found.resumed === 0 || found.answers === 0, 'nobody has resumed a session, or had an answer'],
    [found.fdsAfter > found.fdsBefore + 2, 'files stay open when all have left'],
    [found.code !== 0, `the server ended with ${found.code}`],
  ];
  return faults.filter(([is]) => is).map(([, what]) => what);
}

function isHeapBounded([, second, , fourth]: readonly Heap[]): boolean {
  if (second === undefined || fourth === undefined) return false;
  const refs = ((fourth.recorded - second.recorded) * REF_BYTES) / 2 ** 20;
  return fourth.mib <= second.mib + refs + HEAP_MIB;
}
