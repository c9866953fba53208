import type { ChatMemo, Welcome } from '../chat-response.js';
import type { ClientEvent } from './client-event.js';
import type { ConnectFailure, Peer } from './ports.js';

// What a person is shown of a Joined, and of whose server it is. In the basic form there is no welcome.

/** What there was before a Joined: nothing; a session that another program has left; an earlier connection. */
export type JoinedAfter = 'nothing' | 'session' | 'connection';

/** @param address which of several it is */
export function joinedEvents(
  joined: {
    readonly memo: ChatMemo;
    readonly welcome?: Welcome | undefined;
    readonly peer?: Peer | undefined;
  },
  after: JoinedAfter,
  address?: string,
): ClientEvent[] {
  const { memo, welcome, peer } = joined;
  const at = address !== undefined && { address };
  const event =
    after === 'connection' ? reconnectedEvent(welcome) : welcomeEvent(memo, welcome, after === 'session');
  return [...(peer?.isNew ? [newServerEvent(peer, address)] : []), { ...event, ...at }];
}

/** A session that is taken up is told of; otherwise it is the client's own that it finds. */
function welcomeEvent(
  memo: ChatMemo,
  welcome: Partial<Welcome> = {},
  isTakenUp: boolean,
): Extract<ClientEvent, { type: 'Welcome' }> {
  const { users, count, head, maxMessageBytes, resumed, gap, verified, topic } = welcome;
  return {
    type: 'Welcome',
    ...memo,
    ...(verified && { verified }),
    ...(topic !== undefined && { topic }),
    ...(users && count && { users, count }),
    ...(head !== undefined && { head }),
    ...(maxMessageBytes && { maxMessageBytes }),
    ...(isTakenUp && resumed && { resumed }),
    ...(isTakenUp && gap?.to !== undefined && { gap }),
  };
}

function reconnectedEvent(welcome: Welcome | undefined): Extract<ClientEvent, { type: 'Reconnected' }> {
  if (welcome === undefined) return { type: 'Reconnected', extended: false, resumed: false };
  const { resumed, gap, count, head, verified } = welcome;
  const more = { ...(gap && { gap }), ...(verified && { verified }) };
  return { type: 'Reconnected', extended: true, resumed, count, head, ...more };
}

function newServerEvent({ name: pin, isUnwritten }: Peer, address?: string): ClientEvent {
  return { type: 'NewServer', pin, ...(address && { address }), ...(isUnwritten && { isUnwritten }) };
}

export function otherKeyEvent(address: string, { details }: ConnectFailure): ClientEvent {
  const { found: pin = '', isGiven = false } = details;
  return { type: 'OtherKey', address, pin, isGiven };
}
