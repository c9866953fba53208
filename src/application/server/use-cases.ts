import type { DisconnectUser } from './disconnect-user.js';
import type { JoinUser } from './join-user.js';
import type { LeaveUser } from './leave-user.js';
import type { ListUsers, ReadHistory, SearchHistory } from './queries.js';
import type { SendMessage } from './send-message.js';

/** What the users of one server may do, through whichever technology they come. */
export interface UseCases {
  readonly joinUser: JoinUser;
  readonly sendMessage: SendMessage;
  readonly leaveUser: LeaveUser;
  readonly disconnectUser: DisconnectUser;
  readonly listUsers: ListUsers;
  readonly readHistory: ReadHistory;
  readonly searchHistory: SearchHistory;
}
