import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { TabSessions } from '../../src/adapters/browser/tab-sessions.js';
import { OwnSessionFiles } from '../../src/adapters/state/own-session-files.js';
import { claimWithin, isOther, NO_SESSIONS } from '../../src/application/client/own-session.js';
import type { OwnSession, OwnSessions } from '../../src/application/client/ports.js';
import { MemoryShelf } from '../doubles/memory-shelf.js';
import { until } from '../support/until.js';

const HERE = { host: 'localhost', port: 8081 };

async function claimed(sessions: OwnSessions, username = 'carl'): Promise<OwnSession> {
  const own = await sessions.claim(username);
  return isOther(own) ? expect.fail(`process ${own.pid} has it`) : own;
}

/** A program that has the lock of a session file, and ends when it is told. */
async function otherProgram(folder: string): Promise<{ pid: number; end(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume().on("end", () => process.exit())']);
  const pid = child.pid ?? 0;
  const start = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  const file = readdirSync(folder).find(name => name.endsWith('.json')) ?? expect.fail('nothing there');
  writeFileSync(join(folder, file.replace('.json', '.lock')), `${pid} ${start}`);
  return {
    pid,
    async end() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

describe('OwnSessions', () => {
  let folder: string;
  let shelf: MemoryShelf;
  beforeEach(() => {
    shelf = new MemoryShelf();
    folder = join(mkdtempSync(join(tmpdir(), 'chatty-state-')), 'sessions');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  const ADAPTERS: Record<string, () => OwnSessions> = {
    OwnSessionFiles: () => new OwnSessionFiles(folder, HERE),
    TabSessions: () => new TabSessions(shelf, shelf),
    'without a place for files': () => NO_SESSIONS,
    'in a folder that cannot be made': () => new OwnSessionFiles('/dev/null/sessions', HERE),
  };
  for (const [name, create] of Object.entries(ADAPTERS)) {
    it(`${name}: gives out a token that nobody can guess, and another one when the session was left`, async () => {
      const first = await claimed(create());
      expect(first.saved.token).to.match(/^[\w-]{72}$/);
      first.readTo('epoch', 7);
      first.forget();
      first.release();
      const second = await claimed(create());
      expect(second.saved).to.not.have.property('since');
      expect(second.saved.token).to.not.equal(first.saved.token);
      second.release();
    });
  }

  it('goes on where a program ended, with connections that count higher', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    const first = await claimed(sessions);
    first.readTo('epoch', 7);
    first.release();
    const second = await claimed(sessions, 'CARL');
    const { token } = first.saved;
    expect(second.saved).to.deep.include({ token, epoch: 'epoch', since: 7 });
    expect(second.saved.attempt).to.be.above(first.saved.attempt + 1000);
    second.release();
  });

  it('knows the machine under each of its names, and other servers and names apart', async () => {
    const first = await claimed(new OwnSessionFiles(folder, HERE));
    first.readTo('epoch', 7);
    first.release();
    const tokenOf = async (host: string, port: number, username: string) => {
      const own = await claimed(new OwnSessionFiles(folder, { host, port }), username);
      own.release();
      return own.saved.token;
    };
    for (const host of ['127.0.0.1', '::1', 'LOCALHOST'])
      expect(await tokenOf(host, 8081, 'carl')).to.equal(first.saved.token);
    expect(await tokenOf('example.org', 8081, 'carl')).to.not.equal(first.saved.token);
    expect(await tokenOf('localhost', 8082, 'carl')).to.not.equal(first.saved.token);
    expect(await tokenOf('localhost', 8081, 'david')).to.not.equal(first.saved.token);
  });

  describe('of a room with several addresses', () => {
    const A = { host: 'a.example.org', port: 8081 };
    const B = { host: 'b.example.org', port: 9000 };
    const C = { host: 'c.example.org', port: 8081 };
    const at = (...servers: (typeof A)[]) => new OwnSessionFiles(folder, ...servers);

    it('are found by whoever names one of them, in any order, and count on', async () => {
      const first = await claimed(at(A, B));
      first.readTo('epoch', 7);
      first.release();
      const { token } = first.saved;
      let before = first.saved.attempt;
      for (const sessions of [at(B, A), at(B), at(C, A), at(C), at(A, B, C)]) {
        const next = await claimed(sessions);
        expect(next.saved).to.deep.include({ token, epoch: 'epoch', since: 7 });
        expect(next.saved.attempt).to.be.above(before);
        before = next.saved.attempt;
        next.release();
        await new Promise(resolve => setTimeout(resolve, 2)); // no program is started and ended in less
      }
    });

    it('are forgotten at all of them when the person has left', async () => {
      const first = await claimed(at(A, B, A));
      first.forget();
      expect(readdirSync(folder)).to.deep.equal([]);
      const second = await claimed(at(B));
      expect(second.saved.token).to.not.equal(first.saved.token);
      second.release();
    });

    it('are noticed by a program that names another part of them, which takes none of the others then', async () => {
      (await claimed(at(B))).release();
      const other = await otherProgram(folder);
      for (const sessions of [at(A, B), at(B, C)]) {
        const answer = await sessions.claim('carl');
        expect(isOther(answer) && answer.pid).to.equal(other.pid);
        expect(readdirSync(folder).filter(name => name.endsWith('.lock'))).to.have.length(1);
      }
      const [lock = ''] = readdirSync(folder).filter(name => name.endsWith('.lock'));
      const taken = await at(A, B, C).claim('carl', true);
      if (isOther(taken)) return expect.fail('it was to be taken over');
      expect(readFileSync(join(folder, lock), 'utf8')).to.match(new RegExp(`^${process.pid} `));
      taken.release();
      expect(readdirSync(folder).filter(name => name.endsWith('.lock'))).to.deep.equal([]);
      return other.end();
    });

    it('go on with what was left last', async () => {
      const old = await claimed(at(A));
      old.release();
      await new Promise(resolve => setTimeout(resolve, 5)); // by the clock
      const recent = await claimed(at(B));
      recent.release();
      const both = await claimed(at(A, B));
      expect(both.saved.token).to.equal(recent.saved.token);
      both.release();
      expect((await claimed(at(A))).saved.token).to.equal(recent.saved.token);
    });

    it('count on from the highest number that is known, where the clock was set back', async () => {
      (await claimed(at(A, B))).release();
      const [first = ''] = readdirSync(folder);
      const path = join(folder, first);
      const later = Date.now() + 3_600_000;
      writeFileSync(
        path,
        JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), attempt: later, at: 1 }),
      );
      const both = await claimed(at(A, B));
      expect(both.saved.attempt).to.be.above(later + 1000);
      both.release();
    });
  });

  it('writes files that nobody else can read', async () => {
    (await claimed(new OwnSessionFiles(folder, HERE))).release();
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).to.equal(0o600);
  });

  it('forgets the place of somebody who was away for long, and passes over files that are broken', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    (await claimed(sessions)).release();
    const path = join(folder, readdirSync(folder)[0] ?? '');
    const old = { token: 'x'.repeat(72), attempt: 3, at: Date.now() - 25 * 3_600_000, since: 7, epoch: 'e' };
    writeFileSync(path, JSON.stringify(old));
    const back = await claimed(sessions);
    expect(back.saved).to.have.all.keys('token', 'attempt').and.include({ token: old.token });
    back.release();
    for (const text of ['', '{', 'null', '[]', '{"token":7,"attempt":1,"at":1}']) {
      writeFileSync(path, text);
      const own = await claimed(sessions);
      expect(own.saved.attempt).to.equal(0);
      own.release();
    }
  });

  it('tells which other program has the session, waits for it, and takes over when told to', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    const first = await claimed(sessions);
    first.release();
    const other = await otherProgram(folder);
    const answer = await sessions.claim('carl');
    expect(isOther(answer) && answer.pid).to.equal(other.pid);
    const late = await claimWithin(sessions, 'carl', 200);
    expect(isOther(late)).to.equal(true);
    expect(isOther(await claimWithin(sessions, 'carl', 60_000, () => true))).to.equal(true);
    const waiting = claimWithin(sessions, 'carl', 10_000);
    await other.end();
    const own = await waiting;
    if (isOther(own)) return expect.fail('it has ended');
    expect(own.saved.token).to.equal(first.saved.token);
    own.release();

    const next = await otherProgram(folder);
    const taken = await sessions.claim('carl', true);
    if (isOther(taken)) return expect.fail('it was to be taken over');
    expect(taken.saved.token).to.equal(first.saved.token);
    taken.release();
    return next.end();
  });

  it('leaves the files to a program that took over', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    const own = await claimed(sessions);
    const other = await otherProgram(folder);
    const before = readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'));
    own.readTo('epoch', 7);
    own.forget();
    expect(readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'))).to.deep.equal(before);
    await other.end();
  });

  it('takes the lock of a program that is gone, also when its number was given to another one', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    (await claimed(sessions)).release();
    const lock = join(folder, (readdirSync(folder)[0] ?? '').replace('.json', '.lock'));
    for (const stale of ['', 'x', '0 0', '-1 5', `${process.ppid} 1`, '4194304 17']) {
      writeFileSync(lock, stale);
      (await claimed(sessions)).release();
    }
  });

  it('begins anew where a lock cannot be read, and is none', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    (await claimed(sessions)).release();
    const lock = join(folder, (readdirSync(folder)[0] ?? '').replace('.json', '.lock'));
    mkdirSync(lock);
    expect((await claimed(sessions)).saved).to.include({ attempt: 0 });
  });

  it('does not wait for a program that only its parent still knows', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    (await claimed(sessions)).release();
    // Its parent, which does nothing but sleep, never asks for its end.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 20']);
    try {
      const [pid] = await once(parent.stdout, 'data').then(([text]) => String(text).trim().split('\n'));
      await until(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z'));
      const start = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
      const file = readdirSync(folder).find(name => name.endsWith('.json')) ?? expect.fail('nothing there');
      writeFileSync(join(folder, file.replace('.json', '.lock')), `${pid} ${start}`);
      (await claimed(sessions)).release();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('goes on when somebody deletes the folder', async () => {
    const sessions = new OwnSessionFiles(folder, HERE);
    const own = await claimed(sessions);
    rmSync(folder, { recursive: true });
    own.readTo('epoch', 7);
    own.release();
    (await claimed(sessions)).release();
  });
});
