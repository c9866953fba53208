import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What one of the processes is to do. */
export interface FloodOrder {
  readonly history: string;
  readonly room: string;
  readonly folder: string;
  readonly seconds: number;
}

/** Events a second that two processes put through the log of one room, each of which reads and keeps all of them. */
export async function flood(history: string, room: string, folder: string, seconds: number): Promise<number> {
  const path = fileURLToPath(new URL('./cluster-flood-process.js', import.meta.url));
  const processes = [1, 2].map(n => {
    const child = fork(path);
    const order: FloodOrder = { history, room, folder: `${folder}-${n}`, seconds };
    child.send(order);
    return child;
  });
  for (const child of processes) await once(child, 'message'); // open
  const results = processes.map(child => once(child, 'message') as Promise<[number]>);
  for (const child of processes) child.send('begin');
  const [each] = await Promise.all(results.map(async result => (await result)[0]));
  for (const child of processes) child.kill();
  return each ?? Number.NaN;
}
