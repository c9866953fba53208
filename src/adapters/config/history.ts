// Where the history is kept, as one text says it.

/** The brokers that `--history nats://…` names. */
export interface BrokersText {
  readonly kind: 'nats';
  /** Each a host and a port. */
  readonly servers: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
  /** As people may see it: without a password. */
  readonly place: string;
}

export type History = { readonly kind: 'sqlite' | 'memory' } | BrokersText;
export type HistoryKind = History['kind'];

/** As an operator writes it, for the completion. */
export const HISTORY_WORDS = ['sqlite', 'memory', 'nats://'] as const;

const DEFAULT_PORT = '4222';
const SCHEME = /^(\w+):\/\//;
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)$/i;

/** @param text of which `historyProblem` knows nothing */
export function historyOf(text: string): History {
  if (text === 'sqlite' || text === 'memory') return { kind: text };
  const urls = urlsOf(text);
  const login = urls.find(({ username }) => username !== '');
  const [name, secret] = [login?.username ?? '', login?.password ?? ''].map(decodeURIComponent);
  const hasBoth = secret !== undefined && secret !== '';
  return {
    kind: 'nats',
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || DEFAULT_PORT}`),
    isEncrypted: urls.some(({ protocol }) => protocol === 'tls:'),
    user: hasBoth ? name : undefined,
    password: hasBoth ? secret : undefined,
    token: hasBoth || name === '' ? undefined : name,
    place: urls.map(({ protocol, host }) => `${protocol}//${host}`).join(','),
  };
}

export function historyKind(text: string): HistoryKind {
  return text === 'sqlite' || text === 'memory' ? text : 'nats';
}

/** Why a text names no place for the history, as the end of a sentence; nothing of it is repeated: there may be a password in it. */
export function historyProblem(text: string): string | undefined {
  if (text === 'sqlite' || text === 'memory') return undefined;
  if (!/^(nats|tls):\/\//.test(text))
    return 'is sqlite, memory, or where brokers are: nats://host:4222, several with commas between, tls:// where they have to be encrypted.';
  try {
    const urls = urlsOf(text);
    const isRight = urls.every(
      ({ protocol, hostname, pathname, search, hash }) =>
        /^(nats|tls):$/.test(protocol) &&
        HOST.test(hostname) &&
        /^\/?$/.test(pathname) &&
        search === '' &&
        hash === '',
    );
    if (isRight) return loginProblem(urls);
  } catch {
    // said below
  }
  return 'names brokers as nats://host:4222,nats://other:4222, with user:password@ or token@ before a host; in these, what is no letter or digit is written as in a URL, @ as %40.';
}

/** As it may be shown: whoever looks on sees no password. */
export function shownHistory(text: string): string {
  if (historyProblem(text) !== undefined || historyKind(text) !== 'nats') return text;
  const place = (url: URL) => {
    const name = url.password === '' ? '***' : `${url.username}:***`;
    return `${url.protocol}//${url.username === '' ? '' : `${name}@`}${url.host}`;
  };
  return urlsOf(text).map(place).join(',');
}

function loginProblem(urls: readonly URL[]): string | undefined {
  const logins = new Set(urls.map(({ username, password }) => `${username}:${password}`));
  logins.delete(':');
  for (const { username, password } of urls) decodeURIComponent(`${username}${password}`);
  if (urls.some(({ username, password }) => username === '' && password !== ''))
    return 'has a password of nobody: write user:password@ before the host.';
  return logins.size > 1 ? 'names one user for all brokers, or one token.' : undefined;
}

/** A host without a scheme has that of the first. @throws where one is no URL */
function urlsOf(text: string): URL[] {
  const scheme = SCHEME.exec(text)?.[0] ?? 'nats://';
  return text
    .split(',')
    .map(part => new URL(SCHEME.test(part.trim()) ? part.trim() : `${scheme}${part.trim()}`));
}
