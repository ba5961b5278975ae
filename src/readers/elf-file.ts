// The skeleton of an ELF file, 32 and 64 bit, either byte order: header, program headers, section headers. The file may be larger
// than memory: only what is asked for is read.
//
// Source: the System V ABI, chapters "ELF Header", "Program Header" and "Sections".

import { readBytes, type Bytes } from '../memory/stored-bytes';
import type { Problem } from '../regions/problem';
import type { Architecture } from '../regions/release';
import { problem } from './dump';

export interface ElfHeader {
  readonly file: Bytes;
  readonly wide: boolean;
  readonly little: boolean;
  /** 1 relocatable, 2 executable, 3 shared, 4 core. */
  readonly type: number;
  readonly arch?: Architecture;
  readonly programHeaders: bigint;
  readonly entrySize: number;
  readonly count: number;
  readonly sectionHeaders: bigint;
  readonly sectionSize: number;
  readonly sectionCount: number;
}

/** One program header. */
export interface ProgramHeader {
  readonly type: number;
  readonly offset: bigint;
  readonly vaddr: bigint;
  readonly paddr: bigint;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
}

/** One section header, without what nobody here needs. */
export interface SectionHeader {
  readonly type: number;
  readonly offset: bigint;
  readonly size: bigint;
  /** Of a symbol table: the section that holds its names. */
  readonly link: number;
  readonly info: number;
  readonly entrySize: bigint;
}

export const ET_CORE = 4;
export const PT_LOAD = 1;
export const PT_NOTE = 4;
export const SHT_SYMTAB = 2;

const PN_XNUM = 0xffff;
const MACHINES: Readonly<Record<number, Architecture>> = { 62: 'x86_64', 183: 'arm64' };
/** Section headers read at most; a kernel has some dozens. */
const MOST_SECTIONS = 4096;

export function isElf(bytes: Bytes): boolean {
  const start = readBytes(bytes, 0, 4);
  return start[0] === 0x7f && start[1] === 0x45 && start[2] === 0x4c && start[3] === 0x46;
}

/** Undefined, with a problem, when the header is cut off or of no known class. */
export function readElfHeader(file: Bytes, problems: Problem[]): ElfHeader | undefined {
  const start = readBytes(file, 0, 64);
  const wide = start[4] === 2;
  const little = start[5] !== 2;
  if (start.length < (wide ? 64 : 52)) {
    problems.push(problem('error', 'cut-off', `the ELF header has ${wide ? 64 : 52} bytes, the file has ${start.length}`));
    return undefined;
  }
  if (start[4] !== 1 && start[4] !== 2) {
    problems.push(problem('error', 'elf-class', `ELF class ${start[4]!} is not known: expected 1 (32 bit) or 2 (64 bit)`));
    return undefined;
  }
  const view = viewOf(start);
  const word = (at: number): bigint => (wide ? view.getBigUint64(at, little) : BigInt(view.getUint32(at, little)));
  const half = (wideAt: number, narrowAt: number): number => view.getUint16(wide ? wideAt : narrowAt, little);
  const arch = MACHINES[view.getUint16(18, little)];
  const sectionHeaders = word(wide ? 40 : 32);
  let count = half(56, 44);
  if (count === PN_XNUM) count = extendedCount(file, sectionHeaders, wide, little) ?? count;
  return {
    file,
    wide,
    little,
    type: view.getUint16(16, little),
    ...(arch && { arch }),
    programHeaders: word(wide ? 32 : 28),
    entrySize: half(54, 42),
    count,
    sectionHeaders,
    sectionSize: half(58, 46),
    sectionCount: half(60, 48),
  };
}

/** More than 0xfffe segments: the number stands in sh_info of section header 0. */
function extendedCount(file: Bytes, sectionHeaders: bigint, wide: boolean, little: boolean): number | undefined {
  const at = Number(sectionHeaders) + (wide ? 44 : 28);
  const bytes = sectionHeaders > 0n ? readBytes(file, at, at + 4) : undefined;
  return bytes?.length === 4 ? viewOf(bytes).getUint32(0, little) : undefined;
}

/** All program headers that the file has. */
export function readProgramHeaders(header: ElfHeader, problems: Problem[]): ProgramHeader[] {
  const { file, wide, little, programHeaders, entrySize } = header;
  const size = wide ? 56 : 32;
  if (entrySize < size && header.count > 0) {
    problems.push(problem('error', 'elf-header', `a program header has ${size} bytes, the file says ${entrySize}`));
    return [];
  }
  const room =
    programHeaders > BigInt(file.length) ? 0 : Math.floor((file.length - Number(programHeaders)) / Math.max(1, entrySize));
  const count = Math.min(header.count, room);
  if (count < header.count) {
    problems.push(problem('error', 'cut-off', `the file ends in program header ${count} of ${header.count}`));
  }
  const start = Number(programHeaders);
  const view = viewOf(readBytes(file, start, start + count * entrySize));
  return Array.from({ length: count }, (_, i): ProgramHeader => {
    const at = i * entrySize;
    const field = (wideOffset: number, narrowOffset: number): bigint =>
      wide ? view.getBigUint64(at + wideOffset, little) : BigInt(view.getUint32(at + narrowOffset, little));
    return {
      type: view.getUint32(at, little),
      offset: field(8, 4),
      vaddr: field(16, 8),
      paddr: field(24, 12),
      fileSize: field(32, 16),
      memorySize: field(40, 20),
    };
  });
}

/** The section headers that the file has; none in a stripped or damaged file is no problem by itself. */
export function readSectionHeaders(header: ElfHeader): SectionHeader[] {
  const { file, wide, little, sectionHeaders, sectionSize } = header;
  if (sectionHeaders === 0n || sectionHeaders > BigInt(file.length) || sectionSize < (wide ? 64 : 40)) return [];
  const start = Number(sectionHeaders);
  const count = Math.min(header.sectionCount, MOST_SECTIONS, Math.floor((file.length - start) / sectionSize));
  const view = viewOf(readBytes(file, start, start + count * sectionSize));
  return Array.from({ length: count }, (_, i): SectionHeader => {
    const at = i * sectionSize;
    const field = (wideOffset: number, narrowOffset: number): bigint =>
      wide ? view.getBigUint64(at + wideOffset, little) : BigInt(view.getUint32(at + narrowOffset, little));
    return {
      type: view.getUint32(at + 4, little),
      offset: field(24, 16),
      size: field(32, 20),
      link: view.getUint32(at + (wide ? 40 : 24), little),
      info: view.getUint32(at + (wide ? 44 : 28), little),
      entrySize: field(56, 36),
    };
  });
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
