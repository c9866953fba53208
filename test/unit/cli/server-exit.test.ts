import { expect } from 'chai';
import { JournalFailure, type JournalFailureCode } from '../../../src/application/server/cluster/journal.js';
import { noJournal } from '../../../src/cli/server-exit.js';

describe('a room whose brokers cannot keep it', () => {
  const sentences: [code: JournalFailureCode, found: string, says: RegExp][] = [
    [
      'UNREACHABLE',
      'connection refused',
      /No broker answers at nats:\/\/one \(connection refused\)\. .*--history/,
    ],
    ['NOT_ALLOWED', '', /does not let this server in\. .*--nats-creds/],
    ['NOT_TRUSTED', 'self-signed certificate', /not trusted \(self-signed certificate\)\. .*--nats-tls-ca/],
    ['NO_FILE', 'why', /nats:\/\/one cannot be used \(why\)\. .*--nats-creds/],
    ['TOO_OLD', '2.9.10', /is nats-server 2\.9\.10\. .*2\.10 or later/],
    ['NO_STORAGE', '', /has no JetStream.*--jetstream/],
    ['NO_SPACE', '', /no space for the room\. .*--keep-bytes/],
    ['OTHER_SETTINGS', 'CHATTY_main: discard is new', /CHATTY_main: discard is new\. .*--room/],
    [
      'KEPT_LOST',
      'CHATTY_main_KEPT',
      /^The stream CHATTY_main_KEPT is gone at nats:\/\/one: bans.*--lost-log accept/,
    ],
    ['CUT', '', /beginning of the room's log at nats:\/\/one is gone.*--room/],
    ['UNUSABLE', 'why', /cannot be kept at nats:\/\/one \(why\)\. /],
  ];
  for (const [code, found, says] of sentences) {
    it(`ends the start with 4 and a line that says what to do: ${code}`, () => {
      const [sentence, exitCode] = noJournal(new JournalFailure(code, 'nats://one', found));
      expect(exitCode).to.equal(4);
      expect(sentence).to.match(says);
      expect(sentence).to.not.include('\n');
    });
  }
});
