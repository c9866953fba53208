import { CLIENT_SETTINGS, RETRY_IN_A_PIPE } from '../adapters/config/client-settings.js';
import type { Ending, Rooms, SendWish, Visitor } from '../adapters/ssh/visit.js';
import { Conversation } from '../application/client/conversation.js';
import type { NewLink } from '../application/client/ports.js';
import { SendOnce } from '../application/client/send-once.js';
import type { ListUsers } from '../application/server/list-users.js';
import { Refusal } from '../domain/refusal.js';
import type { Caller, Remote } from './remote-tokens.js';

type SshTerminal = Parameters<Rooms['who']>[0];

/** Nobody is brought back: whoever has lost the line has lost the view as well. */
const STAY_OUT = { retryForMs: 0, contactForMs: 0 };

const MORE_KEYS =
  'Your ssh has more keys than are looked at. Name that of this name: ssh -i FILE -o IdentitiesOnly=yes …\n';

/** What people do who have come over ssh: a client of this process for each, and a line inside it to the server. */
export class SshRooms implements Rooms {
  constructor(
    private readonly linksInside: (caller: Caller) => NewLink,
    private readonly remote: Remote,
    private readonly listUsers: ListUsers,
    private readonly refusalText: (refusal: Refusal) => string,
  ) {}

  async converse(terminal: SshTerminal, visitor: Visitor, env: NodeJS.ProcessEnv): Promise<Ending> {
    const { input, output, pty } = terminal;
    const isThere = pty !== undefined;
    if (isThere) output.write(this.#moreKeysText(visitor));
    const view = this.remote.view({ input, output, ...(isThere && { env }) }, () => visitor.entered());
    const conversation = new Conversation(
      this.linksInside({ ...visitor, transport: 'ssh', endsSession: true }),
      view,
      {
        ...STAY_OUT,
        history: isThere ? CLIENT_SETTINGS.showHistory.default : 0,
        ...(!isThere && { patience: 'unless taken', waitForOwnMs: 0 }),
      },
    );
    const ending = this.remote.ended(await conversation.execute(visitor.username));
    return isThere ? ending : this.#withMoreKeys(ending, visitor);
  }

  async send(
    { message, isLines, splits }: SendWish,
    { input, output }: SshTerminal,
    visitor: Visitor,
  ): Promise<Ending> {
    visitor.entered(); // what is piped in may take its time
    const found = await this.remote.messages(input, message, isLines);
    if ('problem' in found) return found.problem;
    const retryForMs = RETRY_IN_A_PIPE * 1000;
    const newLink = this.linksInside({ ...visitor, transport: 'ssh', endsSession: false });
    const sender = new SendOnce(newLink, { retryForMs, contactForMs: retryForMs, splits });
    output.once('close', () => sender.stop());
    const ending = this.remote.sent(await sender.execute(visitor.username, found.messages));
    return this.#withMoreKeys(ending.code === 0 ? (found.unread() ?? ending) : ending, visitor);
  }

  async who({ output }: SshTerminal, visitor: Visitor): Promise<Ending> {
    const { username, provenKey: key, address } = visitor;
    try {
      output.write(this.remote.names(await this.listUsers.execute({ username, key }, address)));
      return { code: 0 };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#withMoreKeys(this.remote.refused(this.refusalText(error)), visitor);
    }
  }

  #withMoreKeys(ending: Ending, visitor: Visitor): Ending {
    const { text } = ending;
    return text === undefined
      ? ending
      : { ...ending, text: `${text}\n${this.#moreKeysText(visitor)}`.trimEnd() };
  }

  /** What whoever is refused may not know: that a key of theirs was not looked at. */
  #moreKeysText({ isForeign, hasMoreKeys }: Visitor): string {
    return isForeign && hasMoreKeys ? MORE_KEYS : '';
  }
}
