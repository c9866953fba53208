import type { ReloadableTable } from './setting.js';

/** What is encrypted, with which key, and how people find the server. */
export const ENCRYPTION_SETTINGS = {
  allowPlaintext: {
    kind: 'switch',
    group: 'ENCRYPTION',
    flag: 'allow-plaintext',
    default: false,
    reload: 'new connections',
    help: 'Let clients elsewhere speak in plain text, which whoever is between can read and change; this machine itself always may.',
  },
  tlsCert: {
    kind: 'text',
    group: 'ENCRYPTION',
    flag: 'tls-cert',
    placeholder: '<file>',
    form: 'path',
    ifEmpty: 'The file of --tls-cert has no name.',
    reload: 'new connections',
    help: 'A certificate of your own with its chain, PEM; read again at SIGHUP, changed or not. Without it the server makes one itself, and keeps it in its data folder.',
  },
  tlsKey: {
    kind: 'text',
    group: 'ENCRYPTION',
    flag: 'tls-key',
    placeholder: '<file>',
    form: 'path',
    ifEmpty: 'The file of --tls-key has no name.',
    reload: 'new connections',
    help: 'The key of --tls-cert, PEM without a passphrase.',
  },
  publicAddress: {
    kind: 'text',
    group: 'ENCRYPTION',
    flag: 'public-address',
    placeholder: '<host[:port]>',
    form: 'server',
    ifEmpty: 'The address of --public-address is empty.',
    reload: 'at once',
    help: 'Where people reach this server, for the line to hand out that is printed at the start.',
    defaultText: "[default: --host, or this machine's name]",
  },
} as const satisfies ReloadableTable;
