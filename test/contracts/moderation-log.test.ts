import { expect } from 'chai';
import { ModerationRecord } from '../../src/application/server/moderation-record.js';
import { ChatRoom } from '../../src/domain/chat-room.js';
import { Moderation } from '../../src/domain/moderation.js';
import { Refusal } from '../../src/domain/refusal.js';
import {
  entriesOf,
  MODERATION_LOGS,
  type ModerationLogUnderTest,
  openedLog,
  topic,
} from '../support/moderation-logs.js';
import { refusalOf } from '../support/room-logs.js';
import { until } from '../support/until.js';

const TEA = topic('tea');
const COFFEE = topic('coffee');

for (const [name, kind] of Object.entries(MODERATION_LOGS))
  describe(`The contract of ModerationLog, kept by ${name}`, () => {
    const create = kind();
    let subject: ModerationLogUnderTest;

    beforeEach(async () => {
      subject = await create();
    });
    afterEach(async () => {
      await subject.log.close();
      await subject.dispose();
    });

    /** The logs of all servers that share it, open, each with what it has told. */
    async function opened() {
      const { log, ofOtherServer } = subject;
      const logs = [log, ...(ofOtherServer === undefined ? [] : [ofOtherServer(), ofOtherServer()])];
      return Promise.all(logs.map(async each => ({ log: each, told: await openedLog(each) })));
    }

    it('is empty at first, and can be closed twice', async () => {
      expect(await openedLog(subject.log)).to.deep.equal([]);
      await subject.log.close();
    });

    it('tells what is appended before it says so, and after a restart all of it', async () => {
      const { log } = subject;
      const told = await openedLog(log);
      expect(await log.append(() => TEA)).to.deep.equal(TEA);
      expect(told).to.deep.equal([TEA]);
      await log.append(() => COFFEE);
      expect(told).to.deep.equal([TEA, COFFEE]);
      await log.close();
      if (subject.reopen !== undefined) expect(await entriesOf(subject.reopen())).to.deep.equal(told);
    });

    it('appends nothing when nothing is decided, or it is refused', async () => {
      const { log } = subject;
      const told = await openedLog(log);
      expect(await log.append(() => undefined)).to.equal(undefined);
      const refused = log.append(() => {
        throw new Refusal('WRONG_TOKEN');
      });
      expect(await refusalOf(refused)).to.equal('WRONG_TOKEN');
      await log.append(() => TEA);
      expect(told).to.deep.equal([TEA]);
    });

    it('has one order for all: everybody is told the same, each once, and what is decided knows all before it', async () => {
      const servers = await opened();
      const known: number[] = [];
      await Promise.all(
        servers.flatMap(({ log, told }, at) =>
          Array.from({ length: 20 }, async (_, n) => {
            let before = 0;
            await log.append(() => {
              before = told.length;
              return { ...topic(`${n}`), by: `${at}` };
            });
            known.push(before);
          }),
        ),
      );
      const count = servers.length * 20;
      await until(() => servers.every(({ told }) => told.length >= count));
      const [first] = servers;
      for (const { told } of servers) expect(told).to.deep.equal(first?.told);
      expect(new Set(first?.told.map(entry => JSON.stringify(entry))).size).to.equal(count);
      expect(known.sort((one, other) => one - other)).to.deep.equal(
        Array.from({ length: count }, (_, n) => n),
      );
      for (const [at] of servers.entries()) {
        const own = first?.told.flatMap(entry =>
          entry.type === 'TopicSet' && entry.by === `${at}` ? [entry.topic] : [],
        );
        expect(own).to.deep.equal(Array.from({ length: 20 }, (_, n) => `${n}`));
      }
      for (const { log } of servers) await log.close();
    });

    it('gives every measure an id of its own, whoever takes it', async () => {
      const { log, ofOtherServer } = subject;
      const logs = [log, ...(ofOtherServer === undefined ? [] : [ofOtherServer(), ofOtherServer()])];
      const servers = await Promise.all(
        logs.map(async each => {
          const moderation = new Moderation(() => false);
          const record = new ModerationRecord(new ChatRoom(), moderation, each);
          await record.open();
          return { record, moderation };
        }),
      );
      await Promise.all(
        servers.flatMap(({ record, moderation }) =>
          Array.from({ length: 10 }, () =>
            record.keep(() => ({
              ...{ type: 'MeasureTaken', id: moderation.nextId, kind: 'ban', by: 'anna' },
              targets: [{ kind: 'name', name: 'eve' }],
            })),
          ),
        ),
      );
      const count = servers.length * 10;
      await until(() => servers.every(({ moderation }) => moderation.nextId > count));
      for (const { moderation, record } of servers) {
        const ids = moderation.measures(0).map(({ id }) => id);
        expect(ids).to.deep.equal(Array.from({ length: count }, (_, n) => n + 1));
        await record.close();
      }
    });

    it('refuses what it cannot keep, once it is closed', async () => {
      if (subject.reopen === undefined) return;
      const { log } = subject;
      const told = await openedLog(log);
      await log.close();
      expect(await refusalOf(log.append(() => TEA))).to.equal('NOT_RECORDED');
      expect(told).to.deep.equal([]);
    });
  });
