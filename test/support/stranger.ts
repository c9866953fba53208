import type { TestKey } from './keys.js';
import { WireClient } from './wire-client.js';

export interface Answer {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any;
}

/** Somebody with a bare socket, who says what they like. */
export class Stranger {
  private constructor(readonly wire: WireClient) {}

  static async connect(port: number): Promise<Stranger> {
    return new Stranger(await WireClient.connect(port));
  }

  say(verb: string, body: object): void {
    this.wire.write(`${JSON.stringify({ [verb]: body })}\n`);
  }

  /** The next answer to somebody who has not joined, or of this type. */
  async next(type?: string): Promise<Answer> {
    const line = await this.wire.next(text => type === undefined || text.startsWith(`{"${type}"`));
    const [[name = '', body] = []] = Object.entries(JSON.parse(line));
    return { type: name, body };
  }

  async ask(verb: string, body: object, type?: string): Promise<Answer> {
    this.say(verb, body);
    return this.next(type);
  }

  /** Joins with a key, and proves it as `prove` says. */
  async join(
    username: string,
    key: TestKey,
    more: object = {},
    prove = (challenge: { nonce: string; server: string }) => key.prove(challenge, username),
  ): Promise<Answer> {
    const { type, body } = await this.ask('Join', { username, key: key.key, history: 0, ...more });
    return type === 'Challenge' ? this.ask('Prove', { signature: prove(body) }) : { type, body };
  }
}
