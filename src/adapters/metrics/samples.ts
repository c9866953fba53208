import type { ServerStatus, TimesTaken } from '../../application/server-status.js';

/** One value, and what tells it from others of the same metric. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric, and where it is in what the server says of itself. */
export interface MetricOf<T> {
  readonly name: string;
  readonly help: string;
  readonly read: (status: ServerStatus) => T;
}

/** One that only grows; its name ends with `_total`. */
export interface CounterMetric extends MetricOf<readonly Sample[]> {
  readonly type: 'counter';
}

export interface GaugeMetric extends MetricOf<readonly Sample[]> {
  readonly type: 'gauge';
}

export interface HistogramMetric extends MetricOf<TimesTaken> {
  readonly type: 'histogram';
}

export type Metric = CounterMetric | GaugeMetric | HistogramMetric;

type Read = (status: ServerStatus) => number | undefined;

const PREFIX = 'chatty_';

function one(read: Read): (status: ServerStatus) => readonly Sample[] {
  return status => {
    const value = read(status);
    return value === undefined ? [] : [{ value }];
  };
}

export function counter(name: string, help: string, read: Read): CounterMetric {
  return { type: 'counter', name: PREFIX + name, help, read: one(read) };
}

export function gauge(name: string, help: string, read: Read): GaugeMetric {
  return { type: 'gauge', name: PREFIX + name, help, read: one(read) };
}

/** Several of one name, told apart by a label. */
export function counters(
  name: string,
  help: string,
  label: string,
  read: (status: ServerStatus) => Readonly<Record<string, number>>,
): CounterMetric {
  return { type: 'counter', name: PREFIX + name, help, read: status => labelled(label, read(status)) };
}

export function gauges(
  name: string,
  help: string,
  label: string,
  read: (status: ServerStatus) => Readonly<Record<string, number>>,
): GaugeMetric {
  return { type: 'gauge', name: PREFIX + name, help, read: status => labelled(label, read(status)) };
}

export function histogram(
  name: string,
  help: string,
  read: (status: ServerStatus) => TimesTaken,
): HistogramMetric {
  return { type: 'histogram', name: PREFIX + name, help, read };
}

export function labelled(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}
