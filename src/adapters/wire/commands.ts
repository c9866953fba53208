import { isUtf8 } from 'node:buffer';
import { Expose, plainToInstance } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength, validateSync } from 'class-validator';
import type { Seq } from '../../domain/events.js';
import { IsWellFormed, IsWhole, MAX_REF_LENGTH } from './constraints.js';
import { ProtocolError } from './protocol-error.js';
import { AddKey, Bans, History, Keys, Moderate, type Question, RemoveKey, Search, Who } from './questions.js';

// What a user may ask of the chat application, as it comes from outside: only the shape is checked here, what
// a name or a message may be is for the domain to say.

/** The two forms of the wire; the first Join of a connection chooses. */
export type Form = 'basic' | 'extended';

export class Join {
  @Expose() @IsString() readonly username!: string;
}

/** A Join that chooses the extended form. */
export class ExtendedJoin extends Join {
  @Expose() @IsOptional() @IsWhole() readonly history?: number;
  @Expose() @IsOptional() @IsString() readonly resume?: string;
  @Expose() @IsOptional() @IsWhole() readonly since?: Seq;
  @Expose() @IsOptional() @IsString() readonly epoch?: string;
  @Expose() @IsOptional() @IsString() readonly key?: string;
  @Expose() @IsOptional() @IsWhole() readonly attempt?: number;
}

/** The answer to a Challenge. */
export class Prove {
  @Expose() @IsString() readonly signature!: string;
}

export class Send {
  @Expose() @IsString() readonly username!: string;
  @Expose() @IsString() readonly content!: string;
}

/** A Send of an extended session, which needs no name; a given one must be its own. */
export class ExtendedSend {
  @Expose() @IsString() readonly content!: string;
  @Expose() @IsOptional() @IsString() @MaxLength(MAX_REF_LENGTH) @IsWellFormed() readonly ref?: string;
  @Expose() @IsOptional() @IsString() @MaxLength(MAX_REF_LENGTH) readonly username?: string;
  @Expose() @IsOptional() @IsIn(['action']) readonly kind?: 'action';
}

export class Leave {
  @Expose() @IsString() readonly username!: string;
}

export class Ping {
  @Expose() @IsWhole() readonly id!: number;
}

export type Command = Join | ExtendedJoin | Prove | Send | ExtendedSend | Leave | Ping | Question;

type CommandClass<T extends Command> = new () => T;

/** How each command of a form is read; a Join may be an object in either, and so chooses. */
const READERS: Record<Form, Record<string, (body: unknown) => Command>> = {
  basic: {
    Join: readJoin,
    Send: body => plainSend(body) ?? checked(Send, body),
    Leave: body => checked(Leave, { username: body }),
  },
  extended: {
    Join: readJoin,
    Send: body => plainExtendedSend(body) ?? checked(ExtendedSend, body),
    Leave: body => checked(Leave, { username: body }),
    Ping: body => checked(Ping, { id: body }),
    Who: body => checked(Who, body),
    History: body => checked(History, body),
    Search: body => checked(Search, body),
    Prove: body => checked(Prove, body),
    Keys: body => checked(Keys, body),
    AddKey: body => checked(AddKey, body),
    RemoveKey: body => checked(RemoveKey, body),
    Moderate: body => checked(Moderate, body),
    Bans: body => checked(Bans, body),
  },
};

/**
 * Reads one line, without its end, as a Command. Members that the form does not know are ignored.
 * @throws {ProtocolError} NOT_UTF8, NOT_JSON, UNKNOWN_COMMAND or BAD_COMMAND
 */
export function decodeCommand(line: Buffer, form: Form = 'basic'): Command {
  if (!isUtf8(line)) throw new ProtocolError('NOT_UTF8');
  const [verb, body] = onlyMember(parseJson(line.toString()));
  if (!Object.hasOwn(READERS[form], verb)) throw new ProtocolError('UNKNOWN_COMMAND');
  return (READERS[form][verb] as (body: unknown) => Command)(body);
}

function readJoin(body: unknown): Join {
  return isObject(body) ? checked(ExtendedJoin, body) : checked(Join, { username: body });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('NOT_JSON', { cause });
  }
}

/** A command is an object of one member: its verb, and what belongs to it. */
function onlyMember(value: unknown): [verb: string, body: unknown] {
  if (!isObject(value)) throw new ProtocolError('BAD_COMMAND');
  const [member, ...more] = Object.entries(value);
  if (member === undefined || more.length > 0) throw new ProtocolError('BAD_COMMAND');
  return member;
}

// A Send that is plainly right, as nearly all are, is read without the 4.7 µs that class-transformer and class-validator
// take: a fifth of the server's time where one speaks and a hundred listen. See docs/adr/0012-fast-path.md

function plainSend(body: unknown): Send | undefined {
  if (!isObject(body)) return undefined;
  const { username, content } = body as Record<string, unknown>;
  if (typeof username !== 'string' || typeof content !== 'string') return undefined;
  return Object.assign(new Send(), { username, content });
}

function plainExtendedSend(body: unknown): ExtendedSend | undefined {
  if (!isObject(body)) return undefined;
  const { content, ref, username, kind } = body as Record<string, unknown>;
  if (typeof content !== 'string' || kind !== undefined || !isShort(ref) || !isShort(username))
    return undefined;
  return Object.assign(new ExtendedSend(), { content, ref, username });
}

function isShort(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'string' && value.length <= MAX_REF_LENGTH && value.isWellFormed();
}

/** @throws {ProtocolError} BAD_COMMAND, with what class-validator finds wrong as its cause */
function checked<T extends Command>(type: CommandClass<T>, body: unknown): T {
  let cause: unknown;
  try {
    // class-validator throws a TypeError at null, and class-transformer makes an array of an array.
    if (!isObject(body)) throw new TypeError('not an object');
    // Some languages write null for what is absent. No member has members: deep ones would be gone through for nothing.
    const given = Object.fromEntries(
      Object.entries(body).flatMap(([name, value]) =>
        value === null ? [] : [[name, typeof value === 'object' ? {} : value]],
      ),
    );
    const command = plainToInstance(type, given, { excludeExtraneousValues: true });
    const errors = validateSync(command);
    if (errors.length === 0) return command;
    cause = errors;
  } catch (error) {
    cause = error; // class-transformer recurses, and a line of opening brackets is deeper than the stack
  }
  throw new ProtocolError('BAD_COMMAND', { cause });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
