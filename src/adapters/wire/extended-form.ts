import type { ChatMemo, ChatResponse, Welcome } from '../../application/chat-response.js';
import type { Challenge } from '../../application/join-proof.js';
import type { Answer } from '../../application/server/answer-request.js';
import type { WireFormat } from '../../application/server/broadcast-ports.js';
import type { Recorded, Seq } from '../../domain/events.js';
import type { Gap } from '../../domain/gap.js';
import type { Absence } from '../../domain/refusal.js';
import { endOf } from './closings.js';
import { decodeMemo, isRecord, isWhole, memoJson } from './memo.js';
import { decodeMeasures, decodeModerated } from './moderation-form.js';

// The responses that only extended sessions get. See docs/protocol.md

/** Most bytes of the memos in one line of an answer; a longer memo is a line of its own. */
const MAX_PAGE_LENGTH = 32 * 1024;

/** Most of an answer altogether: what is left out is asked for with the next one. */
const MAX_ANSWER_LENGTH = 256 * 1024;

/** Most names in one line of an answer. */
const MAX_NAMES = 200;

/** The form of the wire with sequence numbers and times, which acknowledges messages to their authors. */
export const extendedFormat: WireFormat = {
  encode(event) {
    return `{"Broadcast":${memoJson(event)}}\n`;
  },
  encodeForAuthor(event) {
    if (event.type !== 'MessageSent' || event.ref === undefined) return '';
    return encodeAccepted(event.ref, event.seq, event.at);
  },
};

export function encodeAccepted(ref: string, seq: Seq, at: number): string {
  return `{"Accepted":{"ref":${JSON.stringify(ref)},"seq":${seq},"at":${at}}}\n`;
}

export function encodeWelcome(username: string, content: string, welcome: Welcome): string {
  return encode('Joined', { username, content, ...welcome });
}

/** Of a name whose user has lost the connection; any other one is told as in the basic form. */
export function encodeDuplicateAway(username: string, content: string, holder: Absence): string {
  return encode('Duplicate', { username, content, ...holder });
}

export function encodeRefused(refused: {
  ref?: string | undefined;
  code: string;
  content: string;
  retryAfterMs?: number | undefined;
}): string {
  return encode('Refused', refused);
}

export function encodeClosing(closing: {
  code: string;
  content: string;
  seq: Seq;
  retryAfterMs?: number | undefined;
}): string {
  return encode('Closing', closing);
}

export function encodeChallenge(challenge: Challenge): string {
  return encode('Challenge', challenge);
}

export function encodePong(id: number): string {
  return encode('Pong', id);
}

export function encodeDelayed(ms: number): string {
  return encode('Delayed', { ms });
}

/** An answer in as many lines as it takes; the oldest messages of a history are left out if it is too much. */
export function encodeAnswer(ref: string | undefined, answer: Answer): string {
  if (answer.type === 'Users') return encodeUsers(ref, answer);
  if (answer.type !== 'History' && answer.type !== 'Found') {
    const { type, ...whole } = answer;
    return encode(type, { ref, ...whole, done: true });
  }
  return encodeMemos(answer.type, ref, answer.messages);
}

function encodeUsers(
  ref: string | undefined,
  { users, away, verified }: Extract<Answer, { type: 'Users' }>,
): string {
  let lines = '';
  for (let at = 0; at === 0 || at < users.length; at += MAX_NAMES) {
    const some = users.slice(at, at + MAX_NAMES);
    const done = at + MAX_NAMES >= users.length;
    const proven = verified && { verified: some.filter(name => verified.has(name)) };
    lines += encode('Users', {
      ref,
      users: some,
      away: some.filter(name => away.has(name)),
      ...proven,
      done,
    });
  }
  return lines;
}

function encodeMemos(
  type: 'History' | 'Found',
  ref: string | undefined,
  events: readonly Recorded[],
): string {
  const head = `{"${type}":{${ref === undefined ? '' : `"ref":${JSON.stringify(ref)},`}"memos":[`;
  let [lines, page] = ['', ''];
  for (const memo of bounded(events.map(memoJson), type)) {
    if (page !== '' && page.length + memo.length > MAX_PAGE_LENGTH) {
      lines += `${head}${page}],"done":false}}\n`;
      page = '';
    }
    page += page === '' ? memo : `,${memo}`;
  }
  return `${lines}${head}${page}],"done":true}}\n`;
}

/** As many of the newest memos as an answer may have. */
function bounded(memos: string[], type: 'History' | 'Found'): string[] {
  let length = 0;
  const newestFirst = type === 'Found' ? memos : memos.toReversed();
  const count = newestFirst.findIndex(memo => {
    length += memo.length;
    return length > MAX_ANSWER_LENGTH;
  });
  if (count === -1) return memos;
  return type === 'Found' ? memos.slice(0, Math.max(1, count)) : memos.slice(-Math.max(1, count));
}

function encode(type: string, body: unknown): string {
  return `${JSON.stringify({ [type]: body })}\n`;
}

/** Reads the body of a response; nothing when it has not the right form. `Joined` is of both forms. */
export const EXTENDED_DECODERS: Record<string, (body: unknown) => ChatResponse | undefined> = {
  Joined(body) {
    const memo = decodeMemo(body);
    const welcome = decodeWelcome(body);
    return memo && { type: 'Joined', memo, ...(welcome !== undefined && { welcome }) };
  },
  Duplicate(body) {
    const memo = decodeMemo(body);
    if (memo === undefined || !isRecord(body)) return undefined;
    const { awayMs, freeInMs } = body;
    const isAway = isWhole(awayMs) && isWhole(freeInMs);
    return { type: 'Duplicate', memo, ...(isAway && { holder: { awayMs, freeInMs } }) };
  },
  Accepted(body) {
    if (!isRecord(body)) return undefined;
    const { ref, seq, at } = body;
    if (typeof ref !== 'string' || !isWhole(seq) || !isWhole(at)) return undefined;
    return { type: 'Accepted', ref, seq, at };
  },
  Refused(body) {
    if (!isRecord(body)) return undefined;
    const { code, content, retryAfterMs } = body;
    if (typeof code !== 'string' || typeof content !== 'string') return undefined;
    return { type: 'Refused', ...refOf(body), code, content, ...(isWhole(retryAfterMs) && { retryAfterMs }) };
  },
  Closing(body) {
    if (!isRecord(body)) return undefined;
    const { code, content, seq, retryAfterMs } = body;
    if (typeof code !== 'string' || typeof content !== 'string' || !isWhole(seq)) return undefined;
    const end = endOf(code);
    const later = isWhole(retryAfterMs) && { retryAfterMs };
    return { type: 'Closing', ...(end && { end }), content, seq, ...later };
  },
  Pong(body) {
    return isWhole(body) ? { type: 'Pong', id: body } : undefined;
  },
  Delayed(body) {
    return isRecord(body) && isWhole(body.ms) ? { type: 'Delayed', ms: body.ms } : undefined;
  },
  Users(body) {
    if (!isRecord(body)) return undefined;
    const { users, away, verified, done } = body;
    if (!isStrings(users) || !isStrings(away) || typeof done !== 'boolean') return undefined;
    return { type: 'Users', ...refOf(body), users, away, ...(isStrings(verified) && { verified }), done };
  },
  Challenge(body) {
    if (!isRecord(body)) return undefined;
    const { nonce, server } = body;
    if (typeof nonce !== 'string' || typeof server !== 'string') return undefined;
    return { type: 'Challenge', nonce, server };
  },
  Keys(body) {
    if (!isRecord(body)) return undefined;
    const { username, keys, own, done } = body;
    if (typeof username !== 'string' || typeof own !== 'string') return undefined;
    if (!isStrings(keys) || typeof done !== 'boolean') return undefined;
    return { type: 'Keys', ...refOf(body), username, keys, own, done };
  },
  Moderated(body) {
    const result = decodeModerated(body);
    return result && isRecord(body)
      ? { type: 'Moderated', ...refOf(body), ...result, done: true }
      : undefined;
  },
  Bans(body) {
    const list = decodeMeasures(body);
    return list && isRecord(body) ? { type: 'Bans', ...refOf(body), ...list, done: true } : undefined;
  },
  History: body => decodeMemos('History', body),
  Found: body => decodeMemos('Found', body),
};

function decodeWelcome(body: unknown): Welcome | undefined {
  if (!isRecord(body)) return undefined;
  const { resume, epoch, seq, head, resumed, gap, users, count, graceMs, silenceMs, maxMessageBytes } = body;
  const { verified, topic } = body;
  if (typeof resume !== 'string' || typeof epoch !== 'string' || typeof resumed !== 'boolean')
    return undefined;
  if (!isWhole(seq) || !isWhole(head) || !isWhole(count) || !isWhole(graceMs) || !isWhole(silenceMs))
    return undefined;
  if (!isStrings(users) || !isWhole(maxMessageBytes)) return undefined;
  const limits = { graceMs, silenceMs, maxMessageBytes };
  const proven = verified === true && { verified: true as const };
  const about = typeof topic === 'string' && { topic };
  return { resume, epoch, seq, head, resumed, users, count, ...limits, ...gapOf(gap), ...proven, ...about };
}

function gapOf(value: unknown): { gap?: Gap } {
  if (!isRecord(value) || !isWhole(value.from)) return {};
  const { from, to } = value;
  return { gap: { from, ...(isWhole(to) && { to }) } };
}

function decodeMemos(type: 'History' | 'Found', body: unknown): ChatResponse | undefined {
  if (!isRecord(body) || !Array.isArray(body.memos) || typeof body.done !== 'boolean') return undefined;
  const memos = body.memos.map(decodeMemo);
  if (!memos.every((memo): memo is ChatMemo => memo !== undefined)) return undefined;
  return { type, ...refOf(body), memos, done: body.done };
}

function refOf(body: Record<string, unknown>): { ref?: string } {
  const { ref } = body;
  return typeof ref === 'string' ? { ref } : {};
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(element => typeof element === 'string');
}
