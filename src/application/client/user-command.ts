import type { ChatRequest, OutgoingMessage } from '../chat-request.js';

/** What a person, or a program, wants from the room. */
export type UserCommand =
  | { readonly type: 'send'; readonly message: OutgoingMessage }
  | { readonly type: 'request'; readonly request: ChatRequest }
  /** Older messages than those of the last answer. */
  | { readonly type: 'more' }
  /** Not to wait any longer, where a connection is lost. */
  | { readonly type: 'reconnect' }
  | { readonly type: 'leave' }
  /** Something that is no command; the view has said what is wrong with it. */
  | { readonly type: 'invalid' };
