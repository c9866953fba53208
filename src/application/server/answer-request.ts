import type { ChatRoom } from '../../domain/chat-room.js';
import type { MessageSent, Recorded } from '../../domain/events.js';
import { isOfSigns } from '../../domain/message-search.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import { type ChatRequest, MAX_ANSWER } from '../chat-request.js';
import type { NameKeys } from '../chat-response.js';
import type { MeasureList, ModerationResult } from '../moderation-request.js';
import type { ChangeKeys } from './change-keys.js';
import type { ModerateRoom } from './moderate-room.js';
import type { RoomLog } from './room-log-ports.js';
import { within } from './within.js';

/** How long what is not recorded yet is waited for, in milliseconds. */
const PATIENCE_MS = 1000;

/** The answer to a request; the wire splits it into as many lines as it needs. */
export type Answer =
  /** In the order in which they joined; the connection of those `away` is down. */
  | {
      readonly type: 'Users';
      readonly users: readonly string[];
      readonly away: ReadonlySet<string>;
      /** Those who have proven their names. */
      readonly verified?: ReadonlySet<string>;
    }
  /** Oldest first. */
  | { readonly type: 'History'; readonly messages: readonly Recorded<MessageSent>[] }
  /** Newest first. */
  | { readonly type: 'Found'; readonly messages: readonly Recorded<MessageSent>[] }
  | ({ readonly type: 'Keys' } & NameKeys)
  | ({ readonly type: 'Moderated' } & ModerationResult)
  | ({ readonly type: 'Bans' } & MeasureList);

/** A user asks who is in the room, what was said before, for messages that match a search, about their own keys, or keeps order. */
export class AnswerRequest {
  constructor(
    private readonly room: ChatRoom,
    private readonly roomLog: Pick<RoomLog, 'settled' | 'messagesBefore' | 'search'>,
    private readonly changeKeys: Pick<ChangeKeys, 'execute'>,
    private readonly moderateRoom: Pick<ModerateRoom, 'execute' | 'list'>,
  ) {}

  /** At most MAX_ANSWER messages, however many are asked for. @throws {Refusal} SEARCH_SIGNS, and those of ChangeKeys and ModerateRoom */
  async execute(session: SessionId, request: ChatRequest): Promise<Answer> {
    switch (request.type) {
      case 'who':
        return this.#users();
      case 'history': {
        const { limit, before = Number.MAX_SAFE_INTEGER } = request;
        return { type: 'History', messages: await this.roomLog.messagesBefore(before, bounded(limit)) };
      }
      case 'search': {
        const { type: _, limit, ...query } = request;
        if (isOfSigns(query)) throw new Refusal('SEARCH_SIGNS');
        return { type: 'Found', messages: await this.roomLog.search({ ...query, limit: bounded(limit) }) };
      }
      case 'keys':
      case 'addKey':
      case 'removeKey':
        return { type: 'Keys', ...(await this.changeKeys.execute(session, request)) };
      case 'moderate': {
        const { type: _, ...asked } = request;
        return { type: 'Moderated', ...(await this.moderateRoom.execute(session, asked)) };
      }
      case 'bans':
        return { type: 'Bans', ...this.moderateRoom.list(session) };
    }
  }

  async #users(): Promise<Answer> {
    // A join that is not recorded yet may be refused. Where nothing is recorded at present, who was here is known all the same.
    await within(PATIENCE_MS, this.roomLog.settled());
    const users: string[] = [];
    const away = new Set<string>();
    const verified = new Set<string>();
    for (const { session, username } of this.room.users) {
      users.push(username);
      if (session.isAway) away.add(username);
      if (session.key !== undefined) verified.add(username);
    }
    return { type: 'Users', users, away, ...(verified.size > 0 && { verified }) };
  }
}

function bounded(limit: number): number {
  return Math.min(limit, MAX_ANSWER);
}
