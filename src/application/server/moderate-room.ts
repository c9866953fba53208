import { ChatMessage } from '../../domain/chat-message.js';
import type { ChatRoom } from '../../domain/chat-room.js';
import type { Measure, Moderation, ModerationEntry, Target } from '../../domain/moderation.js';
import { SERVER_USERNAME } from '../../domain/name-limits.js';
import { Refusal } from '../../domain/refusal.js';
import { eventOf, type RoomChange } from '../../domain/room-change.js';
import type { SessionId } from '../../domain/session.js';
import type { User } from '../../domain/user.js';
import type { MeasureList, ModerationRequest, ModerationResult, TargetText } from '../moderation-request.js';
import type { LeaveUser } from './leave-user.js';
import type { ModerationLog, Networks } from './moderation-ports.js';
import type { ResumeTokens, RoomLog } from './ports.js';
import { detailsOf, type RoomOrder } from './room-order.js';

/** Who asks: somebody in the room, or whoever has the server's machine. */
export type Moderator = SessionId | 'machine';

/** How long somebody who was put out stays out, in milliseconds: their program is back at once otherwise. */
const KICK_MS = 60_000;

/** The longest that everybody may have to wait between two messages, in milliseconds. */
const MAX_SLOW_MS = 3_600_000;

/** Most measures that are listed: as many as go into one line of the wire. */
const MAX_LISTED = 50;

/** Bytes of a topic, and of a reason. */
const MAX_TOPIC_BYTES = 400;
const MAX_REASON_BYTES = 400;

/** An operator keeps order in the room. Whatever is done is kept in the log before anybody is told. */
export class ModerateRoom {
  readonly #moderation: Moderation;
  #token: string | undefined;

  constructor(
    private readonly room: ChatRoom,
    private readonly order: RoomOrder,
    private readonly log: ModerationLog,
    private readonly roomLog: Pick<RoomLog, 'append' | 'erase' | 'search'>,
    private readonly leaveUser: Pick<LeaveUser, 'execute'>,
    private readonly networks: Networks,
    private readonly tokens: ResumeTokens,
    private readonly now: () => number = Date.now,
  ) {
    this.#moderation = order.moderation;
  }

  /** Called once, before anybody joins. @throws {RoomLogFailure} */
  open(): void {
    for (const entry of this.log.open()) this.#apply(entry);
    if (this.#moderation.operators.size > 0 || this.#moderation.token !== undefined) return;
    const token = this.tokens.create();
    try {
      this.#keep({ type: 'TokenIssued', hash: this.tokens.keyOf(token), by: SERVER_USERNAME });
      this.#token = token;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // on a full disk the room is opened all the same
    }
  }

  /** What makes an operator of whoever says it first; made at the first start, and known only until the next one. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Of a room that is closed. */
  close(): void {
    this.log.close();
  }

  /** What is in force, as operators see it. @throws {Refusal} NOT_OPERATOR */
  list(by: Moderator): MeasureList {
    this.#nameOf(by);
    const all = this.#moderation.measures(this.now());
    const measures = all.slice(-MAX_LISTED).map(({ id, kind, targets, at, by, until, reason }) => ({
      ...{ id, kind, by, at, targets: targets.map(textOf) },
      ...(until !== undefined && { until }),
      ...(reason !== undefined && { reason }),
    }));
    return { measures, count: all.length };
  }

  /**
   * Resolves when it is done and recorded.
   * @throws {Refusal} NOT_OPERATOR, KEY_NEEDED, WRONG_TOKEN, NO_SUCH_USER, NO_SUCH_MEASURE, NO_SUCH_MESSAGE, IS_OPERATOR,
   *   MESSAGE_EMPTY, MESSAGE_TOO_LONG or MESSAGE_CHARACTERS of a topic or a reason; DISK_FULL or NOT_RECORDED
   */
  async execute(by: Moderator, request: ModerationRequest): Promise<ModerationResult> {
    if (request.action === 'operator' && request.token !== undefined)
      return this.#useToken(by, request.token);
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
        return this.#delete(name, request);
      case 'operator':
      case 'dismiss':
        return this.#appoint(name, request.action, request.target ?? '');
    }
  }

  /** @throws {Refusal} NOT_OPERATOR */
  #nameOf(by: Moderator): string {
    if (by === 'machine') return SERVER_USERNAME;
    const user = this.room.userOf(by);
    if (user === undefined) throw new Refusal('NOT_JOINED');
    if (!this.#moderation.isOperator(this.order.personOf(user))) throw new Refusal('NOT_OPERATOR');
    return user.username;
  }

  #useToken(by: Moderator, token: string): ModerationResult {
    const user = by === 'machine' ? undefined : this.room.userOf(by);
    if (user === undefined) throw new Refusal('NOT_JOINED');
    const { key } = this.order.personOf(user);
    if (key === undefined) throw new Refusal('KEY_NEEDED');
    if (this.#moderation.token !== this.tokens.keyOf(token)) throw new Refusal('WRONG_TOKEN');
    this.#keep({ type: 'OperatorNamed', key, name: user.username, by: user.username });
    return { action: 'operator', targets: [user.username] };
  }

  async #kick(by: string, target: TargetText, reason?: string): Promise<ModerationResult> {
    const targets = this.#targetsOf(target);
    const until = this.now() + KICK_MS;
    const because = reasonOf(reason);
    if (this.#presentAmong(targets).length === 0) throw new Refusal('NO_SUCH_USER');
    const id = this.#moderation.nextId;
    this.#keep({ type: 'MeasureTaken', id, kind: 'ban', targets, until, by, ...because });
    const ended = await this.#putOut(by, 'kicked', targets, { until, ...because });
    return { action: 'kick', targets: targets.map(textOf), until, ended };
  }

  async #take(
    by: string,
    kind: Measure['kind'],
    { target, ms, reason }: { readonly target: TargetText; readonly ms?: number; readonly reason?: string },
  ): Promise<ModerationResult> {
    const targets = this.#targetsOf(target);
    const until = ms === undefined ? undefined : this.now() + ms;
    const about = { ...(until !== undefined && { until }), ...reasonOf(reason) };
    this.#keep({ type: 'MeasureTaken', id: this.#moderation.nextId, kind, targets, by, ...about });
    const result = { action: kind, targets: targets.map(textOf), ...(until !== undefined && { until }) };
    if (kind === 'ban') return { ...result, ended: await this.#putOut(by, 'banned', targets, about) };
    for (const { username } of this.#presentAmong(targets))
      await this.#tell({ type: 'muted', by, username, ...about });
    return result;
  }

  async #lift(by: string, kind: Measure['kind'], target: TargetText): Promise<ModerationResult> {
    const lifted = this.#measuresNamed(kind, target);
    if (lifted.length === 0) throw new Refusal('NO_SUCH_MEASURE');
    for (const { id } of lifted) this.#keep({ type: 'MeasureLifted', id, by });
    const targets = lifted.flatMap(measure => measure.targets);
    if (kind === 'mute')
      for (const { username } of this.#presentAmong(targets))
        await this.#tell({ type: 'unmuted', by, username });
    return { action: kind === 'ban' ? 'unban' : 'unmute', targets: targets.map(textOf) };
  }

  async #slowDown(by: string, given: number): Promise<ModerationResult> {
    const ms = Math.min(given, MAX_SLOW_MS);
    this.#keep({ type: 'SlowedDown', ms, by });
    await this.#tell({ type: 'slow', by, ms });
    return { action: 'slow', targets: [], ms };
  }

  async #setTopic(by: string, given: string): Promise<ModerationResult> {
    const topic = given.trim() === '' ? '' : lineOf(given, MAX_TOPIC_BYTES);
    this.#keep({ type: 'TopicSet', topic, by });
    await this.#tell({ type: 'topic', by, topic });
    return { action: 'topic', targets: [] };
  }

  /** By its sequence number, or the last one that somebody said. */
  async #delete(
    by: string,
    { seq, target }: { readonly seq?: number; readonly target?: TargetText },
  ): Promise<ModerationResult> {
    const place = seq ?? (target === undefined ? undefined : await this.#lastOf(target));
    const erased = place === undefined ? undefined : await this.roomLog.erase(place);
    if (place === undefined || erased === undefined) throw new Refusal('NO_SUCH_MESSAGE');
    this.#keep({ type: 'MessageDeleted', seq: place, author: erased.username, by });
    await this.#tell({ type: 'deleted', by, target: place, author: erased.username });
    return { action: 'delete', targets: [erased.username] };
  }

  async #lastOf(username: string): Promise<number | undefined> {
    const [last] = await this.roomLog.search({ words: '', from: username, limit: 1 });
    return last?.seq;
  }

  #appoint(by: string, action: 'operator' | 'dismiss', target: TargetText): ModerationResult {
    const user = this.room.userNamed(target);
    const known = [...this.#moderation.operators].find(([key, name]) => key === target || name === target);
    const key = known?.[0] ?? (user === undefined ? keyIn(target) : this.order.personOf(user).key);
    if (key === undefined) throw new Refusal(user === undefined ? 'NO_SUCH_USER' : 'HAS_NO_KEY');
    if (action === 'dismiss' && known === undefined) throw new Refusal('NO_SUCH_USER');
    const name = user?.username ?? known?.[1] ?? key;
    this.#keep({ type: action === 'operator' ? 'OperatorNamed' : 'OperatorDismissed', key, name, by });
    return { action, targets: [name] };
  }

  /** Of somebody who is here all that is known of them: another name is quickly found. @throws {Refusal} IS_OPERATOR */
  #targetsOf(text: TargetText): Target[] {
    const network = this.networks.parse(text);
    if (network !== undefined) return [{ kind: 'network', network }];
    const key = keyIn(text);
    if (key !== undefined) return [{ kind: 'key', key }];
    const user = this.room.userNamed(text);
    if (user === undefined) return [{ kind: 'name', name: text }];
    const person = this.order.personOf(user);
    if (this.#moderation.isOperator(person)) throw new Refusal('IS_OPERATOR');
    const { username, key: own, address } = person;
    const name: Target = { kind: 'name', name: username };
    if (own !== undefined) return [name, { kind: 'key', key: own }];
    const from = address === undefined ? undefined : this.networks.origin(address);
    return from === undefined ? [name] : [name, { kind: 'network', network: from }];
  }

  #measuresNamed(kind: Measure['kind'], text: TargetText): Measure[] {
    const all = this.#moderation.measures(this.now()).filter(measure => measure.kind === kind);
    const [, number] = /^#(\d+)$/.exec(text) ?? [];
    if (number !== undefined) return all.filter(({ id }) => id === Number(number));
    const network = this.networks.parse(text);
    return all.filter(({ targets }) =>
      network === undefined
        ? this.#moderation.isAbout(targets, { username: text, key: text })
        : targets.some(target => target.kind === 'network' && target.network === network),
    );
  }

  #presentAmong(targets: readonly Target[]): User[] {
    return [...this.room.users].filter(user => {
      const person = this.order.personOf(user);
      return !this.#moderation.isOperator(person) && this.#moderation.isAbout(targets, person);
    });
  }

  /** Everybody is told who goes and why, then that they have left. */
  async #putOut(
    by: string,
    type: 'kicked' | 'banned',
    targets: readonly Target[],
    about: { readonly until?: number; readonly reason?: string },
  ): Promise<number> {
    const users = this.#presentAmong(targets);
    for (const { session, username } of users) {
      const told = this.#tell({ type, by, username, ...about });
      const left = this.leaveUser.execute(session.id);
      session.hangUp(type === 'kicked' ? 'KICKED' : 'BANNED', detailsOf({ by, ...about }, this.now()));
      await Promise.all([told, left]);
    }
    return users.length;
  }

  async #tell(change: RoomChange): Promise<void> {
    await this.roomLog.append(eventOf(change));
  }

  /** @throws {Refusal} DISK_FULL or NOT_RECORDED, and nothing is changed */
  #keep(entry: ModerationEntryWithoutTime): void {
    const kept: ModerationEntry = { ...entry, at: this.now() };
    this.log.append(kept);
    this.#apply(kept);
  }

  #apply(entry: ModerationEntry): void {
    this.#moderation.apply(entry);
    this.room.topic = this.#moderation.topic;
  }
}

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;
type ModerationEntryWithoutTime = WithoutTime<ModerationEntry>;

function textOf(target: Target): TargetText {
  if (target.kind === 'name') return target.name;
  return target.kind === 'key' ? target.key : target.network;
}

/** A fingerprint as people copy it. */
function keyIn(text: string): string | undefined {
  return /^SHA256:[\w+/]{43}$/.test(text) ? text : undefined;
}

function reasonOf(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined || reason.trim() === '' ? {} : { reason: lineOf(reason, MAX_REASON_BYTES) };
}

/** @throws {Refusal} of a message that breaks the rules */
function lineOf(text: string, maxBytes: number): string {
  return ChatMessage.parse(text.trim().replaceAll('\n', ' '), maxBytes).content;
}
