import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, parseConfig } from '../../../../src/adapters/config/config.js';
import { readConfigFile } from '../../../../src/adapters/config/config-file.js';
import { stringify } from '../../../../src/adapters/config/config-text.js';
import { ServerConfig } from '../../../../src/adapters/config/server-config.js';
import { SERVER_SETTINGS } from '../../../../src/adapters/config/server-settings.js';
import { ROOT } from '../../../support/cli.js';
import { cpuMs } from '../../../support/cpu-time.js';

describe('a configuration file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-config-'));
    file = join(folder, 'chatty.yaml');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function read(text: string | Buffer) {
    writeFileSync(file, text);
    return readConfigFile(file, SERVER_SETTINGS);
  }

  /** What is wrong, without the name of the file. */
  function problemsOf(text: string): string[] {
    try {
      const { problems } = read(text);
      return problems.map(problem => problem.replace(`${file}:`, ''));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map(problem => problem.replace(`${file}:`, ''));
    }
  }

  it('has the settings under the names of their flags, and knows where each stands', () => {
    const text = '# a room\n"port": 9000\nhost: "::"\nno-trust-loopback: true\nlog-level: warn\n';
    const { values, problems, placeOf } = read(text);
    expect(values).to.deep.equal({ port: 9000, host: '::', noTrustLoopback: true, logLevel: 'warn' });
    expect(problems).to.deep.equal([]);
    expect(placeOf('port')).to.equal(`${file}:2:9`);
    expect(placeOf('host')).to.equal(`${file}:3:7`);
    expect(placeOf('dataDir')).to.equal(undefined);
  });

  it('may be empty, or of notes only', () => {
    for (const text of ['', '\n', '# nothing\n', '---\n']) expect(read(text).values, text).to.deep.equal({});
  });

  it('takes a list for a list, and what looks like a number for a text where one is wanted', () => {
    const { values } = read('proxies:\n  - 192.0.2.1\n  - 10.0.0.0/8\nhost: 127.1\n');
    expect(values).to.deep.equal({ proxies: '192.0.2.1,10.0.0.0/8', host: '127.1' });
    expect(read('proxies: [192.0.2.1]').values).to.deep.equal({ proxies: '192.0.2.1' });
    expect(read('replicas: 3').values).to.deep.equal({ replicas: '3' });
  });

  it('may be the one that docs/cluster.md gives to servers of one room', () => {
    const page = readFileSync(join(ROOT, 'docs/cluster.md'), 'utf8');
    const [, text = ''] = /\n(history: tls:[\s\S]*?)```/.exec(page) ?? [];
    const { values, problems } = read(text);
    const config = parseConfig(ServerConfig, { dataDir: '/data', ...values });
    expect(problems).to.deep.equal([]);
    expect(config.replicas).to.equal('3');
    expect(config.metrics).to.equal('10.0.0.11:9464');
  });

  const wrong: [text: string, ...problems: RegExp[]][] = [
    ['mesage-rate: 1', /^1:1: There is no setting mesage-rate\. Did you mean message-rate\?$/],
    ['messageRate: 1', /^1:1: There is no setting messageRate\. Did you mean message-rate\?$/],
    ['colour: red', /^1:1: There is no setting colour\. They are named as the flags of server:start\.$/],
    ['3: 4', /There is no setting 3\. They are named/],
    ['config: other.yaml', /^1:1: config is given at the start only: --config\.$/],
    ['port:', /^1:6: port has no value of the right kind/],
    ['port: null', /^1:7: port has no value/],
    ['port: [1]', /^1:7: port has no value/],
    ['host: {a: b}', /^1:7: host has no value/],
    ['a: 1\nport: 2\nb: 3', /^1:1: There is no setting a/, /^3:1: There is no setting b/],
    ['port: 1\nport: 2', /^2:1: Map keys must be unique/],
    ['port: &x 1\nkeep-days: *x', /^2:12: Write the value itself/],
    ['- port', /^1:1: The file has to be lines of NAME: VALUE/],
    ['port', /^1:1: The file has to be lines of NAME: VALUE/],
    ['host: "a', /^1:9: Missing closing/],
    ['host: a\n  port: 1', /^1:7: Nested/, /^1:7: Implicit keys/],
  ];
  for (const [text, ...problems] of wrong)
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      const found = problemsOf(text);
      expect(found).to.have.length(problems.length);
      for (const [index, problem] of problems.entries()) expect(found[index]).to.match(problem);
    });

  it('cannot make a program of itself', () => {
    const bomb = ['a: &a [x, x]', 'b: &b [*a, *a]', 'c: [*b, *b]'].join('\n');
    expect(problemsOf(bomb).some(problem => problem.includes('anchors and aliases'))).to.equal(true);
    expect(
      problemsOf('host: !!js/function "x"').length + Object.keys(read('host: !!binary "eA=="').values).length,
    ).to.be.above(0);
  });

  it('gives its values the place from which they are wrong', () => {
    const { values, placeOf } = read('port: 9000\nmessage-burst: many\nallow-plaintext: maybe\n');
    try {
      parseConfig(ServerConfig, { dataDir: '/data', ...values }, placeOf);
      expect.fail('it was taken');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error.problems.toSorted()).to.deep.equal([
        `${file}:2:16: --message-burst (or CHATTY_MESSAGE_BURST) is a whole number from 1 to 1000000.`,
        `${file}:3:18: --allow-plaintext (or CHATTY_ALLOW_PLAINTEXT) is on or off: true or false.`,
      ]);
    }
  });

  it('says that it is not there, or cannot be read', () => {
    expect(() => readConfigFile(join(folder, 'none.yaml'), SERVER_SETTINGS)).to.throw(
      ConfigError,
      'is not there',
    );
    expect(() => readConfigFile(folder, SERVER_SETTINGS)).to.throw(ConfigError, 'is not a file');
  });

  it('is never waited for: a pipe is not one, nor what is larger than all settings', () => {
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    expect(() => readConfigFile(pipe, SERVER_SETTINGS)).to.throw(ConfigError, 'is not a file');
    const began = cpuMs();
    const line = (n: number) => `x${n}: 1\n`;
    const most = Array.from({ length: 6000 }, (_, n) => line(n)).join('');
    expect(read(most).problems).to.have.length(6000);
    expect(cpuMs() - began).to.be.below(5000);
    expect(() => read(most + most)).to.throw(ConfigError, 'has more than 64 KiB');
  });

  it('can be written again, whatever its values', () => {
    const lines = [
      stringify(SERVER_SETTINGS.host, '::'),
      stringify(SERVER_SETTINGS.port, '9000'),
      stringify(SERVER_SETTINGS.dataDir, '/da ta: #1'),
      stringify(SERVER_SETTINGS.publicAddress, '8081'),
      stringify(SERVER_SETTINGS.allowPlaintext, true),
    ];
    expect(read(lines.join('\n')).values).to.deep.equal({
      ...{ host: '::', port: 9000, dataDir: '/da ta: #1', publicAddress: '8081', allowPlaintext: true },
    });
  });
});
