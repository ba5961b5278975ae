// What a GDB session says besides its values: the release in build paths, the architecture in registers, the allocator in symbols.

import type { AllocatorId } from '../../regions/allocator-id';
import type { Hints } from '../../regions/descriptor';
import { parseRelease, type Architecture, type Release } from '../../regions/release';

/** Functions that only one allocator has; mimalloc before region, which it sits on. */
const ALLOCATOR_SYMBOLS: readonly (readonly [AllocatorId, RegExp])[] = [
  ['mimalloc', /\buk_mimalloc_\w+|\bmi_heap_malloc\b/],
  ['tlsf', /\buk_tlsf_\w+|\btlsf_malloc\b/],
  ['tinyalloc', /\buk_tinyalloc_\w+|\bta_alloc\b/],
  ['oscar', /\buk_oscar_\w+/],
  ['bbuddy', /\buk_allocbbuddy_\w+|\bbbuddy_p?(?:alloc|free)\w*/],
  ['region', /\buk_allocregion_\w+/],
];

const ARCHITECTURES: readonly (readonly [Architecture, RegExp])[] = [
  ['x86_64', /\brip\s+0x|\bRIP=[0-9a-f]{16}|i386:x86-64|\belf64-x86-64\b|[-_]x86_64\b/],
  ['arm64', /\bx29\s+0x|\bcpsr\s+0x|\bX29=[0-9a-f]{16}|arch="aarch64"|\belf64-littleaarch64\b|[-_]arm64\b/],
];

export function hintsFrom(text: string): Hints {
  const release = releaseFrom(text);
  const arch = ARCHITECTURES.find(([, pattern]) => pattern.test(text))?.[0];
  const allocator = ALLOCATOR_SYMBOLS.find(([, pattern]) => pattern.test(text))?.[0];
  return { ...(release && { release }), ...(arch && { arch }), ...(allocator && { allocator }) };
}

/** `/build/uk-0.17.0/lib/…`, `unikraft-0.16.3/…`, `RELEASE-0.14.0`, or the boot banner's `Calypso 0.17.0~…`. */
function releaseFrom(text: string): Release | undefined {
  const path = /\b(?:uk|unikraft|RELEASE)[-_/]v?(0\.\d+(?:\.\d+)?)(?![\w.]*\.c\b)/i.exec(text);
  if (path !== null) return parseRelease(path[1]!);
  const banner = /^\s*[A-Z][a-z]+ \(?(0\.\d+\.\d+)(?:~[0-9a-f]+)?\)?\s*$/m.exec(text);
  return banner === null ? undefined : parseRelease(banner[1]!);
}
