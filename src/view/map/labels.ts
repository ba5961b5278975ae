// What is written in a block on the map, in ever shorter forms. A label that does not fit is left out, never cut.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { sizeText, shortSizeText } from '../numbers';
import type { Owner } from '../time/owners';

/** What a size class is called by each allocator, in front of its number. */
const CLASS_PREFIX: Readonly<Record<HeapSnapshot['allocator'], string>> = {
  bbuddy: 'o',
  oscar: 'o',
  tlsf: '',
  tinyalloc: '',
  mimalloc: 'b',
  region: '',
};

export class MapLabels {
  readonly texts: (readonly string[])[] = [];
  private readonly snapshot: HeapSnapshot;

  constructor(snapshot: HeapSnapshot) {
    this.snapshot = snapshot;
  }

  add(forms: readonly string[]): number {
    return this.texts.push(forms) - 1;
  }

  /** Index of the label of block `i`. */
  of(i: number, owner: Owner | undefined): number {
    const { blocks, heap } = this.snapshot;
    const size = blocks.size(i);
    switch (blocks.state(i)) {
      case 'free':
        return this.add(this.freeTexts(i, size));
      case 'used':
        return owner === undefined
          ? this.add([sizeText(size), shortSizeText(size)])
          : this.add([owner.text, owner.text.replace(/^.* · /, '')]);
      case 'metadata':
        return this.add([heap >= blocks.base(i) && heap < blocks.end(i) ? 'A' : 'B']);
      case 'unread':
        return this.add(['not in dump']);
    }
  }

  private freeTexts(i: number, size: number): string[] {
    const name = classText(this.snapshot, this.snapshot.blocks.sizeClass(i));
    return name === undefined ? [sizeText(size), shortSizeText(size)] : [`${name} · ${sizeText(size)}`, name];
  }

  /** `o4` for an order, else the size. */
  short(i: number): string {
    const { blocks } = this.snapshot;
    return classText(this.snapshot, blocks.sizeClass(i)) ?? sizeText(blocks.size(i));
  }
}

/** What stands in front of a size class's number; empty for allocators whose number says nothing to people. */
export function classPrefix({ allocator }: HeapSnapshot): string {
  return CLASS_PREFIX[allocator];
}

/** `o4`; undefined for allocators whose class number says nothing to people. */
export function classText(snapshot: HeapSnapshot, sizeClass: number): string | undefined {
  const prefix = classPrefix(snapshot);
  return prefix === '' || sizeClass < 0 ? undefined : prefix + String(sizeClass);
}
