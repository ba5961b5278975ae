// What the ways to a list have in common: the image's own entries, what was loaded, an entry of the firmware's map.

import type { FirmwareEntry, KernelSegment, LoadedRange } from '../../regions/firmware-map';
import { FLAG_READ, FLAG_WRITE, permissionsText } from '../../regions/eras';
import { sizeText } from '../../regions/text';
import { regionAt, Stopped, type ListBuilder } from '../builder';
import { insert } from '../insert';
import { alignUp, PAGE, pageCount, u64 } from '../numbers';
import { dropped, outside, within, type Dropped } from '../pieces';
import type { Piece, SourceKind } from '../types';

/** A source with the one piece that it is. */
export function sourceOf(
  list: ListBuilder,
  kind: SourceKind,
  label: string,
  range: LoadedRange | FirmwareEntry,
  entry?: number,
): Piece[] {
  const { base, len, where } = range;
  const source = list.source({
    kind,
    label,
    base,
    end: base + len,
    ...(entry !== undefined && { entry }),
    ...(where && { where }),
  });
  return len > 0n ? [{ source, base, end: base + len }] : [];
}

/** The list as the build script made it: a KERNEL entry a load segment, lengths rounded to pages (support/scripts/mkbootinfo.py). */
export function kernelEntries(list: ListBuilder): void {
  list.call(
    {
      kind: 'begin',
      fn: 'ukplat_bootinfo_get',
      file: 'plat/common/bootinfo.c',
      caller: 'bi_bootinfo_sec',
      title: 'the list as the image brings it',
    },
    () => {
      const items = list.firmware.kernel.map((segment) => {
        const pieces = sourceOf(list, 'kernel', segmentLabel(segment), segment);
        return { region: kernelRegion(list, segment), pieces };
      });
      list.step({ text: `${items.length} entries of the image`, items, changed: items.map((_, i) => i) });
      return undefined;
    },
  );
  list.stage('kernel');
}

function kernelRegion(list: ListBuilder, segment: KernelSegment): ReturnType<typeof regionAt> {
  const len = alignUp(segment.len);
  const region = regionAt(list.profile, segment.base, len, list.type('KERNEL'), segment.permissions, named(list, segment.name));
  return { ...region, pgCount: pageCount(len) };
}

export function segmentLabel({ permissions, name }: KernelSegment): string {
  return `kernel image ${permissionsText(permissions)}${name === '' ? '' : ` “${name}”`}`;
}

/** A name, where the build keeps them: 35 characters of it. */
export function named(list: ListBuilder, name: string): string {
  return list.named ? name.slice(0, 35) : '';
}

/** End of the image, `__END`. */
export function imageEnd(list: ListBuilder): bigint {
  return list.firmware.kernel.reduce((end, s) => (s.base + s.len > end ? s.base + s.len : end), 0n);
}

export function imageStart(list: ListBuilder): bigint {
  const bases = list.firmware.kernel.map((s) => s.base);
  return bases.length === 0 ? 0n : bases.reduce((a, b) => (b < a ? b : a));
}

/** Inserts a loaded thing; the boot stops when the list is full. */
export function insertLoaded(
  list: ListBuilder,
  caller: string,
  kind: SourceKind,
  type: string,
  flags: number,
  range: LoadedRange,
  label: string,
  crash: string,
): void {
  const name = named(list, range.name);
  const region = regionAt(list.profile, range.base, range.len, list.type(type), flags, name);
  must(insert(list, caller, region, sourceOf(list, kind, label, range)), crash);
}

/** ukplat_memregion_list_insert_legacy_hi_mem. */
export function insertLegacy(list: ListBuilder, caller: string, crash: string, vga: boolean): void {
  for (const { base, len, what, writable } of list.profile.legacy) {
    const write = writable === 'yes' || (writable === 'vga' && vga) ? FLAG_WRITE : 0;
    const flags = FLAG_READ | write | list.profile.mapFlag;
    const region = regionAt(list.profile, base, len, list.type('RESERVED'), flags);
    const range = { base, len, name: '' };
    must(insert(list, caller, region, sourceOf(list, 'legacy', what, range)), crash);
  }
}

export function must(ret: bigint, crash: string): void {
  if (ret < 0n) throw new Stopped({ kind: 'crash', message: `${crash} (${ret})` });
}

/** An entry of the map in C's terms: where it begins after page 0 is left out, and where it ends mod 2^64. */
export interface Span {
  readonly start: bigint;
  readonly end: bigint;
  readonly pieces: readonly Piece[];
  /** What lies below `start`. */
  readonly early: readonly Dropped[];
}

/** @param from lowest address that is looked at, with the reason for what lies below */
export function spanOf(
  list: ListBuilder,
  entry: FirmwareEntry,
  index: number,
  from: bigint,
  reason: 'page-zero' | 'not-looked-at',
): Span {
  const label = `${entry.kind} entry ${index}`;
  const all = sourceOf(list, 'entry', label, entry, index);
  const start = entry.base > from ? entry.base : from;
  return {
    start,
    end: u64(entry.base + entry.len),
    pieces: outside(all, -1n, start),
    early: dropped(within(all, -1n, start), reason),
  };
}

/** Notes that an entry is left out. */
export function leaveOut(
  list: ListBuilder,
  caller: string,
  file: string,
  entry: FirmwareEntry,
  span: Span,
  why: string,
  reason: 'too-small' | 'not-looked-at',
): void {
  const title = `leave out ${entry.kind} memory of ${sizeText(entry.len)}: ${why}`;
  list.call({ kind: 'leave-out', fn: caller, file, caller, title }, () => {
    list.step({ text: title, lost: [...span.early, ...dropped(span.pieces, reason)] });
    return undefined;
  });
}

/** FREE memory from 0.17 on is rounded outward to pages, and `pg_off` is kept. */
export function freeLength(list: ListBuilder, start: bigint, end: bigint): bigint {
  return list.profile.pageOffsets ? alignUp(u64(end - start + (start % PAGE))) : end - start;
}
