import { isIP, isIPv6 } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { historyProblem, shownHistory } from './history.js';
import { listenAddressProblem } from './listen-address.js';
import { serverListProblem, serverNameProblem } from './server-name.js';
import type { Setting } from './setting.js';

/** How people write a text of some kind, and what is meant by it. */
export interface TextForm {
  /** The same as the program needs it. */
  tidy(text: string): string;
  /** Why it cannot be what is meant, as the end of a sentence that begins with the name of the setting. */
  problem(tidied: string): string | undefined;
  /** As it may be shown, where there can be a password in it. */
  shown?(text: string): string;
}

const QUOTED = /^(["']).*\1$/;

/** A name or an address of a machine; the brackets of an IPv6 address in a URL are no part of it. */
const ADDRESS: TextForm = {
  tidy: text => {
    const inBrackets = /^\[(.*)\]$/.exec(text.trim())?.[1];
    return inBrackets !== undefined && isIPv6(inBrackets) ? inBrackets : text.trim();
  },
  problem: text => {
    if (QUOTED.test(text)) return 'is in quotation marks. Write it without.';
    if (/^\w+:\/\//.test(text)) return 'is a name or an address, not a URL.';
    if (/^(\[.*\]|[^:]*):\d*$/.test(text)) return 'is a name or an address alone. Give the port with --port.';
    if (/[\s/[\]]/.test(text)) return 'is a name or an address, such as chat.example.org, 192.0.2.1 or ::1.';
    return undefined;
  },
};

/** A file or a folder. No shell has looked at what stands in the file of a service. */
const PATH: TextForm = {
  tidy: text => {
    const home = text === '~' || /^~[/\\]/.test(text) ? homeFolder() : undefined;
    return home === undefined ? text : join(home, text.slice(1));
  },
  problem: text => {
    if (QUOTED.test(text)) return 'is in quotation marks. Write it without.';
    if (/^\w+:\/\//.test(text)) return 'is a path, not a URL.';
    if (text.startsWith('~'))
      return 'begins with ~, and it is not known whose folder that is. Write the whole path.';
    if (/^\$|^%\w+%/.test(text))
      return 'begins with a variable that nothing has filled in. Write the whole path.';
    return undefined;
  },
};

/** A server with its port and the fingerprint of its key, as far as they are known. */
const SERVER: TextForm = { tidy: text => text.trim(), problem: serverNameProblem };

/** Servers that hold one room, with commas between. */
const SERVERS: TextForm = {
  tidy: text =>
    text
      .split(',')
      .map(part => part.trim())
      .join(','),
  problem: serverListProblem,
};

/** Where to listen: a port, and an address of this machine if it is not the loopback. */
const LISTEN: TextForm = { tidy: text => text.trim(), problem: listenAddressProblem };

/** Addresses, or networks of them, with commas between. */
const NETWORKS: TextForm = {
  tidy: text => text.trim(),
  problem: text => {
    const wrong = text.split(',').find(part => !isNetwork(part.trim()));
    if (text === '' || wrong === undefined) return undefined;
    return `is a list of addresses and networks, such as 192.0.2.1,10.0.0.0/8,2001:db8::/32. This is none: ${wrong.trim()}`;
  },
};

/** Origins of web pages, with commas between. */
const ORIGINS: TextForm = {
  tidy: text =>
    text
      .split(',')
      .map(part => part.trim().replace(/\/$/, ''))
      .join(','),
  problem: text => {
    const wrong = text.split(',').find(part => !isOrigin(part));
    if (text === '' || wrong === undefined) return undefined;
    return `is a list of origins, such as https://chat.example.org. This is none: ${wrong}`;
  },
};

/** Where the history is kept. */
const HISTORY: TextForm = { tidy: text => text.trim(), problem: historyProblem, shown: shownHistory };

/** The name of a room, of which other names are made. */
const ROOM: TextForm = {
  tidy: text => text.trim(),
  problem: text =>
    text === '' || /^(?!.*_KEPT$)[\w-]{1,32}$/.test(text)
      ? undefined
      : 'has 1 to 32 letters, digits, - and _, such as main, and does not end in _KEPT.',
};

/** As a browser writes it: in lower case, without the port that its scheme has anyway, and without a path. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const max = { 4: 32, 6: 128 }[isIP(address)];
  if (max === undefined || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= max);
}

export const TEXT_FORMS = {
  address: ADDRESS,
  path: PATH,
  server: SERVER,
  servers: SERVERS,
  networks: NETWORKS,
  listen: LISTEN,
  origins: ORIGINS,
  history: HISTORY,
  room: ROOM,
} as const satisfies Record<string, TextForm>;

/** A value as people may see it who look on. */
export function shown(setting: Setting, value: unknown): unknown {
  const form: TextForm | undefined =
    setting.kind === 'text' && setting.form ? TEXT_FORMS[setting.form] : undefined;
  return form?.shown === undefined ? value : form.shown(String(value));
}

/** Unknown for a user that the system does not know, without HOME, as in some containers. */
function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
