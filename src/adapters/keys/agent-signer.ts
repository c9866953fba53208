import { connect } from 'node:net';
import { KeyFailure, type Signer } from '../../application/client/ports.js';
import { Fields, field, fingerprintOf, KEY_TYPE, keyBlob, keyInBlob, keyLine } from './ed25519.js';
import { bytesToSign } from './sshsig.js';

// The protocol of ssh-agent: https://datatracker.ietf.org/doc/draft-ietf-sshm-ssh-agent/
const REQUEST_IDENTITIES = 11;
const IDENTITIES = 12;
const SIGN = 13;
const SIGNATURE = 14;

/** As much as OpenSSH reads, in bytes. */
const MAX_ANSWER = 256 * 1024;
/** How long an agent may take to list its keys, in milliseconds; for a signature it may have to ask somebody. */
const LIST_MS = 5000;
const SIGN_MS = 60_000;

/** Signs with a key that an ssh-agent holds, which nobody sees. */
export class AgentSigner implements Signer {
  private constructor(
    private readonly socket: string,
    readonly publicKey: string,
    readonly source: string,
  ) {}

  /**
   * The agent's first Ed25519 key, or the one of this fingerprint.
   * @param socket what SSH_AUTH_SOCK says
   * @throws {KeyFailure} NO_AGENT, NOT_IN_AGENT
   */
  static async find(socket: string | undefined, fingerprint?: string): Promise<AgentSigner> {
    if (socket === undefined || socket === '') throw new KeyFailure('NO_AGENT', 'SSH_AUTH_SOCK');
    const answer = await ask(socket, Buffer.from([REQUEST_IDENTITIES]), LIST_MS);
    const found = keysIn(answer, socket).find(
      ({ key }) => fingerprint === undefined || fingerprintOf(key) === fingerprint,
    );
    if (found === undefined) throw new KeyFailure('NOT_IN_AGENT', fingerprint ?? KEY_TYPE);
    return new AgentSigner(socket, found.key, `ssh-agent, ${found.comment}`);
  }

  get fingerprint(): string {
    return fingerprintOf(this.publicKey);
  }

  get line(): string {
    return keyLine(this.publicKey);
  }

  async sign(text: string): Promise<string> {
    const flags = Buffer.alloc(4);
    const request = [Buffer.from([SIGN]), field(keyBlob(this.publicKey)), field(bytesToSign(text)), flags];
    const answer = await ask(this.socket, Buffer.concat(request), SIGN_MS);
    if (answer[0] !== SIGNATURE) throw new KeyFailure('NOT_SIGNED', this.source);
    return parsed(this.socket, () => {
      const signature = new Fields(new Fields(answer.subarray(1)).next());
      if (signature.next().toString('latin1') !== KEY_TYPE)
        throw new RangeError('not the type that was asked for');
      return signature.next().toString('base64url');
    });
  }
}

/** Its Ed25519 keys; others, and those on a token, sign otherwise. */
function keysIn(answer: Buffer, socket: string): { key: string; comment: string }[] {
  return parsed(socket, () => {
    if (answer[0] !== IDENTITIES) throw new RangeError('not a list');
    const fields = new Fields(answer.subarray(1));
    const keys: { key: string; comment: string }[] = [];
    for (let left = fields.number(); left > 0; left--) {
      const key = keyInBlob(fields.next());
      const comment = fields.next().toString();
      if (key !== undefined) keys.push({ key, comment });
    }
    return keys;
  });
}

function parsed<T>(socket: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new KeyFailure('NO_AGENT', socket, { cause });
  }
}

/** One request, over a connection of its own; resolves to the answer without its length. @throws {KeyFailure} NO_AGENT */
function ask(socket: string, request: Buffer, timeoutMs: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const line = connect(socket);
  const fail = (cause?: unknown) => reject(new KeyFailure('NO_AGENT', socket, { cause }));
  let answer = Buffer.alloc(0);
  line.setTimeout(timeoutMs, fail);
  line.on('error', fail);
  line.on('close', () => fail());
  line.on('data', (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk]);
    const length = answer.length < 4 ? undefined : answer.readUInt32BE();
    if (length !== undefined && (length === 0 || length > MAX_ANSWER)) fail();
    else if (length !== undefined && answer.length >= 4 + length) resolve(answer.subarray(4, 4 + length));
  });
  line.write(field(request));
  return promise.finally(() => line.destroy());
}
