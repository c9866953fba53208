import type { Broadcaster, Outlet, WireFormat } from '../../application/ports.js';
import type { RoomEvent } from '../../domain/events.js';
import type { User } from '../../domain/user.js';

/**
 * Hands each event to each member as soon as it is published, encoded once per format: the plain reference for what
 * every broadcaster promises, at a system call for each member and event.
 */
export class MemoryBroadcaster implements Broadcaster {
  readonly #members = new Map<User, Outlet>();

  /** @param maxBacklogBytes what a member may leave unread before it is dropped */
  constructor(private readonly maxBacklogBytes: number) {}

  add(user: User, outlet: Outlet): void {
    this.#members.set(user, outlet);
  }

  remove(user: User): void {
    this.#members.delete(user);
  }

  /** Nothing waits here, so nobody has to. */
  readonly congestion = undefined;

  flush(): void {}

  publish(event: RoomEvent): void {
    const encoded = new Map<WireFormat, Uint8Array>();
    const tooSlow: [User, Outlet][] = [];
    for (const [user, outlet] of this.#members) {
      if (user === event.user) continue;
      let bytes = encoded.get(outlet.format);
      if (bytes === undefined) {
        bytes = Buffer.from(outlet.format.encode(event));
        encoded.set(outlet.format, bytes);
      }
      if (outlet.backlog + bytes.length > this.maxBacklogBytes) tooSlow.push([user, outlet]);
      else outlet.write(bytes);
    }
    // After everybody has heard: a member that is dropped leaves, and that is the next event, not this one.
    for (const [user, outlet] of tooSlow) {
      this.remove(user);
      outlet.end('TOO_SLOW');
    }
  }
}
