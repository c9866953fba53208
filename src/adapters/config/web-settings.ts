import type { ReloadableTable } from './setting.js';

/** What an operator can set about the page in which people talk. */
export const WEB_SETTINGS = {
  web: {
    kind: 'number',
    flag: 'web',
    placeholder: '<port>',
    min: 0,
    max: 65_535,
    reload: 'restart',
    help: 'Port of a web page in which people can join as well; 0 lets the system choose. HTTPS with the key of --tls-cert or its own, and HTTP from this machine itself.',
    defaultText: '[default: no page]',
  },
  webOrigins: {
    kind: 'text',
    flag: 'web-origins',
    placeholder: '<origins>',
    default: '',
    form: 'origins',
    maxLength: 4096,
    reload: 'new connections',
    help: 'Where people find the page, if a proxy in front of it tells it another Host: origins, such as https://chat.example.org,https://chat.example.net.',
    defaultText: '[default: none]',
  },
} as const satisfies ReloadableTable;
