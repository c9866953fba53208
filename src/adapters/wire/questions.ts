import { Expose } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { type ChatRequest, DEFAULT_ANSWER } from '../../application/chat-request.js';
import {
  MODERATION_ACTIONS,
  type ModerationAction,
  moderationOf,
} from '../../application/moderation-request.js';
import type { Seq } from '../../domain/events.js';
import { IsWhole, MAX_REF_LENGTH } from './constraints.js';
import { ProtocolError } from './protocol-error.js';

// The commands of the extended form that ask for an answer, as they come from outside, and what each asks for.

/** Its answer carries the same `ref`. */
export abstract class Question {
  @Expose() @IsOptional() @IsString() @MaxLength(MAX_REF_LENGTH) readonly ref?: string;

  /** What it asks for. */
  abstract request(): ChatRequest;
}

export class Who extends Question {
  request(): ChatRequest {
    return { type: 'who' };
  }
}

export class History extends Question {
  @Expose() @IsOptional() @IsWhole() readonly limit?: number;
  @Expose() @IsOptional() @IsWhole() readonly before?: Seq;

  request(): ChatRequest {
    const { ref: _, limit = DEFAULT_ANSWER, ...rest }: History = this;
    return { type: 'history', limit, ...rest };
  }
}

export class Search extends Question {
  @Expose() @IsOptional() @IsString() readonly words?: string;
  @Expose() @IsOptional() @IsString() readonly from?: string;
  @Expose() @IsOptional() @IsWhole() readonly since?: number;
  @Expose() @IsOptional() @IsWhole() readonly until?: number;
  @Expose() @IsOptional() @IsWhole() readonly before?: Seq;
  @Expose() @IsOptional() @IsWhole() readonly limit?: number;

  request(): ChatRequest {
    const { ref: _, words = '', limit = DEFAULT_ANSWER, ...rest }: Search = this;
    return { type: 'search', words, limit, ...rest };
  }
}

export class Keys extends Question {
  request(): ChatRequest {
    return { type: 'keys' };
  }
}

export class AddKey extends Question {
  @Expose() @IsString() readonly key!: string;

  request(): ChatRequest {
    return { type: 'addKey', key: this.key };
  }
}

export class RemoveKey extends Question {
  @Expose() @IsString() readonly key!: string;

  request(): ChatRequest {
    return { type: 'removeKey', key: this.key };
  }
}

/** An operator keeps order. */
export class Moderate extends Question {
  @Expose() @IsIn(MODERATION_ACTIONS) readonly action!: ModerationAction;
  @Expose() @IsOptional() @IsString() readonly target?: string;
  @Expose() @IsOptional() @IsWhole() readonly ms?: number;
  @Expose() @IsOptional() @IsString() readonly reason?: string;
  @Expose() @IsOptional() @IsString() readonly topic?: string;
  @Expose() @IsOptional() @IsWhole() readonly seq?: Seq;
  @Expose() @IsOptional() @IsString() readonly token?: string;

  /** @throws {ProtocolError} BAD_COMMAND when something is missing that the action needs */
  request(): ChatRequest {
    const { ref: _, ...asked }: Moderate = this;
    const request = moderationOf(asked);
    if (request === undefined) throw new ProtocolError('BAD_COMMAND');
    return { type: 'moderate', ...request };
  }
}

export class Bans extends Question {
  request(): ChatRequest {
    return { type: 'bans' };
  }
}
