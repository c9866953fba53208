import { ChatMessage } from '../../domain/chat-message.js';
import type { ChatRoom } from '../../domain/chat-room.js';
import type { MessageSent } from '../../domain/events.js';
import type { Measure, Target } from '../../domain/measures.js';
import { SERVER_USERNAME } from '../../domain/name-limits.js';
import { Refusal } from '../../domain/refusal.js';
import { changeOf, eventOf, type RoomChange } from '../../domain/room-change.js';
import type { MeasureList, ModerationRequest, ModerationResult, TargetText } from '../moderation-request.js';
import { DeleteMessage } from './delete-message.js';
import { knownInTime } from './known-in-time.js';
import type { LeaveUser } from './leave-user.js';
import type { ModerationRecord } from './moderation-record.js';
import { type ModerationTargets, textOf } from './moderation-targets.js';
import type { Moderator, Operators } from './operators.js';
import { PutOut } from './put-out.js';
import type { RoomFeed } from './room-feed.js';
import type { RoomLog } from './room-log-ports.js';
import type { RoomOrder } from './room-order.js';
import { ToldChanges } from './told-changes.js';

/** How long somebody who was put out stays out, in milliseconds: their program is back at once otherwise. */
const KICK_MS = 60_000;

/** The longest that everybody may have to wait between two messages, in milliseconds. */
const MAX_SLOW_MS = 3_600_000;

/** Most measures that are listed: as many as go into one line of the wire. */
const MAX_LISTED = 50;

/** The longest time of a ban or a mute that has an end: a hundred years, in milliseconds. */
const MAX_MS = 100 * 366 * 86_400_000;

/** Bytes of a topic, and of a reason. */
const MAX_TOPIC_BYTES = 400;
const MAX_REASON_BYTES = 400;

/** An operator keeps order in the room. Whatever is done is kept in the log before anybody is told. */
export class ModerateRoom {
  readonly #out: PutOut;
  readonly #told: ToldChanges;
  readonly #deleting: DeleteMessage;

  constructor(
    private readonly room: ChatRoom,
    private readonly order: RoomOrder,
    private readonly record: ModerationRecord,
    private readonly operators: Operators,
    private readonly roomLog: Pick<
      RoomLog,
      'append' | 'erase' | 'messagesBefore' | 'search' | 'locate' | 'settled'
    >,
    leaveUser: Pick<LeaveUser, 'execute'>,
    private readonly targets: ModerationTargets,
    private readonly now: () => number = Date.now,
    feed?: Pick<RoomFeed, 'epoch'>,
  ) {
    const tell = this.#tell.bind(this);
    this.#told = new ToldChanges(tell);
    this.#deleting = new DeleteMessage(roomLog, record, tell, () => feed?.epoch);
    this.#out = new PutOut(room, order, roomLog, leaveUser, targets, tell, now);
  }

  /** Called once, before anybody joins. @throws {RoomLogFailure} */
  async open(): Promise<void> {
    await this.record.open(entry => {
      this.#told.kept(entry);
      this.#deleting.kept(entry);
      if (entry.type === 'MeasureTaken' && entry.kind === 'ban') this.#out.review();
    });
    await this.operators.open();
    this.#told.open();
    this.#deleting.open();
  }

  /** Everybody was told of it, by whichever server. */
  told(event: Pick<MessageSent, 'kind' | 'content'>): void {
    const change = changeOf(event);
    if (change !== undefined) this.#told.told(change);
  }

  /** What makes an operator of whoever says it first; made at the first start, and known only until the next one. */
  get token(): string | undefined {
    return this.operators.token;
  }

  /** Of a room that is closed. */
  close(): Promise<void> {
    this.#out.close();
    this.#told.close();
    this.#deleting.close();
    return this.record.close();
  }

  /** What is in force, as operators see it. @throws {Refusal} NOT_OPERATOR */
  list(by: Moderator): MeasureList {
    this.#nameOf(by);
    const all = this.order.moderation.measures(this.now());
    const measures = all.slice(-MAX_LISTED).map(({ id, kind, targets, at, by, until, reason }) => ({
      ...{ id, kind, by, at, targets: targets.map(textOf) },
      ...(until !== undefined && { until }),
      ...(reason !== undefined && { reason }),
    }));
    return { measures, count: all.length };
  }

  /**
   * Resolves when it is done and recorded.
   * @throws {Refusal} NOT_OPERATOR, KEY_NEEDED, WRONG_TOKEN, NO_SUCH_USER, NO_SUCH_TARGET, NO_SUCH_MEASURE, NO_SUCH_MESSAGE, IS_OPERATOR,
   *   MESSAGE_EMPTY, MESSAGE_TOO_LONG or MESSAGE_CHARACTERS of a topic or a reason; DISK_FULL or NOT_RECORDED;
   *   OUTCOME_UNKNOWN, and it is done with all that belongs to it as soon as it is known that it can be
   */
  execute(by: Moderator, request: ModerationRequest): Promise<ModerationResult> {
    return knownInTime(this.#execute(by, request));
  }

  async #execute(by: Moderator, request: ModerationRequest): Promise<ModerationResult> {
    const user = by === 'machine' ? undefined : this.room.userOf(by);
    if (request.action === 'operator' && this.operators.isToken(request, by === 'machine' ? by : user))
      return this.operators.useToken(user, request.token);
    if (request.action === 'topic')
      return request.topic === undefined
        ? { action: 'topic', targets: [], topic: this.room.topic }
        : this.#setTopic(this.#nameOf(by), request.topic);
    const name = this.#nameOf(by);
    switch (request.action) {
      case 'kick':
        return this.#kick(name, request.target, request.reason);
      case 'ban':
      case 'mute':
        return this.#take(name, request.action, request);
      case 'unban':
      case 'unmute':
        return this.#lift(name, request.action === 'unban' ? 'ban' : 'mute', request.target);
      case 'slow':
        return this.#slowDown(name, request.ms);
      case 'delete':
        return { action: 'delete', targets: [await this.#deleting.execute(name, request)] };
      case 'operator':
      case 'dismiss':
        return this.operators.appoint(name, request);
    }
  }

  /** @throws {Refusal} NOT_OPERATOR */
  #nameOf(by: Moderator): string {
    if (by === 'machine') return SERVER_USERNAME;
    const user = this.room.userOf(by);
    if (user === undefined) throw new Refusal('NOT_JOINED');
    if (!this.order.moderation.isOperator(this.order.personOf(user))) throw new Refusal('NOT_OPERATOR');
    return user.username;
  }

  async #kick(by: string, target: TargetText, reason?: string): Promise<ModerationResult> {
    const targets = await this.targets.of(target);
    const until = this.now() + KICK_MS;
    const because = reasonOf(reason);
    // Others who are here from the same address have done nothing.
    const named = targets.filter(({ kind }) => kind !== 'network');
    const meant = named.length > 0 ? named : targets;
    if (this.targets.present(meant).length === 0) throw new Refusal('NO_SUCH_USER');
    await this.#measure({ kind: 'ban', targets, until, by, ...because });
    const gone = await this.#putOut(by, 'kicked', meant, { until, ...because });
    return { action: 'kick', targets: targets.map(textOf), until, ...gone };
  }

  async #take(
    by: string,
    kind: Measure['kind'],
    { target, ms, reason }: { readonly target: TargetText; readonly ms?: number; readonly reason?: string },
  ): Promise<ModerationResult> {
    const targets = await this.targets.of(target);
    // What no calendar holds has no end.
    const until = ms === undefined || ms > MAX_MS ? undefined : this.now() + ms;
    const about = { ...(until !== undefined && { until }), ...reasonOf(reason) };
    await this.#measure({ kind, targets, by, ...about });
    const result = { action: kind, targets: targets.map(textOf), ...(until !== undefined && { until }) };
    if (kind === 'ban') return { ...result, ...(await this.#putOut(by, 'banned', targets, about)) };
    for (const { username } of this.targets.present(targets))
      await this.#tell({ type: 'muted', by, username, ...about });
    return result;
  }

  /** Its id is given when its place in the order is known: no other one has it. */
  async #measure(measure: Omit<Measure, 'id' | 'at'>): Promise<void> {
    const { moderation } = this.order;
    await this.record.keep(() => ({ type: 'MeasureTaken', id: moderation.nextId, ...measure }));
  }

  async #lift(by: string, kind: Measure['kind'], target: TargetText): Promise<ModerationResult> {
    const lifted = this.targets.measures(kind, target, this.now());
    if (lifted.length === 0) throw new Refusal('NO_SUCH_MEASURE');
    for (const { id } of lifted) await this.record.keep(() => ({ type: 'MeasureLifted', id, by }));
    const targets = lifted.flatMap(measure => measure.targets);
    if (kind === 'mute')
      for (const { username } of this.targets.present(targets))
        await this.#tell({ type: 'unmuted', by, username });
    return { action: kind === 'ban' ? 'unban' : 'unmute', targets: someOf(targets.map(textOf)) };
  }

  async #slowDown(by: string, given: number): Promise<ModerationResult> {
    const ms = Math.min(given, MAX_SLOW_MS);
    await this.record.keep(() => ({ type: 'SlowedDown', ms, by }));
    await this.#tell({ type: 'slow', by, ms });
    return { action: 'slow', targets: [], ms };
  }

  async #setTopic(by: string, given: string): Promise<ModerationResult> {
    const topic = given.trim() === '' ? '' : lineOf(given, MAX_TOPIC_BYTES);
    await this.record.keep(() => ({ type: 'TopicSet', topic, by }));
    await this.#tell({ type: 'topic', by, topic });
    return { action: 'topic', targets: [] };
  }

  async #putOut(
    by: string,
    type: 'kicked' | 'banned',
    targets: readonly Target[],
    about: { readonly until?: number; readonly reason?: string },
  ): Promise<{ readonly ended: number; readonly from?: readonly string[] }> {
    // Whose join is not recorded is refused, or is here as soon as it is; until then nobody knows from where they come.
    if ([...this.room.users].some(({ session }) => session.isEntering)) await this.roomLog.settled();
    const users = await this.#out.execute(type, targets, { by, ...about });
    const from = someOf(users.flatMap(user => this.targets.originOf(user) ?? []));
    return { ended: users.length, ...(from.length > 0 && { from }) };
  }

  /** It is done, whether the room can be told of it or not. */
  async #tell(change: RoomChange): Promise<void> {
    try {
      await this.roomLog.append(eventOf(change));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

/** As many of very many as a client reads. */
function someOf(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].slice(0, MAX_LISTED);
}

function reasonOf(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined || reason.trim() === '' ? {} : { reason: lineOf(reason, MAX_REASON_BYTES) };
}

/** @throws {Refusal} of a message that breaks the rules */
function lineOf(text: string, maxBytes: number): string {
  return ChatMessage.parse(text.trim().replaceAll('\n', ' '), maxBytes).content;
}
