import { cut, visible } from './visible.js';

/** Why nothing was signed, and what to do about it; for somebody whose name the server then refuses as well. */
export function unprovenText(asked: string, reached: string): string {
  return `The server calls itself ${visible(cut(asked))}, and you have reached it as ${visible(reached)}: a port is forwarded, or somebody is in between. Nothing was signed, so your name is not proven. An encrypted line has one name from end to end: join with --to HOST:PORT#KEY, as whoever runs the server hands it out.`;
}

/** A key is trusted at first sight. @param who begins the sentence: `You are here` */
export function newServerText(who: string, pin: string, isUnwritten = false): string {
  const from = isUnwritten
    ? 'It cannot be written down: the next time another one is trusted as well, unless you join with --to HOST:PORT#KEY.'
    : 'With another key it will be refused.';
  return `${who} for the first time. The key of this server is ${visible(pin)}: ask who runs it whether that is right. ${from}`;
}
