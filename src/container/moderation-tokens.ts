import type { ChatRequest } from '../application/chat-request.js';
import type { ChatResponse } from '../application/chat-response.js';
import type { ModerateRoom } from '../application/server/moderate-room.js';
import type { ModerationLog, Networks } from '../application/server/moderation-ports.js';
import type { ModerationRecord } from '../application/server/moderation-record.js';
import type { ModerationTargets } from '../application/server/moderation-targets.js';
import type { Operators } from '../application/server/operators.js';
import type { RoomOrder } from '../application/server/room-order.js';
import { token } from './token.js';

/** The parts that are about who keeps order. */
export const MODERATION_TOKENS = {
  ModerateRoom: token<ModerateRoom>('ModerateRoom'),
  ModerationLog: token<ModerationLog>('ModerationLog'),
  ModerationRecord: token<ModerationRecord>('ModerationRecord'),
  Operators: token<Operators>('Operators'),
  ModerationTargets: token<ModerationTargets>('ModerationTargets'),
  Networks: token<Networks>('Networks'),
  RoomOrder: token<RoomOrder>('RoomOrder'),
  /** Rejects where no server runs that can be asked. */
  AskServer: token<(request: ChatRequest) => Promise<ChatResponse>>('AskServer'),
};
