import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { expect } from 'chai';
import { Brokers } from '../support/brokers.js';
import { natsConnection } from '../support/journals.js';
import { certificates, credentials } from '../support/nats-logins.js';
import { failure, opens, refusal } from '../support/nats-refusals.js';
import type { BrokerOptions } from '../support/nats-server.js';
import { until } from '../support/until.js';

describe('brokers that want to know who comes', () => {
  const brokers = Brokers.forEach();
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'chatty-tls-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = (options?: BrokerOptions) => brokers.start(options);

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

  it('can a file not be read', async () => {
    const broker = await start();
    for (const name of ['credsFile', 'caFile', 'certFile'] as const) {
      const { code, place } = await failure(broker, { [name]: join(folder, 'none.pem') });
      expect([code, place]).to.deep.equal(['NO_FILE', join(folder, 'none.pem')]);
    }
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

  it('says of credentials that hold no more, or allow too little, that the broker does not let this server in', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const [claims, says] of [
      [{ exp: now - 60 }, /^NOT_ALLOWED/],
      [{ isRevoked: true }, /^NOT_ALLOWED/],
      [{ publish: ['nothing.>'] }, /^NOT_ALLOWED .*Permissions/i],
    ] as const) {
      const { lines, creds } = credentials(claims);
      const broker = await start({ lines });
      const file = join(folder, 'other.creds');
      writeFileSync(file, creds);
      expect(await refusal(broker, { credsFile: file }), JSON.stringify(claims)).to.match(says);
    }
  }).timeout(20_000);

  it('says why, when credentials hold no more that did, and takes those that are in the file then', async () => {
    const { lines, creds, renewed } = credentials({ exp: Math.floor(Date.now() / 1000) + 3 });
    const broker = await start({ lines });
    const file = join(folder, 'short.creds');
    writeFileSync(file, creds);
    const connection = natsConnection([broker], { credsFile: file });
    await connection.open();
    expect(connection.trouble).to.equal(undefined);
    await until(() => /Authori[sz]ation|Authentication Expired/.test(connection.trouble ?? ''), 15_000);
    expect(connection.since).to.equal(undefined);
    rmSync(file);
    await later(300);
    writeFileSync(file, 'half of it');
    await later(300);
    writeFileSync(file, renewed);
    await until(() => connection.since !== undefined);
    expect(connection.trouble).to.equal(undefined);
    await connection.close();
  }).timeout(30_000);

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
  });
});
