import type { ChatRoom } from '../../domain/chat-room.js';
import { Refusal } from '../../domain/refusal.js';
import type { SessionId } from '../../domain/session.js';
import type { ChatRequest } from '../chat-request.js';
import type { NameKeys } from '../chat-response.js';
import { readKeyCode } from '../key-code.js';
import { knownInTime } from './known-in-time.js';
import type { NameOwnership } from './name-ownership.js';
import type { KeyProofs, NameClaims } from './name-ports.js';

/** What is asked about the keys of one's own name. */
export type KeyRequest = Extract<ChatRequest, { type: 'keys' | 'addKey' | 'removeKey' }>;

/** The owner of a name, who has joined with a key of it, looks after its keys. */
export class ChangeKeys {
  constructor(
    private readonly room: Pick<ChatRoom, 'userOf'>,
    private readonly proofs: KeyProofs,
    private readonly ownership: Pick<NameOwnership, 'claims' | 'refused'>,
  ) {}

  /**
   * Resolves to the keys that the name has then.
   * @throws {Refusal} KEY_NEEDED of somebody who is not verified; KEY_FORM, KEY_CODE, KEY_CODE_TWICE, KEY_LIMIT, KEY_IN_USE,
   *   KEY_UNKNOWN, KEY_LISTED; NOT_RECORDED, DISK_FULL, OUTCOME_UNKNOWN
   */
  async execute(session: SessionId, request: KeyRequest): Promise<NameKeys> {
    const { claims } = this.ownership;
    const user = this.room.userOf(session);
    const own = user?.session.key;
    const claim = user && (await claims?.ownerOf(user.username));
    if (claims === undefined || own === undefined || claim?.keys.includes(own) !== true)
      throw new Refusal('KEY_NEEDED');
    const { keys } = await knownInTime(this.#change(claims, claim, own, request));
    const fingerprints = keys.map(key => this.proofs.fingerprintOf(key));
    return { username: claim.username, keys: fingerprints, own: this.proofs.fingerprintOf(own) };
  }

  async #change(
    claims: NameClaims,
    claim: { readonly username: string; readonly keys: readonly string[] },
    own: string,
    request: KeyRequest,
  ): Promise<{ readonly keys: readonly string[] }> {
    if (request.type === 'keys') return claim;
    const code = request.type === 'addKey' ? readKeyCode(request.key) : undefined;
    if (code !== undefined) return claims.addKey(claim.username, this.#keyWith(claim.username, code), own);
    const named = claim.keys.find(key => this.proofs.fingerprintOf(key) === request.key.trim());
    const key = named ?? this.proofs.keyOf(request.key);
    if (key === undefined) throw new Refusal('KEY_FORM');
    if (request.type === 'addKey') return claims.addKey(claim.username, key, own);
    if (key === own) throw new Refusal('KEY_IN_USE');
    return claims.removeKey(claim.username, key, own);
  }

  /** Nobody can make a key with the code of another one in time; if somebody could, the whole key would be needed. */
  #keyWith(username: string, code: string): string {
    const [key, ...others] = this.ownership.refused?.find(username, code) ?? [];
    if (key === undefined) throw new Refusal('KEY_CODE');
    if (others.length > 0) throw new Refusal('KEY_CODE_TWICE');
    return key;
  }
}
