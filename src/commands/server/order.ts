import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { parseDuration } from '../../adapters/view/duration.js';
import type { ChatRequest } from '../../application/chat-request.js';
import { type ModerationAction, moderationOf } from '../../application/moderation-request.js';
import { FOLDER_FLAGS } from '../../cli/data-folder.js';
import { EXIT, fail } from '../../cli/exit.js';
import { keepOrder } from '../../cli/keep-order.js';

// What operators do in the room, done by whoever has the server's machine.

const HOW = `Reaches the running server through a socket in its data folder, which only the server's own user can open.

Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 no server answers, 5 it cannot be done.`;

const WHO = 'A name, an address or a network (192.0.2.0/24), or a key (SHA256:...).';
const NAME = 'A name.';

const UNTIL = {
  for: Flags.string({ description: 'How long, such as 30m, 12h or 7d; without it, until it is lifted.' }),
};
const WHY = { reason: Flags.string({ description: 'Why; everybody in the room is told.' }) };

interface Words {
  readonly summary: string;
  /** What the argument is. */
  readonly argument: string;
  readonly isOptional?: true;
  readonly flags?: typeof UNTIL | typeof WHY | (typeof UNTIL & typeof WHY);
  /** What the argument is called in the help, and in the request. */
  readonly named: string;
  readonly as: 'target' | 'ms' | 'topic' | 'seq';
}

function commandOf(action: ModerationAction, words: Words) {
  const { argument, isOptional, flags = {} } = words;
  return class extends Command {
    static override summary = words.summary;
    static override description = HOW;
    static override args = {
      [words.named]: Args.string({ description: argument, ignoreStdin: true, required: isOptional !== true }),
    };
    static override flags = { ...FOLDER_FLAGS, ...flags };

    async run(): Promise<void> {
      const parsed = await this.parse({ args: this.ctor.args, flags: this.ctor.flags });
      const given = parsed.flags as { for?: string; reason?: string };
      const text: unknown = parsed.args[words.named];
      const ms = given.for === undefined ? undefined : this.#duration(given.for);
      const { reason } = given;
      const request = moderationOf({ action, ms, reason, ...this.#argument(String(text ?? '')) });
      if (request === undefined)
        return fail(this, `It is not said who or what is meant: ${argument}`, EXIT.USAGE);
      await keepOrder(this, parsed.flags, { type: 'moderate', ...request } satisfies ChatRequest);
    }

    #argument(text: string) {
      if (words.as === 'topic') return { topic: text };
      if (words.as === 'ms') return { ms: text === 'off' ? 0 : this.#duration(text) };
      return /^\d+$/.test(text) && words.as === 'seq' ? { seq: Number(text) } : { target: text };
    }

    #duration(text: string): number {
      return (
        parseDuration(text) ?? fail(this, `${text} is no time. Write it as 30s, 10m, 12h or 7d.`, EXIT.USAGE)
      );
    }
  };
}

export const Kick = commandOf('kick', {
  named: 'name',
  summary: 'Kick somebody: out of the room, for a minute.',
  argument: NAME,
  as: 'target',
  flags: WHY,
});
export const Ban = commandOf('ban', {
  named: 'who',
  summary: 'Ban somebody from the room.',
  argument: WHO,
  as: 'target',
  flags: { ...UNTIL, ...WHY },
});
export const Unban = commandOf('unban', {
  named: 'who',
  summary: 'Lift a ban.',
  argument: `${WHO} Or the number in server:bans, such as '#3'.`,
  as: 'target',
});
export const Mute = commandOf('mute', {
  named: 'who',
  summary: 'Mute somebody.',
  argument: WHO,
  as: 'target',
  flags: { ...UNTIL, ...WHY },
});
export const Unmute = commandOf('unmute', {
  named: 'who',
  summary: 'Lift a mute.',
  argument: `${WHO} Or the number in server:bans, such as '#3'.`,
  as: 'target',
});
export const Slow = commandOf('slow', {
  named: 'time',
  summary: 'Slow mode: say how long each waits between two messages.',
  argument: 'A time such as 10s, or off.',
  as: 'ms',
});
export const Topic = commandOf('topic', {
  named: 'topic',
  summary: 'Set the topic of the room.',
  argument: 'The topic; without it, there is none any more.',
  isOptional: true,
  as: 'topic',
});
export const Delete = commandOf('delete', {
  named: 'message',
  summary: 'Delete a message from the history.',
  argument: "Whose last message, or a message's sequence number (seq in server:export).",
  as: 'seq',
});
export const Operator = commandOf('operator', {
  named: 'who',
  summary: 'Make somebody an operator of the room.',
  argument:
    'A name that is in the room with a key, or the fingerprint that chatty client:key prints (SHA256:...).',
  as: 'target',
});
export const Dismiss = commandOf('dismiss', {
  named: 'who',
  summary: 'Take the rights of an operator from somebody.',
  argument: 'The name or the fingerprint.',
  as: 'target',
});

export class Bans extends Command {
  static override summary = 'Show who is banned or muted, by whom, why and until when.';
  static override description = HOW;
  static override flags = FOLDER_FLAGS;

  async run(): Promise<void> {
    const { flags } = await this.parse(Bans);
    await keepOrder(this, flags, { type: 'bans' });
  }
}
