import { cut, visible } from './visible.js';

/** Why nothing was signed, and what to do about it; for somebody whose name the server then refuses as well. */
export function unprovenText(asked: string, reached: string): string {
  return `The server calls itself ${visible(cut(asked))}, and you have reached it as ${visible(reached)}: a port is forwarded, or somebody is in between. Nothing was signed, so your name is not proven. An encrypted line has one name from end to end: join with --to HOST:PORT#KEY, as whoever runs the server hands it out.`;
}
