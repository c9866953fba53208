#!/usr/bin/env node
// No static import and no new syntax above the check: an old Node must get as far as its message.
var NEEDED = 24;
if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  console.error(
    'chatty needs Node.js ' +
      NEEDED +
      ' or newer; this is ' +
      process.versions.node +
      '. See https://nodejs.org',
  );
  process.exit(1);
}

import('./main.js').then(
  main => main.run(import.meta.url),
  error => {
    console.error(error);
    process.exit(1);
  },
);
