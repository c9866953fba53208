import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent, Outage, UnansweredRequest } from '../../application/client/client-event.js';
import type { Gap } from '../../domain/gap.js';
import { holderText } from './holder-text.js';
import { isToldToAll, measuresText, moderatedText } from './moderation-text.js';
import { newServerText, otherKeyText, unprovenText } from './server-text.js';
import { ago, localTime, seconds } from './time.js';
import { nameText } from './verified-name.js';
import { cut, visible } from './visible.js';

/** What the rows of a message after the first begin with, so that none of them passes for one of somebody else. */
export const CONTINUED = '    ';

/** Length of the beginning that tells which message is meant, in UTF-16 units. */
const MAX_BEGINNING_LENGTH = 40;

/** Most names in the welcome; `who` lists all, or so many that nobody reads more. */
const MAX_NAMES = 10;
const MAX_LISTED = 1000;

const TROUBLES: Record<Outage['code'], string> = {
  LOST: 'The connection was lost.',
  NO_SIGN_OF_LIFE: 'The server does not respond.',
  SERVER_STOPPING: 'The server is stopping.',
  BEHIND: 'The connection was too slow for all the messages, and the server has closed it.',
  NOT_CHATTY: 'What answers there is not a chatty server.',
  NOT_REACHED: 'The server cannot be reached.',
  OTHER_KEY: 'What answers there has another key than the server, and was told nothing.',
  NO_ANSWER: 'The server does not answer.',
  NAME_TAKEN: 'Your name is taken: by somebody else, or by your lost connection.',
  NOT_PROVEN: 'Nothing was proven to the server.',
  CROWDED: 'More come to this server than it lets in at once.',
  SERVER_SAYS: 'The server has closed the connection.',
};

const UNANSWERED: Record<UnansweredRequest['why'], string> = {
  NOT_OFFERED: 'This server is an older one, without who, history and search.',
  NO_ANSWER: 'The server gave no answer. Ask again.',
  NOT_VERIFIED:
    'Your name is not proven here: you have joined without a key, the server asks for none, or your key has enough names. chatty client:key shows your key.',
  NOT_CONNECTED: 'There is no connection at present. Ask again when you are back.',
};

/**
 * Puts what a person is to be shown into plain text, safe for any terminal; nothing when no words are needed.
 * @param slash what the reader's commands begin with
 */
export function eventText(event: ClientEvent, slash: '/' | '' = ''): string | undefined {
  switch (event.type) {
    case 'NewServer':
      return newServerText('You are', event.pin, event.isUnwritten, event.address);
    case 'OtherKey':
      return otherKeyText(event.address, event.pin, event.isGiven);
    case 'Welcome':
      return welcomeText(event, slash);
    case 'Memo':
      return memoText(event);
    case 'Earlier':
      return listText(event.memos, `earlier, until ${ago(event.agoMs)}`);
    case 'Pending':
      return undefined;
    case 'Accepted':
      return event.late && event.unsent === 0 ? 'Everything you said is sent.' : undefined;
    case 'Delayed':
      return `Too fast for this server: sending ${seconds(event.ms)}.`;
    case 'Refused':
      return event.content === undefined
        ? visible(event.reason)
        : `${beginning(event.content)}: ${visible(event.reason)}`;
    case 'TooLong':
      return `Not sent: ${beginning(event.content)} takes ${event.actual} bytes on the wire, ${event.limit} are allowed. Send it in parts.`;
    case 'Reconnecting':
      return event.isNews ? reconnectingText(event) : undefined;
    case 'Unproven':
      return unprovenText(event.asked, event.reached);
    case 'Replayed':
      return event.isNews === false ? undefined : `--- ${lines(event.missed)} while you were away ---`;
    case 'Lagging':
      return undefined;
    case 'NotAway':
      return 'You are connected.';
    case 'Queued':
      return event.isNews === false
        ? undefined
        : 'There is no connection at present. What you say is sent when you are back.';
    case 'Reconnected':
      return event.isNews === false ? undefined : reconnectedText(event);
    case 'Leaving':
      return `You will leave when ${messages(event.unsent)} can be sent. Press Ctrl-C to leave now.`;
    case 'Users':
      return usersText(event);
    case 'Keys':
      return keysText(event);
    case 'Moderated':
      return isToldToAll(event) ? undefined : moderatedText(event);
    case 'Bans':
      return measuresText(event);
    case 'History':
      return event.memos.length === 0 ? 'Nothing has been said here yet.' : listText(event.memos);
    case 'Found':
      return foundText(event);
    case 'Unanswered':
      return UNANSWERED[event.why];
    case 'UnknownResponse':
      return `The server said something that this chatty does not understand: ${visible(cut(event.text))}`;
    case 'NameRefused':
      return nameRefusedText(event);
    case 'HereAlready':
      return `You are here as ${visible(event.username)} already, in another program on this machine (process ${event.pid}, started ${ago(event.sinceMs)}).`;
    case 'LogEnded':
      return `${visible(event.file)} cannot be written any more (${visible(event.problem)}). What follows is not in it.`;
    case 'OutboxFull':
      return `Not sent: ${beginning(event.content)}. ${messages(event.unsent)} are not confirmed yet. Send it again when they are.`;
    case 'NothingMore':
      return 'There is nothing more to show. Type history, or search and a word, and then more.';
    case 'NothingToSend':
      return 'There is nothing to send. Type what you want to say after it.';
  }
}

function nameRefusedText({
  username,
  reason,
  holder,
}: Extract<ClientEvent, { type: 'NameRefused' }>): string {
  if (reason !== undefined) return visible(reason);
  return holder === undefined
    ? `The name ${visible(username)} is taken. Choose another one.`
    : holderText(username, holder);
}

function memoText(memo: ChatMemo): string {
  const text = memo.content.split('\n').map(visible).join(`\n${CONTINUED}`);
  if (memo.kind === 'notice') return `-!- ${text}`;
  return memo.kind === 'action' ? `* ${nameText(memo)} ${text}` : `${nameText(memo)}: ${text}`;
}

/** Earlier messages, each with its time, so that they do not look new. */
function listText(memos: readonly ChatMemo[], end?: string): string {
  const lines = memos.map(memo =>
    memo.at === undefined ? memoText(memo) : `[${localTime(memo.at)}] ${memoText(memo)}`,
  );
  return [...lines, ...(end === undefined ? [] : [`--- ${end} ---`])].join('\n');
}

function welcomeText(event: Extract<ClientEvent, { type: 'Welcome' }>, slash: string): string {
  const { content, resumed, gap } = event;
  const parts = [
    `${visible(content)}, ${nameText(event)}!`,
    event.topic !== undefined && `The topic is: ${visible(event.topic)}.`,
    resumed && 'You were still in the room: nobody saw you leave.',
    gap && gapText(gap),
    hereText(event),
    `Type ${slash}help to see what you can do.`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** Empty for somebody who is alone. */
function hereText({ users = [], count = 0 }: { users?: readonly string[]; count?: number }): string {
  if (count <= 1) return '';
  const some = users.slice(0, MAX_NAMES);
  const more = count - some.length;
  return `${count} are here: ${names(some)}${more > 0 ? ` and ${more} more` : ''}.`;
}

function usersText({ users, away, verified }: Extract<ClientEvent, { type: 'Users' }>): string {
  const [lost, proven] = [new Set(away), new Set(verified)];
  const some = users.slice(0, MAX_LISTED).map(username => {
    const name = nameText({ username, ...(proven.has(username) && { verified: true }) });
    return lost.has(username) ? `${name} (connection lost)` : name;
  });
  const more = users.length - some.length;
  const all = `${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `${users.length} ${users.length === 1 ? 'is' : 'are'} here: ${all}.`;
}

function keysText({ username, keys, own }: Extract<ClientEvent, { type: 'Keys' }>): string {
  const all = keys
    .slice(0, MAX_NAMES)
    .map(key => (key === own ? `${visible(key)} (this one)` : visible(key)));
  return `${visible(username)} is yours. Its ${keys.length === 1 ? 'key' : 'keys'}: ${all.join(', ')}.`;
}

function foundText({ memos, more }: { memos: readonly ChatMemo[]; more?: boolean }): string {
  if (memos.length === 0) return 'Nothing was found.';
  const end = more ? `the newest ${memos.length}, newest last; there may be more` : 'newest last';
  return listText(memos.toReversed(), `${messages(memos.length)} found, ${end}`);
}

function reconnectingText(event: Extract<ClientEvent, { type: 'Reconnecting' }>): string {
  const unsent = event.unsent === 0 ? '' : ` ${messages(event.unsent)} unsent.`;
  const where = event.address === undefined ? '' : `, at ${visible(event.address)}`;
  const isNowhere = event.address !== undefined && ['NOT_REACHED', 'OTHER_KEY'].includes(event.outage.code);
  const trouble = isNowhere ? 'None of the servers can be joined.' : outageText(event.outage);
  return `${trouble} Trying again ${seconds(event.inMs)}${where}.${unsent}`;
}

/** Why somebody is not in the room. */
export function outageText({ code, notice }: Outage): string {
  return notice === undefined ? TROUBLES[code] : `${TROUBLES[code]} It says: ${visible(notice)}`;
}

function reconnectedText({
  extended,
  resumed,
  gap,
  address,
}: Extract<ClientEvent, { type: 'Reconnected' }>): string {
  const back = address === undefined ? 'You are back.' : `You are back, at ${visible(address)}.`;
  if (!extended) return `${back} What was said in the meantime is missing here.`;
  if (gap !== undefined && gap.to === undefined)
    return `${back} The server has started a new history, without what was said since you were last here.`;
  const how = resumed ? 'The others did not notice.' : 'Meanwhile the others saw you leave.';
  return [back, how, ...(gap === undefined ? [] : [gapText(gap)])].join(' ');
}

function gapText({ from, to = from }: Gap): string {
  return from === to
    ? `Missing here: event ${from}, which the server no longer has.`
    : `Missing here: what the server no longer has of events ${from} to ${to}.`;
}

function names(all: readonly string[]): string {
  return all.map(visible).join(', ');
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

function lines(count: number): string {
  return count === 1 ? '1 new line' : `${count} new lines`;
}

function beginning(content: string): string {
  return `"${visible(cut(content, MAX_BEGINNING_LENGTH))}"`;
}
