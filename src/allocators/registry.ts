// The allocators that can be simulated and decoded. A new one is one folder and one line here.

import type { AllocatorId } from '../regions/allocator-id';
import { bbuddy } from './bbuddy';
import { mimalloc } from './mimalloc';
import { oscarOver } from './oscar';
import { region } from './region';
import { tinyalloc } from './tinyalloc';
import { tlsf } from './tlsf';
import { ukAllocProfile } from './layers/profiles';
import { ukAllocLayout } from './layers/struct';
import type { Allocator, AllocatorOptions } from './ukalloc';

const CANONICAL: readonly [Allocator, ...Allocator[]] = [bbuddy, region, tlsf, tinyalloc, mimalloc];

export const ALLOCATORS: readonly Allocator[] = [...CANONICAL, oscarOver(CANONICAL)];

/** Undefined for an allocator that is known by name but not built yet. */
export function allocatorFor(id: AllocatorId): Allocator | undefined {
  return ALLOCATORS.find((a) => a.id === id);
}

/** The options of a build with this allocator: what choosing it selects in Kconfig is set. */
export function buildOptions(allocator: Allocator, options: AllocatorOptions): AllocatorOptions {
  if (allocator.selects === undefined) return options;
  return { ...options, config: { ...options.config, ...Object.fromEntries(allocator.selects.map((s) => [s, 'y'])) } };
}

/** `sizeof(struct uk_alloc)` in a build. */
export function structSize(options: AllocatorOptions): number {
  return ukAllocLayout(ukAllocProfile(options.release), options.config).size;
}
