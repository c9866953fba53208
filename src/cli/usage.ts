import { distance } from 'fastest-levenshtein';
import { visible } from '../adapters/view/visible.js';

/** A suggestion differs from what was written by at most so many characters. */
const MAX_DISTANCE = 3;

/** An error of oclif's parser: the command was written wrongly, and nothing was done. */
export interface UsageError extends Error {
  /** Those that are missing. */
  readonly args?: readonly { readonly name: string; readonly options?: readonly string[] }[];
  /** Those that do not exist, with their dashes. */
  readonly flags?: readonly unknown[];
}

/** What could have been meant. */
export interface KnownWords {
  /** The command, as it was written. */
  readonly id: string;
  readonly commands: readonly string[];
  /** The flags of that command. */
  readonly flags: readonly string[];
}

export function isUsageError(error: unknown): error is UsageError {
  if (!(error instanceof Error)) return false;
  const { oclif, code } = error as { oclif?: { exit?: number }; code?: string };
  return oclif?.exit === 2 && code !== 'EEXIT';
}

/** What is wrong, and where to look, in one line. */
export function usageText(error: UsageError, { id, commands, flags }: KnownWords): string {
  if (!commands.includes(id)) return unknownCommand(id, commands);
  const problem = missingArgs(error) ?? error.message.split('\n', 1)[0]?.replace(/\.$/, '') ?? '';
  const near = nearestFlag(error, flags);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `${visible(problem)}.${hint} See chatty ${id} --help`;
}

/** oclif's own message has them in lines of their own. */
function missingArgs({ message, args }: UsageError): string | undefined {
  if (!message.startsWith('Missing') || !Array.isArray(args)) return undefined;
  const names = args.map(
    ({ name, options }) => name.toUpperCase() + (options ? ` (${options.join(', ')})` : ''),
  );
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} missing`;
}

function unknownCommand(id: string, commands: readonly string[]): string {
  const near = nearest(id, commands);
  const hint = near === undefined ? '' : ` Did you mean chatty ${near}?`;
  return `There is no command ${visible(id)}.${hint} chatty --help shows everything that there is.`;
}

function nearestFlag({ flags: [written] = [] }: UsageError, flags: readonly string[]): string | undefined {
  return typeof written === 'string'
    ? nearest(
        written,
        flags.map(flag => `--${flag}`),
      )
    : undefined;
}

function nearest(written: string, known: readonly string[]): string | undefined {
  const most = Math.min(MAX_DISTANCE, written.length / 2);
  const [near] = known
    .map(name => ({ name, away: distance(written, name) }))
    .filter(({ away }) => away <= most)
    .sort((a, b) => a.away - b.away);
  // `join` is the end of client:join, and no nearer to it than to many.
  return near?.name ?? known.find(name => name.endsWith(`:${written}`));
}
