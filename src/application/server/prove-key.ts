import type { ChatRoom } from '../../domain/chat-room.js';
import { Refusal } from '../../domain/refusal.js';
import type { JoinRequest } from '../chat-request.js';
import { type Challenge, proofText } from '../join-proof.js';
import type { Handshake } from './handshake.js';
import type { NameOwnership } from './name-ownership.js';
import type { KeyProofs } from './name-ports.js';
import type { ResumeTokens } from './transport-ports.js';

/** A client proves, before its Join is answered, that it has the key that it gives. */
export class ProveKey {
  constructor(
    private readonly room: Pick<ChatRoom, 'userWithKey'>,
    private readonly tokens: Pick<ResumeTokens, 'keyOf'>,
    private readonly proofs: KeyProofs,
    private readonly ownership: NameOwnership,
  ) {}

  /**
   * What the client has to sign; nothing when no proof is needed, or none would be worth anything. Who resumes a session
   * proves nothing: the token does.
   * @param server what the client can call this server; empty where there is no such name
   * @throws {Refusal} KEY_FORM
   */
  async execute({ extended = { attempt: 0 } }: JoinRequest, server: string): Promise<Challenge | undefined> {
    const { key, resume } = extended;
    if (key === undefined || server === '' || !this.ownership.asksForKeys) return undefined;
    if (this.proofs.keyOf(key) !== key || !this.proofs.canSign(key)) throw new Refusal('KEY_FORM');
    const user = resume === undefined ? undefined : this.room.userWithKey(this.tokens.keyOf(resume));
    if (user?.session.isEntering === false) {
      const { username, session } = user;
      if (await this.ownership.isStanding({ username, key: session.key })) return undefined;
    }
    return { nonce: this.proofs.nonce(), server };
  }

  /** The key that the client has proven, or its transport; nothing when none is asked for. @throws {Refusal} KEY_WRONG */
  provenBy({ request, proof, provenKey }: Handshake): string | undefined {
    if (provenKey !== undefined) return this.ownership.asksForKeys ? provenKey : undefined;
    const key = request.extended?.key;
    if (proof === undefined || key === undefined) return undefined;
    const text = proofText(proof, request.username);
    if (!this.proofs.verify(key, text, proof.signature)) throw new Refusal('KEY_WRONG');
    return key;
  }
}
