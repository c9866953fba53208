/** Terminals that have no title, and may show what sets one. */
const WITHOUT_WINDOW = /^(?:$|linux|dumb|vt|cons|sun|network|unknown)/;

/** Whether a terminal has a window with a title, which can be looked at or not. */
export function hasWindow({ TERM = '' }: NodeJS.ProcessEnv): boolean {
  return !WITHOUT_WINDOW.test(TERM);
}

/** Whether it is Emacs that shows and edits what is typed: it takes an echo for what the program says. */
export function isInEmacsShell({ INSIDE_EMACS = '' }: NodeJS.ProcessEnv): boolean {
  return /comint/.test(INSIDE_EMACS);
}
