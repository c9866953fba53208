/** One of the screens of the film: what it looks like at this moment. */
export interface FilmedScreen {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  /** Each row as SVG. */
  drawn(): string[];
  /** Each row as text. */
  text(): string[];
}

/** What one row of a screen showed, as SVG, from a moment on. */
export interface Moment {
  readonly atMs: number;
  readonly svg: string;
}

/** What was filmed: for each row of each screen, everything that it showed. */
export interface Recording {
  readonly strips: ReadonlyMap<FilmedScreen, readonly (readonly Moment[])[]>;
  readonly lengthMs: number;
}
