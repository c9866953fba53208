import type { Writable } from 'node:stream';
import pretty from 'pino-pretty';
import { escaped } from './unsafe.js';

/** What pino adds to an entry by itself; it is told in other places of the line. */
const NOT_FIELDS = ['level', 'time', 'msg'];

/** A value in which one could not see where it ends. */
const NEEDS_QUOTES = /[\s"'=]|^$/;

/** Makes lines for people of pino's JSON: `[14:05:00] INFO: joined connection=1 username=carl`. Loaded at a terminal only. */
export function forPeople(destination: Writable): Writable {
  return pretty({
    destination,
    colorize: !('NO_COLOR' in process.env),
    translateTime: 'HH:MM:ss',
    hideObject: true,
    messageFormat: (entry, messageKey) => entryText(entry, String(entry[messageKey] ?? '')),
  });
}

/** Message and fields in one line. The stack of a fault, which is of use to whoever mends it, is below that line. */
function entryText(entry: Record<string, unknown>, message: string): string {
  const fields = Object.entries(entry).filter(([name]) => !NOT_FIELDS.includes(name));
  const words = fields.flatMap(([name, value]) => fieldTexts(name, value));
  return [[escaped(message), ...words].join(' '), ...fields.flatMap(([, value]) => stackRows(value))].join(
    '\n',
  );
}

/** A field as `name=value`; one with fields of its own as several. */
function fieldTexts(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return [`${name}=${value.map(plainText).join(',')}`];
  if (!isObject(value)) return [`${name}=${plainText(value)}`];
  if (typeof value.message !== 'string') return [`${name}=${plainText(value)}`];
  const code = value.code === undefined ? [] : [`code=${plainText(value.code)}`];
  return [`error=${plainText(value.message)}`, ...code];
}

function plainText(value: unknown): string {
  if (isObject(value)) return addressText(value);
  const text = String(value);
  return NEEDS_QUOTES.test(text) ? escaped(JSON.stringify(text)) : escaped(text);
}

/** An address as it is written, and other objects as their values. */
function addressText({ host, port, ...others }: Record<string, unknown>): string {
  const name = String(host).includes(':') ? `[${host}]` : host;
  const known = host === undefined ? [] : [port === undefined ? name : `${name}:${port}`];
  return [...known, ...Object.values(others)].map(plainText).join('/');
}

/** A system's error has a code, and says all; any other one is a fault. */
function stackRows(value: unknown): string[] {
  if (!isObject(value) || value.code !== undefined || typeof value.stack !== 'string') return [];
  const rows = value.stack.split('\n').filter(row => row.startsWith('    at '));
  return rows.map(escaped);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
