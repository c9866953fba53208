// What operators ask of a server, and what it answers: part of the language of both programs.

/** How a measure of an operator names whom it is about: a name, a key's fingerprint, an address or a network of them. */
export type TargetText = string;

/** What an operator asks for. Times in milliseconds; without one, until it is lifted. */
export type ModerationRequest =
  | { readonly action: 'kick'; readonly target: TargetText; readonly reason?: string }
  | {
      readonly action: 'ban' | 'mute';
      readonly target: TargetText;
      readonly ms?: number;
      readonly reason?: string;
    }
  /** `target` is a number of the list as well: `#3`. */
  | { readonly action: 'unban' | 'unmute'; readonly target: TargetText }
  /** So long each one has to wait after a message; 0 for not at all. */
  | { readonly action: 'slow'; readonly ms: number }
  /** Without one, the topic is asked for, which everybody may. */
  | { readonly action: 'topic'; readonly topic?: string }
  /** A message by its sequence number, or the last one of somebody. */
  | { readonly action: 'delete'; readonly seq?: number; readonly target?: TargetText }
  /** Makes an operator of somebody; with the `token` of the first start, of whoever says it. */
  | { readonly action: 'operator'; readonly target?: TargetText; readonly token?: string }
  | { readonly action: 'dismiss'; readonly target: TargetText };

export type ModerationAction = ModerationRequest['action'];

export const MODERATION_ACTIONS = [
  'kick',
  'ban',
  'mute',
  'unban',
  'unmute',
  'slow',
  'topic',
  'delete',
  'operator',
  'dismiss',
] as const satisfies readonly ModerationAction[];

/** What was done. */
export interface ModerationResult {
  readonly action: ModerationAction;
  /** Whom it is about, one by one. */
  readonly targets: readonly TargetText[];
  /** In milliseconds since 1970; absent when there is no end. */
  readonly until?: number;
  /** How many were in the room, and are not any more. */
  readonly ended?: number;
  /** Where those came from who are not any more: addresses, or networks of one household. */
  readonly from?: readonly TargetText[];
  /** Where it was asked for. */
  readonly topic?: string;
  /** How long each has to wait now. */
  readonly ms?: number;
}

/** What is in force, the oldest first; of very many, the newest. */
export interface MeasureList {
  readonly measures: readonly ListedMeasure[];
  /** How many there are. */
  readonly count: number;
}

/** A ban or a mute that is in force. */
export interface ListedMeasure {
  readonly id: number;
  readonly kind: 'ban' | 'mute';
  readonly targets: readonly TargetText[];
  readonly by: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly until?: number;
  readonly reason?: string;
}

/** What an operator can say about an action; which of it is looked at depends on the action. */
export interface ModerationWords {
  readonly action: ModerationAction;
  readonly target?: TargetText | undefined;
  readonly ms?: number | undefined;
  readonly reason?: string | undefined;
  readonly topic?: string | undefined;
  readonly seq?: number | undefined;
  readonly token?: string | undefined;
}

/** The request that these words make; nothing when something is missing. */
export function moderationOf(words: ModerationWords): ModerationRequest | undefined {
  const { action, target, ms, reason, topic, seq, token } = words;
  const because = reason !== undefined && { reason };
  const end = ms !== undefined && { ms };
  switch (action) {
    case 'topic':
      return { action, ...(topic !== undefined && { topic }) };
    case 'slow':
      return ms === undefined ? undefined : { action, ms };
    case 'delete':
      if (seq !== undefined) return { action, seq };
      return target === undefined ? undefined : { action, target };
    case 'operator':
      if (token !== undefined) return { action, token };
      return target === undefined ? undefined : { action, target };
    case 'ban':
    case 'mute':
      return target === undefined ? undefined : { action, target, ...end, ...because };
    case 'kick':
      return target === undefined ? undefined : { action, target, ...because };
    default:
      return target === undefined ? undefined : { action, target };
  }
}
