// Figures of a heap that was not read whole: what is known is a lower bound.

import type { HeapSnapshot } from '../snapshot/snapshot';
import { UNKNOWN, sizeText, spokenSize } from './numbers';

/** Is something missing that may belong to the heap: memory that is not there, or the rest of a list? */
export function isPartial({ absent, lists }: HeapSnapshot): boolean {
  return absent.length > 0 || lists.some((l) => !l.complete);
}

/** `62.3 MiB`, `≥ 62.3 MiB`, `?`. A sum only grows with what is missing. */
export function sumText(bytes: number, partial: boolean): string {
  return bytes < 0 ? UNKNOWN : `${partial ? '≥ ' : ''}${sizeText(bytes)}`;
}

/** The same, spoken. */
export function spokenSum(bytes: number, partial: boolean): string {
  return bytes < 0 ? 'unknown' : `${partial ? 'at least ' : ''}${spokenSize(bytes)}`;
}

/** `16 MiB`, `?`: what is missing may hold a larger one. */
export function largestText(bytes: number, partial: boolean): string {
  return partial || bytes < 0 ? UNKNOWN : sizeText(bytes);
}
