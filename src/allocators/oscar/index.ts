// Oscar, the secure allocator: every object gets virtual pages of its own, and a free takes them away for good. Any later use of an old
// pointer is a page fault.
//
//   program          shadow address space                   memory of the canonical allocator
//   p, q, r          +-----+-----+-----+-----+- - -         +----------------------+---------
//     p ───────────► |  p  |  q  |  ×  |  r  |  never used   |  frame of p and r    | frame of q
//                    +-----+-----+-----+-----+- - -         +----------------------+---------
//                       │     │     revoked │                   ▲      ▲        ▲
//                       └─────│─────────────┴───────────────────┘──────┘        │
//                             └────────────────────────────────────────────────┘
//
// It is a layer: a *canonical* allocator below hands out memory and never learns about shadows. The offset in the page is the same in
// both; only the page differs. Addresses are never used twice, so they run out in the end.
//
//   preset wilde   The public Unikraft port (github.com/WorkOfArtiz/Wilde, written for 0.3.1), to the byte: a table of live objects,
//                  first fit over a list of free address ranges, page tables from the canonical heap, objects at the end of pages
//                  of their own (KELLOGS), and a crash wherever the paper would answer NULL.
//   preset paper   The scheme of the paper (USENIX Security 2017): the canonical address in a word before the object, a high-water
//                  mark, several objects on one frame, and as an option the refresh that revokes and maps in one operation.
//
// Not caught, in either: an overflow inside the object's own pages, and any access through the canonical address.
//
// No release of Unikraft has an option for it in ukboot, and none contains it. What is simulated here is a what-if on the same
// regions: ukboot's init is the shim's first addmem, which makes the canonical heap and takes its place.

import type { Allocator, AllocatorOptions } from '../ukalloc';
import { decode } from './decoder';
import { inspect } from './inspect';
import { recognise } from './recognise';
import { reasonsOver } from './reasons';
import { optionsFor } from './settings';
import { attach, buildOver, canonicalOf, init } from './simulator';
import { readCanonical } from './underneath';

/** @param underneath allocators that may be the canonical one; the first is the default */
export function oscarOver(underneath: readonly [Allocator, ...Allocator[]]): Allocator {
  const [first] = underneath;
  const below = (options: AllocatorOptions): readonly [Allocator, AllocatorOptions] => {
    const canonical = canonicalOf(underneath, options);
    return [canonical, buildOver(canonical, options)];
  };
  return {
    id: 'oscar',
    title: 'Oscar (secure)',
    library: 'wilde (not in the Unikraft tree)',
    options: optionsFor(underneath),
    profile: (release) => {
      const profile = first.profile(release);
      return profile === undefined ? undefined : `wilde on ${profile}`;
    },
    addmem: (options) => {
      const [canonical, built] = below(options);
      return canonical.addmem(built);
    },
    init: (kernel, base, len, options) => init(kernel, base, len, ...below(options)),
    attach: (kernel, _address, options) => attach(kernel, ...below(options)),
    decode: (reader, heap, options) => decode(reader, heap, ...below(options)),
    // Free memory is the canonical allocator's business alone.
    decodeFree: (reader, heap, options) => {
      const [canonical, built] = below(options);
      return readCanonical(reader, canonical, heap, built).snapshot;
    },
    recognise: (reader, heap, options) => recognise(reader, heap, ...below(options)),
    reasons: reasonsOver(below),
    inspect: (reader, snapshot, address) => inspect(reader, underneath, snapshot, address),
  };
}
