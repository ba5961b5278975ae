// The time machine: a journal of what every write replaced.
//
// An entry is (word index, the other value of that word). Going back swaps entries with memory in reverse order, going forward
// swaps them again in order, so one record serves undo and redo. A step is a mark: a position in the journal, a step kind and
// up to four numbers from which its text is made on display; never an object a step.

/** Set in an entry's word index: the entry stands for a whole range, described in `ranges`. */
const RANGE = 0x8000_0000;

/** Numbers kept beside each mark. */
export const MARK_ARGS = 4;
/** Numbers kept for a mark: its position, its kind, its arguments. */
const MARK_SIZE = 2 + MARK_ARGS;

/** Word indexes `[first, end)`. */
export interface WordRange {
  readonly first: number;
  readonly end: number;
}

interface Range {
  readonly start: number;
  readonly count: number;
  /** What the range held before: one value all over, or each word. */
  other: number | Uint32Array;
}

/** A list of writes, part of which is undone at any moment. Word indexes are those of the memory that owns the journal. */
export class Journal {
  private recording = false;
  private readonly switched: (on: boolean) => void;
  /** Entries written so far; the next one goes here. */
  length = 0;
  /** Entries in effect: memory holds the state after this many. */
  get cursor(): number {
    return this.length - this.undone;
  }

  /** Entries at the end that are taken back at the moment; none while recording. */
  private undone = 0;
  /** Marks set so far. */
  marks = 0;

  /** @param switched told when recording begins or ends: memory keeps a copy of that flag where its writes test it */
  constructor(switched: (on: boolean) => void = () => undefined) {
    this.switched = switched;
  }

  /** Are writes recorded? Costs nothing measurable while off. */
  get on(): boolean {
    return this.recording;
  }

  set on(on: boolean) {
    this.recording = on;
    this.switched(on);
  }

  /** Word index and value of each entry, side by side. */
  private entries: Uint32Array = new Uint32Array(2048);
  private ranges: Range[] = [];
  /** Position in the entries, kind and arguments of each mark, side by side. */
  private markData = new Float64Array(256 * MARK_SIZE);

  /** Notes that the word at index `word` is about to change from `old`. */
  record(word: number, old: number): void {
    const at = this.length * 2;
    if (at === this.entries.length) this.growEntries();
    this.entries[at] = word;
    this.entries[at + 1] = old;
    this.length++;
  }

  /** As `record` for two words side by side: what every pointer costs. */
  recordPair(word: number, old: number, oldAfter: number): void {
    const at = this.length * 2;
    if (at + 4 > this.entries.length) this.growEntries();
    const { entries } = this;
    entries[at] = word;
    entries[at + 1] = old;
    entries[at + 2] = word + 1;
    entries[at + 3] = oldAfter;
    this.length += 2;
  }

  /** Notes that `count` words from `start` on are about to change; keeps a single value when all are equal. */
  recordRange(store: Uint32Array, start: number, count: number): void {
    this.ranges.push({ start, count, other: capture(store, start, count) });
    this.record(RANGE + this.ranges.length - 1, count);
  }

  /** A step begins here. `kind` is an index into the table of step kinds (`steps.ts`). Does nothing while off. */
  mark(kind: number, a = 0, b = 0, c = 0, d = 0): void {
    if (this.recording) this.addMark(kind, a, b, c, d);
  }

  /** Journal position at which mark `index` was set. */
  positionOf(index: number): number {
    return index < this.marks ? this.markData[index * MARK_SIZE]! : this.length;
  }

  kindOf(index: number): number {
    return this.markData[index * MARK_SIZE + 1]!;
  }

  argsOf(index: number): readonly number[] {
    return [...this.markData.subarray(index * MARK_SIZE + 2, (index + 1) * MARK_SIZE)];
  }

  /** Moves memory to the state after `position` entries, back or forward. */
  seek(store: Uint32Array, position: number): void {
    const { cursor: from, entries } = this;
    const by = position < from ? -1 : 1;
    for (let at = from; at !== position; at += by) {
      const i = (by < 0 ? at - 1 : at) * 2;
      const word = entries[i]!;
      if (word >= RANGE) swapRange(store, this.ranges[word - RANGE]!);
      else {
        const now = store[word]!;
        store[word] = entries[i + 1]!;
        entries[i + 1] = now;
      }
    }
    this.undone = this.length - position;
  }

  /** Calls `visit` with each run of words that entries `[from, to)` touch; runs may repeat. */
  touched(from: number, to: number, visit: (word: number, count: number) => void): void {
    for (let i = from; i < to; i++) {
      const word = this.entries[i * 2]!;
      if (word >= RANGE) {
        const range = this.ranges[word - RANGE]!;
        visit(range.start, range.count);
      } else visit(word, 1);
    }
  }

  /**
   * Calls `visit` with each word that entries `[from, to)` touch, once, and with the bits in which it differs between their two ends.
   * Memory must be at one of these ends.
   */
  differing(store: Uint32Array, from: number, to: number, visit: (word: number, bits: number) => void): void {
    const seen = new Set<number>();
    // An entry that is in effect holds the value before it, one that is taken back that after it: the outermost counts.
    const done = this.cursor >= to;
    for (let n = 0; n < to - from; n++) {
      const i = done ? from + n : to - 1 - n;
      const at = this.entries[i * 2]!;
      const range = at >= RANGE ? this.ranges[at - RANGE]! : undefined;
      const { start, count, other } = range ?? { start: at, count: 1, other: this.entries[i * 2 + 1]! };
      for (let word = start; word < start + count; word++) {
        if (seen.has(word)) continue;
        seen.add(word);
        const bits = (store[word]! ^ (typeof other === 'number' ? other : other[word - start]!)) >>> 0;
        if (bits !== 0) visit(word, bits);
      }
    }
  }

  /** The last entry in `[from, to)` that touches one of the runs of words; −1 when none does. */
  lastTouching(words: readonly WordRange[], from: number, to: number): number {
    for (let i = to - 1; i >= from; i--) {
      const word = this.entries[i * 2]!;
      const range = word >= RANGE ? this.ranges[word - RANGE]! : undefined;
      const first = range?.start ?? word;
      const end = first + (range?.count ?? 1);
      for (const run of words) if (first < run.end && end > run.first) return i;
    }
    return -1;
  }

  /** Forgets everything; memory keeps the state that it has. */
  clear(): void {
    this.length = this.undone = this.marks = 0;
    this.ranges = [];
  }

  /** The words that it writes: those written one by one, each once and ascending, and apart from them the ranges, disjoint. */
  written(): { readonly words: Uint32Array; readonly ranges: readonly WordRange[] } {
    const ranges = merged(this.ranges.map(({ start, count }) => ({ first: start, end: start + count })));
    const seen = new WordSet(this.length);
    const words = new Uint32Array(this.length);
    let count = 0;
    for (let i = 0; i < this.length; i++) {
      const word = this.entries[i * 2]!;
      if (word < RANGE && seen.add(word) && !isIn(ranges, word)) words[count++] = word;
    }
    return { words: words.slice(0, count).sort(), ranges };
  }

  /** Bytes that this journal keeps. */
  get bytes(): number {
    const ranges = this.ranges.reduce((sum, r) => sum + (typeof r.other === 'number' ? 32 : r.other.byteLength), 0);
    return this.entries.byteLength + ranges + this.markData.byteLength;
  }

  /** Apart from `mark`, so that a mark costs a simulator one inlined test while the journal is off. */
  private addMark(kind: number, a: number, b: number, c: number, d: number): void {
    const at = this.marks * MARK_SIZE;
    if (at === this.markData.length) this.growMarks();
    const data = this.markData;
    data[at] = this.length;
    data[at + 1] = kind;
    data[at + 2] = a;
    data[at + 3] = b;
    data[at + 4] = c;
    data[at + 5] = d;
    this.marks++;
  }

  private growEntries(): void {
    this.entries = grown(this.entries);
  }

  private growMarks(): void {
    const data = new Float64Array(this.markData.length * 2);
    data.set(this.markData);
    this.markData = data;
  }
}

/** What a range of the store holds now: one value when all words are equal, else a copy. */
export function capture(store: Uint32Array, start: number, count: number): number | Uint32Array {
  const first = store[start]!;
  for (let i = start + 1; i < start + count; i++) if (store[i] !== first) return store.slice(start, start + count);
  return first;
}

function swapRange(store: Uint32Array, range: Range): void {
  const now = capture(store, range.start, range.count);
  if (typeof range.other === 'number') store.fill(range.other, range.start, range.start + range.count);
  else store.set(range.other, range.start);
  range.other = now;
}

/** Ranges that overlap or touch as one, ascending. */
function merged(ranges: readonly WordRange[]): WordRange[] {
  const out: WordRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const last = out.at(-1);
    if (last !== undefined && range.first <= last.end)
      out[out.length - 1] = { first: last.first, end: Math.max(last.end, range.end) };
    else out.push(range);
  }
  return out;
}

function isIn(ranges: readonly WordRange[], word: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end <= word) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low]!.first <= word;
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** A set of word indexes for one pass over a journal: open addressing, because a `Set` costs ten times as much here. */
class WordSet {
  private readonly slots: Uint32Array;
  private readonly mask: number;

  constructor(capacity: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 2)));
    this.slots = new Uint32Array(size);
    this.mask = size - 1;
  }

  /** Adds a word; false when it was there already. */
  add(word: number): boolean {
    const key = word + 1; // 0 marks an empty slot
    let slot = Math.imul(word, 0x9e3779b1) & this.mask;
    while (this.slots[slot] !== 0) {
      if (this.slots[slot] === key) return false;
      slot = (slot + 1) & this.mask;
    }
    this.slots[slot] = key;
    return true;
  }
}
