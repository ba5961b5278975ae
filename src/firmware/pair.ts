// Two neighbours of a list: what they cover, and what was found of them.

import type { Region } from '../regions/descriptor';
import type { Change, ListBuilder } from './builder';
import { contains, pageBytes, pageCount } from './numbers';
import type { PairDecision } from './types';

/** What a pair was found to be, before anything is written down. */
export type Finding = Omit<Change, 'pair' | 'text'> & {
  readonly text: string;
  readonly outcome: PairDecision['outcome'];
  /** Go on with the next pair? */
  readonly advance: boolean;
};

export function bytesOf(region: Region, { profile }: ListBuilder): bigint {
  return profile.coalesce.extent === 'pages' ? pageBytes(region) : region.len;
}

/** Does `a` cover all of `b`? */
export function covers(a: Region, b: Region, list: ListBuilder): boolean {
  return contains(a.pbase, bytesOf(a, list), b.pbase, bytesOf(b, list));
}

export function resized(region: Region, len: bigint): Region {
  return { ...region, len, pgCount: pageCount(len) };
}
