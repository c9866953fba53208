import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { MIGRATIONS } from '../../src/adapters/sqlite/schema.js';
import { Checkout, UNCOVERED } from '../support/checkout.js';
import { Program, ROOT } from '../support/cli.js';
import { dataFixtures, unpack } from '../support/data-fixtures.js';
import { expectScene } from '../support/scene.js';
import { until } from '../support/until.js';

/** What is in the fixtures is from long ago, one day. */
const KEEPING = ['--keep-days', '36500', '--claim-days', '36500'];

describe('an update', function () {
  this.timeout(180_000);
  let folder: string;
  const programs: Program[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-update-'));
  });
  afterEach(async () => {
    await Promise.all(programs.splice(0).map(program => program.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(command: string, args: string[]): Promise<[Program, port: number]> {
    const program = Program.start(command, args, {}, tmpdir());
    programs.push(program);
    await program.says('chatty listens on');
    return [program, Number(/port (\d+)/.exec(program.stdout)?.[1])];
  }

  const schemaOf = (file: string) => {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return Number(db.prepare('PRAGMA user_version').get()?.user_version);
    } finally {
      db.close();
    }
  };

  it('has a fixture of every version of the schema that there was, and of this one', () => {
    const versions = dataFixtures().map(name => {
      const copy = mkdtempSync(join(folder, 'copy-'));
      unpack(name, copy);
      copyFileSync(join(copy, 'room.db'), join(copy, 'alone.db')); // without its journal, which needs a writer
      return schemaOf(join(copy, 'alone.db'));
    });
    expect(new Set(versions)).to.deep.equal(new Set(MIGRATIONS.map((_, version) => version + 1)));
  });

  it('lets what runs go on and end in order, whose files it takes away', async () => {
    for (const name of ['bin', 'bundle', 'package.json'])
      cpSync(join(ROOT, name), join(folder, 'installed', name), { recursive: true });
    const run = (...args: string[]) => [join(folder, 'installed/bin/run.js'), ...args];
    const data = ['--data-dir', join(folder, 'data'), '--port', '0'];
    const [server, port] = await start(process.execPath, run('server:start', ...data));
    const there = ['--port', String(port), '--retry-for', '1'];
    const [anna, carl] = ['anna', 'carl'].map(name =>
      Program.start(process.execPath, run('client:join', name, ...there), UNCOVERED, tmpdir()),
    ) as [Program, Program];
    programs.push(anna, carl);
    for (const client of [anna, carl]) await client.says('Warm Welcome');
    await new Promise(resolve => setTimeout(resolve, 1500));
    rmSync(join(folder, 'installed'), { recursive: true });
    anna.type('send hello\n');
    await carl.says('hello');
    server.signal('SIGHUP');
    await until(() => server.stderr.includes('settings read again'));
    carl.signal('SIGTERM');
    expect(await carl.exit()).to.equal(143);
    expect(await server.signal('SIGTERM').exit()).to.equal(0);
    expect(await anna.exit()).to.equal(7);
    for (const { stderr } of [server, anna, carl]) expect(stderr).not.to.include('ERR_MODULE_NOT_FOUND');
  });

  for (const name of dataFixtures()) {
    it(`from ${name} keeps sessions, messages, names, bans and the key`, async () => {
      const scene = unpack(name, folder);
      const key = join(folder, 'server-key.pem');
      const before = existsSync(key) ? readFileSync(key, 'utf8') : undefined;
      const [server, port] = await Program.server(['--data-dir', folder, ...KEEPING]);
      programs.push(server);
      await expectScene(port, scene, 10);
      expect(await server.signal('SIGTERM').exit()).to.equal(0);
      if (before !== undefined) expect(readFileSync(key, 'utf8')).to.equal(before);
      expect(schemaOf(join(folder, 'room.db'))).to.equal(MIGRATIONS.length);
    });
  }

  it('to the package of this version keeps all that, and so does its next restart', async () => {
    const checkout = new Checkout();
    try {
      const npm = (...args: string[]) =>
        execFileSync('npm', args, {
          cwd: checkout.root,
          env: { ...process.env, ...UNCOVERED },
          encoding: 'utf8',
        });
      const [{ filename }] = JSON.parse(npm('pack', '--json', '--silent'));
      npm('install', '--global', '--silent', '--prefix', folder, join(checkout.root, filename));
      const data = mkdtempSync(join(folder, 'data-'));
      const scene = unpack(dataFixtures().at(-1) ?? '', data);
      const chatty = join(folder, 'bin/chatty');
      const run = ['server:start', '--port', '0', '--data-dir', data, ...KEEPING];
      for (const attempt of [10, 20]) {
        const [server, port] = await start(chatty, run);
        await expectScene(port, scene, attempt);
        expect(await server.signal('SIGTERM').exit()).to.equal(0);
      }
      expect(readdirSync(data)).to.include('moderation.jsonl');
    } finally {
      checkout.remove();
    }
  });
});
