// ELF core dumps, 32 and 64 bit, either byte order in the headers: QEMU's dump-guest-memory, GDB's gcore, kdump.
//
// Memory is in the PT_LOAD segments: p_filesz bytes at p_offset; the rest up to p_memsz was not written to the file. QEMU gives
// physical addresses in p_paddr; with `-p` (paging) also virtual ones in p_vaddr, else p_vaddr repeats p_paddr or is 0.
// More than 0xfffe segments: e_phnum is 0xffff and the number stands in the first section header's sh_info.
//
// Source: the System V ABI, chapters "ELF Header" and "Program Header"; QEMU's dump/dump.c.

import { hex } from '../memory/address';
import { MemoryImage, type Segment } from '../memory/image';
import type { Problem } from '../regions/problem';
import type { Architecture } from '../regions/release';
import { TOP, overlapProblem, problem, type Dump } from './dump';
import { disjointSegments } from './overlay';

export interface ElfSegment {
  readonly paddr: bigint;
  /** Canonical, whatever the file says. */
  readonly vaddr: bigint;
  readonly offset: bigint;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
}

export interface ElfCore extends Dump {
  readonly arch?: Architecture;
  readonly segments: readonly ElfSegment[];
  /** Do virtual addresses say something that physical ones do not? */
  readonly hasVirtual: boolean;
}

const PT_LOAD = 1;
const PN_XNUM = 0xffff;
const ET_CORE = 4;
const MACHINES: Readonly<Record<number, Architecture>> = { 62: 'x86_64', 183: 'arm64' };

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/**
 * Reads a core. The image's bytes are views of `bytes`, not copies.
 *
 * @param addresses which addresses the image is to have
 */
export function readElfCore(bytes: Uint8Array, addresses: 'physical' | 'virtual' = 'physical'): ElfCore {
  const problems: Problem[] = [];
  const header = isElf(bytes) ? readHeader(bytes, problems) : undefined;
  if (header === undefined) {
    if (problems.length === 0) problems.push(problem('error', 'not-elf', 'expected an ELF file, which begins with 7f 45 4c 46'));
    return { image: MemoryImage.of([]), problems, segments: [], hasVirtual: false };
  }
  const segments = readSegments(header, problems);
  const parts: Segment[] = [];
  for (const segment of segments) {
    const base = addresses === 'physical' ? segment.paddr : segment.vaddr;
    const part = contents(bytes, segment, base, problems);
    if (part !== undefined) parts.push(part);
  }
  if (parts.length === 0)
    problems.push(problem('error', 'no-memory', 'the file holds no memory: no PT_LOAD segment with contents'));
  return {
    image: MemoryImage.of(disjointSegments(parts)),
    problems: [...problems, ...overlapProblem(parts)],
    ...(header.arch && { arch: header.arch }),
    segments,
    hasVirtual: segments.some((s) => s.vaddr !== s.paddr && s.vaddr !== 0n),
  };
}

interface Header {
  readonly view: DataView;
  readonly wide: boolean;
  readonly little: boolean;
  readonly arch?: Architecture;
  readonly programHeaders: bigint;
  readonly entrySize: number;
  readonly count: number;
}

function readHeader(bytes: Uint8Array, problems: Problem[]): Header | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[4] === 2;
  const little = bytes[5] !== 2;
  if (bytes.length < (wide ? 64 : 52)) {
    problems.push(problem('error', 'cut-off', `the ELF header has ${wide ? 64 : 52} bytes, the file has ${bytes.length}`));
    return undefined;
  }
  if (bytes[4] !== 1 && bytes[4] !== 2) {
    problems.push(problem('error', 'elf-class', `ELF class ${bytes[4]!} is not known: expected 1 (32 bit) or 2 (64 bit)`));
    return undefined;
  }
  const type = view.getUint16(16, little);
  if (type !== ET_CORE)
    problems.push(
      problem('warning', 'not-core', `the ELF file is no core dump (type ${type}, not 4): its loadable segments are read`),
    );
  const word = (at: number): bigint => (wide ? view.getBigUint64(at, little) : BigInt(view.getUint32(at, little)));
  const arch = MACHINES[view.getUint16(18, little)];
  let count = view.getUint16(wide ? 56 : 44, little);
  if (count === PN_XNUM) count = extendedCount(view, word(wide ? 40 : 32), wide, little) ?? count;
  return {
    view,
    wide,
    little,
    ...(arch && { arch }),
    programHeaders: word(wide ? 32 : 28),
    entrySize: view.getUint16(wide ? 54 : 42, little),
    count,
  };
}

/** sh_info of section header 0. */
function extendedCount(view: DataView, sectionHeaders: bigint, wide: boolean, little: boolean): number | undefined {
  const at = sectionHeaders + (wide ? 44n : 28n);
  return sectionHeaders > 0n && at + 4n <= BigInt(view.byteLength) ? view.getUint32(Number(at), little) : undefined;
}

function readSegments(header: Header, problems: Problem[]): ElfSegment[] {
  const { view, wide, little, programHeaders, entrySize } = header;
  const size = wide ? 56 : 32;
  if (entrySize < size && header.count > 0) {
    problems.push(problem('error', 'elf-header', `a program header has ${size} bytes, the file says ${entrySize}`));
    return [];
  }
  const room =
    programHeaders > BigInt(view.byteLength)
      ? 0
      : Math.floor((view.byteLength - Number(programHeaders)) / Math.max(1, entrySize));
  const count = Math.min(header.count, room);
  if (count < header.count) {
    problems.push(problem('error', 'cut-off', `the file ends in program header ${count} of ${header.count}`));
  }
  const segments: ElfSegment[] = [];
  for (let i = 0; i < count; i++) {
    const at = Number(programHeaders) + i * entrySize;
    if (view.getUint32(at, little) !== PT_LOAD) continue;
    const field = (wideOffset: number, narrowOffset: number): bigint =>
      wide ? view.getBigUint64(at + wideOffset, little) : BigInt(view.getUint32(at + narrowOffset, little));
    const vaddr = header.arch === 'x86_64' ? canonical(field(16, 8)) : field(16, 8);
    segments.push({
      offset: field(8, 4),
      vaddr,
      paddr: field(24, 12),
      fileSize: field(32, 16),
      memorySize: field(40, 20),
    });
  }
  return segments;
}

/**
 * QEMU's walk over x86 page tables (walk_pml4e, target/i386/arch_memory_mapping.c) fills the upper 16 bits of every address with
 * ones, so 0x400000000 stands in the file as 0xffff000400000000. Bit 47 says what they really are.
 */
function canonical(vaddr: bigint): bigint {
  return vaddr >> 47n === 0x1fffen ? BigInt.asUintN(47, vaddr) : vaddr;
}

/** The bytes of a segment that the file has. */
function contents(bytes: Uint8Array, segment: ElfSegment, base: bigint, problems: Problem[]): Segment | undefined {
  const { offset, fileSize } = segment;
  if (fileSize === 0n) return undefined;
  const length = BigInt(bytes.length);
  let size = fileSize;
  if (offset + size > length) {
    size = offset < length ? length - offset : 0n;
    problems.push(
      problem(
        'error',
        'cut-off',
        `the segment at ${hex(base)} has ${fileSize} bytes at ${hex(offset)} of the file, which has only ${size} of them`,
      ),
    );
  }
  if (base + size > TOP) {
    problems.push(problem('error', 'beyond-top', `the segment at ${hex(base)} goes beyond the last 64-bit address`));
    size = TOP - base;
  }
  if (size === 0n) return undefined;
  return { base, bytes: bytes.subarray(Number(offset), Number(offset + size)) };
}
