import { execFile } from 'node:child_process';
import type { ServerAddress } from '../../application/chat-request.js';
import type { ServiceManager } from '../../application/server/service-ports.js';

/** The first file that systemd hands over, and how many it may be: nobody has more addresses to listen on. */
const FIRST_FD = 3;
const MOST_FDS = 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** What is spoken at a socket, if it is not the wire itself. */
type Scheme = ServerAddress['scheme'];

/** By the name of the socket's file: `FileDescriptorName=` of its unit, which is the unit's own name unless it is set. */
const NAMES: Record<NonNullable<Scheme>, string> = { http: 'chatty-web', ssh: 'chatty-ssh' };

/**
 * The sockets that systemd has opened for this process: while the server is down, connections wait there. None where there
 * are none, or they are somebody else's. See sd_listen_fds(3).
 * @param scheme what is to be spoken there; the wire itself at all sockets whose names say nothing else
 */
export function handedSockets(env: Environment, pid: number, scheme?: Scheme): number[] {
  const count = Math.min(MOST_FDS, Number(env.LISTEN_FDS));
  if (env.LISTEN_PID !== String(pid) || !Number.isInteger(count) || count < 1) return [];
  const names = env.LISTEN_FDNAMES?.split(':') ?? [];
  const isFor = (name = '') => {
    const plain = name.replace(/\.socket$/, '');
    return scheme === undefined ? !Object.values(NAMES).includes(plain) : plain === NAMES[scheme];
  };
  const all = Array.from({ length: count }, (_, index) => index);
  return all.filter(index => isFor(names[index])).map(index => FIRST_FD + index);
}

/** systemd, if it has started this process and wants to know how it is. */
export class Systemd implements ServiceManager {
  constructor(
    private readonly env: Environment,
    private readonly pid: number,
  ) {}

  ready(): void {
    this.#tell('READY=1', `MAINPID=${this.pid}`);
  }

  stopping(): void {
    this.#tell('STOPPING=1');
  }

  /** Node has no sockets of the kind that this takes; the program is systemd's own, and is not waited for. */
  #tell(...words: string[]): void {
    if (!this.env.NOTIFY_SOCKET) return;
    const notify = execFile('systemd-notify', ['--no-block', ...words], () => {}); // a server goes on without
    notify.unref();
  }
}
