import type { Broadcaster, Outlet, WireFormat } from '../../src/application/server/broadcast-ports.js';
import type { Recorded } from '../../src/domain/events.js';
import type { SessionId } from '../../src/domain/session.js';

interface Member {
  readonly outlet: Outlet;
  /** What it is to be told as soon as it is ready. */
  held: [bytes: Uint8Array, event: Recorded][] | undefined;
}

/**
 * Hands each event to each member as soon as it is published, encoded once per format: the plain reference for what
 * every broadcaster promises, at a system call for each member and event.
 */
export class MemoryBroadcaster implements Broadcaster {
  readonly #members = new Map<SessionId, Member>();

  /** @param maxBacklogBytes what a member may leave unread before it is dropped */
  constructor(private readonly maxBacklogBytes: number) {}

  add(session: SessionId, outlet: Outlet, ready?: Promise<void>): void {
    const member: Member = { outlet, held: ready && [] };
    this.#members.set(session, member);
    void ready?.then(() => {
      const held = member.held ?? [];
      member.held = undefined;
      if (this.#members.get(session) === member) {
        for (const [bytes, event] of held) tell(outlet, bytes, event);
      }
    });
  }

  remove(session: SessionId): void {
    this.#members.delete(session);
  }

  /** Nothing waits here, so nobody has to. */
  readonly congestion = undefined;

  #deliveries = 0;

  get load() {
    const behind = [...this.#members.values()].filter(({ outlet }) => outlet.backlog > 0).length;
    return { behind, logBytes: 0, deliveries: this.#deliveries, isCongested: false };
  }

  flush(): void {}

  publish(event: Recorded): void {
    const encoded = new Map<WireFormat, Uint8Array>();
    const tooSlow: [SessionId, Outlet][] = [];
    for (const [session, member] of this.#members) {
      const { outlet, held } = member;
      const bytes =
        session === event.session ? encodeForAuthor(outlet, event) : encode(outlet, event, encoded);
      const waiting = held?.reduce((total, [{ length }]) => total + length, 0) ?? outlet.backlog;
      if (waiting + bytes.length > this.maxBacklogBytes) tooSlow.push([session, outlet]);
      else if (held !== undefined) held.push([bytes, event]);
      else tell(outlet, bytes, event);
      this.#deliveries++;
    }
    // After everybody has heard: a member that is dropped leaves, and that is the next event, not this one.
    for (const [session, outlet] of tooSlow) {
      this.remove(session);
      outlet.end('TOO_SLOW');
    }
  }
}

function tell(outlet: Outlet, bytes: Uint8Array, event: Recorded): void {
  if (outlet.ended) return;
  outlet.lastSeq = event.seq;
  if (bytes.length > 0) outlet.write(bytes);
}

function encodeForAuthor({ format }: Outlet, event: Recorded): Uint8Array {
  return Buffer.from(format.encodeForAuthor(event));
}

function encode({ format }: Outlet, event: Recorded, encoded: Map<WireFormat, Uint8Array>): Uint8Array {
  let bytes = encoded.get(format);
  if (bytes === undefined) {
    bytes = Buffer.from(format.encode(event));
    encoded.set(format, bytes);
  }
  return bytes;
}
