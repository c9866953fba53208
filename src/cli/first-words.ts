/** How to begin: the two commands that everybody needs. */
export const FIRST_COMMANDS = `chatty server:start        start a server here
chatty client:join NAME    join the one here; --host HOST joins another`;

/** What chatty says when it is not told what to do. */
export const FIRST_WORDS = `Chat in the terminal: one room per server.

${FIRST_COMMANDS.replace(/^/gm, '  ')}

chatty --help shows everything that there is.`;
