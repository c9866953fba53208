/** What the clients of one run do. Sizes in bytes of the message body, rates in messages a second for all together. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly clients: number;
  readonly senders: number;
  /** Messages in flight, room-wide; or a rate. */
  readonly window?: number;
  readonly rate?: number;
  readonly seconds: number;
  /** Clients, besides, that join and never read. */
  readonly stalled?: number;
}

export const BODY_BYTES = 50;

export const WORKLOADS: readonly Workload[] = [
  { name: 'A', title: 'one speaker', clients: 100, senders: 1, window: 100, seconds: 4 },
  { name: 'B', title: 'everybody talks', clients: 100, senders: 100, window: 100, seconds: 4 },
  { name: 'C', title: 'big room', clients: 1000, senders: 10, window: 50, seconds: 5 },
  { name: 'D', title: 'steady', clients: 1000, senders: 10, rate: 100, seconds: 6 },
  { name: 'E', title: 'stalled', clients: 90, senders: 10, rate: 1000, seconds: 30, stalled: 10 },
  { name: 'E0', title: 'the same, nobody stalled', clients: 90, senders: 10, rate: 1000, seconds: 10 },
];

/** The same work in rooms of every size, for the chart. */
export const SIZES: readonly Workload[] = [100, 300, 1000, 3000, 5000].map(clients => ({
  name: `${clients}`,
  title: `${clients} clients`,
  clients,
  senders: 10,
  window: 100,
  seconds: 4,
}));

/** How many join at once, and leave at once. */
export const STORM_CLIENTS = 2000;

/** What a run of a workload has found. Times in microseconds. */
export interface LoadResult {
  readonly joinSeconds: number;
  readonly seconds: number;
  readonly sent: number;
  readonly deliveries: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly disordered: number;
  readonly closed: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}
