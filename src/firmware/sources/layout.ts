// Platforms that build no list but answer from linker symbols and one struct of ranges: KVM x86_64 and Xen up to 0.11
// (plat/kvm/x86/setup.c, plat/kvm/memory.c, plat/xen/memory.c), KVM arm64 up to 0.13 (plat/kvm/arm/{setup,memory}.c).
//
// Regions come in the order of the getter: the image's sections, heap, boot stack, then an initial RAM disk and the heap behind it.

import { hex } from '../../memory/address';
import type { Region } from '../../regions/descriptor';
import { bitsNamed, eraProfile, FLAG_EXECUTE, FLAG_READ, FLAG_WRITE } from '../../regions/eras';
import type { FirmwareEntry, KernelSegment } from '../../regions/firmware-map';
import { rangeText } from '../../regions/text';
import { Stopped, type ListBuilder } from '../builder';
import { alignDown, alignUp, overlap, pageCount, u64 } from '../numbers';
import { dropped, outside, within, type Dropped } from '../pieces';
import type { ListItem, Piece } from '../types';
import { imageEnd, leaveOut, named, segmentLabel, sourceOf, spanOf } from './entries';

const MIB = 1n << 20n;

interface Platform {
  readonly fn: string;
  readonly file: string;
  readonly getter: string;
}

const X86: Platform = { fn: '_init_mem', file: 'plat/kvm/x86/setup.c', getter: 'plat/kvm/memory.c' };
const ARM: Platform = { fn: '_init_dtb_mem', file: 'plat/kvm/arm/setup.c', getter: 'plat/kvm/arm/memory.c' };
const XEN: Platform = { fn: '_init_mem', file: 'plat/xen/x86/setup.c', getter: 'plat/xen/memory.c' };

/** A range that the platform keeps: heap, boot stack, initial RAM disk. */
interface Kept {
  readonly name: string;
  readonly kind: 'heap' | 'stack' | 'initrd';
  readonly base: bigint;
  readonly len: bigint;
}

export function layout(list: ListBuilder): void {
  const { firmware, choices } = list;
  const platform = firmware.protocol === 'xen' ? XEN : choices.arch === 'arm64' ? ARM : X86;
  sections(list, platform);
  const chosen = firmware.entries.findIndex((e) => isMain(e, platform));
  if (chosen < 0) throw new Stopped({ kind: 'assert', message: 'offset < mi->mmap_length' });
  let main: { readonly entry: FirmwareEntry; readonly pieces: readonly Piece[] } | undefined;
  firmware.entries.forEach((entry, index) => {
    const span = spanOf(list, entry, index, 0n, 'not-looked-at');
    if (index === chosen) main = { entry, pieces: span.pieces };
    else leaveOut(list, platform.fn, platform.file, entry, span, 'another entry is the memory', 'not-looked-at');
  });
  place(list, platform, main!.entry, main!.pieces);
}

function isMain({ base, kind }: FirmwareEntry, platform: Platform): boolean {
  return kind === 'usable' && (platform !== X86 || base === MIB);
}

function sections(list: ListBuilder, platform: Platform): void {
  const head = {
    kind: 'layout',
    fn: 'ukplat_memregion_get',
    file: platform.getter,
    caller: 'ukplat_entry',
    title: "the image's sections",
  } as const;
  list.call(head, () => {
    const items = list.firmware.kernel.map((s): ListItem => ({
      region: region(list, s.base, s.len, 'section', s.name, s),
      pieces: sourceOf(list, 'kernel', segmentLabel(s), s),
    }));
    list.step({ text: `${items.length} sections by linker symbols`, items, changed: items.map((_, i) => i) });
    return undefined;
  });
  list.stage('kernel');
}

function place(list: ListBuilder, platform: Platform, entry: FirmwareEntry, all: readonly Piece[]): void {
  const head = {
    kind: 'layout',
    fn: platform.fn,
    file: platform.file,
    caller: '_libkvmplat_entry',
    title: 'heap, boot stack, initial RAM disk',
  } as const;
  list.call(head, () => {
    let top = entry.base + entry.len;
    let pieces = all;
    if (platform === X86 && top > list.profile.limit) {
      top = list.profile.limit;
      list.step({
        text: `cap the memory at ${hex(top)}: the boot page table ends there`,
        lost: dropped(outside(pieces, -1n, top), 'outside-mapping'),
      });
      pieces = within(pieces, -1n, top);
    }
    const end = imageEnd(list);
    list.assert(top >= end, 'bootinfo.max_addr >= (size_t) __END');
    const stack = stackSize(list);
    const kept = ranges(list, platform, end, platform === ARM ? top & ~15n : top, stack);
    put(list, pieces, kept);
    return undefined;
  });
}

/** __STACK_SIZE. */
export function stackSize(list: ListBuilder): bigint {
  const order = Number(list.choices.config.CONFIG_STACK_SIZE_PAGE_ORDER ?? 4);
  return 4096n << BigInt(Number.isInteger(order) && order >= 0 && order < 20 ? order : 4);
}

function ranges(list: ListBuilder, platform: Platform, imageTop: bigint, top: bigint, stack: bigint): Kept[] {
  const start = platform === ARM ? alignDown(imageTop) : alignUp(imageTop);
  if (platform === XEN) return withInitrd(list, platform, { name: 'heap', kind: 'heap', base: start, len: u64(top - start) });
  const end = u64(top - stack);
  if (start > end) throw new Stopped({ kind: 'crash', message: 'Not enough memory to allocate boot stack' });
  const heap: Kept = { name: 'heap', kind: 'heap', base: start, len: end - start };
  const boot: Kept = { name: 'bstack', kind: 'stack', base: end, len: stack };
  const [first, ...others] = withInitrd(list, platform, heap);
  return first === undefined ? [boot] : [first, boot, ...others];
}

/** Only the first module counts; where it lies in the heap, the heap is what is left of it on both sides (_init_initrd). */
function withInitrd(list: ListBuilder, platform: Platform, heap: Kept): Kept[] {
  const module = list.firmware.modules[0];
  if (module === undefined || module.len === 0n) return [heap];
  const initrd: Kept = { name: 'initrd', kind: 'initrd', base: module.base, len: module.len };
  const inHeap = overlap(heap.base, heap.len, initrd.base, initrd.len);
  if (platform !== X86 || !inHeap) return [heap, initrd];
  const end = heap.base + heap.len;
  const inside = initrd.base >= heap.base && initrd.base < end;
  // The code tests the start of the initrd for both sides.
  if (!inside) throw new Stopped({ kind: 'crash', message: 'Not enough space at end of memory for boot stack' });
  const before = { ...heap, len: alignDown(initrd.base) - heap.base };
  const behind = alignUp(initrd.base + initrd.len);
  const after: Kept = { ...heap, base: behind, len: u64(end - behind) };
  if (before.len === 0n) return after.len === 0n ? [initrd] : [after, initrd];
  return after.len === 0n ? [before, initrd] : [before, initrd, after];
}

/** One step a range. What of the entry is in none of them is under the image, or under the initial RAM disk. */
function put(list: ListBuilder, all: readonly Piece[], kept: readonly Kept[]): void {
  let rest = all;
  const module = list.firmware.modules[0];
  const initrd = module === undefined ? [] : sourceOf(list, 'initrd', 'initial RAM disk', module);
  for (const { name, kind, base, len } of kept) {
    const made = region(list, base, len, kind, name);
    const pieces = kind === 'initrd' ? initrd : within(rest, base, base + len);
    if (kind !== 'initrd') rest = outside(rest, base, base + len);
    const item: ListItem = { region: made, pieces, ...(kind === 'stack' && { carved: 'stack' }) };
    const items = [...list.items, item];
    list.step({ text: `${name} ${rangeText(base, base + len)}`, items, changed: [items.length - 1] });
  }
  const image = list.items.flatMap((i) => i.pieces).filter((p) => all.every((a) => a.source !== p.source));
  const owners = [...initrd, ...image.filter((p) => initrd.every((i) => i.source !== p.source))];
  const lost: Dropped[] = dropped(rest, 'overlapped', owners);
  if (lost.length > 0) list.step({ text: 'the image and what was loaded have the rest', lost });
}

const FLAGS: Readonly<Record<Kept['kind'], readonly string[]>> = {
  heap: ['ALLOCATABLE'],
  stack: ['RESERVED', 'READABLE', 'WRITABLE'],
  initrd: ['INITRD', 'WRITABLE'],
};
const TYPES: Readonly<Record<Kept['kind'] | 'section', string>> = {
  heap: 'FREE',
  stack: 'STACK',
  initrd: 'INITRD',
  section: 'KERNEL',
};

function region(
  list: ListBuilder,
  base: bigint,
  len: bigint,
  kind: Kept['kind'] | 'section',
  name: string,
  segment?: KernelSegment,
): Region {
  const profile = eraProfile(list.choices.release);
  const common = { index: 0, pbase: base, vbase: base, pgOff: 0n, len, pgCount: pageCount(len), name: named(list, name) };
  const permissions = segment?.permissions ?? 0;
  if (profile.era !== 'classic') {
    const flags = kind === 'section' ? permissions : kind === 'heap' ? 0 : FLAG_READ | FLAG_WRITE;
    return { ...common, type: list.type(TYPES[kind]), flags };
  }
  const names =
    kind === 'section'
      ? [
          'RESERVED',
          ...((permissions & FLAG_READ) !== 0 ? ['READABLE'] : []),
          ...((permissions & FLAG_WRITE) !== 0 ? ['WRITABLE'] : []),
          ...((permissions & FLAG_EXECUTE) !== 0 ? ['EXECUTABLE'] : []),
        ]
      : FLAGS[kind];
  return { ...common, type: 0, flags: names.reduce((bits, n) => bits | (bitsNamed(n, 'flags', profile) ?? 0), 0) };
}
