import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import ssh2, { type Client, type ClientChannel } from 'ssh2';

/** A client of ssh in the process of the test, without a key. */
export class SshClient {
  readonly closed: Promise<void>;
  #channel: ClientChannel | undefined;

  private constructor(
    private readonly client: Client,
    private readonly socket: Socket,
  ) {
    this.closed = new Promise(resolve => client.once('close', resolve));
    client.on('error', () => {});
  }

  /** @param hangsUp whether it does so when the server does */
  static async connect(port: number, username: string, hangsUp = true): Promise<SshClient> {
    const client = new ssh2.Client();
    client.on('keyboard-interactive', (_name, _instructions, _language, _prompts, finish) => finish([]));
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: !hangsUp });
    const connected = new SshClient(client, socket);
    client.connect({ sock: socket, username, tryKeyboard: true });
    await once(client, 'ready');
    return connected;
  }

  /** Resolves to the exit status of a command; then the connection is over. */
  run(command: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.client.exec(command, (error, channel) => {
        if (error !== undefined) return reject(error);
        this.#channel = channel;
        channel.resume().stderr.resume();
        channel.on('exit', (code: number) => resolve(code));
        channel.on('close', () => this.close());
      });
    });
  }

  endInput(text: string): void {
    this.#channel?.end(text);
  }

  /** Something that is no packet; and nothing more. */
  writeNonsense(): void {
    this.socket.write(randomBytes(64));
  }

  close(): void {
    this.client.end();
  }
}
