/** A piece of a text, and the page that it is the address of, if it is one. */
export interface LinkPiece {
  readonly text: string;
  readonly href?: string;
  /** What the host really is, where its letters may be taken for others. */
  readonly host?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`{}|\\^«»“”]+/giu;
/** What belongs to the sentence, not to the address at its end. */
const AFTER = /[.,;:!?…'*_~。、，！？]+$/u;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

const LOOKALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

/** Most links in one message, and longest one, in UTF-16 units. */
const MAX_LINKS = 100;
const MAX_LENGTH = 2048;

/** A text in pieces, in order: addresses of the web, and what is between them. Nothing but http and https is one. */
export function splitLinks(text: string): LinkPiece[] {
  const pieces: LinkPiece[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    if (found.length > MAX_LENGTH || pieces.length > 2 * MAX_LINKS) continue;
    const address = withoutEnd(found);
    const href = hrefOf(address);
    if (href === undefined) continue;
    if (index > at) pieces.push({ text: text.slice(at, index) });
    const host = hostInDoubt(address, href);
    pieces.push({ text: address, href, ...(host !== undefined && { host }) });
    at = index + address.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** A bracket is part of the address if it was opened there. */
function withoutEnd(address: string): string {
  const trimmed = address.replace(AFTER, '');
  const last = trimmed.at(-1) ?? '';
  const open = PAIRS[last];
  if (open === undefined) return trimmed;
  const isOpened = trimmed.split(open).length >= trimmed.split(last).length;
  return isOpened ? trimmed : withoutEnd(trimmed.slice(0, -1));
}

/** Letters of scripts that look like Latin ones, in a host that ends in Latin ones: `аpple.com`. */
function hostInDoubt(address: string, href: string): string | undefined {
  const { hostname } = new URL(href);
  const isDoubtful = LOOKALIKE.test(address.split(/[/?#]/, 3)[2] ?? '') && !/\.xn--[^.]*$/.test(hostname);
  return isDoubtful ? hostname : undefined;
}

function hrefOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, href } = new URL(address);
  return /^https?:$/.test(protocol) && hostname !== '' ? href : undefined;
}
