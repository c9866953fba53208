import type { ChatRoom } from '../../domain/chat-room.js';
import type { Measure, Target } from '../../domain/measures.js';
import { Refusal } from '../../domain/refusal.js';
import type { User } from '../../domain/user.js';
import { Username } from '../../domain/username.js';
import type { TargetText } from '../moderation-request.js';
import type { Networks } from './moderation-ports.js';
import type { NameOwnership } from './name-ownership.js';
import type { RoomOrder } from './room-order.js';

/** Finds out whom an operator means. */
export class ModerationTargets {
  constructor(
    private readonly room: ChatRoom,
    private readonly order: RoomOrder,
    private readonly networks: Networks,
    private readonly ownership: Pick<NameOwnership, 'claims'>,
  ) {}

  /**
   * All that is known of somebody: another name is quickly found.
   * @throws {Refusal} IS_OPERATOR; NO_SUCH_TARGET when nobody can be called that
   */
  async of(text: TargetText): Promise<readonly Target[]> {
    const network = this.networks.parse(text);
    if (network !== undefined) return [{ kind: 'network', network }];
    const key = keyIn(text);
    const user = this.room.userNamed(text);
    const targets = key !== undefined ? keyTargets([key]) : await this.#ofName(text, user);
    const isOperator = targets.some(
      target => target.kind === 'key' && this.order.moderation.isOperator(target),
    );
    if (isOperator) throw new Refusal('IS_OPERATOR');
    return targets;
  }

  /** Who of them is in the room; operators are not among them. */
  present(targets: readonly Target[]): User[] {
    const isMeant = this.order.moderation.matcherOf(targets);
    return [...this.room.users].filter(user => {
      const person = this.order.personOf(user);
      return isMeant(person) && !this.order.moderation.isOperator(person);
    });
  }

  /** The address of somebody, or of IPv6 the network of their household. */
  originOf(user: User): string | undefined {
    const { address } = this.order.personOf(user);
    return address === undefined ? undefined : this.networks.origin(address);
  }

  /** Those in force that are about somebody, or have this number. */
  measures(kind: Measure['kind'], text: TargetText, now: number): readonly Measure[] {
    const { moderation } = this.order;
    const all = () => moderation.measures(now).filter(measure => measure.kind === kind);
    const [, number] = /^#(\d+)$/.exec(text) ?? [];
    if (number !== undefined) return all().filter(({ id }) => id === Number(number));
    const network = this.networks.parse(text);
    if (network === undefined) return moderation.measuresAbout({ username: text, key: text }, kind, now);
    return all().filter(({ targets }) =>
      targets.some(target => target.kind === 'network' && target.network === network),
    );
  }

  async #ofName(text: TargetText, user: User | undefined): Promise<Target[]> {
    if (user === undefined) return [{ kind: 'name', name: nameIn(text) }, ...(await this.#keysOf(text))];
    const { username, key } = this.order.personOf(user);
    const name: Target = { kind: 'name', name: username };
    if (key !== undefined) return [name, { kind: 'key', key }];
    const from = this.originOf(user);
    return from === undefined ? [name] : [name, { kind: 'network', network: from }];
  }

  /** Those of whoever owns a name and is not here. */
  async #keysOf(username: string): Promise<Target[]> {
    const claim = await this.ownership.claims?.ownerOf(username);
    return keyTargets((claim?.keys ?? []).map(this.order.fingerprintOf));
  }
}

/** A fingerprint as people copy it. */
export function keyIn(text: string): string | undefined {
  return /^SHA256:[\w+/]{43}$/.test(text) ? text : undefined;
}

export function textOf(target: Target): TargetText {
  if (target.kind === 'name') return target.name;
  return target.kind === 'key' ? target.key : target.network;
}

function keyTargets(keys: readonly string[]): Target[] {
  return keys.map(key => ({ kind: 'key', key }));
}

/** @throws {Refusal} NO_SUCH_TARGET */
function nameIn(text: string): string {
  try {
    return Username.parse(text).value;
  } catch {
    throw new Refusal('NO_SUCH_TARGET');
  }
}
