import type { AnswerRequest } from './answer-request.js';
import type { DisconnectUser } from './disconnect-user.js';
import type { JoinUser } from './join-user.js';
import type { LeaveUser } from './leave-user.js';
import type { ProveKey } from './prove-key.js';
import type { SendMessage } from './send-message.js';

/** What the users of one server may do, through any transport. */
export class UseCases {
  constructor(
    readonly joinUser: Pick<JoinUser, 'execute'>,
    readonly sendMessage: Pick<SendMessage, 'execute'>,
    readonly leaveUser: Pick<LeaveUser, 'execute'>,
    readonly disconnectUser: Pick<DisconnectUser, 'execute'>,
    readonly answerRequest: Pick<AnswerRequest, 'execute'>,
    readonly proveKey: Pick<ProveKey, 'execute'>,
  ) {}
}
