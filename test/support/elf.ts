// ELF files made for tests: cores of either class and byte order with any segments, and images with a symbol table.

/** One PT_LOAD segment. */
export interface CoreSegment {
  readonly paddr: bigint;
  readonly vaddr: bigint;
  readonly bytes: Uint8Array;
  /** Bytes in memory; more than `bytes` has were not written. */
  readonly memorySize?: bigint;
}

export interface ElfForm {
  readonly wide: boolean;
  readonly little: boolean;
}

/** Writes the fields of a header, whose sizes follow from the class. */
class Writer {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly form: ElfForm;
  at = 0;

  constructor(length: number, form: ElfForm) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
    this.form = form;
  }

  u16(value: number): this {
    this.view.setUint16(this.at, value, this.form.little);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.view.setUint32(this.at, value, this.form.little);
    this.at += 4;
    return this;
  }

  /** 8 bytes in a wide file, else 4. */
  word(value: bigint): this {
    if (!this.form.wide) return this.u32(Number(BigInt.asUintN(32, value)));
    this.view.setBigUint64(this.at, value, this.form.little);
    this.at += 8;
    return this;
  }
}

const MACHINE_X86_64 = 62;

function header(
  w: Writer,
  { wide, little }: ElfForm,
  type: number,
  ph: bigint,
  phCount: number,
  sh: bigint,
  shCount: number,
): void {
  w.bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  w.at = 16;
  w.u16(type).u16(MACHINE_X86_64).u32(1).word(0n).word(ph).word(sh).u32(0);
  w.u16(wide ? 64 : 52)
    .u16(wide ? 56 : 32)
    .u16(phCount)
    .u16(wide ? 64 : 40)
    .u16(shCount)
    .u16(0);
}

/** More than 0xfffe segments are counted in section header 0. */
const PN_XNUM = 0xffff;

export function elfCore(segments: readonly CoreSegment[], form: ElfForm = { wide: true, little: true }): Uint8Array {
  const [headerSize, phSize, shSize] = form.wide ? [64, 56, 64] : [52, 32, 40];
  const many = segments.length >= PN_XNUM;
  const sectionAt = headerSize + phSize * segments.length;
  const dataAt = sectionAt + (many ? shSize : 0);
  const length = segments.reduce((sum, s) => sum + s.bytes.length, dataAt);
  const w = new Writer(length, form);
  header(w, form, 4, BigInt(headerSize), many ? PN_XNUM : segments.length, many ? BigInt(sectionAt) : 0n, many ? 1 : 0);
  w.at = headerSize!;
  let offset = dataAt;
  for (const { paddr, vaddr, bytes, memorySize } of segments) {
    const [file, memory] = [BigInt(bytes.length), memorySize ?? BigInt(bytes.length)];
    w.u32(1);
    if (form.wide) w.u32(6);
    w.word(BigInt(offset)).word(vaddr).word(paddr).word(file).word(memory);
    if (!form.wide) w.u32(6);
    w.word(0n);
    w.bytes.set(bytes, offset);
    offset += bytes.length;
  }
  if (many) {
    w.at = sectionAt + (form.wide ? 44 : 28);
    w.u32(segments.length);
  }
  return w.bytes;
}

/** An executable without contents but for its symbols. */
export function elfImage(symbols: ReadonlyMap<string, bigint>, form: ElfForm = { wide: true, little: true }): Uint8Array {
  const [headerSize, shSize, symSize] = form.wide ? [64, 64, 24] : [52, 40, 16];
  const names = new TextEncoder().encode('\0' + [...symbols.keys()].map((n) => n + '\0').join(''));
  const table = headerSize + 3 * shSize;
  const tableSize = symSize * (symbols.size + 1);
  const w = new Writer(table + tableSize + names.length, form);
  header(w, form, 2, 0n, 0, BigInt(headerSize), 3);
  const section = (index: number, type: number, offset: number, size: number, link: number, entry: number): void => {
    w.at = headerSize + index * shSize;
    w.u32(0).u32(type).word(0n).word(0n).word(BigInt(offset)).word(BigInt(size)).u32(link).u32(0).word(0n).word(BigInt(entry));
  };
  section(1, 2, table, tableSize, 2, symSize);
  section(2, 3, table + tableSize, names.length, 0, 0);
  w.bytes.set(names, table + tableSize);
  let name = 1;
  let at = table + symSize;
  for (const [text, address] of symbols) {
    w.at = at;
    w.u32(name);
    if (form.wide) {
      w.bytes[w.at] = 0x11; // a global object
      w.at += 2;
      w.u16(1).word(address).word(8n);
    } else {
      w.word(address).u32(8);
      w.bytes[w.at] = 0x11;
      w.at += 2;
      w.u16(1);
    }
    name += text.length + 1;
    at += symSize;
  }
  return w.bytes;
}
