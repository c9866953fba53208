import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StreamConfig } from '@nats-io/jetstream';
import { nkeys } from '@nats-io/transport-node';
import { expect } from 'chai';
import { NatsJournal } from '../../src/adapters/nats/nats-journal.js';
import type { NatsOptions } from '../../src/adapters/nats/nats-options.js';
import type { StreamsOptions } from '../../src/adapters/nats/room-streams.js';
import { JournalFailure } from '../../src/application/server/cluster/journal.js';
import { noJournal } from '../../src/cli/server-exit.js';
import { Brokers } from '../support/brokers.js';
import { JournalUser, natsConnection, natsJournal, ROOM } from '../support/journals.js';
import type { BrokerOptions, NatsServer } from '../support/nats-server.js';

describe('brokers that cannot keep a room', () => {
  const brokers = Brokers.forEach();
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-tls-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Why a journal does not open. Whatever it is, nothing of it stays, and no password is told. */
  async function failure(
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

  async function refusal(...given: Parameters<typeof failure>): Promise<string> {
    const { code, found } = await failure(...given);
    return `${code} ${found}`.trim();
  }

  const start = (options?: BrokerOptions) => brokers.start(options);

  it('is nobody there', async () => {
    const broker = await start();
    await broker.stop();
    const begun = performance.now();
    expect(await refusal(broker)).to.equal('UNREACHABLE connection refused');
    expect(performance.now() - begun).to.be.below(1000);
  });

  it('is one there that says nothing', async () => {
    const broker = await start();
    await broker.freeze();
    const begun = performance.now();
    expect(await refusal(broker)).to.match(/^UNREACHABLE/);
    expect(performance.now() - begun).to.be.within(4000, 7000);
  }).timeout(20_000);

  it('is it another server', async () => {
    const other = await listening('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await refusal(other)).to.match(/^UNREACHABLE/);
    await other.close();
  }).timeout(20_000);

  it('is it too old', async () => {
    const info = {
      server_id: 'OLD',
      version: '2.9.10',
      max_payload: 1_048_576,
      headers: true,
      jetstream: true,
      proto: 1,
    };
    const old = await listening(`INFO ${JSON.stringify(info)}\r\n`);
    expect(await refusal(old)).to.equal('TOO_OLD 2.9.10');
    await old.close();
  });

  it('is the password wrong, or missing', async () => {
    const broker = await start({ lines: ['authorization { user: carl, password: right }'] });
    expect(await refusal(broker, { user: 'carl', password: 's3cret' })).to.match(/^NOT_ALLOWED/);
    expect(await refusal(broker)).to.match(/^NOT_ALLOWED/);
    await opens(broker, { user: 'carl', password: 'right' });
  });

  it('is the token wrong', async () => {
    const broker = await start({ lines: ['authorization { token: right }'] });
    expect(await refusal(broker, { token: 's3cret' })).to.match(/^NOT_ALLOWED/);
    await opens(broker, { token: 'right' });
  });

  it('may the user do nothing', async () => {
    const permissions = 'permissions { publish: "nothing.>", subscribe: ">" }';
    const broker = await start({
      lines: [`authorization { users: [{ user: carl, password: right, ${permissions} }] }`],
    });
    expect(await refusal(broker, { user: 'carl', password: 'right' })).to.match(
      /^NOT_ALLOWED .*Permissions/i,
    );
  });

  it('keeps it nothing', async () => {
    expect(await refusal(await start({ withoutStorage: true }))).to.equal('NO_STORAGE');
  });

  it('has it too little space', async () => {
    expect(await refusal(await start({ storage: ['max_file_store: 1MB'] }))).to.match(/^NO_SPACE/);
  });

  it('has it not enough replicas', async () => {
    expect(await refusal(await start(), {}, { replicas: 3 })).to.equal(
      'OTHER_SETTINGS it has not 3 servers for replicas',
    );
  });

  it('can a file not be read', async () => {
    const broker = await start();
    for (const name of ['credsFile', 'caFile', 'certFile'] as const) {
      const { code, place } = await failure(broker, { [name]: join(folder, 'none.pem') });
      expect([code, place]).to.deep.equal(['NO_FILE', join(folder, 'none.pem')]);
    }
  });

  const others: [says: string, change: Partial<StreamConfig>][] = [
    ['subjects is chatty.main.log,other', { subjects: ['chatty.main.log', 'other'] }],
    ['discard is new', { discard: 'new' }],
    ['storage is memory', { storage: 'memory' }],
    ['max_msgs_per_subject is 5', { max_msgs_per_subject: 5 }],
    ['no_ack is true', { no_ack: true }],
    ['deny_delete is true', { deny_delete: true }],
    ['retention is interest', { retention: 'interest' }],
    ['description is mine', { description: 'mine' }],
  ];
  for (const [says, change] of others)
    it(`has the stream another setting: ${says}`, async () => {
      const broker = await start();
      const admin = natsConnection([broker]);
      await admin.open();
      await admin.api.streams.add({
        name: 'CHATTY_main',
        subjects: ['chatty.main.log'],
        description: 'chatty 1 x',
        ...change,
      });
      await admin.close();
      expect(await refusal(broker)).to.equal(`OTHER_SETTINGS CHATTY_main: ${says}`);
    });

  it('has another stream its subjects', async () => {
    const broker = await start();
    const admin = natsConnection([broker]);
    await admin.open();
    await admin.api.streams.add({ name: 'ALL', subjects: ['chatty.>'] });
    await admin.close();
    expect(await refusal(broker)).to.match(/^OTHER_SETTINGS another stream takes chatty\.main/);
  });

  it('takes other limits of an operator’s', async () => {
    const broker = await start();
    await opens(broker);
    const admin = natsConnection([broker]);
    await admin.open();
    await admin.api.streams.update('CHATTY_main', { max_age: 3_600_000_000_000, max_bytes: 1_000_000 });
    await admin.close();
    await opens(broker);
  });

  it('opens one room for many servers that start at the same time', async () => {
    const broker = await start();
    const users = await Promise.all(Array.from({ length: 8 }, () => JournalUser.of(natsJournal([broker]))));
    expect(new Set(users.map(({ opened }) => opened.id)).size).to.equal(1);
    for (const { journal } of users) await journal.close();
  });

  it('goes on with the brokers of which one is not there', async () => {
    const [gone, broker] = [await start(), await start()];
    await gone.stop();
    const user = await JournalUser.of(natsJournal([gone, broker]));
    expect(user.opened.first).to.equal(1);
    // The same room, as far as anybody can see, at the address that was not there: it is not, and this is noticed.
    await user.journal.close();
  });

  it('encrypts, and trusts its own authority alone', async () => {
    const tls = certificates(folder);
    const lines = [`tls { cert_file: "${tls.cert}", key_file: "${tls.key}" }`];
    const broker = await start({ lines });
    expect(await refusal(broker, { isEncrypted: true })).to.match(/^NOT_TRUSTED ./);
    await opens(broker, { isEncrypted: true, caFile: tls.ca });
    await opens(broker, { caFile: tls.ca });
  });

  it('comes in with a file of credentials', async () => {
    const { lines, creds } = credentials();
    const broker = await start({ lines });
    const file = join(folder, 'server.creds');
    writeFileSync(file, creds);
    expect(await refusal(broker)).to.match(/^NOT_ALLOWED/);
    await opens(broker, { credsFile: file });
    writeFileSync(file, 'nonsense');
    expect(await refusal(broker, { credsFile: file })).to.equal('NO_FILE no credentials are in it');
  });

  it('does not speak in plain text where it has to be encrypted', async () => {
    expect(await refusal(await start(), { isEncrypted: true })).to.equal(
      "UNREACHABLE server does not support 'tls'",
    );
  });

  it('shows its own certificate', async () => {
    const tls = certificates(folder);
    const lines = [
      `tls { cert_file: "${tls.cert}", key_file: "${tls.key}", ca_file: "${tls.ca}", verify: true }`,
    ];
    const broker = await start({ lines });
    expect(await refusal(broker, { caFile: tls.ca })).to.match(/^(NOT_ALLOWED|UNREACHABLE)/);
    await opens(broker, { caFile: tls.ca, certFile: tls.cert, keyFile: tls.key });
  }).timeout(20_000);

  async function opens(broker: NatsServer, options: Partial<NatsOptions> = {}): Promise<void> {
    const user = await JournalUser.of(new NatsJournal(natsConnection([broker], options), ROOM));
    user.append('entry');
    await user.settled();
    await user.journal.close();
  }
});

/** Somebody else's server, who says this to whoever comes, and PONG to whatever is said. */
async function listening(words: string): Promise<{ address: string; close(): Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {}).on('data', () => socket.write('PONG\r\n'));
    socket.write(words);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    address: `127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** An authority, and what it says of 127.0.0.1. */
function certificates(folder: string): { ca: string; cert: string; key: string } {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  writeFileSync(at('ext'), 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n');
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=authority',
  );
  openssl('req', ...key, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=broker');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext'];
  openssl('x509', '-req', '-in', 'request.pem', ...signed, '-out', 'cert.pem');
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
}

/** An operator of brokers, an account that may keep things, and a user of it, as `nsc` would write them. */
function credentials(): { lines: string[]; creds: string } {
  const { createOperator, createAccount, createUser } = nkeys;
  const [operator, account, user, system] = [
    createOperator(),
    createAccount(),
    createUser(),
    createAccount(),
  ];
  const jwt = (by: typeof operator, of: typeof operator, claims: object) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const about = {
      jti: 'x',
      iat: 1_700_000_000,
      iss: by.getPublicKey(),
      sub: of.getPublicKey(),
      name: 'test',
    };
    const text = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part({ ...about, nats: { ...claims, version: 2 } })}`;
    return `${text}.${Buffer.from(by.sign(Buffer.from(text))).toString('base64url')}`;
  };
  const all = { subs: -1, data: -1, payload: -1 };
  const kept = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const limits = { ...all, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  // The one of the brokers themselves may keep nothing.
  const limitsOf = (of: typeof account) => (of === account ? { ...limits, ...kept } : limits);
  const seed = new TextDecoder().decode(user.getSeed());
  return {
    lines: [
      `operator: "${jwt(operator, operator, { type: 'operator' })}"`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      'resolver_preload: {',
      ...[account, system].map(
        each =>
          `${each.getPublicKey()}: "${jwt(operator, each, { type: 'account', limits: limitsOf(each) })}"`,
      ),
      '}',
    ],
    creds: [
      '-----BEGIN NATS USER JWT-----',
      jwt(account, user, { type: 'user', ...all, pub: {}, sub: {} }),
      '------END NATS USER JWT------',
      '-----BEGIN USER NKEY SEED-----',
      seed,
      '------END USER NKEY SEED------',
      '',
    ].join('\n'),
  };
}
