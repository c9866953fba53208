/** What a client of ssh asks for before it is let in. */
export type LoginRequest =
  | { readonly method: 'none' | 'keyboard-interactive' | 'other' }
  /** `key` is absent when it is of a type that cannot be used, `isSigned` when the client only asks whether it would do. */
  | { readonly method: 'publickey'; readonly key: string | undefined; readonly isSigned?: () => boolean };

/** `no more keys`: a no as well, and from now on nothing but no questions is taken. */
export type LoginAnswer = 'yes' | 'no' | 'no more keys' | 'hang up';

/** Whether a key may speak for a name: its own, or one that is nobody's. */
export type MaySpeak = (username: string, key: string) => Promise<boolean>;

/** Most answers that are a no, of one connection; many people have more keys than sshd's six tries. */
const MAX_REFUSALS = 16;
/** So many of them before no other key is looked at: whoever has more comes in, and is told so. */
const MAX_KEYS_REFUSED = 12;

/**
 * Lets everybody in, and finds out by which key they are known. Whether they may come into the room under their name, the room
 * says itself: there they can be told why not.
 *
 * A client offers its keys one after the other. Of a name that has an owner, only the owner's is taken, so that the client finds
 * it by itself; of the others it shows the first, and goes on with the next. When there are no more, or too many, it comes in by
 * answering no questions: with the key that it has shown, whose owner may be the same person at another machine, or with none.
 */
export class Login {
  /** The client has it, known when it is in; not for sure that of the name. */
  provenKey: string | undefined;
  /** Whether the name belongs to somebody who has another key than that. */
  isForeign = false;
  /** The one of somebody else that the client is to show. */
  #shown: string | undefined;
  #refusals = 0;

  constructor(
    private readonly username: string,
    private readonly maySpeak: MaySpeak,
  ) {}

  /** Whether there may be keys that were not looked at. */
  get hasMoreKeys(): boolean {
    return this.#refusals > MAX_KEYS_REFUSED;
  }

  async answer(request: LoginRequest): Promise<LoginAnswer> {
    if (request.method === 'publickey') return this.#answerKey(request);
    // With `none` a client asks what else there is: who is let in by it never shows a key.
    return request.method === 'keyboard-interactive' ? 'yes' : this.#refuse();
  }

  async #answerKey({ key, isSigned }: Extract<LoginRequest, { method: 'publickey' }>): Promise<LoginAnswer> {
    if (key === undefined || this.hasMoreKeys) return this.#refuse();
    const isOwn = await this.maySpeak(this.username, key);
    if (!isOwn && this.#shown !== undefined && this.#shown !== key) return this.#refuse();
    if (!isOwn) this.#shown = key;
    if (isSigned === undefined) return 'yes';
    if (!isSigned()) return this.#refuse();
    this.provenKey = key;
    this.isForeign = !isOwn;
    return isOwn ? 'yes' : this.#refuse();
  }

  #refuse(): LoginAnswer {
    this.#refusals++;
    if (this.#refusals > MAX_REFUSALS) return 'hang up';
    return this.hasMoreKeys ? 'no more keys' : 'no';
  }
}
