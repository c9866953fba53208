import type { ReloadableTable } from './setting.js';

const LIMIT = { kind: 'number', group: 'LIMIT', reload: 'at once' } as const;

/** What an operator can set about whom a name belongs to. */
export const NAME_SETTINGS = {
  names: {
    kind: 'choice',
    flag: 'names',
    default: 'claimed',
    choices: ['open', 'claimed', 'listed'],
    reload: 'restart',
    help: 'Whom names belong to: nobody, whoever first joins with a key, or only those in --names-file.',
  },
  namesFile: {
    kind: 'text',
    flag: 'names-file',
    default: '',
    form: 'path',
    placeholder: '<file>',
    onlyIf: { names: 'listed' },
    ifEmpty: 'The list of names is missing: give a file with --names-file.',
    reload: 'at once',
    help: 'Who may join, with --names listed: lines such as "ssh-ed25519 AAAA... carl".',
  },
  claimDays: {
    ...LIMIT,
    flag: 'claim-days',
    unit: 'Days',
    default: 365,
    min: 1,
    max: 36_500,
    help: 'Days after which a name is free again whose owner was not here.',
  },
  namesPerKey: {
    ...LIMIT,
    flag: 'names-per-key',
    default: 5,
    min: 1,
    max: 1000,
    help: 'Names that one key can claim; it joins under any other as well, without claiming it.',
  },
  claimsPerAddress: {
    ...LIMIT,
    flag: 'claims-per-address',
    default: 20,
    min: 1,
    max: 1_000_000,
    help: 'Names that can be claimed in a day from one address, of IPv6 from one /64 network; more join without claiming theirs.',
  },
  maxClaims: {
    ...LIMIT,
    flag: 'max-claims',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    help: 'Names that are claimed in all; one more takes the place of one whose owner was here once only, days ago, or else is not claimed.',
  },
} as const satisfies ReloadableTable;
