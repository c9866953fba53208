import type { StreamInfo } from '@nats-io/jetstream';

/** A broker of which the one that leads has heard nothing for so long is not there, in nanoseconds: it hears of each once a second. */
const SILENT_NS = 5e9;

/**
 * Whether a stream can take entries: a broker leads, and hears from most of those that keep the stream. One that has lost
 * the others is asked in vain for an entry, and yet tells of the stream for as long as it likes.
 */
export function hasMajority({ cluster }: Pick<StreamInfo, 'cluster'>): boolean {
  const replicas = cluster?.replicas ?? [];
  // Kept by one broker: it has answered.
  if (replicas.length === 0) return true;
  if (!cluster?.leader) return false;
  const there = 1 + replicas.filter(({ offline, active }) => offline !== true && active < SILENT_NS).length;
  return 2 * there > replicas.length + 1;
}
