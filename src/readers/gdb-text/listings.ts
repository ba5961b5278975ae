// The printings of a descriptor list in a session: whole arrays, single descriptors, dumps of the array's memory, printf rows.

import { readerOver } from '../../memory/reader';
import type { Descriptor, Era, Field, FieldName, Hints } from '../../regions/descriptor';
import type { Problem, TextRange } from '../../regions/problem';
import { DEFAULT_RELEASE, type Config, type Release } from '../../regions/release';
import { readBootinfo, readDescriptorArray, type ArrayOptions, type DescriptorArray } from '../descriptor-array';
import { aboutDescriptors, collectDescriptors, descriptorFrom, isUnset, MAX_REPEATED, type Found } from './descriptors';
import { memoryRowsIn, type MemoryRows } from './memory-rows';
import { printfRowsIn, type PrintedRow } from './printf-rows';
import type { Screen } from './screen';
import { expressionOf, type GdbCommand, type GdbSession } from './session';
import type { GdbValue, ListValue } from './value';

/** One descriptor of a printing. */
export interface Listed {
  /** Its place in the kernel's list, where the command says it. */
  readonly index?: number;
  readonly descriptor: Descriptor;
}

export interface Listing {
  readonly kind: 'array' | 'single' | 'memory' | 'rows';
  readonly items: readonly Listed[];
  /** `elided`: GDB left the rest out. `cut`: it breaks off. */
  readonly missing: 'nothing' | 'elided' | 'cut';
  readonly where: TextRange;
  /** Where it breaks off or was left out. */
  readonly missingAt?: TextRange;
  /** The command that printed it, without its format: printings of one thing in several formats share it. */
  readonly expression: string;
  readonly problems: readonly Problem[];
}

/** What a session says about its list, besides the list. */
export interface ListFacts {
  /** Descriptors in the kernel's list. */
  readonly count?: number;
  readonly listings: readonly Listing[];
  readonly hints: Hints;
}

/** Release and configuration, where the caller knows them. */
export interface ListOptions {
  readonly release?: Release;
  readonly config?: Config;
}

/** Every printing in a session, in order. */
export function listingsOf(session: GdbSession, options: ListOptions): ListFacts {
  const collector = new Collector(session.screen, options);
  for (const command of session.commands) collector.learn(command);
  for (const command of session.commands) collector.take(command);
  return collector.facts();
}

/** Numbers that a session says on the way, and what it printed. */
class Collector {
  private readonly screen: Screen;
  private readonly options: ListOptions;
  private readonly listings: Listing[] = [];
  private count: number | undefined;
  private size: number | undefined;
  private address: bigint | undefined;
  private withName = false;
  private readonly budget = { repeats: MAX_REPEATED };
  /** Index that the last ukplat_memregion_get answered for; `none` after it refused. */
  private asked: number | 'none' | undefined;

  constructor(screen: Screen, options: ListOptions) {
    this.screen = screen;
    this.options = options;
  }

  facts(): ListFacts {
    const hints: Hints = this.withName ? { config: { CONFIG_UKPLAT_MEMRNAME: 'y' } } : {};
    return { ...(this.count !== undefined && { count: this.count }), listings: this.listings, hints };
  }

  /** First pass: the list's length and address, the size of a descriptor; a later word counts. */
  learn(command: GdbCommand): void {
    const { text, output } = command;
    for (const { value } of command.values) this.learnBootinfo(value);
    const first = command.values[0]?.value;
    if (first?.kind === 'number') {
      if (/(?:mrds(?:\.|->)count|ukplat_memregion_count\(\))\s*$/.test(text)) this.count = countFrom(first.value) ?? this.count;
      if (/sizeof\s*\(\s*struct ukplat_memregion_desc\s*\)\s*$/.test(text)) this.size = Number(first.value);
    }
    if (/^ptype\b.*ukplat_memregion_desc\s*$/.test(text)) {
      const total = /total size \(bytes\):\s*(\d+)/.exec(this.screen.text.slice(output.start, output.end));
      if (total !== null) this.size = Number(total[1]);
    }
  }

  private learnBootinfo(value: GdbValue): void {
    if (value.kind !== 'list') return;
    const list = value.entries.find((e) => e.name === 'mrds')?.value ?? value;
    if (list.kind !== 'list' || !list.entries.some((e) => e.name === 'capacity')) return;
    const [count, array] = ['count', 'mrds'].map((name) => list.entries.find((e) => e.name === name)?.value);
    if (count?.kind === 'number') this.count = countFrom(count.value) ?? this.count;
    if (array?.kind === 'number') this.address = BigInt.asUintN(64, array.value);
  }

  /** Second pass: the printings. */
  take(command: GdbCommand): void {
    this.takeAsked(command);
    const expression = expressionOf(command.text) ?? command.text;
    for (const printed of command.values) {
      const found: Found[] = [];
      collectDescriptors(printed.value, found, this.budget);
      for (const { descriptors, single, value } of found) this.addValue(command, expression, descriptors, single, value);
      if (printed.broken !== undefined && found.length === 0 && aboutDescriptors(printed.value, command.text)) {
        this.add('array', expression, [], 'cut', printed.where, this.screen.range(printed.broken.at, printed.broken.at));
      }
    }
    const { start, end } = command.output;
    for (const rows of memoryRowsIn(this.screen.text, start, end, command.text)) this.addMemory(command, expression, rows);
    const rows = printfRowsIn(this.screen.text, start, end, [command.text, ...command.body]);
    if (rows.length > 0) this.addRows(command, expression, rows);
  }

  /** `print ukplat_memregion_get(7, $d)`: the next `*$d` is region 7, if the answer is 0. */
  private takeAsked(command: GdbCommand): void {
    const found = /ukplat_memregion_get\(\s*(0x[0-9a-f]+|\d+)/i.exec(command.text);
    const answer = command.values[0]?.value;
    if (found === null || answer?.kind !== 'number') return;
    const refused = answer.value < 0n || BigInt.asIntN(32, answer.value) < 0n;
    this.asked = refused ? 'none' : Number(found[1]);
  }

  private addValue(
    command: GdbCommand,
    expression: string,
    values: readonly ListValue[],
    single: boolean,
    whole: ListValue,
  ): void {
    const first = this.firstIndex(expression, single);
    if (first === 'none') return;
    const items: Listed[] = [];
    for (const value of values) {
      const descriptor = descriptorFrom(value, this.screen, this.options.release ?? DEFAULT_RELEASE);
      if (descriptor === undefined || (single && isUnset(descriptor))) continue;
      if (value.entries.some((e) => e.name === 'name')) this.withName = true;
      const index = first === undefined ? undefined : first + items.length;
      items.push({ descriptor, ...(index !== undefined && { index }) });
    }
    const where = this.screen.range(whole.start, whole.end);
    const missing = whole.missing === 'elided' && single ? 'nothing' : whole.missing;
    const at = missing === 'nothing' ? undefined : this.screen.range(Math.max(whole.start, whole.end - 1), whole.end);
    this.add(single ? 'single' : 'array', command.text === '' ? '' : expression, items, missing, where, at);
  }

  /** Which region the first of a printing is, as its expression says it. */
  private firstIndex(expression: string, single: boolean): number | 'none' | undefined {
    const subscript = /mrds\[(0x[0-9a-fA-F]+|\d+)\](?:@.*)?$/.exec(expression);
    if (subscript !== null) return Number(subscript[1]);
    const address = /^\*\s*\(struct ukplat_memregion_desc\s*(?:\*|\(\*\)\s*\[\d+\])\)\s*(0x[0-9a-fA-F]+)$/.exec(expression);
    if (address !== null) return this.indexOf(BigInt(address[1]!));
    if (single && /^\*/.test(expression)) return this.asked;
    return undefined;
  }

  private indexOf(address: bigint): number | undefined {
    if (this.address === undefined || this.size === undefined || address < this.address) return undefined;
    const offset = Number(address - this.address);
    return offset % this.size === 0 ? offset / this.size : undefined;
  }

  private addMemory(command: GdbCommand, expression: string, rows: MemoryRows): void {
    const reader = readerOver((a, length) => {
      const offset = Number(a - rows.base);
      return a < rows.base || offset >= rows.bytes.length ? undefined : rows.bytes.subarray(offset, offset + length);
    });
    const place = (address: bigint, length: number): TextRange => {
      const at = Number(address - rows.base);
      const { start, end } = rows.place(at, at + length);
      return this.screen.range(start, end);
    };
    const options: ArrayOptions = { ...this.options, ...(this.size !== undefined && { size: this.size }), place };
    const bootinfo = readBootinfo(reader, rows.base, options);
    if (bootinfo !== undefined) {
      if (bootinfo.descriptors.length > 0) this.addArray(command, expression, bootinfo, 0, rows, bootinfo.count);
      return;
    }
    const first = rows.base === this.address ? 0 : this.indexOf(rows.base);
    if (first === undefined && !/\bmrds?\b|memregion_desc/.test(command.text)) return;
    const room = this.count !== undefined && first !== undefined ? this.count - first : undefined;
    if (room !== undefined && room <= 0) return;
    const array = readDescriptorArray(
      reader,
      rows.base,
      room === undefined ? undefined : this.fitting(reader, rows, room, options),
      options,
    );
    if (array.descriptors.length > 0) this.addArray(command, expression, array, first ?? 0, rows, room);
  }

  /** As many descriptors of the list as the rows hold. */
  private fitting(reader: ReturnType<typeof readerOver>, rows: MemoryRows, room: number, options: ArrayOptions): number {
    const size = this.size ?? readDescriptorArray(reader, rows.base, undefined, options).size;
    return Math.min(room, Math.floor(rows.bytes.length / size));
  }

  private addArray(
    command: GdbCommand,
    expression: string,
    array: DescriptorArray,
    first: number,
    rows: MemoryRows,
    room?: number,
  ): void {
    if (array.withName) this.withName = true;
    const items = array.descriptors.map((descriptor, i): Listed => ({ descriptor, index: first + i }));
    // `x/160gx` that shows fewer words than it was asked for was cut, or ran into memory that is not there.
    const cut = Number(/^x\s*\/(\d+)/.exec(command.text)?.[1] ?? 0) > rows.words;
    const short = room === undefined ? cut : items.length < room;
    const missing = !short ? 'nothing' : cut ? 'cut' : 'elided';
    const where = this.screen.range(rows.start, rows.end);
    this.listings.push({
      kind: 'memory',
      items,
      missing,
      where,
      ...(short && { missingAt: this.screen.range(Math.max(rows.start, rows.end - 1), rows.end) }),
      expression: expression || command.text,
      problems: array.problems.filter((p) => p.code !== 'cut-off' || !cut).map((p): Problem => ({ where, ...p })),
    });
  }

  private addRows(command: GdbCommand, expression: string, rows: readonly PrintedRow[]): void {
    const index = rows.length === 1 ? /mrds\[(\d+)\]/.exec(command.text)?.[1] : undefined;
    const items = rows.map((row): Listed => {
      const fields: Partial<Record<FieldName, Field>> = {};
      for (const f of row.fields)
        if (f.name !== 'name')
          fields[f.name] = { value: BigInt.asUintN(64, f.value), text: f.text, where: this.screen.range(f.start, f.end) };
      const name = row.fields.find((f) => f.name === 'name')?.text;
      const era: Era = fields.pg_off || fields.pg_count ? 'paged' : fields.pbase ? this.eraOfTyped() : 'classic';
      const where = this.screen.range(row.start, row.end);
      return {
        descriptor: { era, fields, ...(name !== undefined && { name }), where },
        ...(index !== undefined && { index: Number(index) }),
      };
    });
    const where = this.screen.range(rows[0]!.start, rows.at(-1)!.end);
    const kind = items.length === 1 && index !== undefined ? 'single' : 'rows';
    this.add(kind, expression, kind === 'rows' ? items.map((item, i) => ({ ...item, index: i })) : items, 'nothing', where);
  }

  /** A user's rows may leave out what tells 0.17's descriptors from older ones; earlier printings do not. */
  private eraOfTyped(): Era {
    const known = this.listings.flatMap((l) => l.items).find((i) => i.descriptor.era !== 'classic');
    return known?.descriptor.era ?? 'typed';
  }

  private add(
    kind: Listing['kind'],
    expression: string,
    items: readonly Listed[],
    missing: Listing['missing'],
    where: TextRange,
    missingAt?: TextRange,
  ): void {
    this.listings.push({ kind, items, missing, where, ...(missingAt && { missingAt }), expression, problems: [] });
  }
}

function countFrom(value: bigint): number | undefined {
  return value >= 0n && value <= 65536n ? Number(value) : undefined;
}
