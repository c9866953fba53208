// How a client speaks to each kind of server: what it says to get in, to say something, and what it hears.

export interface Dialect {
  /** Where its WebSocket is, if it speaks in one. */
  readonly path?: string;
  /** Whether each message of the WebSocket is what elsewhere is a line. */
  readonly isLinePerFrame?: boolean;
  /** What a client writes as soon as it is connected. */
  join(name: string): string;
  /** One message. */
  say(name: string, body: string): string;
  /** What to answer to a line that is not a message, and whether the client is in the room with it. */
  hear(line: string): { answer?: string; joined?: boolean };
}

const CHATTY: Dialect = {
  join: name => `{"Join":"${name}"}\n`,
  say: (name, body) => `{"Send":{"username":"${name}","content":"${body}"}}\n`,
  hear: line => ({ joined: line.startsWith('{"Joined"') }),
};

export const DIALECTS: Record<string, Dialect> = {
  chatty: CHATTY,
  'chatty in a WebSocket': { ...CHATTY, path: '/chat' },
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    isLinePerFrame: true,
    join: () => '40',
    say: (name, body) => `42${JSON.stringify(['say', name, body])}`,
    hear: line => ({ joined: line.startsWith('40') }),
  },
  irc: {
    join: name => `NICK ${name}\r\nUSER ${name} 0 * :bench\r\n`,
    say: (_name, body) => `PRIVMSG #room :${body}\r\n`,
    hear: line => {
      if (line.startsWith('PING')) return { answer: `PONG${line.slice(4)}\r\n` };
      if (line.includes(' 001 ')) return { answer: 'JOIN #room\r\n' };
      return { joined: line.includes(' 366 ') };
    },
  },
  nats: {
    join: () => 'CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\nSUB room 1\r\nPING\r\n',
    say: (_name, body) => `PUB room ${body.length}\r\n${body}\r\n`,
    hear: line => {
      if (line.startsWith('PING')) return { answer: 'PONG\r\n' };
      return { joined: line.startsWith('PONG') };
    },
  },
};
