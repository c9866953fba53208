import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../../support/cli.js';

describe('What npm runs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-npm-'));
    write('package.json', '{"type":"module"}');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o755 });
  }

  const read = (path: string) => readFileSync(join(folder, path), 'utf8');

  /** Runs one of this project's scripts as if the folder were the project. */
  function run(script: string, ...args: string[]): { status: number | null; stderr: string } {
    mkdirSync(join(folder, dirname(script)), { recursive: true });
    copyFileSync(join(ROOT, script), join(folder, script));
    return spawnSync(process.execPath, [join(folder, script), ...args], { encoding: 'utf8' });
  }

  describe('after an installation', () => {
    const link = () => run('scripts/link-node.js');
    const ours = `node_modules/node-${process.platform}-${process.arch}/bin/node`;

    it('puts the Node of this machine where scripts look for it, if npm has not', () => {
      write(ours, 'of this machine');
      write('node_modules/.bin/tsc', '');
      for (let n = 0; n < 2; n++) {
        expect(link()).to.include({ status: 0, stderr: '' });
        expect(read('node_modules/.bin/node')).to.equal('of this machine');
      }
    });

    it('leaves what npm has put there, and a machine that no package fits', () => {
      write('node_modules/node-other-machine/bin/node', '');
      write('node_modules/.bin/tsc', '');
      expect(link().status).to.equal(0);
      expect(existsSync(join(folder, 'node_modules/.bin/node'))).to.equal(false);
      write(ours, 'of this machine');
      write('node_modules/.bin/node', 'of npm');
      expect(link().status).to.equal(0);
      expect(read('node_modules/.bin/node')).to.equal('of npm');
    });
  });

  describe('around a packing', () => {
    const SCRIPT = 'dist/scripts/published-manifest.js';
    const manifest = (version: string, more = {}) =>
      `${JSON.stringify({ type: 'module', version, ...more }, null, 2)}\n`;
    const NODE = { optionalDependencies: { 'node-some-machine': '1.0.0' } };
    const WHOLE = manifest('1.0.0', NODE);
    const PUBLISHED = manifest('1.0.0');
    beforeEach(() => write('package.json', WHOLE));

    it('takes Node out of package.json, and puts it back', () => {
      run(SCRIPT);
      expect(read('package.json')).to.equal(PUBLISHED);
      run(SCRIPT, 'restore');
      expect(read('package.json')).to.equal(WHOLE);
      expect(existsSync(join(folder, 'package.json.whole'))).to.equal(false);
    });

    it('puts it back also when the packing before was broken off', () => {
      run(SCRIPT);
      run(SCRIPT);
      expect(read('package.json')).to.equal(PUBLISHED);
      run(SCRIPT, 'restore');
      expect(read('package.json')).to.equal(WHOLE);
    });

    it('writes nothing over what was changed since: one with Node again is taken as it is', () => {
      run(SCRIPT);
      const next = manifest('2.0.0', NODE);
      write('package.json', next);
      run(SCRIPT);
      expect(read('package.json')).to.equal(manifest('2.0.0'));
      run(SCRIPT, 'restore');
      expect(read('package.json')).to.equal(next);
    });

    it('writes nothing over what was changed since: one without Node is for a person to put right', () => {
      run(SCRIPT);
      write('package.json', manifest('2.0.0'));
      const { status, stderr } = run(SCRIPT);
      expect(status).to.equal(1);
      expect(stderr).to.include('package.json.whole');
      expect([read('package.json'), read('package.json.whole')]).to.deep.equal([manifest('2.0.0'), WHOLE]);
    });
  });
});
