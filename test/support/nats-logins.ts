import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';

/** An authority, and what it says of 127.0.0.1. */
export function certificates(folder: string): { ca: string; cert: string; key: string } {
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

export interface UserClaims {
  /** From when on the credentials hold no more, in seconds since 1970. */
  readonly exp?: number;
  /** The account has taken them back. */
  readonly isRevoked?: boolean;
  /** To which subjects it may publish: to all by default. */
  readonly publish?: readonly string[];
}

/** An operator of brokers, an account that may keep things, and a user of it, as `nsc` would write them. */
export function credentials({ exp, isRevoked = false, publish }: UserClaims = {}): {
  lines: string[];
  creds: string;
  /** Of the same user, which do not expire. */
  renewed: string;
} {
  const { createOperator, createAccount, createUser } = nkeys;
  const [operator, account, user, system] = [
    createOperator(),
    createAccount(),
    createUser(),
    createAccount(),
  ];
  const jwt = (by: typeof operator, of: typeof operator, claims: object, more: object = {}) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const about = {
      jti: 'x',
      iat: 1_700_000_000,
      iss: by.getPublicKey(),
      sub: of.getPublicKey(),
      name: 'test',
      ...more,
    };
    const text = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part({ ...about, nats: { ...claims, version: 2 } })}`;
    return `${text}.${Buffer.from(by.sign(Buffer.from(text))).toString('base64url')}`;
  };
  const all = { subs: -1, data: -1, payload: -1 };
  const kept = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const limits = { ...all, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  // The one of the brokers themselves may keep nothing.
  const limitsOf = (of: typeof account) => (of === account ? { ...limits, ...kept } : limits);
  // All that were made until then.
  const revocations = isRevoked ? { [user.getPublicKey()]: 1_800_000_000 } : {};
  const allowed = publish === undefined ? {} : { allow: publish };
  const seed = new TextDecoder().decode(user.getSeed());
  const file = (more: object) =>
    [
      '-----BEGIN NATS USER JWT-----',
      jwt(account, user, { type: 'user', ...all, pub: allowed, sub: {} }, more),
      '------END NATS USER JWT------',
      '-----BEGIN USER NKEY SEED-----',
      seed,
      '------END USER NKEY SEED------',
      '',
    ].join('\n');
  return {
    lines: [
      `operator: "${jwt(operator, operator, { type: 'operator' })}"`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      'resolver_preload: {',
      ...[account, system].map(
        each =>
          `${each.getPublicKey()}: "${jwt(operator, each, { type: 'account', limits: limitsOf(each), revocations })}"`,
      ),
      '}',
    ],
    creds: file(exp === undefined ? {} : { exp }),
    renewed: file({}),
  };
}
