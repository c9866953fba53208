// What a room on several servers looked like from outside, and what is wrong with that.

/** What somebody was told. */
export interface Told {
  readonly seq: number;
  readonly kind: string;
  readonly username: string;
  readonly content: string;
}

/** Somebody who stays for the whole time, however often their line is lost. */
export interface Witness {
  readonly name: string;
  /** In the order in which it came. */
  readonly told: readonly Told[];
  /** Own messages that were acknowledged, with their places. */
  readonly accepted: readonly { readonly content: string; readonly seq: number }[];
  /** Own messages that were refused for good. */
  readonly refused: readonly string[];
  /** Own messages of which nothing is known at the end. */
  readonly unsent: number;
  /** What went wrong in their own words. */
  readonly complaints: readonly string[];
}

/** Somebody of the basic form, who heard a stretch of it: what others said, in the order in which it came. */
export interface Visitor {
  readonly name: string;
  readonly heard: readonly string[];
}

/** Several who wanted one name at the same time, at different servers: the places of the joins of those who got it. */
export interface Race {
  readonly username: string;
  readonly joined: readonly number[];
}

export interface Outside {
  readonly witnesses: readonly Witness[];
  readonly visitors: readonly Visitor[];
  readonly races: readonly Race[];
  /** All messages, as each server tells them at the end. */
  readonly histories: readonly (readonly Told[])[];
  /** Who is in the room, as each server says at the end. */
  readonly present: readonly (readonly string[])[];
}

/** Nothing when it was one room all the time. */
export function problemsOf(outside: Outside): string[] {
  const { witnesses, visitors, races, histories, present } = outside;
  const [history = []] = histories;
  return [
    ...sameEverywhere(histories, present),
    ...witnesses.flatMap(witness => problemsOfWitness(witness, history)),
    ...visitors.flatMap(visitor => problemsOfVisitor(visitor, history)),
    ...witnesses.flatMap(problemsOfNames),
    ...races.flatMap(race => problemsOfRace(race, witnesses)),
  ];
}

function sameEverywhere(histories: Outside['histories'], present: Outside['present']): string[] {
  const problems: string[] = [];
  const [first = [], ...others] = histories.map(history => history.map(lineOf));
  for (const [index, other] of others.entries()) {
    const at = longer(first, other).findIndex((_, place) => first[place] !== other[place]);
    if (at !== -1)
      problems.push(`server ${index + 2} has "${other[at]}" at ${at}, where server 1 has "${first[at]}"`);
  }
  const [here = '', ...elsewhere] = present.map(names => names.toSorted().join(' '));
  for (const [index, names] of elsewhere.entries())
    if (names !== here) problems.push(`at server ${index + 2} there are ${names}, and at server 1 ${here}`);
  return problems;
}

function problemsOfWitness(witness: Witness, history: readonly Told[]): string[] {
  const { name, told, accepted, refused, unsent, complaints } = witness;
  const problems = complaints.map(complaint => `${name}: ${complaint}`);
  const backwards = told.findIndex(({ seq }, at) => at > 0 && seq <= (told[at - 1]?.seq ?? 0));
  if (backwards !== -1)
    problems.push(`${name} was told ${told[backwards]?.seq} after ${told[backwards - 1]?.seq}`);
  const from = told[0]?.seq ?? Number.POSITIVE_INFINITY;
  const wanted = history.filter(({ seq, username }) => seq >= from && username !== name).map(lineOf);
  const got = told.filter(({ kind }) => kind === 'message').map(lineOf);
  const wrong = longer(wanted, got).findIndex((_, at) => wanted[at] !== got[at]);
  if (wrong !== -1)
    problems.push(`${name} heard ${got.length} of ${wanted.length}: "${got[wrong]}" for "${wanted[wrong]}"`);
  const places = Map.groupBy(history, ({ content }) => content);
  for (const { content, seq } of accepted) {
    const found = (places.get(content) ?? []).map(message => message.seq);
    if (found.length !== 1 || found[0] !== seq)
      problems.push(
        `"${content}" was accepted as ${seq}, and is recorded as ${found.join(' and ') || 'nothing'}`,
      );
  }
  for (const content of refused)
    if (places.has(content)) problems.push(`"${content}" was refused, and is recorded`);
  const numbers = history.filter(({ username }) => username === name).map(({ content }) => numberOf(content));
  const disordered = numbers.findIndex((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0));
  if (disordered !== -1)
    problems.push(`${name} said ${numbers[disordered]} after ${numbers[disordered - 1]}, as it is recorded`);
  if (unsent > 0) problems.push(`${name} was never answered about ${unsent}`);
  return problems;
}

/** All that was said from the first to the last that they heard. */
function problemsOfVisitor({ name, heard }: Visitor, history: readonly Told[]): string[] {
  const [first] = heard;
  if (first === undefined) return [];
  const said = history.map(spoken);
  const from = said.indexOf(first);
  const wrong = from === -1 ? 0 : heard.findIndex((text, at) => said[from + at] !== text);
  if (wrong === -1) return [];
  return [`${name} heard "${heard[wrong]}", where "${said[from + wrong]}" was said`];
}

/** A name that joins has left before. */
function problemsOfNames({ name, told }: Witness): string[] {
  const here = new Set<string>();
  const problems: string[] = [];
  for (const { kind, username, seq } of told) {
    if (kind === 'left') here.delete(username);
    if (kind !== 'joined') continue;
    if (here.has(username)) problems.push(`${name} was told that ${username} joined twice, at ${seq}`);
    here.add(username);
  }
  return problems;
}

function problemsOfRace({ username, joined }: Race, witnesses: readonly Witness[]): string[] {
  const problems: string[] = [];
  if (new Set(joined).size < joined.length)
    problems.push(`two got the name ${username} with one join: ${joined.join(', ')}`);
  for (const seq of joined)
    for (const { name, told } of witnesses) {
      const isLate = (told[0]?.seq ?? Number.POSITIVE_INFINITY) > seq;
      const isTold = told.some(one => one.seq === seq && one.kind === 'joined' && one.username === username);
      if (!isLate && !isTold) problems.push(`${name} was not told that ${username} joined at ${seq}`);
    }
  return problems;
}

/** As visitors keep what they hear. */
export const spoken = ({ username, content }: Pick<Told, 'username' | 'content'>) =>
  `${username}: ${content}`;

const lineOf = (told: Told) => `${told.seq} ${spoken(told)}`;

const numberOf = (content: string) => Number(content.split(' ').at(-1));

function longer<T>(one: readonly T[], other: readonly T[]): readonly T[] {
  return one.length >= other.length ? one : other;
}
