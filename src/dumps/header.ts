// Does a struct uk_alloc stand at an address? Function pointers, then `next`: the first of the two looks at a heap, which knows nothing of
// the allocator behind it.

import type { Reader } from '../memory/reader';
import { CALLBACKS, ukAllocLayout, type Callback, type UkAllocLayout } from '../allocators/layers/struct';
import { ukAllocProfile } from '../allocators/layers/profiles';
import type { Config, Release } from '../regions/release';

/** Functions of one kernel lie closer together than this. */
export const CODE_SPAN = 2n ** 30n;

/** Pointers that no allocator leaves out, and of which no two are equal. */
const ALWAYS: readonly Callback[] = ['malloc', 'calloc', 'realloc', 'posix_memalign', 'memalign', 'free'];

export interface Header {
  readonly layout: UkAllocLayout;
  /** Address of each function; 0 for NULL. */
  readonly callbacks: Readonly<Partial<Record<Callback, bigint>>>;
  readonly next: bigint;
}

/** A layout of struct uk_alloc, and what of it may be NULL. */
export interface HeaderForm {
  /** Equal for equal layouts. */
  readonly key: string;
  readonly layout: UkAllocLayout;
  /** Do palloc and pfree stand in for allocators that have none? */
  readonly pageCompat: boolean;
}

const forms = new Map<string, HeaderForm>();

/** How a build lays its struct uk_alloc out. A search asks this a million times, so each answer is kept. */
export function headerForm(release: Release, config: Config): HeaderForm {
  const options = `${config.CONFIG_LIBUKALLOC_IFMALLOC ?? ''} ${config.CONFIG_LIBUKALLOC_IFSTATS ?? ''}`;
  const asked = `${release} ${options}`;
  const known = forms.get(asked);
  if (known !== undefined) return known;
  const profile = ukAllocProfile(release);
  const layout = ukAllocLayout(profile, config);
  const key = `${Object.keys(layout.callbacks).length} ${layout.size} ${profile.pageCompat}`;
  const form = { key, layout, pageCompat: profile.pageCompat };
  forms.set(asked, form);
  return form;
}

/** The header in this form; undefined when what stands there cannot be one, or is absent. */
export function readHeader(reader: Reader, heap: bigint, { layout, pageCompat }: HeaderForm): Header | undefined {
  const callbacks: Partial<Record<Callback, bigint>> = {};
  for (const name of CALLBACKS) {
    const offset = layout.callbacks[name];
    if (offset === undefined) continue;
    const address = reader.u64(heap + BigInt(offset));
    if (address === undefined) return undefined;
    callbacks[name] = address;
    // Most addresses are refused here, by their first word or two.
    if (address === 0n && isNeeded(name, pageCompat)) return undefined;
    if (address !== 0n && !isNear(address, callbacks.malloc!)) return undefined;
  }
  const next = reader.u64(heap + BigInt(layout.next));
  if (next === undefined || next % 8n !== 0n || next === heap) return undefined;
  const distinct = new Set(ALWAYS.map((name) => callbacks[name]));
  if (distinct.size < ALWAYS.length || Object.values(callbacks).some((a) => a !== 0n && a >= heap && a < heap + 4096n))
    return undefined;
  if (next !== 0n && (distinct.has(next) || !isAllocator(reader, next, callbacks.malloc!))) return undefined;
  return { layout, callbacks, next };
}

function isNeeded(name: Callback, pageCompat: boolean): boolean {
  if (name === 'palloc' || name === 'pfree') return pageCompat;
  return ALWAYS.includes(name) || name === 'free_backend' || name === 'malloc_backend';
}

/** Is `a` code of the same kernel? */
function isNear(a: bigint, code: bigint): boolean {
  const distance = a > code ? a - code : code - a;
  return distance < CODE_SPAN;
}

/** `next` leads to a further allocator, or out of the memory read. */
function isAllocator(reader: Reader, at: bigint, code: bigint): boolean {
  const words = ALWAYS.map((_, i) => reader.u64(at + BigInt(8 * i)));
  return words.every((w) => w === undefined || (w !== 0n && isNear(w, code)));
}

/** Words that decide quickly whether a header may begin at `at` of `words`: six functions near each other, no two equal. */
export function mayBegin(words: BigUint64Array, at: number): boolean {
  const first = words[at]!;
  if (first < 4096n) return false;
  for (let i = 1; i < ALWAYS.length; i++) {
    const word = words[at + i]!;
    if (word < 4096n || word === first || !isNear(word, first)) return false;
  }
  return true;
}
