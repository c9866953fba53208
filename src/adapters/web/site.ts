import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from './page-file.js';

/** Where the WebSocket is. */
export const CHAT_PATH = '/chat';

const TEXT = 'text/plain; charset=utf-8';

/** For everything that is sent. One request is answered on a connection: the page needs no second one. */
const HEADERS = {
  Connection: 'close',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/** A host with its port, as it may stand in an address. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** What is answered to requests that do not become a WebSocket: the page, and little else. */
export class Site {
  constructor(private readonly page: Page) {}

  answer(request: IncomingMessage, response: ServerResponse): void {
    const { method } = request;
    const path = pathOf(request);
    if (method !== 'GET' && method !== 'HEAD')
      this.refuse(response, 405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' });
    else if (path === '/') this.#sendPage(request, response);
    else if (path === '/favicon.ico') response.writeHead(204, HEADERS).end();
    else if (path === '/robots.txt') send(response, 200, 'User-agent: *\nDisallow: /\n');
    else if (path === CHAT_PATH)
      this.refuse(response, 426, 'Here is a WebSocket for the page at /.', { Upgrade: 'websocket' });
    else this.refuse(response, 404, 'There is nothing here. The chat is at /.');
  }

  /** In plain words. */
  refuse(
    response: ServerResponse,
    status: number,
    sentence: string,
    headers: Record<string, string> = {},
  ): void {
    send(response, status, `${sentence}\n`, headers);
  }

  /** What was asked in plain text is to be asked again, encrypted. */
  encrypt(request: IncomingMessage, response: ServerResponse): void {
    const { host = '' } = request.headers;
    const sentence = 'This server is spoken to in plain text from its own machine only. Use https.';
    const canBeAsked = HOST.test(host) && pathOf(request).startsWith('/');
    if (!canBeAsked || request.headers.upgrade !== undefined) this.refuse(response, 403, sentence);
    else this.refuse(response, 308, sentence, { Location: `https://${host}${pathOf(request)}` });
  }

  #sendPage({ headers }: IncomingMessage, response: ServerResponse): void {
    const { plain, gzipped, tag, policy } = this.page;
    const isZipped = acceptsGzip(headers['accept-encoding']);
    const entity = `"${tag}${isZipped ? '-gzip' : ''}"`;
    const always = {
      ...HEADERS,
      'Content-Security-Policy': policy,
      ETag: entity,
      Vary: 'Accept-Encoding',
    };
    if (matches(headers['if-none-match'], entity)) {
      response.writeHead(304, always).end();
      return;
    }
    const body = isZipped ? gzipped : plain;
    response
      .writeHead(200, {
        ...always,
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Length': body.length,
        ...(isZipped && { 'Content-Encoding': 'gzip' }),
      })
      .end(body);
  }
}

/** Without what follows the path. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/[?#].*/s, '');
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  const length = { 'Content-Type': TEXT, 'Content-Length': Buffer.byteLength(text) };
  response.writeHead(status, { ...HEADERS, ...length, ...headers }).end(text);
}

function acceptsGzip(accepted: string | string[] | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(String(accepted ?? ''));
}

function matches(known: string | undefined, entity: string): boolean {
  return known?.split(',').some(one => one.trim().replace(/^W\//, '') === entity) === true;
}
