import { cut, visible } from './visible.js';

/** Why nothing was signed, and what to do about it; for somebody whose name the server then refuses as well. */
export function unprovenText(asked: string, reached: string): string {
  return `The server calls itself ${visible(cut(asked))}, and you have reached it as ${visible(reached)}: a port is forwarded, or somebody is in between. Nothing was signed, so your name is not proven. An encrypted line has one name from end to end: join with --to HOST:PORT#KEY, as whoever runs the server hands it out.`;
}

/**
 * A key is trusted at first sight.
 * @param who begins the sentence: `You are`
 * @param address which of several it is
 */
export function newServerText(who: string, pin: string, isUnwritten = false, address?: string): string {
  const from = isUnwritten
    ? 'It cannot be written down: the next time another one is trusted as well, unless you join with --to HOST:PORT#KEY.'
    : 'With another key it will be refused.';
  const where = address === undefined ? 'here' : `at ${visible(address)}`;
  return `${who} ${where} for the first time. The key of this server is ${visible(pin)}: ask who runs it whether that is right. ${from}`;
}

/** One of several servers is passed over. @param isGiven whether the person was told the key that is expected */
export function otherKeyText(address: string, pin: string, isGiven: boolean): string {
  const expected = isGiven ? 'the one that you gave behind #' : 'it had when you were last there';
  return `The server at ${visible(address)} has another key than ${expected}: somebody may have put another one in its place. Nothing was said to it, and the others are tried. Ask who runs it. If its key is ${visible(pin)} now, name it in --to as '${visible(`${address}#${pin}`)}'.`;
}
