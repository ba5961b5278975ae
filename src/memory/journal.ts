// The time machine: a journal of what every write replaced.
//
// An entry is (word index, the other value of that word). Going back swaps entries with memory in reverse order, going forward
// swaps them again in order, so one record serves undo and redo. A step is a mark: a position in the journal, a step kind and
// up to four numbers from which its text is made on display; never an object a step.

/** Set in an entry's word index: the entry stands for a whole range, described in `ranges`. */
const RANGE = 0x8000_0000;

/** Numbers kept beside each mark. */
export const MARK_ARGS = 4;

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
  /** Entries written so far; the next one goes here. Equals `cursor` while recording. */
  length = 0;
  /** Entries in effect: memory holds the state after this many. */
  cursor = 0;
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

  private words: Uint32Array = new Uint32Array(1024);
  private values: Uint32Array = new Uint32Array(1024);
  private ranges: Range[] = [];
  private markAt = new Float64Array(256);
  private markKind = new Uint16Array(256);
  private markArgs = new Float64Array(256 * MARK_ARGS);

  /** Notes that the word at index `word` is about to change from `old`. */
  record(word: number, old: number): void {
    const at = this.length;
    if (at === this.words.length) this.growEntries();
    this.words[at] = word;
    this.values[at] = old;
    this.length = this.cursor = at + 1;
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
    return index < this.marks ? this.markAt[index]! : this.length;
  }

  kindOf(index: number): number {
    return this.markKind[index]!;
  }

  argsOf(index: number): readonly number[] {
    return [...this.markArgs.subarray(index * MARK_ARGS, (index + 1) * MARK_ARGS)];
  }

  /** Moves memory to the state after `position` entries, back or forward. */
  seek(store: Uint32Array, position: number): void {
    while (this.cursor > position) this.swap(store, --this.cursor);
    while (this.cursor < position) this.swap(store, this.cursor++);
  }

  /** Calls `visit` with each run of words that entries `[from, to)` touch; runs may repeat. */
  touched(from: number, to: number, visit: (word: number, count: number) => void): void {
    for (let i = from; i < to; i++) {
      const word = this.words[i]!;
      if (word >= RANGE) {
        const range = this.ranges[word - RANGE]!;
        visit(range.start, range.count);
      } else visit(word, 1);
    }
  }

  /** Forgets everything; memory keeps the state that it has. */
  clear(): void {
    this.length = this.cursor = this.marks = 0;
    this.ranges = [];
  }

  /**
   * The same journal without marks and without the entries that seeking from end to end does not need: of several writes to one
   * word only the first counts, unless a range between them covers it. This is a checkpoint in both directions, at 8 bytes a
   * distinct word.
   */
  compact(): Journal {
    if (this.cursor !== this.length) throw new Error('journal: compacting needs the state at its end');
    const seen = new WordSet(this.length);
    const kept = new Uint32Array(this.length);
    let count = 0;
    for (let i = 0; i < this.length; i++) {
      const word = this.words[i]!;
      if (word >= RANGE) seen.clear();
      else if (!seen.add(word)) continue;
      kept[count++] = i;
    }
    const copy = new Journal();
    copy.words = Uint32Array.from(kept.subarray(0, count), (i) => this.words[i]!);
    copy.values = Uint32Array.from(kept.subarray(0, count), (i) => this.values[i]!);
    copy.ranges = this.ranges;
    copy.length = copy.cursor = count;
    return copy;
  }

  /** Bytes that this journal keeps. */
  get bytes(): number {
    const ranges = this.ranges.reduce((sum, r) => sum + (typeof r.other === 'number' ? 32 : r.other.byteLength), 0);
    return this.words.byteLength + this.values.byteLength + ranges + this.marks * (10 + 8 * MARK_ARGS);
  }

  /** Apart from `mark`, so that a mark costs a simulator one inlined test while the journal is off. */
  private addMark(kind: number, a: number, b: number, c: number, d: number): void {
    const at = this.marks;
    if (at === this.markKind.length) this.growMarks();
    this.markAt[at] = this.length;
    this.markKind[at] = kind;
    const args = at * MARK_ARGS;
    this.markArgs[args] = a;
    this.markArgs[args + 1] = b;
    this.markArgs[args + 2] = c;
    this.markArgs[args + 3] = d;
    this.marks = at + 1;
  }

  private swap(store: Uint32Array, at: number): void {
    const word = this.words[at]!;
    if (word >= RANGE) swapRange(store, this.ranges[word - RANGE]!);
    else {
      const now = store[word]!;
      store[word] = this.values[at]!;
      this.values[at] = now;
    }
  }

  private growEntries(): void {
    this.words = grown(this.words);
    this.values = grown(this.values);
  }

  private growMarks(): void {
    const at = new Float64Array(this.markAt.length * 2);
    at.set(this.markAt);
    this.markAt = at;
    const kind = new Uint16Array(this.markKind.length * 2);
    kind.set(this.markKind);
    this.markKind = kind;
    const args = new Float64Array(this.markArgs.length * 2);
    args.set(this.markArgs);
    this.markArgs = args;
  }
}

/** What a range of the store holds now: one value when all words are equal, else a copy. */
function capture(store: Uint32Array, start: number, count: number): number | Uint32Array {
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

  clear(): void {
    this.slots.fill(0);
  }
}
