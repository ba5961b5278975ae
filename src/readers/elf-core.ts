// ELF core dumps, 32 and 64 bit, either byte order in the headers: QEMU's dump-guest-memory, GDB's gcore, kdump.
//
// Memory is in the PT_LOAD segments: p_filesz bytes at p_offset; the rest up to p_memsz was not written to the file. QEMU gives
// physical addresses in p_paddr; with `-p` (paging) also virtual ones in p_vaddr, else p_vaddr repeats p_paddr or is 0. GDB knows
// virtual addresses only and leaves p_paddr 0.
//
// QEMU adds a note "QEMU" with the processor's state: on x86 its CR3, the root of the page tables, stands at +416.
//
// Source: the System V ABI, chapters "ELF Header" and "Program Header"; QEMU's dump/dump.c and target/i386/arch_dump.c.

import { hex } from '../memory/address';
import { MemoryImage, type Segment } from '../memory/image';
import { readBytes, type Bytes } from '../memory/stored-bytes';
import type { Problem } from '../regions/problem';
import type { Architecture } from '../regions/release';
import { TOP, overlapProblem, problem, type Dump } from './dump';
import {
  ET_CORE,
  isElf,
  PT_LOAD,
  PT_NOTE,
  readElfHeader,
  readProgramHeaders,
  viewOf,
  type ElfHeader,
  type ProgramHeader,
} from './elf-file';
import { disjointSegments } from './overlay';

export { isElf } from './elf-file';

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
  /** Is it a core dump at all? An executable's loadable segments are read as well. */
  readonly isCore: boolean;
  /** Physical address of the root of the page tables in use, where a note says it (x86_64: CR3 of the first processor). */
  readonly pageTableRoot?: bigint;
}

/**
 * Reads a core. The image's bytes are views of `bytes`, not copies.
 *
 * @param addresses which addresses the image is to have
 */
export function readElfCore(bytes: Bytes, addresses: 'physical' | 'virtual' = 'physical'): ElfCore {
  const problems: Problem[] = [];
  const header = isElf(bytes) ? readElfHeader(bytes, problems) : undefined;
  if (header === undefined) {
    if (problems.length === 0) problems.push(problem('error', 'not-elf', 'expected an ELF file, which begins with 7f 45 4c 46'));
    return { image: MemoryImage.of([]), problems, segments: [], hasVirtual: false, isCore: false };
  }
  if (header.type !== ET_CORE) {
    const message = `the ELF file is no core dump (type ${header.type}, not 4): its loadable segments are read`;
    problems.push(problem('warning', 'not-core', message));
  }
  const headers = readProgramHeaders(header, problems);
  const segments = headers.filter((h) => h.type === PT_LOAD).map((h) => segmentOf(h, header));
  const parts: Segment[] = [];
  for (const segment of segments) {
    const base = addresses === 'physical' ? segment.paddr : segment.vaddr;
    const part = contents(bytes, segment, base, problems);
    if (part !== undefined) parts.push(part);
  }
  if (parts.length === 0)
    problems.push(problem('error', 'no-memory', 'the file holds no memory: no PT_LOAD segment with contents'));
  const root = pageTableRoot(header, headers);
  return {
    image: MemoryImage.of(disjointSegments(parts)),
    problems: [...problems, ...overlapProblem(parts)],
    ...(header.arch && { arch: header.arch }),
    segments,
    hasVirtual: segments.some((s) => s.vaddr !== s.paddr && s.vaddr !== 0n),
    isCore: header.type === ET_CORE,
    ...(root !== undefined && { pageTableRoot: root }),
  };
}

function segmentOf({ offset, vaddr, paddr, fileSize, memorySize }: ProgramHeader, { arch }: ElfHeader): ElfSegment {
  return { offset, vaddr: arch === 'x86_64' ? canonical(vaddr) : vaddr, paddr, fileSize, memorySize };
}

/**
 * QEMU's walk over x86 page tables (walk_pml4e, target/i386/arch_memory_mapping.c) fills the upper 16 bits of every address with
 * ones, so 0x400000000 stands in the file as 0xffff000400000000. Bit 47 says what they really are.
 */
function canonical(vaddr: bigint): bigint {
  return vaddr >> 47n === 0x1fffen ? BigInt.asUintN(47, vaddr) : vaddr;
}

/** The bytes of a segment that the file has. */
function contents(bytes: Bytes, segment: ElfSegment, base: bigint, problems: Problem[]): Segment | undefined {
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

/** Notes are small; what claims to be larger is not looked at. */
const MOST_NOTES = 1n << 20n;
/** cr[3] in QEMU's CPUState note: version and size, 18 registers, 10 segments of 24 bytes, then cr[5] (QEMUCPUState). */
const CR3_IN_NOTE = 8 + 18 * 8 + 10 * 24 + 3 * 8;

function pageTableRoot(header: ElfHeader, headers: readonly ProgramHeader[]): bigint | undefined {
  if (header.arch !== 'x86_64') return undefined;
  for (const { type, offset, fileSize } of headers) {
    if (type !== PT_NOTE || fileSize > MOST_NOTES || offset > BigInt(header.file.length)) continue;
    const bytes = readBytes(header.file, Number(offset), Number(offset + fileSize));
    const view = viewOf(bytes);
    for (let at = 0; at + 12 <= bytes.length;) {
      const [nameSize, size] = [view.getUint32(at, header.little), view.getUint32(at + 4, header.little)];
      const data = at + 12 + roundUp4(nameSize);
      const name = String.fromCharCode(...bytes.subarray(at + 12, at + 12 + Math.min(nameSize, 5)));
      if (name.startsWith('QEMU') && size >= CR3_IN_NOTE + 8 && data + CR3_IN_NOTE + 8 <= bytes.length) {
        return view.getBigUint64(data + CR3_IN_NOTE, header.little) & 0x000f_ffff_ffff_f000n;
      }
      at = data + roundUp4(size);
    }
  }
  return undefined;
}

function roundUp4(value: number): number {
  return Math.ceil(value / 4) * 4;
}
