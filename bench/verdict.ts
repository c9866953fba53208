/** What must not grow: how much more the last quarter may have than the second, as a part and in its unit. */
export interface Bound {
  readonly name: string;
  readonly unit: string;
  readonly part: number;
  readonly plus: number;
  /** Which value of a quarter is looked at, between 0 and 1: the median, unless told otherwise. */
  readonly at?: number;
}

export interface Judged extends Bound {
  /** One value for each of the four quarters. */
  readonly quarters: readonly number[];
  /** What is added in an hour, by the line that fits the second half best. */
  readonly perHour: number;
  /** Also true where there is no number. */
  readonly grows: boolean;
}

/**
 * Judges one figure over a time in which the same happens twice: the second quarter sees what the fourth one sees. The first one
 * fills caches, and is shown only.
 */
export function judge(bound: Bound, values: readonly number[], seconds: number): Judged {
  const quarter = (n: number) =>
    quantile(
      values.slice(Math.floor((values.length * n) / 4), Math.floor((values.length * (n + 1)) / 4)),
      bound.at,
    );
  const quarters = [0, 1, 2, 3].map(quarter);
  const [, second = 0, , fourth = 0] = quarters;
  const half = values.slice(Math.floor(values.length / 2));
  const perHour = (slope(half) * values.length * 3600) / seconds;
  return { ...bound, quarters, perHour, grows: !(fourth <= second * (1 + bound.part) + bound.plus) };
}

export function median(values: readonly number[]): number {
  return quantile(values);
}

function quantile(values: readonly number[], at = 0.5): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * at)] ?? Number.NaN;
}

/** By least squares, for each step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [above, below] = [0, 0];
  for (const [n, value] of values.entries()) {
    above += (n - middle) * (value - mean);
    below += (n - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
