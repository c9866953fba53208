#!/usr/bin/env node
// Runs the compiled sources with oclif's development errors: `npx tsc --watch` beside it.
import { settings } from '@oclif/core';

settings.enableAutoTranspile = false; // it needs a compiler API that TypeScript 7 does not have
settings.debug = true;
const { run } = await import('./main.js');
await run(import.meta.url, true);
