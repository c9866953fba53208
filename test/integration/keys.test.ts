import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AgentSigner } from '../../src/adapters/keys/agent-signer.js';
import { bytesOf, field, keyBlob } from '../../src/adapters/keys/ed25519.js';
import { Ed25519Proofs } from '../../src/adapters/keys/ed25519-proofs.js';
import { FileSigner } from '../../src/adapters/keys/file-signer.js';
import { findSigner } from '../../src/adapters/keys/find-signer.js';
import type { Signer } from '../../src/application/client/ports.js';
import { PROOF_NAMESPACE, proofText } from '../../src/application/join-proof.js';
import { Program } from '../support/cli.js';

const TOOLS = ['ssh-keygen', 'ssh-agent', 'ssh-add'];
const missing = TOOLS.filter(tool => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);

const run = (command: string, args: string[], env: Record<string, string> = {}, input = '') =>
  execFileSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env }, input, stdio: 'pipe' });

describe('keys of OpenSSH', () => {
  let home: string;
  let own: string;
  let agent: { readonly SSH_AUTH_SOCK: string; readonly pid: number } | undefined;
  const programs: Program[] = [];

  before(function () {
    if (missing.length === 0) return;
    if (process.env.CI) throw new Error(`these are needed: ${missing.join(', ')}`);
    process.stderr.write(`SKIPPED: there is no ${missing.join(', ')} here (Debian: openssh-client)\n`);
    this.skip();
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'chatty-keys-'));
    own = join(home, 'chatty', 'key');
  });
  afterEach(async () => {
    await Promise.all(programs.splice(0).map(program => program.kill()));
    if (agent !== undefined) process.kill(agent.pid);
    agent = undefined;
    rmSync(home, { recursive: true, force: true });
  });

  const env = (key?: string) => ({
    XDG_CONFIG_HOME: home,
    XDG_STATE_HOME: home,
    CHATTY_KEY: key ?? '',
    ...agentEnv(),
  });
  const agentEnv = () => ({ SSH_AUTH_SOCK: agent?.SSH_AUTH_SOCK ?? '' });

  function keygen(name: string, ...more: string[]): string {
    const file = join(home, name);
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me@here', '-f', file, ...more]);
    return file;
  }

  function startAgent(...files: string[]): void {
    const text = run('ssh-agent', ['-s', '-a', join(home, 'agent')]);
    const [, SSH_AUTH_SOCK = ''] = /SSH_AUTH_SOCK=([^;]+);/.exec(text) ?? [];
    agent = { SSH_AUTH_SOCK, pid: Number(/SSH_AGENT_PID=(\d+)/.exec(text)?.[1]) };
    for (const file of files) run('ssh-add', ['-q', file], agentEnv());
  }

  async function program(args: string[], key?: string): Promise<Program> {
    const one = Program.chatty(args, env(key));
    programs.push(one);
    return one;
  }

  /** What a program said, and its exit code. */
  async function said(
    args: string[],
    key: string,
    input = '',
  ): Promise<[stdout: string, stderr: string, exit: unknown]> {
    const one = (await program(args, key)).endInput(input);
    return [await one.exit().then(() => one.stdout), one.stderr, await one.exit()];
  }

  async function server(...args: string[]): Promise<number> {
    const [one, port] = await Program.server(args, { XDG_DATA_HOME: home });
    programs.push(one);
    return port;
  }

  /** Whether ssh-keygen takes a signature for one of this text, by this key and for this purpose. */
  function verifies(signer: Signer, text: string, signature: string, namespace = PROOF_NAMESPACE): boolean {
    const blob = Buffer.concat([
      Buffer.from('SSHSIG'),
      Buffer.from([0, 0, 0, 1]),
      ...[keyBlob(signer.publicKey), PROOF_NAMESPACE, '', 'sha512'].map(field),
      field(Buffer.concat([field('ssh-ed25519'), field(bytesOf(signature))])),
    ]);
    const rows = blob.toString('base64').match(/.{1,70}/g) ?? [];
    const [signed, allowed] = [join(home, 'signature'), join(home, 'allowed')];
    writeFileSync(
      signed,
      ['-----BEGIN SSH SIGNATURE-----', ...rows, '-----END SSH SIGNATURE-----', ''].join('\n'),
    );
    writeFileSync(allowed, `carl ${signer.line}\n`);
    const args = ['-Y', 'verify', '-f', allowed, '-I', 'carl', '-n', namespace, '-s', signed];
    return spawnSync('ssh-keygen', args, { input: text }).status === 0;
  }

  it('are read by chatty, with the fingerprint that ssh-keygen prints', () => {
    const file = keygen('id');
    const signer = FileSigner.read(file);
    const listed = run('ssh-keygen', ['-lf', file]);
    expect(listed.split(' ')[1]).to.equal(signer.fingerprint);
    expect(readFileSync(`${file}.pub`, 'utf8')).to.include(signer.line);
  });

  it('are what chatty makes: ssh-keygen reads them', () => {
    const signer = FileSigner.readOrMake(own);
    expect(run('ssh-keygen', ['-lf', own]).split(' ')[1]).to.equal(signer.fingerprint);
    expect(run('ssh-keygen', ['-y', '-f', own])).to.include(signer.line);
  });

  it('sign what ssh-keygen verifies, for joining and nothing else; what it signs chatty takes', async () => {
    const proofs = new Ed25519Proofs();
    const file = keygen('id');
    startAgent(file);
    const text = proofText({ nonce: proofs.nonce(), server: '[2001:db8::1]:8081' }, 'Лук’ян');
    for (const signer of [FileSigner.read(file), await AgentSigner.find(agent?.SSH_AUTH_SOCK)]) {
      const signature = await signer.sign(text);
      expect(verifies(signer, text, signature)).to.equal(true);
      expect(verifies(signer, text, signature, 'git')).to.equal(false);
      expect(verifies(signer, `${text} `, signature)).to.equal(false);
      expect(proofs.verify(signer.publicKey, text, signature)).to.equal(true);
    }
    const armored = run('ssh-keygen', ['-Y', 'sign', '-q', '-f', file, '-n', PROOF_NAMESPACE], {}, text);
    const blob = Buffer.from(armored.split('\n').slice(1, -2).join(''), 'base64');
    const { publicKey } = FileSigner.read(file);
    expect(proofs.verify(publicKey, text, blob.subarray(-64).toString('base64url'))).to.equal(true);
  });

  it('are refused in words when they cannot be used', async () => {
    const locked = join(home, 'locked');
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', locked]);
    const rsa = join(home, 'rsa');
    run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa]);
    const wide = keygen('wide');
    chmodSync(wide, 0o644);
    for (const [key, words] of [
      [locked, 'use --key agent'],
      [rsa, 'ssh-keygen -t ed25519'],
      [wide, 'chmod 600'],
      [`${keygen('id')}.pub`, 'without .pub'],
      [join(home, 'nothing'), 'There is no key'],
      ['agent', 'no ssh-agent'],
    ] as const) {
      chmodSync(`${join(home, 'rsa')}.pub`, 0o600);
      if (key.endsWith('.pub')) chmodSync(key, 0o600);
      for (const command of [['client:join', 'carl', '--port', '1'], ['client:key']]) {
        const [, stderr, exit] = await said([...command], key);
        expect(stderr, key).to.include(words);
        expect(exit, key).to.equal(2);
      }
    }
  });

  it('are found in an agent, whatever else it has', async () => {
    const rsa = join(home, 'rsa');
    run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa]);
    const [one, two] = [FileSigner.read(keygen('one')), FileSigner.read(keygen('two'))];
    startAgent(rsa, join(home, 'one'), join(home, 'two'));
    const found = async (key: string) => (await findSigner(key, home, agentEnv()))?.publicKey;
    expect(await found('agent')).to.equal(one.publicKey);
    expect(await found(`agent:${two.fingerprint}`)).to.equal(two.publicKey);
  });

  it('keep a name for whoever has them, across devices, until the operator gives it to another', async () => {
    const data = join(home, 'data');
    const port = await server('--data-dir', data);
    const phone = keygen('phone');
    const join_ = ['client:join', 'carl', '--port', String(port)];
    expect(existsSync(own)).to.equal(false);
    const [first] = await said(join_, '', 'send hi\nkey\nleave\n'); // with a key of chatty's own
    const { fingerprint } = FileSigner.read(own);
    expect(statSync(own).mode & 0o777).to.equal(0o600);
    expect(first).to.include('carl✓').and.include(`${fingerprint} (this one)`);

    const [, refused, exit] = await said(join_, phone, 'leave\n');
    expect(refused).to.include('belongs to somebody');
    expect(exit).to.equal(5);
    const [, keyless] = await said(join_, 'none', 'leave\n');
    expect(keyless).to.include('belongs to somebody');

    const [line = ''] = (await said(['client:key'], phone))[0].split('\n');
    const [added] = await said(join_, '', `key add ${line}\nleave\n`);
    expect(added).to.include('Its keys: ');
    startAgent(phone);
    const [second] = await said(
      [...join_, '--json', '--show-history', '5'],
      'agent',
      '{"Keys":{}}\n{"Leave":"carl"}\n',
    );
    const events = second
      .trim()
      .split('\n')
      .map(row => JSON.parse(row));
    expect(events.find(({ type }) => type === 'welcome').verified).to.equal(true);
    expect(events.find(({ type }) => type === 'earlier').messages[0].verified).to.equal(true);
    expect(events.find(({ type }) => type === 'keys').keys).to.have.length(2);

    const names = ['server:names', '--data-dir', data];
    expect((await said(names, ''))[0]).to.include(`${line} carl`);
    const lost = FileSigner.read(keygen('new'));
    const [given] = await said([...names, '--assign', 'carl', lost.line], '');
    expect(given).to.include(lost.fingerprint);
    expect((await said(join_, phone, 'leave\n'))[2]).to.equal(5);
    expect((await said(join_, join(home, 'new'), 'leave\n'))[0]).to.include('carl✓');
    expect((await said([...names, '--release', 'carl'], ''))[0]).to.include('is free');
    expect((await said([...names, '--release', 'carl'], ''))[2]).to.equal(5);
    expect((await said([...names, '--assign', 'carl', 'ssh-rsa AAAA'], ''))[2]).to.equal(2);
    expect((await said([...names, '--assign', 'carl'], ''))[2]).to.equal(2);
    expect((await said([...names, '--assign', 'two words', lost.line], ''))[2]).to.equal(5);
  }).timeout(120_000);

  it('say who may join where the operator has a list', async () => {
    const file = join(home, 'names');
    const carl = FileSigner.read(keygen('carl'));
    writeFileSync(file, `${carl.line} carl\n`);
    const port = await server('--history', 'memory', '--names', 'listed', '--names-file', file);
    const send = (name: string, key: string) =>
      said(['client:send', '--username', name, '--port', String(port), 'hi'], key);
    expect((await send('carl', join(home, 'carl')))[2]).to.equal(0);
    const [, unlisted, exit] = await send('david', join(home, 'carl'));
    expect([unlisted.includes('has listed'), exit]).to.deep.equal([true, 5]);
    expect((await send('david', 'none'))[1]).to.include('takes a key');
  });

  it('sign nothing for a server that calls itself otherwise: the client joins without a proof, and says so', async () => {
    const port = await server('--history', 'memory');
    const forwarded = await forward(port);
    try {
      const at = String((forwarded.address() as { port: number }).port);
      const [out, , exit] = await said(['client:join', 'carl', '--port', at], '', 'who\nleave\n');
      expect(exit).to.equal(0);
      expect(out)
        .to.include(`127.0.0.1:${port}`)
        .and.include('Nothing was signed')
        .and.include('1 is here: carl.');
      const [, errors] = await said(['client:send', 'hi', '--username', 'carl', '--port', at], '');
      expect(errors).to.include('Nothing was signed').and.include('--to HOST:PORT#KEY');
    } finally {
      forwarded.close();
    }
  });

  it('sign for the key of a server on an encrypted line, whatever its address looks like from either end', async () => {
    const data = ['--data-dir', join(home, 'data'), '--public-address', 'chat.example.org'];
    const [one, port] = await Program.server(data, { XDG_DATA_HOME: home });
    programs.push(one);
    await one.says('From elsewhere:');
    const [pin = ''] = /#[\w-]{43}/.exec(one.stdout) ?? [];
    const forwarded = await forward(port);
    try {
      const at = String((forwarded.address() as { port: number }).port);
      const args = ['client:join', 'carl', '--to', `127.0.0.1:${at}${pin}`];
      const [out, , exit] = await said(args, '', 'who\nleave\n');
      expect(out).to.include('1 is here: carl✓.').and.not.include('Nothing was signed');
      expect(exit).to.equal(0);
    } finally {
      forwarded.close();
    }
  });

  it('are one key for two programs that make it at the same time', async () => {
    mkdirSync(home, { recursive: true });
    const all = await Promise.all(Array.from({ length: 3 }, () => said(['client:key'], '')));
    expect(new Set(all.map(([out]) => out)).size).to.equal(1);
    expect(all.map(([, , exit]) => exit)).to.deep.equal([0, 0, 0]);
  });

  it('are not needed: none is made for who wants none', async () => {
    const [out] = await said(['client:key'], 'none');
    expect(out).to.include('without a key');
    expect(existsSync(own)).to.equal(false);
  });
});

/** A port that leads to another one, as ssh -L makes it. */
async function forward(port: number): Promise<Server> {
  const { connect } = await import('node:net');
  const server = createServer(line => {
    const other = connect({ port, host: '127.0.0.1' });
    for (const end of [line, other]) end.on('error', () => {});
    line.pipe(other).pipe(line);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}
