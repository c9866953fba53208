// `just cluster-model`: one room of up to a million on many nodes, by arithmetic and simulation, from what this machine measures in the
// same run. What it says is in docs/cluster-model.md.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Calibration, calibrate, figuresOf, WHOLE } from './cluster-calibration.js';
import {
  endsTable,
  figuresTables,
  millionTable,
  partsTable,
  sizesTable,
  turnoverTable,
} from './cluster-report.js';

const RESULTS = fileURLToPath(new URL('../../bench/results', import.meta.url));
const KEPT = `${RESULTS}/cluster-model.json`;

const say = (text: string) => process.stdout.write(`${text}\n`);

/** `again` goes by what was measured the last time. */
const calibration: Calibration = process.argv.includes('again')
  ? JSON.parse(readFileSync(KEPT, 'utf8'))
  : await calibrate(WHOLE, text => process.stderr.write(`… ${text}\n`));
mkdirSync(RESULTS, { recursive: true });
writeFileSync(KEPT, `${JSON.stringify(calibration, null, 1)}\n`);

const figures = figuresOf(calibration);
for (const [title, text] of [
  ['Measured', figuresTables(calibration)],
  ['Rooms and nodes', sizesTable(figures)],
  ['What a node is busy with', partsTable(figures)],
  ['A node dies, a node starts', turnoverTable(figures)],
  ['A million', millionTable(figures)],
  ['How far it goes', endsTable(figures)],
])
  say(`\n## ${title}\n${text}`);
