import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Channel } from '../wire/listen/channel.js';
import { type NoticeCode, noticeText } from '../wire/notice.js';
import { SharedFrames } from './frames.js';
import type { Answerer, HttpChannel, Visit } from './http-channel.js';
import type { Page } from './page-file.js';
import { FOREIGN, pageOrigin } from './page-origin.js';
import { CHAT_PATH, pathOf, Site } from './site.js';
import { switchingProtocols, upgradeProblem, wantsWebSocket } from './upgrade.js';
import { WebSocketChannel } from './web-socket-channel.js';

/** Looked at with each request. */
export interface AnswersOptions {
  /** Origins of pages that may talk besides the server's own, with commas between them. */
  readonly origins: string;
  /** What the server is called: only under these it may be spoken to by name in plain text. */
  readonly names?: readonly string[];
  /** Bytes of a line, its end not counted. */
  readonly maxLineBytes: number;
}

/** What becomes of a request: a page of the site, a WebSocket, or a refusal. */
export class Answers implements Answerer {
  readonly #site: Site;
  readonly #frames = new SharedFrames();

  /** @param read lets HTTP be read from a channel's stream */
  constructor(
    private readonly options: AnswersOptions,
    page: Page,
    readonly read: (channel: HttpChannel) => void,
  ) {
    this.#site = new Site(page);
  }

  get #origins(): ReadonlySet<string> {
    return new Set(this.options.origins.split(',').filter(origin => origin !== ''));
  }

  #originOf(request: IncomingMessage, visit: Visit): string | undefined {
    const names = new Set(this.options.names?.map(name => name.toLowerCase()));
    return pageOrigin(request, this.#origins, visit, names);
  }

  /** Whoever was refused before they asked is told so in a WebSocket as well: a page does not see the answer to its request. */
  upgrade({ line, visit, refusal, stream }: HttpChannel, request: IncomingMessage): Channel | undefined {
    if (!isForChat(request) || upgradeProblem(request) !== undefined) return undefined;
    const origin = this.#originOf(request, visit);
    if (origin === FOREIGN || refusal === 'ENCRYPTION_NEEDED') return undefined;
    stream.write(switchingProtocols(request));
    return new WebSocketChannel(line, origin ?? line.server, this.options.maxLineBytes, this.#frames);
  }

  answer(request: IncomingMessage, response: ServerResponse, visit: Visit, refusal?: NoticeCode): void {
    const site = this.#site;
    if (refusal === 'ENCRYPTION_NEEDED') site.encrypt(request, response);
    else if (refusal !== undefined)
      site.refuse(response, 503, noticeText(refusal), { 'Retry-After': `${RETRY_AFTER_SECONDS}` });
    else if (!isForChat(request)) site.answer(request, response);
    else if (this.#originOf(request, visit) === FOREIGN) site.refuse(response, 403, NOT_HERE);
    else site.refuse(response, 400, upgradeProblem(request) ?? '', { 'Sec-WebSocket-Version': '13' });
  }
}

const RETRY_AFTER_SECONDS = 10;

const NOT_HERE =
  'Only pages of this server may talk here. If this is one of them, its operator names its address with --web-origins.';

function isForChat(request: IncomingMessage): boolean {
  return wantsWebSocket(request) && pathOf(request) === CHAT_PATH;
}
