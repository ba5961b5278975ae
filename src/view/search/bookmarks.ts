// Bookmarks: addresses that the user keeps, with a letter by their order and a name of the user's own, which is plain text.

import { parseFilter } from './filter';
import type { Found } from './search';
import type { Viewport } from '../viewport';

/** Characters of a name. */
export const MOST_LABEL = 60;

export interface NamedPlace {
  /** `A`, `B` … in the order in which they were set. */
  readonly letter: string;
  readonly address: string;
  /** What the user calls it; empty without a name. */
  readonly label: string;
}

/** `A` for 0 … `Z`, then `27`. */
export function letterOfBookmark(i: number): string {
  return i < 26 ? String.fromCharCode(65 + i) : String(i + 1);
}

/** Control characters, and those that turn the text around them or are not seen. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Cs}]/gu;

/** A name as it is kept and shown: one line, nothing unseen in it, of limited length. What was kept may be anything. */
export function plainLabel(text: unknown): string {
  if (typeof text !== 'string') return '';
  const line = text.slice(0, 20 * MOST_LABEL).replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim(); // prettier-ignore
  return [...line].slice(0, MOST_LABEL).join('').trimEnd();
}

export function bookmarksOf({ bookmarks = [], bookmarkLabels = {} }: Pick<Viewport, 'bookmarks' | 'bookmarkLabels'>): NamedPlace[] {
  return bookmarks.map((address, i) => ({ letter: letterOfBookmark(i), address, label: plainLabel(bookmarkLabels[address]) }));
} // prettier-ignore

/** The bookmark with a name; without one of that whole name, the first with it somewhere in its own. */
export function bookmarkNamed(typed: string, places: readonly NamedPlace[]): { readonly place: NamedPlace; readonly whole: boolean } | undefined {
  const wanted = plainLabel(typed).toLowerCase();
  if (wanted === '') return undefined;
  const named = places.filter((p) => p.label !== '');
  const whole = named.find((p) => p.label.toLowerCase() === wanted);
  const place = whole ?? named.find((p) => p.label.toLowerCase().includes(wanted));
  return place && { place, whole: whole !== undefined };
} // prettier-ignore

/** Going there. A part of a name counts as its name where it could not be a filter. */
export function foundBookmark(typed: string, { place, whole }: NonNullable<ReturnType<typeof bookmarkNamed>>): Found {
  const filters = typed.trim().split(/\s+/).length > (parseFilter(typed)?.unknown.length ?? 0);
  return {
    address: place.address,
    message: `Bookmark ${place.letter}, ${place.label}: ${place.address}`,
    ...((whole || !filters) && { named: true }),
  };
}
