// How late a message is at a node, simulated: events come at random, a node does one thing after the other, and what has come meanwhile
// goes out together. That batching is why latency grows slowly until a node is full.

import { seeded } from '../test/support/random.js';
import { type Figures, loadOf, type Plan } from './cluster-arithmetic.js';

/** Joins and leaves alone make a flush so seldom, as in SharedLogBroadcaster; milliseconds, and a share of the time. */
const PRESENCE_INTERVAL_MS = 20;
const PRESENCE_FLUSH_SHARE = 4;
/** Whoever is so late, in milliseconds, is told to come back: the node does not keep up. */
const HOPELESS_MS = 20_000;

export interface Latency {
  /** From said to heard, in milliseconds; infinite when the node falls ever further behind. */
  readonly p50: number;
  readonly p99: number;
  /** The part of the time in which the node is busy. */
  readonly busy: number;
  /** Messages and presence in one round of writes, on average. */
  readonly batch: number;
}

interface Arrival {
  readonly at: number;
  readonly kind: 'message' | 'presence' | 'unseen' | 'handshake';
}

/** The same for the same seed. @param seconds of the simulated time */
export function simulate(plan: Plan, figures: Figures, seconds = 60, seed = 1): Latency {
  const random = seeded(seed);
  const { here, comings, lines, told } = loadOf(plan, figures);
  const isTold = plan.presence === 'told';
  const isRelayed = (plan.folding ?? plan.nodes) < plan.nodes;
  const rates: Record<Arrival['kind'], number> = {
    message: plan.messages,
    presence: told - plan.messages,
    unseen: lines + (isTold ? 0 : comings),
    handshake: here / plan.stay + here / plan.line,
  };
  const arrivals = arrivalsOf(rates, seconds * 1000, random);
  const late: number[] = [];
  let [now, next, busy, rounds, carried] = [0, 0, 0, 0, 0];
  let [flushedAt, flushTook] = [Number.NEGATIVE_INFINITY, 0];
  let messages: number[] = [];
  let presence = 0;
  while (next < arrivals.length || messages.length > 0) {
    // Nothing to do: on to what comes next, or to when presence has waited long enough.
    const arrival = arrivals[next];
    const presenceAt =
      presence === 0
        ? Number.POSITIVE_INFINITY
        : Math.max(now, flushedAt + Math.max(PRESENCE_INTERVAL_MS, PRESENCE_FLUSH_SHARE * flushTook));
    if (messages.length === 0)
      now = Math.max(now, Math.min(arrival?.at ?? Number.POSITIVE_INFINITY, presenceAt));
    if (now === Number.POSITIVE_INFINITY) break;
    const began = now;
    for (let each = arrivals[next]; each !== undefined && each.at <= now; each = arrivals[++next]) {
      if (each.kind === 'handshake') now += figures.handshake / 1000;
      else if (!isRelayed)
        now += (each.kind === 'presence' && isTold ? figures.coming : figures.event) / 1000;
      if (each.kind === 'message') messages.push(each.at);
      else if (each.kind === 'presence') presence++;
      if (now - began > 50) break; // other turns come in between
    }
    if (messages.length > 0 || now >= presenceAt) {
      const events = messages.length + presence;
      const took = (here * (figures.write + events * figures.delivery)) / 1000;
      for (const at of messages) {
        const lateBy = now + took * random() - at;
        if (lateBy > HOPELESS_MS)
          return { p50: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY, busy: 1, batch: events };
        late.push(lateBy + logLatency(figures, random));
      }
      now += took;
      [flushedAt, flushTook] = [now, took];
      rounds++;
      carried += events;
      messages = [];
      presence = 0;
    }
    busy += now - began;
  }
  const batch = carried / rounds;
  const never = { p50: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY, busy: 1, batch };
  if (isGrowing(late)) return never;
  return { p50: quantile(late, 0.5), p99: quantile(late, 0.99), busy: busy / now, batch };
}

/** Whether the last quarter waited for much longer than the second one. */
function isGrowing(late: readonly number[]): boolean {
  const quarter = (n: number) =>
    quantile(late.slice((late.length * n) / 4, (late.length * (n + 1)) / 4), 0.5);
  return quarter(3) > 1.5 * quarter(1) && quarter(3) > 1000;
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

/** By Poisson: at random, at a rate. */
function arrivalsOf(rates: Record<Arrival['kind'], number>, ms: number, random: () => number): Arrival[] {
  const all: Arrival[] = [];
  for (const [kind, rate] of Object.entries(rates) as [Arrival['kind'], number][]) {
    if (rate <= 0) continue;
    for (let at = 0; ; ) {
      at += (-Math.log(1 - random()) / rate) * 1000;
      if (at > ms) break;
      all.push({ at, kind });
    }
  }
  return all.sort((a, b) => a.at - b.at);
}

/** A log-normal time with the measured median and 99th percentile. */
function logLatency({ logP50, logP99 }: Figures, random: () => number): number {
  const sigma = Math.log(logP99 / logP50) / 2.326;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return logP50 * Math.exp(sigma * normal);
}
