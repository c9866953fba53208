import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AuditLogFile } from '../../../../src/adapters/audit-log/audit-log-file.js';
import { RoomLogFailure } from '../../../../src/application/server/failures.js';
import type { ModerationEntry } from '../../../../src/domain/moderation.js';
import { entriesOf, openedLog, topic } from '../../../support/moderation-logs.js';
import { refusalOf } from '../../../support/room-logs.js';

describe('AuditLogFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-moderation-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const path = () => join(folder, 'moderation.jsonl');

  const reopened = (): Promise<readonly ModerationEntry[]> => entriesOf(new AuditLogFile(folder));

  async function write(...texts: string[]): Promise<void> {
    const log = new AuditLogFile(folder);
    await openedLog(log);
    for (const text of texts) await log.append(() => topic(text));
    await log.close();
  }

  it('has everything after a restart, in its order, for its owner alone', async () => {
    await write('tea', 'a "quoted"\nline', 'grün');
    await write('coffee');
    expect(await reopened()).to.deep.equal(['tea', 'a "quoted"\nline', 'grün', 'coffee'].map(topic));
    expect(statSync(path()).mode & 0o777).to.equal(0o600);
  });

  it('is only added to, a line each', async () => {
    await write('tea');
    const before = readFileSync(path(), 'utf8');
    await write('coffee');
    const after = readFileSync(path(), 'utf8');
    expect(after.startsWith(before)).to.equal(true);
    expect(after.split('\n')).to.have.length(3);
  });

  it('goes on behind a line that a crash cut off, wherever', async () => {
    await write('tea', 'coffee');
    const { size } = statSync(path());
    const whole = readFileSync(path());
    const second = whole.indexOf('\n') + 1;
    for (let length = size - 1; length > second; length--) {
      writeFileSync(path(), whole);
      truncateSync(path(), length);
      await write('water');
      const isWhole = length === size - 1;
      expect(await reopened(), `${length} bytes`).to.deep.equal(
        (isWhole ? ['tea', 'coffee', 'water'] : ['tea', 'water']).map(topic),
      );
    }
  });

  it('goes on behind a ban that a crash cut off, wherever, and keeps nothing of it', async () => {
    await write('tea');
    const before = readFileSync(path());
    const ban: ModerationEntry = {
      ...{ type: 'MeasureTaken', at: 1, by: 'änna', id: 1, kind: 'ban' },
      targets: [
        { kind: 'name', name: 'grün' },
        { kind: 'network', network: '2001:db8::/64' },
      ],
    };
    const line = Buffer.from(JSON.stringify(ban));
    for (let length = 0; length < line.length; length++) {
      writeFileSync(path(), Buffer.concat([before, line.subarray(0, length)]));
      expect(await reopened(), `${length} bytes`).to.deep.equal([topic('tea')]);
      expect(readFileSync(path()), `${length} bytes`).to.deep.equal(before);
    }
  });

  it('is read as it was when an editor has written it', async () => {
    await write('tea', 'coffee');
    const text = readFileSync(path(), 'utf8');
    for (const edited of [
      text.replaceAll('\n', '\r\n'),
      `\ufeff${text}`,
      text.replaceAll('\n', ' \n\n'),
      text.trimEnd(),
    ]) {
      writeFileSync(path(), edited);
      expect(await reopened(), JSON.stringify(edited)).to.deep.equal(['tea', 'coffee'].map(topic));
      await write('water');
      expect(await reopened(), JSON.stringify(edited)).to.deep.equal(['tea', 'coffee', 'water'].map(topic));
    }
  });

  it('passes over what a newer version has done', async () => {
    await write('tea');
    appendFileSync(path(), '{"type":"Promoted","at":1,"by":"anna","rank":{}}\n');
    expect((await reopened())[0]).to.deep.equal(topic('tea'));
  });

  const broken = [
    '"id":1,"kind":"ban"',
    '"id":"1","kind":"ban","targets":[]',
    '"id":1,"kind":"x","targets":[]',
  ].concat(
    [
      ...['{"kind":"network","network":"192.0.2.0/33"}', '{"kind":"name"}', '{"kind":"key","name":"x"}'],
      ...['null', '{"kind":"network","network":"nowhere"}'],
    ].map(target => `"id":1,"kind":"ban","targets":[${target}]`),
  );
  const measures = broken.map(more => `{"type":"MeasureTaken","at":1,"by":"anna",${more}}`);
  for (const line of [...measures, 'nonsense', '{"type":"TopicSet"}', '{nonsense}', '[1]}', '{}'])
    it(`does not start as if ${line} had never been there`, async () => {
      await write('tea');
      appendFileSync(path(), `${line}\n`);
      const failure = await reopened().catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(RoomLogFailure).with.property('code', 'DAMAGED');
    });

  it('takes back what a full disk has cut off', async () => {
    const script = `
      import { AuditLogFile } from ${JSON.stringify(new URL('../../../../src/adapters/audit-log/audit-log-file.js', import.meta.url).href)};
      process.on('SIGXFSZ', () => {});
      const log = new AuditLogFile(${JSON.stringify(folder)});
      await log.open(() => {});
      let kept = 0;
      try {
        for (;; kept++) await log.append(() => ({ type: 'TopicSet', at: 1, by: 'anna', topic: 'tea'.repeat(100) }));
      } catch (error) {
        console.log(kept, error.code);
      }`;
    const limited = ['-c', 'ulimit -f 1 && exec "$0" --input-type=module -e "$1"', process.execPath, script];
    const [kept, code] = execFileSync('bash', limited, {
      encoding: 'utf8',
      env: { ...process.env, NODE_V8_COVERAGE: '' },
    })
      .trim()
      .split(' ');
    expect(code).to.equal('NOT_RECORDED');
    expect(readFileSync(path(), 'utf8').split('\n').at(-1)).to.equal('');
    expect(await reopened()).to.have.length(Number(kept));
  });

  it('refuses what it cannot keep', async () => {
    const log = new AuditLogFile(folder);
    expect(await refusalOf(log.append(() => topic('tea')))).to.equal('NOT_RECORDED');
  });

  it('says where it cannot be', async () => {
    writeFileSync(join(folder, 'file'), '');
    const failure = await entriesOf(new AuditLogFile(join(folder, 'file'))).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(RoomLogFailure);
  });
});
