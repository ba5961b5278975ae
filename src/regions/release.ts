// Unikraft releases and targets. Behaviour that changed between releases is chosen by tables of profiles, one a room, keyed by
// "from this release on".

/** A Unikraft release, `0.17.0`; comparable by `compareReleases`. */
export type Release = `${number}.${number}.${number}`;

export const ARCHITECTURES = ['x86_64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Kconfig symbols and their values as in a `.config`: `y` for a chosen bool, else the text without quotes. */
export type Config = Readonly<Record<string, string>>;

/** First and last release that the specifications describe. */
export const FIRST_RELEASE: Release = '0.2.0';
export const LAST_RELEASE: Release = '0.21.0';

/** The release assumed where neither the input nor the user says one. */
export const DEFAULT_RELEASE: Release = '0.17.0';

/** Releases offered to a user, newest first. */
export const RELEASES: readonly Release[] = [
  '0.21.0', '0.20.0', '0.19.1', '0.19.0', '0.18.0', '0.17.0', '0.16.3', '0.16.2', '0.16.1', '0.16.0', '0.15.0', '0.14.0', '0.13.1', '0.13.0',
  '0.12.0', '0.11.0', '0.10.0', '0.9.0', '0.8.0', '0.7.0', '0.6.0', '0.5.0', '0.4.0', '0.3.1', '0.3.0', '0.2.0',
]; // prettier-ignore

/**
 * Reads a release as people and files write it: `0.17.0`, `0.17`, `v0.17.0`, `RELEASE-0.17.0`, `0.17.0~5d54fc2`,
 * `Calypso (0.17.0)`. Undefined when no version stands in it, or one outside the releases that are known.
 */
export function parseRelease(text: string): Release | undefined {
  const found = /(?:^|[^\d.])(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (found === null) return undefined;
  const release: Release = `${Number(found[1])}.${Number(found[2])}.${Number(found[3] ?? 0)}`;
  if (compareReleases(release, FIRST_RELEASE) < 0 || compareReleases(release, '0.22.0') >= 0) return undefined;
  return release;
}

/** Negative, zero or positive, as for `Array.sort`. */
export function compareReleases(a: Release, b: Release): number {
  const [x, y] = [a, b].map((r) => r.split('.').map(Number)) as [number[], number[]];
  return x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]!;
}

/** The entry of a profile table that applies to a release: the last one whose `from` is not later. Tables ascend. */
export function profileFor<P extends { readonly from: Release }>(table: readonly P[], release: Release): P | undefined {
  return table.findLast((p) => compareReleases(p.from, release) <= 0);
}

/** Is a Kconfig bool chosen? */
export function isSet(config: Config, symbol: string): boolean {
  const value = config[symbol];
  return value === 'y' || value === '1' || value === 'true';
}

/** Value of a Kconfig int or hex symbol, negative or not; `missing` where the build does not say, or says no integer. */
export function intOf(config: Config, symbol: string, missing: number): number {
  const text = config[symbol]?.trim() ?? '';
  const value = Number(text.startsWith('-') ? text.slice(1) : text);
  if (text === '' || !Number.isSafeInteger(value)) return missing;
  return text.startsWith('-') ? -value : value;
}
