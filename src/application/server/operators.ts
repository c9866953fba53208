import type { ChatRoom } from '../../domain/chat-room.js';
import { usernameKey } from '../../domain/name-key.js';
import { SERVER_USERNAME } from '../../domain/name-limits.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import type { User } from '../../domain/user.js';
import type { ModerationRequest, ModerationResult, TargetText } from '../moderation-request.js';
import { knownInTime } from './known-in-time.js';
import type { ModerationRecord } from './moderation-record.js';
import { keyIn } from './moderation-targets.js';
import type { RoomOrder } from './room-order.js';
import type { ResumeTokens } from './transport-ports.js';

/** Who asks: somebody in the room, or whoever has the server's machine. */
export type Moderator = SessionId | 'machine';

type Appointment = Extract<ModerationRequest, { action: 'operator' | 'dismiss' }>;

/** Who the operators are: the first is made by a token, the others by operators. */
export class Operators {
  #token: string | undefined;

  constructor(
    private readonly room: ChatRoom,
    private readonly order: RoomOrder,
    private readonly record: Pick<ModerationRecord, 'keep'>,
    private readonly tokens: ResumeTokens,
  ) {}

  /** Made at the first start, and known only until the next one. */
  get token(): string | undefined {
    return this.#token;
  }

  /** When the record is open. @throws what cannot be mended */
  async open(): Promise<void> {
    const { moderation } = this.order;
    const token = this.tokens.create();
    const hash = this.tokens.keyOf(token);
    try {
      // Of several servers that start at the same time, one has a token.
      const issuing = this.record.keep(() =>
        moderation.operators.size > 0 || moderation.token !== undefined
          ? undefined
          : { type: 'TokenIssued', hash, by: SERVER_USERNAME },
      );
      const isIssued = await knownInTime(issuing);
      if (isIssued) this.#token = token;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // on a full disk the room is opened all the same
    }
  }

  /** Whether somebody says a token; an operator can mean a name that looks like one. */
  isToken<R extends Appointment>(
    request: R,
    by: User | 'machine' | undefined,
  ): request is R & { token: string } {
    if (request.action !== 'operator' || request.token === undefined) return false;
    if (this.order.moderation.token === this.tokens.keyOf(request.token)) return true;
    const isOperator =
      by === 'machine' || (by !== undefined && this.order.moderation.isOperator(this.order.personOf(by)));
    return !isOperator || this.room.userNamed(request.token) === undefined;
  }

  /** @throws {Refusal} NOT_JOINED, KEY_NEEDED, WRONG_TOKEN */
  async useToken(user: User | undefined, token: string): Promise<ModerationResult> {
    if (user === undefined) throw new Refusal('NOT_JOINED');
    const { key } = this.order.personOf(user);
    if (key === undefined) throw new Refusal('KEY_NEEDED');
    const { username } = user;
    await this.record.keep(() => {
      if (this.order.moderation.token !== this.tokens.keyOf(token)) throw new Refusal('WRONG_TOKEN');
      return { type: 'OperatorNamed', key, name: username, by: username };
    });
    return { action: 'operator', targets: [username] };
  }

  /** @throws {Refusal} NO_SUCH_USER, HAS_NO_KEY */
  async appoint(by: string, request: Appointment): Promise<ModerationResult> {
    if (request.action === 'dismiss') return this.#dismiss(by, request.target);
    const target = request.target ?? request.token ?? '';
    const user = this.room.userNamed(target);
    const key = user === undefined ? keyIn(target) : this.order.personOf(user).key;
    if (key === undefined) throw new Refusal(user === undefined ? 'NO_SUCH_USER' : 'HAS_NO_KEY');
    const name = user?.username ?? key;
    await this.record.keep(() => ({ type: 'OperatorNamed', key, name, by }));
    return { action: 'operator', targets: [name] };
  }

  /** Whoever is called that now, or was when they became one, with all their keys. */
  async #dismiss(by: string, target: TargetText): Promise<ModerationResult> {
    const user = this.room.userNamed(target);
    const own = user && this.order.personOf(user).key;
    const name = usernameKey(target);
    const dismissed = [...this.order.moderation.operators].filter(
      ([key, known]) => key === target || key === own || usernameKey(known) === name,
    );
    if (dismissed.length === 0) throw new Refusal('NO_SUCH_USER');
    for (const [key, known] of dismissed)
      await this.record.keep(() => ({ type: 'OperatorDismissed', key, name: known, by }));
    return { action: 'dismiss', targets: [...new Set(dismissed.map(([, known]) => known))] };
  }
}
