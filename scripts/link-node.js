import { existsSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Makes node_modules/.bin/node where npm has not left it. The packages of all platforms have a program of that name, and npm 10,
// which comes with Node 20 and 22, removes it together with those that do not fit this machine. Runs on whatever Node is
// installed, before anything is built.

const MODULES = fileURLToPath(new URL('../node_modules/', import.meta.url));
const LINK = `${MODULES}.bin/node`;

const platform = `${process.platform}-${process.arch}`;
const fits = [`node-${platform}`, `node-bin-${platform}`].find(name =>
  existsSync(`${MODULES}${name}/bin/node`),
);

if (fits !== undefined && existsSync(`${MODULES}.bin`) && !existsSync(LINK))
  symlinkSync(`../${fits}/bin/node`, LINK);
