import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';

describe('a server with a page', () => {
  let folder: string;
  let programs: Program[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-web-'));
    programs = [];
  });
  afterEach(async () => {
    await Promise.all(programs.map(program => program.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(data: string, ...args: string[]): Promise<Program> {
    const [server] = await Program.server(['--data-dir', join(folder, data), '--web', '0', ...args]);
    programs.push(server);
    await server.says('In a browser:');
    return server;
  }
  const pageOf = ({ stdout }: Program) => /^In a browser: (\S+)$/m.exec(stdout)?.[1] ?? expect.fail(stdout);

  /** The fingerprint of the certificate that a browser would see. */
  function fingerprint(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }

  it('says where people find it, and it is there', async () => {
    const page = pageOf(await start('data'));
    expect(page).to.match(/^http:\/\/localhost:\d+\/$/);
    const answer = await fetch(page);
    expect(answer.status).to.equal(200);
    expect(await answer.text()).to.equal(
      readFileSync(new URL('../../../bundle/page.html', import.meta.url), 'utf8'),
    );
  });

  it('is found under the public name, encrypted', async () => {
    const page = pageOf(await start('data', '--public-address', 'chat.example.org:8081'));
    expect(page).to.match(/^https:\/\/chat\.example\.org:\d+\/$/);
  });

  it('has its certificate anew after SIGHUP, as the lines have', async () => {
    const server = await start('data');
    const port = Number(new URL(pageOf(server)).port);
    const before = await fingerprint(port);
    await start('other');
    for (const name of ['server-key.pem', 'server-cert.pem'])
      writeFileSync(join(folder, 'data', name), readFileSync(join(folder, 'other', name)));
    server.signal('SIGHUP');
    await until(() => server.stderr.includes('read again'));
    const after = await fingerprint(port);
    expect(after).to.match(/^([\dA-F]{2}:){31}/);
    expect(after).to.not.equal(before);
  });

  it('does not start where its port is in use, and names the flag', async () => {
    const port = new URL(pageOf(await start('data'))).port;
    const second = Program.chatty(['server:start', '--port', '0', '--history', 'memory', '--web', port]);
    programs.push(second);
    expect(await second.exit()).to.equal(3);
    expect(second.stderr).to.match(/^Port \d+ of localhost is in use\. .* another with --web\.$/m);
  });
});
