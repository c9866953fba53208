import Registry from '@prometheus-io/client/lib/registry.js';
import type { ServerStatus, TimesTaken } from '../../application/server-status.js';
import { METRICS } from './metric-table.js';
import type { Metric, Sample } from './samples.js';

/** A value as the library writes it; `metricName` where it is not that of the metric. */
interface Value extends Sample {
  readonly metricName?: string;
}

/**
 * A metric as the library's registry asks for it. In OpenMetrics the registry takes `_total` away from the name of a
 * counter and puts it behind each value, so each form needs a registry of its own.
 */
class Entry {
  name: string;
  readonly help: string;
  readonly type: Metric['type'];

  constructor(
    private readonly metric: Metric,
    private readonly status: () => ServerStatus,
  ) {
    this.name = metric.name;
    this.help = metric.help;
    this.type = metric.type;
  }

  get() {
    const { name, help, type, metric } = this;
    const values: readonly Value[] =
      metric.type === 'histogram'
        ? histogramValues(metric.name, metric.read(this.status()))
        : metric.read(this.status());
    return Promise.resolve({ name, help, type, values, aggregator: 'omit' });
  }
}

/** Each bucket counts what took up to so long, all smaller ones included. */
function histogramValues(name: string, { bounds, counts, sumMs }: TimesTaken): Value[] {
  let count = 0;
  const buckets = counts.map((more, at) => {
    count += more;
    const bound = bounds[at];
    const le = bound === undefined ? '+Inf' : String(bound / 1000);
    return { metricName: `${name}_bucket`, labels: { le }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, value: sumMs / 1000 },
    { metricName: `${name}_count`, value: count },
  ];
}

/** The two forms that a Prometheus asks for. */
export type Form = 'prometheus' | 'openmetrics';

const CONTENT_TYPES = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

/** The form that the header of a request prefers; without one, that of Prometheus. */
export function formOf(accept = ''): Form {
  const weights: Record<Form, number> = { openmetrics: 0, prometheus: 0 };
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim().toLowerCase());
    const given = parameters.find(parameter => parameter.startsWith('q='))?.slice(2);
    const weight = given === undefined ? 1 : Number(given) || 0;
    if (type === 'application/openmetrics-text') weights.openmetrics = Math.max(weights.openmetrics, weight);
    if (/^(text|\*)\/(plain|\*)$/.test(type)) weights.prometheus = Math.max(weights.prometheus, weight);
  }
  return weights.openmetrics > 0 && weights.openmetrics >= weights.prometheus ? 'openmetrics' : 'prometheus';
}

/** How a server is, as text for Prometheus. */
export class Exposition {
  readonly contentType: string;
  readonly #registry;
  #status: ServerStatus | undefined;

  constructor(form: Form, readStatus: () => ServerStatus) {
    this.contentType = CONTENT_TYPES[form];
    this.#registry = new Registry(CONTENT_TYPES[form]);
    // All of one text are of one moment.
    const status = () => (this.#status ??= readStatus());
    for (const metric of METRICS)
      this.#registry.registerMetric(new Entry(metric, status) as unknown as RegisteredMetric);
  }

  async text(): Promise<string> {
    this.#status = undefined;
    return this.#registry.metrics();
  }
}

/** The registry asks for no more than an Entry has. */
type RegisteredMetric = Parameters<InstanceType<typeof Registry>['registerMetric']>[0];
