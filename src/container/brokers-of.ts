import { historyOf } from '../adapters/config/history.js';
import type { ServerConfig } from '../adapters/config/server-config.js';

/** How many bytes the log of a room has for each that its messages may take: what people do besides is in it as well. */
const LOG_SHARE = 4;

/** Several checkpoints lie in so many bytes, each of which a server can start from. */
const LEAST_LOG = 64 * 1024 * 1024;

/** Where the brokers are, and who this is to them. */
export function connectionOf({ history, room, natsCreds, natsTlsCa, natsTlsCert, natsTlsKey }: ServerConfig) {
  const brokers = historyOf(history);
  if (brokers.kind !== 'nats') throw new Error('the history is not with brokers');
  const files = {
    credsFile: natsCreds,
    caFile: natsTlsCa,
    certFile: natsTlsCert,
    keyFile: natsTlsKey,
  };
  return { ...brokers, ...files, name: `chatty ${room}` };
}

/** What the streams are made with. How long they keep what is said is their operator's afterwards. */
export function streamsOf({ room, replicas, keepMs, keepBytes, lostLog }: ServerConfig) {
  const maxBytes = Math.max(LEAST_LOG, keepBytes * LOG_SHARE);
  const acceptsLoss = lostLog === 'accept';
  return { room, replicas: Number(replicas), maxAgeMs: keepMs, maxBytes, acceptsLoss };
}
