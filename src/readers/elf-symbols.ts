// The symbol table of an ELF image: what `nm` prints of a `.dbg` file, and a kernel that was not stripped.
//
//   Elf64_Sym, 24 bytes   +0 st_name u32   +4 st_info u8   +6 st_shndx u16   +8 st_value   +16 st_size
//   Elf32_Sym, 16 bytes   +0 st_name       +4 st_value     +8 st_size        +12 st_info   +14 st_shndx
//
// Source: the System V ABI, chapter "Symbol Table".

import { readBytes, type Bytes } from '../memory/stored-bytes';
import type { Problem } from '../regions/problem';
import { problem } from './dump';
import { isElf, readElfHeader, readSectionHeaders, SHT_SYMTAB, viewOf, type ElfHeader } from './elf-file';

export interface ElfSymbols {
  /** Name → address. Of two symbols of one name the first counts. */
  readonly symbols: ReadonlyMap<string, bigint>;
  readonly problems: readonly Problem[];
}

/** A table larger than this is not read: Unikraft's have some thousand symbols. */
const MOST_BYTES = 64n << 20n;
/** Types that stand for no object of the image: a section, a source file. */
const NO_OBJECT = [3, 4];

/** Never throws. A file without a symbol table has none, which is no problem: it may be stripped, or a core. */
export function readElfSymbols(file: Bytes): ElfSymbols {
  const problems: Problem[] = [];
  const symbols = new Map<string, bigint>();
  const header = isElf(file) ? readElfHeader(file, problems) : undefined;
  if (header === undefined) {
    if (problems.length === 0) problems.push(problem('error', 'not-elf', 'expected an ELF file, which begins with 7f 45 4c 46'));
    return { symbols, problems };
  }
  const sections = readSectionHeaders(header);
  if (sections.length < header.sectionCount && header.sectionHeaders > 0n) {
    const message = `the file has ${sections.length} of its ${header.sectionCount} section headers: its symbols may be missing`;
    problems.push(problem('error', 'cut-off', message));
  }
  for (const table of sections.filter((s) => s.type === SHT_SYMTAB)) {
    const names = sections[table.link];
    const whole = [table, names].every(
      (s) => s !== undefined && s.offset + s.size <= BigInt(file.length) && s.size <= MOST_BYTES,
    );
    if (names === undefined || !whole) {
      problems.push(
        problem('error', 'cut-off', 'the symbol table of the ELF file, or its names, lie beyond the end of the file'),
      );
      continue;
    }
    const bytes = readBytes(file, Number(table.offset), Number(table.offset + table.size));
    const texts = readBytes(file, Number(names.offset), Number(names.offset + names.size));
    addSymbols(header, bytes, texts, symbols);
  }
  return { symbols, problems };
}

function addSymbols({ wide, little }: ElfHeader, table: Uint8Array, names: Uint8Array, symbols: Map<string, bigint>): void {
  const view = viewOf(table);
  const size = wide ? 24 : 16;
  for (let at = 0; at + size <= table.length; at += size) {
    const info = view.getUint8(at + (wide ? 4 : 12));
    const section = view.getUint16(at + (wide ? 6 : 14), little);
    const name = nameAt(names, view.getUint32(at, little));
    if (section === 0 || NO_OBJECT.includes(info & 15) || name === '' || symbols.has(name)) continue;
    symbols.set(name, wide ? view.getBigUint64(at + 8, little) : BigInt(view.getUint32(at + 4, little)));
  }
}

function nameAt(names: Uint8Array, start: number): string {
  let text = '';
  for (let i = start; i < names.length && names[i] !== 0 && i < start + 1024; i++) text += String.fromCharCode(names[i]!);
  return text;
}
