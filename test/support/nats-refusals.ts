import { expect } from 'chai';
import { NatsJournal } from '../../src/adapters/nats/nats-journal.js';
import type { NatsOptions } from '../../src/adapters/nats/nats-options.js';
import type { StreamsOptions } from '../../src/adapters/nats/room-streams.js';
import { JournalFailure } from '../../src/application/server/cluster/journal.js';
import { noJournal } from '../../src/cli/server-exit.js';
import { JournalUser, natsConnection, ROOM } from './journals.js';
import type { NatsServer } from './nats-server.js';

/** Why a journal does not open. Whatever it is, nothing of it stays, and no password is told. */
export async function failure(
  broker: Pick<NatsServer, 'address'>,
  options: Partial<NatsOptions> = {},
  streams: Partial<StreamsOptions> = {},
): Promise<JournalFailure> {
  const connection = natsConnection([broker as NatsServer], options);
  const error = await new NatsJournal(connection, { ...ROOM, ...streams }).open().then(
    () => undefined,
    reason => reason,
  );
  expect(error).to.be.instanceOf(JournalFailure);
  expect(() => connection.core).to.throw();
  const [sentence, code] = noJournal(error as JournalFailure);
  expect(code).to.equal(4);
  expect(`${sentence} ${error}`).to.not.include('s3cret').and.not.include('\n');
  return error as JournalFailure;
}

export async function refusal(...given: Parameters<typeof failure>): Promise<string> {
  const { code, found } = await failure(...given);
  return `${code} ${found}`.trim();
}

/** Somebody comes in, and is heard. */
export async function opens(broker: NatsServer, options: Partial<NatsOptions> = {}): Promise<void> {
  const user = await JournalUser.of(new NatsJournal(natsConnection([broker], options), ROOM));
  user.append('entry');
  await user.settled();
  await user.journal.close();
}
