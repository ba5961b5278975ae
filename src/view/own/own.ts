// The allocator's own picture: what free lists by order do not show. A pane for each allocator that has one; plain data.

import type { ShadowSpace } from '../../snapshot/shadow';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { buildMimalloc } from './mimalloc';
import type { MimallocView } from './mimalloc';
import type { Past } from './oscar-frames';
import { buildOscar } from './oscar';
import type { OscarView } from './oscar';
import { buildRegion } from './region';
import type { RegionView } from './region';
import { buildTinyalloc } from './tinyalloc';
import type { TinyallocView } from './tinyalloc';
import { buildTlsf } from './tlsf';
import type { TlsfView } from './tlsf';
import type { Owner } from '../time/owners';
import type { Steppable } from '../subject';

export type OwnView = TlsfView | TinyallocView | RegionView | MimallocView | OscarView;

export interface OwnInput {
  readonly snapshot: HeapSnapshot;
  /** Address that is selected. */
  readonly selection: bigint | undefined;
  /** What is tried in the pane: a size or an address, as typed. */
  readonly probe: string;
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
  /** The run that the heap is a moment of; undefined for a dump. */
  readonly simulation?: Steppable | undefined;
  /** What the run tells of shadow pages; undefined for a dump. */
  readonly past?: ((space: ShadowSpace) => Past | undefined) | undefined;
}

/** Undefined for allocators of which the free lists are the whole picture. */
export function buildOwn(input: OwnInput): OwnView | undefined {
  const { details } = input.snapshot;
  switch (details?.kind) {
    case 'tlsf':
      return buildTlsf(details, input);
    case 'tinyalloc':
      return buildTinyalloc(details, input);
    case 'region':
      return buildRegion(details, input);
    case 'mimalloc':
      return buildMimalloc(details, input);
    case 'oscar':
      return buildOscar(details, input);
    case undefined:
      return undefined;
  }
}
