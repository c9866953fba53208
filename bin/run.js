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

Promise.all([import('../bundle/main.js'), import('node:url')])
  .then(modules => modules[0].run(modules[1].fileURLToPath(new URL('..', import.meta.url))))
  .catch(error => {
    console.error(error);
    process.exit(1);
  });
