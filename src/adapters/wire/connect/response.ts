import type { ChatResponse } from '../../../application/chat-response.js';
import type { LinkEnd } from '../../../application/client/ports.js';
import { SERVER_USERNAME } from '../../../domain/name-limits.js';
import { decodeResponse } from '../basic-form.js';
import { joinBytes, LineSplitter } from '../line-splitter.js';
import { isStopping, noticeText } from '../notice.js';

/** Longest line a client reads, in bytes: twice what the widest settings let a server write. */
export const MAX_RESPONSE_BYTES = 128 * 1024;

/** What a server says to an extended Join that knows the basic form only. */
const NOT_UNDERSTOOD = [noticeText('BAD_COMMAND'), noticeText('UNKNOWN_COMMAND')];

const ENCRYPTION_NEEDED = noticeText('ENCRYPTION_NEEDED');

/** Processes the responses of a server: bytes in, responses out. */
export class ResponseReader {
  readonly #splitter = new LineSplitter(joinBytes, MAX_RESPONSE_BYTES);
  #isKnown = false;
  #hasJoined = false;
  #lastWord: LinkEnd | undefined;

  /** @param isExtended whether an extended Join was sent */
  constructor(
    private readonly onResponse: (response: ChatResponse) => void,
    private readonly isExtended: () => boolean,
  ) {}

  /** What an end is that comes now, by what the server has said. */
  get end(): LinkEnd {
    return this.#lastWord ?? (this.#isKnown ? 'LOST' : 'NOT_CHATTY');
  }

  add(chunk: Uint8Array): void {
    this.#splitter.add(chunk);
  }

  /** Processes the next response; false when there is no whole one. @throws {ProtocolError} LINE_TOO_LONG */
  next(): boolean {
    const line = this.#splitter.next();
    if (line !== undefined && line.length > 0) this.#line(line);
    return line !== undefined;
  }

  /** Forgets all that was not processed. */
  drop(): void {
    this.#splitter.drop();
  }

  #line(line: Uint8Array): void {
    const response = decodeResponse(line);
    this.#isKnown ||= response.type !== 'Unknown';
    this.#hasJoined ||= response.type === 'Joined';
    this.#lastWord ??= this.#lastWordIn(response);
    if (this.#lastWord !== 'NOT_UNDERSTOOD') this.onResponse(asRefusal(response) ?? response);
  }

  #lastWordIn(response: ChatResponse): LinkEnd | undefined {
    if (response.type === 'Closing') return response.end;
    if (response.type !== 'Broadcast') return undefined;
    const { memo } = response;
    if (isStopping(memo)) return 'SERVER_STOPPING';
    const isFirst = this.isExtended() && !this.#hasJoined;
    const isNotice = memo.username === SERVER_USERNAME && NOT_UNDERSTOOD.includes(memo.content);
    return isFirst && isNotice ? 'NOT_UNDERSTOOD' : undefined;
  }
}

/** A server that wants encryption says so before it knows the form that the client speaks. */
function asRefusal(response: ChatResponse): ChatResponse | undefined {
  if (response.type !== 'Broadcast' || response.memo.username !== SERVER_USERNAME) return undefined;
  const { content } = response.memo;
  return content === ENCRYPTION_NEEDED ? { type: 'Refused', code: 'ENCRYPTION_NEEDED', content } : undefined;
}
