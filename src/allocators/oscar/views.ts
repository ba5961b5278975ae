// Structures of the port as the detail pane shows them, and the words beside the shim.

import { toBigInt } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { StructView } from '../../snapshot/snapshot';
import { structAt, structField } from '../../snapshot/structs';
import { ukAllocView } from '../layers/decode';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions } from '../ukalloc';
import { Alias, COUNTERS, counterAddress, Statics, Vma } from './layout';

export function readCounters(reader: Reader): Record<string, number> {
  return Object.fromEntries(COUNTERS.map((c) => [c, Number(reader.u64(toBigInt(counterAddress(c))) ?? 0n)]));
}

/** The shim and the words beside it. */
export function shimViews(reader: Reader, options: AllocatorOptions): StructView[] {
  const shim = toBigInt(Statics.shim);
  const word = (name: string, address: number, kind: 'pointer' | 'count' = 'pointer') =>
    structField(reader, name, toBigInt(address), kind);
  return [
    ukAllocView(reader, shim, ukAllocLayout(ukAllocProfile(options.release), options.config)),
    {
      type: 'static data of the shim',
      address: toBigInt(Statics.shimmed),
      length: Statics.counters + 8 * COUNTERS.length - Statics.shimmed,
      fields: [
        word('shimmed', Statics.shimmed),
        word('afreelist.next', Statics.afreelist),
        word('freelist.next', Statics.freelist),
        word('vmem_free.next', Statics.vmem_free),
        word('cr3', Statics.cr3),
        ...COUNTERS.map((c) => word(c, counterAddress(c), 'count')),
      ],
    },
  ];
}

export function vmaView(reader: Reader, address: bigint): StructView {
  return structAt(reader, 'struct vma', address, Vma.bytes, [
    ['size', Vma.size, 'size'],
    ['addr', Vma.addr, 'pointer'],
    ['list.next', Vma.list, 'pointer'],
    ['list.prev', Vma.list + 8, 'pointer'],
  ]);
}

export function aliasView(reader: Reader, address: bigint): StructView {
  return structAt(reader, 'struct alias', address, Alias.bytes, [
    ['list.next', Alias.list, 'pointer'],
    ['list.prev', Alias.list + 8, 'pointer'],
    ['size', Alias.size, 'size'],
    ['alias', Alias.alias, 'pointer'],
    ['origin', Alias.origin, 'pointer'],
  ]);
}
