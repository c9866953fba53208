import type { ChatRoom } from '../../domain/chat-room.js';
import type { MessageSent, Recorded, Seq } from '../../domain/events.js';
import type { SearchQuery } from '../../domain/message-search.js';
import type { RoomLog } from './ports.js';
import type { Sessions } from './sessions.js';

/** Most messages in one answer. */
export const MAX_ANSWER = 200;

/** Who is in the room, in the order in which they came. */
export class ListUsers {
  constructor(
    private readonly room: ChatRoom,
    private readonly sessions: Sessions,
    private readonly log: RoomLog,
  ) {}

  async execute(): Promise<{ users: string[]; away: Set<string> }> {
    await this.log.settled(); // who has not been recorded yet is not here yet
    const users: string[] = [];
    const away = new Set<string>();
    for (const { session, username } of this.room.users) {
      users.push(username.value);
      if (this.sessions.get(session)?.outlet === undefined) away.add(username.value);
    }
    return { users, away };
  }
}

/** What was said before a place, or until now. */
export class ReadHistory {
  constructor(private readonly log: RoomLog) {}

  /** The newest, oldest first; at most MAX_ANSWER. */
  execute(limit: number, before: Seq = Number.MAX_SAFE_INTEGER): Promise<readonly Recorded<MessageSent>[]> {
    return this.log.messagesBefore(before, Math.min(limit, MAX_ANSWER));
  }
}

/** What was said about something, by somebody, at some time. */
export class SearchHistory {
  constructor(private readonly log: RoomLog) {}

  /** The newest first; at most MAX_ANSWER. */
  execute(query: SearchQuery): Promise<readonly Recorded<MessageSent>[]> {
    return this.log.search({ ...query, limit: Math.min(query.limit, MAX_ANSWER) });
  }
}
