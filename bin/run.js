#!/usr/bin/env node
// No static import and no new syntax: an old Node must get as far as its message.
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
    var isNotBuilt = error.code === 'ERR_MODULE_NOT_FOUND' && /bundle.main\.js/.test(error.message);
    console.error(isNotBuilt ? 'chatty is not built yet. In its folder: npm ci' : error);
    process.exit(1);
  });
