import type { ChatRequest, JoinRequest, OutgoingMessage } from '../../src/application/chat-request.js';
import type { ChatResponse, Welcome } from '../../src/application/chat-response.js';
import type {
  LinkEnd,
  NewLink,
  Peer,
  RoomLink,
  RoomLinkListener,
} from '../../src/application/client/ports.js';
import { ConnectFailure, MessageTooLong } from '../../src/application/client/ports.js';

export const WELCOME: Welcome = {
  resume: 'token',
  epoch: 'one',
  seq: 0,
  head: 0,
  resumed: false,
  users: ['carl'],
  count: 1,
  graceMs: 60_000,
  silenceMs: 30_000,
  maxMessageBytes: 4096,
};

export function joinedAs(username = 'carl', welcome?: Partial<Welcome>): ChatResponse {
  const memo = { username, content: 'Warm Welcome' };
  return { type: 'Joined', memo, ...(welcome && { welcome: { ...WELCOME, ...welcome } }) };
}

/** What the server does at a Join; the default lets everybody in, in the form that they ask for. */
export type OnJoin = (link: ScriptedLink, request: JoinRequest) => void;

export const admit: OnJoin = (link, { username, extended }) =>
  link.says(
    joinedAs(username, extended && { resumed: extended.resume !== undefined, seq: extended.since ?? 0 }),
  );

/** A link whose other end is the test. Keeps what was commanded. */
export class ScriptedLink implements RoomLink {
  readonly commands: string[] = [];
  joinRequest: JoinRequest | undefined;
  peer: Peer | undefined = { name: '192.0.2.1:8081', isEncrypted: false };
  isClosed = false;
  /** What a send waits for. */
  drained: Promise<void> | undefined;
  #listener: RoomLinkListener | undefined;

  readonly #closed = Promise.withResolvers<void>();
  /** Resolves when this end hangs up. */
  readonly closed: Promise<void> = this.#closed.promise;

  constructor(
    private readonly server: ScriptedServer,
    /** Which of several addresses it leads to. */
    readonly address: number = 0,
  ) {}

  /** The messages, as `ref content`; without a ref in the basic form. */
  get sent(): string[] {
    return this.commands.flatMap(command => (command.startsWith('send ') ? [command.slice(5)] : []));
  }

  /** The refs of the messages. */
  get refs(): string[] {
    return this.sent.map(sent => sent.split(' ')[0] ?? '');
  }

  says(...responses: ChatResponse[]): void {
    for (const response of responses) this.#listener?.onResponse(response);
  }

  ends(end: LinkEnd = 'LOST'): void {
    this.#listener?.onEnd(end);
  }

  /** Accepts the message of this ref. */
  accepts(ref: string, seq: number): void {
    this.says({ type: 'Accepted', ref, seq, at: 0 });
  }

  async open(listener: RoomLinkListener): Promise<void> {
    this.#listener = listener;
    await this.server.onOpen(this);
  }
  join(request: JoinRequest): void {
    this.joinRequest = request;
    this.server.onJoin(this, request);
  }
  prove(signature: string): void {
    this.commands.push(`prove ${signature}`);
    this.server.onProve(this);
  }
  async send({ content }: OutgoingMessage, ref?: string): Promise<void> {
    if (content === 'long') throw new MessageTooLong(10, 20);
    if (content === 'boom') throw new Error('boom');
    this.commands.push(this.joinRequest?.extended ? `send ${ref} ${content}` : `send ${content}`);
    await this.drained;
  }
  leave(): void {
    this.commands.push('leave');
    this.server.onLeave(this);
  }
  ping(id: number): void {
    this.commands.push(`ping ${id}`);
    this.server.onPing(this, id);
  }
  request(ref: string, { type, ...body }: ChatRequest): void {
    this.commands.push(`${type} ${ref} ${JSON.stringify(body)}`);
    this.server.onRequest(this, ref);
  }
  pauseUntil(ready: Promise<void>): void {
    this.commands.push('pause');
    void ready.then(() => this.commands.push('go on'));
  }
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#closed.resolve();
    this.#listener?.onEnd('CLOSED');
  }
}

/** A server that does as the test likes. */
export class ScriptedServer {
  readonly links: ScriptedLink[] = [];
  onJoin: OnJoin = admit;
  onProve: (link: ScriptedLink) => void = link => link.says(joinedAs('carl', { verified: true }));
  onOpen: (link: ScriptedLink) => void | Promise<void> = () => {};
  onLeave: (link: ScriptedLink) => void = link => link.ends('CLOSED');
  onPing: (link: ScriptedLink, id: number) => void = (link, id) => link.says({ type: 'Pong', id });
  onRequest: (link: ScriptedLink, ref: string) => void = () => {};

  readonly newLink: NewLink = address => {
    const link = new ScriptedLink(this, address);
    this.links.push(link);
    return link;
  };

  /** The newest link. */
  get link(): ScriptedLink {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error('nobody has come');
    return link;
  }

  /** Nobody can be reached from now on. */
  vanish(): void {
    this.onOpen = () => {
      throw new ConnectFailure('REFUSED', { host: 'here', port: 1 });
    };
  }

  /** The server is back. */
  appear(): void {
    this.onOpen = () => {};
  }
}
