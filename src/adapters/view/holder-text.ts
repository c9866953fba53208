import type { Absence } from '../../domain/refusal.js';
import { ago, seconds } from './time.js';
import { visible } from './visible.js';

/** Of a name whose user is away. */
export function holderText(username: string, { awayMs, freeInMs }: Absence): string {
  return `The name ${visible(username)} is taken by somebody who lost the connection ${ago(awayMs)}. If they do not come back, it is free ${seconds(freeInMs)}.`;
}
