// What is said to somebody who has written a command wrongly: one or two plain lines.

/** A suggestion has to have at least this much in common with what was written. */
const MAX_DISTANCE = 3;

/** Whether a command was written wrongly, and nothing was done. */
export function isUsage(error) {
  return error?.oclif?.exit === 2 && error.code !== 'EEXIT';
}

/** What is wrong, and where to look; `args` as they were given to oclif. */
export function plainText(error, args, config) {
  const [id = ''] = args;
  const command = config.findCommand(id);
  if (command === undefined) return unknownText(id, config);
  const problem = missing(error) ?? error.message.split('\n', 1)[0];
  const hint = suggestFlag(error, command);
  return `${visible(problem)}.${hint} See chatty ${command.id} --help`;
}

/** Which arguments are needed and not there; the error of oclif has them in lines of their own. */
function missing({ message, args }) {
  if (!message.startsWith('Missing') || !Array.isArray(args)) return undefined;
  const names = args.map(
    ({ name, options }) => name.toUpperCase() + (options ? ` (${options.join(', ')})` : ''),
  );
  return `${names.join(' and ')} is missing`;
}

function unknownText(id, config) {
  const near = nearest(id, config.commandIDs);
  const hint = near === undefined ? '' : ` Did you mean chatty ${near}?`;
  return `There is no command ${visible(id)}.${hint} chatty --help shows everything that there is.`;
}

function suggestFlag({ flags }, command) {
  if (!Array.isArray(flags) || typeof flags[0] !== 'string') return '';
  const near = nearest(
    flags[0],
    Object.keys(command.flags).map(flag => `--${flag}`),
  );
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

function nearest(written, known) {
  const near = known.map(name => [distance(written, name), name]).sort(([a], [b]) => a - b)[0];
  if (near !== undefined && near[0] <= Math.min(MAX_DISTANCE, written.length / 2)) return near[1];
  // `join` is the end of client:join, and no nearer to it than to many.
  return known.find(name => name.endsWith(`:${written}`));
}

/** How many characters have to be put in, taken out or changed (Levenshtein). */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (const [n, character] of [...a].entries()) {
    const next = [n + 1];
    for (let m = 1; m <= b.length; m++)
      next.push(Math.min(row[m] + 1, next[m - 1] + 1, row[m - 1] + (b[m - 1] === character ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

/** Nothing of what was written acts on the terminal. */
function visible(text) {
  return text.replace(/\p{C}/gu, '?');
}
