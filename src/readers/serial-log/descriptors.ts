// The descriptors of one boot, made from the fullest source that its log has.

import { hex } from '../../memory/address';
import type { Descriptor, Era, Field, FieldName, Hints } from '../../regions/descriptor';
import { allocatableMask, eraOf, permissionBits, profileOfEra } from '../../regions/eras';
import type { Problem, Severity } from '../../regions/problem';
import { DEFAULT_RELEASE } from '../../regions/release';
import type { Release } from '../../regions/release';
import { inLine, partOf } from '../lines';
import { disagreements } from './agreement';
import type { AllocateUnit, BootLog } from './boot-log';
import { printed } from './messages';
import type { Message, PrintedDescriptor, TriedRegion } from './messages';

const HOW_TO_GET_A_MAP =
  'The kernel prints its regions with CONFIG_LIBUKDEBUG_PRINTK_INFO (boot memory map, 0.12 and later) or CONFIG_LIBUKDEBUG_PRINTD (what heap_init tries).';

export class LogDescriptors {
  readonly problems: Problem[] = [];
  private readonly boot: BootLog;
  /** The release that is assumed, and its era. */
  private readonly release: Release;

  constructor(boot: BootLog, hints: Hints, given: Release | undefined) {
    this.boot = boot;
    this.release = hints.release ?? given ?? DEFAULT_RELEASE;
  }

  read(): Descriptor[] {
    const { map, tried, coalescing, coalescedAfterMap, mapHeading } = this.boot;
    if (map.length > 0 && !(coalescedAfterMap && tried.length > 0)) {
      this.problems.push(...disagreements(this.boot));
      if (coalescedAfterMap) {
        const message = 'This map was printed before the kernel coalesced its list; what heap_init saw may differ.';
        this.report('warning', 'before-coalescing', message, map[0]!.message);
      }
      return map.map((d) => this.fromPrinted(d));
    }
    if (mapHeading !== undefined && map.length === 0) {
      this.report('error', 'cut-off', 'No line of the boot memory map could be read.', mapHeading);
    }
    return tried.length > 0 ? this.fromHeapInit() : coalescing.isEmpty ? this.fromAllocator() : this.fromCoalescing();
  }

  /** What heap_init tried, and what is in use between. heap_init's own order is kept. */
  private fromHeapInit(): Descriptor[] {
    const { tried, coalescing } = this.boot;
    const inUse = coalescing.inUse();
    const rest =
      inUse.length === 0
        ? 'Regions in use are not in it.'
        : 'Regions in use are those that coalescing left; those made later (stack, command line) are missing.';
    const message = `The log has no boot memory map of this list: the free regions are those that heap_init tried. ${rest}`;
    this.report('info', 'no-memory-map', message, tried[0]!.message);
    const list: Descriptor[] = [];
    let next = 0;
    for (const region of tried) {
      while (next < inUse.length && printed(inUse[next]!.start) < printed(region.base))
        list.push(this.fromPrinted(inUse[next++]!));
      list.push(this.fromTried(region));
    }
    return [...list, ...inUse.slice(next).map((d) => this.fromPrinted(d))];
  }

  private fromCoalescing(): Descriptor[] {
    const inUse = this.boot.coalescing.inUse();
    const message = `The log shows regions in use, but no free ones. ${HOW_TO_GET_A_MAP}`;
    this.report('warning', 'no-free-regions', message, inUse[0]!.message);
    return inUse.map((d) => this.fromPrinted(d));
  }

  /** Without debug messages: the heap's own start, and what could not be added. */
  private fromAllocator(): Descriptor[] {
    const { heap, refused, units, frames } = this.boot;
    if (heap === undefined) {
      if (this.boot.mapHeading === undefined)
        this.report('error', 'no-regions', `No memory region is in this log. ${HOW_TO_GET_A_MAP}`);
      return [];
    }
    if (frames) {
      this.report('error', 'no-regions', `The heap of this boot comes from paging. ${HOW_TO_GET_A_MAP}`, heap.message);
      return [];
    }
    const message = `Only regions that the allocator mentions are in this log. ${HOW_TO_GET_A_MAP}`;
    this.report('warning', 'few-regions', message, heap.message);
    const end = heap.len === undefined ? endOfFirstRun(heap.base, units) : heap.base + heap.len;
    return [this.mentioned(heap.base, end, heap.message), ...refused.map((r) => this.mentioned(r.base, r.end, r.message))];
  }

  private fromPrinted(d: PrintedDescriptor): Descriptor {
    const { line } = d.message;
    const era = d.first === undefined ? 'typed' : 'paged';
    const field = (digits: string, from = 0): Field => ({
      value: printed(digits),
      text: '0x' + digits,
      where: partOf(line, digits, from),
    });
    const fields = {
      pbase: field(d.start),
      vbase: field(d.vbase, line.text.indexOf(d.permissions)),
      ...extentOf(d),
      type: this.typeOf(d, era),
      flags: { value: BigInt(permissionBits(d.permissions)), text: d.permissions, where: partOf(line, d.permissions) },
    };
    return { era, fields, ...(d.name !== '' && { name: d.name }), where: partOf(line, d.message.text.trim()) };
  }

  private typeOf({ type, vbase, message }: PrintedDescriptor, era: Era): Field {
    const profile = profileOfEra(era, this.release);
    const bit = profile.types.find((t) => t.printed.trim() === type)?.bit;
    if (bit === undefined)
      this.report('warning', 'unknown-type', `Release ${this.release} has no type that it prints as “${type}”.`, message);
    const where = partOf(message.line, type, message.line.text.lastIndexOf(vbase));
    return { ...(bit !== undefined && { value: BigInt(bit) }), text: type === '' ? 'FREE' : type, where };
  }

  private fromTried(t: TriedRegion): Descriptor {
    const { line, text } = t.message;
    if (printed(t.end) < printed(t.base))
      this.report('warning', 'damaged-line', 'The end lies before the start: a digit may be wrong.', t.message);
    const base: Field = { value: printed(t.base), text: t.base, where: partOf(line, t.base) };
    const whole = t.era === 'classic' ? `${t.base} - ${t.end}` : `${t.base}-${t.end}`;
    const len: Field = {
      value: BigInt.asUintN(64, printed(t.end) - printed(t.base)),
      text: `${t.end} − ${t.base}`,
      where: partOf(line, whole),
    };
    const flags: Field = {
      value: printed(t.flags),
      text: '0x' + t.flags,
      where: partOf(line, '0x' + t.flags, line.text.lastIndexOf(t.end) + t.end.length),
    };
    const fields = t.era === 'classic' ? { base, len, flags } : { ...this.freeFields(base, len), flags };
    const era = t.era === 'classic' ? 'classic' : this.laterEra();
    return { era, fields, ...(t.name !== undefined && { name: t.name }), where: partOf(line, text.trim()) };
  }

  /** A free region that an allocator's message names: heap_init had it, so it was free (or allocatable). */
  private mentioned(base: bigint, end: bigint | undefined, message: Message): Descriptor {
    const where = inLine(message.line);
    const start: Field = { value: base, text: hex(base), where };
    const len: Field | undefined = end === undefined ? undefined : { value: end - base, text: hex(end - base), where };
    if (eraOf(this.release) === 'classic') {
      const flags = { value: BigInt(allocatableMask(profileOfEra('classic', this.release))), text: 'ALLOCATABLE' };
      return { era: 'classic', fields: { base: start, ...(len && { len }), flags }, where };
    }
    return {
      era: this.laterEra(),
      fields: { ...this.freeFields(start, len), flags: { value: 3n, text: 'READ | WRITE' } },
      where,
    };
  }

  /** heap_init works with `vbase`, asserts from 0.15 on that it is `pbase`, and from 0.17 on that a free region is whole pages. */
  private freeFields(base: Field, len: Field | undefined): Partial<Record<FieldName, Field>> {
    const pages = len?.value === undefined ? undefined : len.value / 4096n;
    return {
      pbase: { ...base, text: `${base.text} (vbase)` },
      vbase: base,
      ...(this.laterEra() === 'paged' && { pg_off: { value: 0n, text: '0' } }),
      ...(len && { len }),
      ...(this.laterEra() === 'paged' && pages !== undefined && { pg_count: { value: pages, text: hex(pages) } }),
      type: { value: 1n, text: 'FREE' },
    };
  }

  /** The era of lines that look alike in both: that of other lines of this boot, else of the release. */
  private laterEra(): 'typed' | 'paged' {
    const other = this.boot.map[0] ?? this.boot.coalescing.inUse()[0];
    if (other !== undefined) return other.first === undefined ? 'typed' : 'paged';
    return eraOf(this.release) === 'paged' ? 'paged' : 'typed';
  }

  private report(severity: Severity, code: string, message: string, at?: Message): void {
    this.problems.push({ severity, code, message, ...(at && { where: inLine(at.line) }) });
  }
}

/** Length and pages from what is printed: the kernel adds them up, so they come back exactly. */
function extentOf({ message: { line }, start, end, len, first, last }: PrintedDescriptor): Partial<Record<FieldName, Field>> {
  if (first === undefined || last === undefined)
    return { len: { value: printed(len!), text: '0x' + len!, where: partOf(line, len!, line.text.indexOf(end)) } };
  const difference = (to: string, from: string): bigint => BigInt.asUintN(64, printed(to) - printed(from));
  const resource = partOf(line, `${first}-${last}`, line.text.indexOf(end));
  return {
    pg_off: { value: difference(first, start), text: `0x${first} − 0x${start}`, where: resource },
    len: { value: difference(last, first), text: `0x${last} − 0x${first}`, where: resource },
    pg_count: {
      value: difference(end, start) / 4096n,
      text: `(0x${end} − 0x${start}) / 4096`,
      where: partOf(line, `${start}-${end}`),
    },
  };
}

/** bbuddy's blocks follow each other without a gap up to the end of a region. */
function endOfFirstRun(base: bigint, units: readonly AllocateUnit[]): bigint | undefined {
  const first = units[0];
  if (first === undefined || first.base < base) return undefined;
  let { end } = first;
  for (const unit of units.slice(1)) {
    if (unit.base !== end) break;
    end = unit.end;
  }
  return end;
}
