// The memory of a program that a debugger holds. Decoders read it synchronously, as they read a dump; what they miss is noted, fetched
// over the Debug Adapter Protocol, and read again. Knows no VS Code: a session is whatever answers requests.
//
// Adapters differ: a read of memory that is not there fails, or comes back short, with `unreadableBytes` or without. Large reads may
// fail where small ones work. So a read that fails is halved down to one page, and a page that cannot be read stays absent: it is
// never taken for zeros.

import type { AddressRange, Reader } from '../../memory/reader';
import { readerOver } from '../../memory/reader';

/** What of a debug session is used. */
export interface DebugRequests {
  /** Sends a DAP request; rejects when the adapter refuses. */
  request(command: string, args: unknown): Promise<unknown>;
}

const PAGE = 4096n;
/** Bytes of one request at most. */
const MOST_AT_ONCE = 64 * 1024;
/** Rounds of decoding, each with what the one before missed. */
const MOST_ROUNDS = 20_000;

export interface FetchProgress {
  /** Bytes fetched so far. */
  readonly bytes: number;
}

/** Pages of one stop. A new stop is a new `DebugMemory`. */
export class DebugMemory {
  private readonly session: DebugRequests;
  private readonly pages = new Map<bigint, Uint8Array>();
  private readonly unreadable = new Set<bigint>();
  private fetched = 0;
  private current: Reader;
  /** Reads what was fetched, also what is fetched later on. What it misses is noted until `more` takes it. */
  readonly reader: Reader;

  constructor(session: DebugRequests) {
    this.session = session;
    this.current = this.fresh();
    this.reader = this.lookThrough();
  }

  /** Bytes fetched. */
  get size(): number {
    return this.fetched;
  }

  /** Ranges that are known to be unreadable, by page. */
  get holes(): number {
    return this.unreadable.size;
  }

  /** The bytes of a page that was fetched. */
  page(base: bigint): Uint8Array | undefined {
    return this.pages.get(base);
  }

  /** Bases of the pages that were fetched. */
  fetchedPages(): Iterable<bigint> {
    return this.pages.keys();
  }

  /**
   * Runs a decoder until it misses nothing more that can be read.
   *
   * @param cancelled asked between requests; when it says so, what was read until then is decoded
   */
  async decode<T>(
    work: (reader: Reader) => T,
    onProgress: (progress: FetchProgress) => void,
    cancelled: () => boolean,
  ): Promise<T> {
    for (let round = 0, ahead = 1; ; round++) {
      const reader = this.fresh();
      const result = work(reader);
      const fetchedMore = !cancelled() && round < MOST_ROUNDS && (await this.fetch(reader.absent, ahead, onProgress, cancelled));
      if (!fetchedMore) return result;
      // A list of many members is followed from page to page: each round reads further ahead.
      ahead = Math.min(ahead * 2, MOST_AT_ONCE / Number(PAGE));
    }
  }

  /** Fetches what `reader` has missed; true when it would find more now. */
  async more(): Promise<boolean> {
    const missed = this.current.absent;
    if (missed.length === 0) return false;
    this.current = this.fresh();
    return await this.fetch(
      missed,
      1,
      () => undefined,
      () => false,
    );
  }

  /** @param ahead pages read at least from each missing one on */
  private async fetch(
    ranges: readonly AddressRange[],
    ahead: number,
    onProgress: (progress: FetchProgress) => void,
    cancelled: () => boolean,
  ): Promise<boolean> {
    const before = this.pages.size;
    for (const [base, pages] of runsOf(this.missing(ranges, ahead))) {
      for (let done = 0; done < pages; done += MOST_AT_ONCE / Number(PAGE)) {
        if (cancelled()) return this.pages.size > before;
        await this.read(base + BigInt(done) * PAGE, Math.min(pages - done, MOST_AT_ONCE / Number(PAGE)));
        onProgress({ bytes: this.fetched });
      }
    }
    return this.pages.size > before;
  }

  private missing(ranges: readonly AddressRange[], ahead: number): bigint[] {
    const wanted = new Set<bigint>();
    for (const { base, end } of ranges) {
      const first = base - (base % PAGE);
      const last = end > first + BigInt(ahead) * PAGE ? end : first + BigInt(ahead) * PAGE;
      for (let page = first; page < last && page < 1n << 64n && wanted.size < 65536; page += PAGE)
        if (!this.pages.has(page) && !this.unreadable.has(page)) wanted.add(page);
    }
    return [...wanted].sort((a, b) => (a < b ? -1 : 1));
  }

  /** Reads pages; halves what fails. */
  private async read(base: bigint, pages: number): Promise<void> {
    const length = pages * Number(PAGE);
    const bytes = await readMemory(this.session, base, length);
    const whole = bytes === undefined ? 0 : Math.floor(bytes.length / Number(PAGE));
    for (let i = 0; i < whole; i++) this.keep(base + BigInt(i) * PAGE, bytes!.slice(i * Number(PAGE), (i + 1) * Number(PAGE)));
    if (whole === pages) return;
    if (pages === 1) {
      // The readable beginning of a page counts too.
      if (bytes !== undefined && bytes.length > 0) this.keep(base, bytes.slice());
      this.unreadable.add(base);
      return;
    }
    if (whole > 0) {
      await this.read(base + BigInt(whole) * PAGE, pages - whole);
      return;
    }
    const half = pages >> 1;
    await this.read(base, half);
    await this.read(base + BigInt(half) * PAGE, pages - half);
  }

  private keep(page: bigint, bytes: Uint8Array): void {
    this.pages.set(page, bytes);
    this.fetched += bytes.length;
  }

  private fresh(): Reader {
    return readerOver((a, length) => {
      const base = a - (a % PAGE);
      const offset = Number(a - base);
      const page = this.pages.get(base);
      return page === undefined || offset >= page.length ? undefined : page.subarray(offset, offset + length);
    });
  }

  private lookThrough(): Reader {
    const now = (): Reader => this.current;
    return {
      u8: (a) => now().u8(a),
      u16: (a) => now().u16(a),
      u32: (a) => now().u32(a),
      u64: (a) => now().u64(a),
      word: (a) => now().word(a),
      ptr: (a) => now().ptr(a),
      bytes: (a, length) => now().bytes(a, length),
      view: (a, length) => now().view(a, length),
      get absent() {
        return now().absent;
      },
    };
  }
}

/** Pages in ascending order as runs of neighbours. */
function* runsOf(pages: readonly bigint[]): Iterable<readonly [base: bigint, pages: number]> {
  for (let from = 0; from < pages.length;) {
    let to = from + 1;
    while (to < pages.length && pages[to] === pages[to - 1]! + PAGE) to++;
    yield [pages[from]!, to - from];
    from = to;
  }
}

/** Bytes from an address on, perhaps fewer than asked for; undefined where nothing can be read. */
export async function readMemory(session: DebugRequests, base: bigint, count: number): Promise<Uint8Array | undefined> {
  try {
    const answer = await session.request('readMemory', { memoryReference: `0x${base.toString(16)}`, offset: 0, count });
    const data = field(answer, 'data');
    if (typeof data !== 'string') return undefined;
    // Some adapters begin at another address, which they name.
    const at = addressIn(field(answer, 'address'));
    if (at !== undefined && at !== base) return undefined;
    return Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).subarray(0, count);
  } catch {
    return undefined;
  }
}

/**
 * The value of an expression as an address; undefined when the debugger cannot tell. Debuggers answer in words:
 * `0x12000`, `(struct uk_alloc *) 0x12000`, `0x177500 <_uk_alloc_head>`, `73728`, and some with `Error: …` in place of an error.
 */
export async function evaluateAddress(
  session: DebugRequests,
  frameId: number | undefined,
  expression: string,
): Promise<bigint | undefined> {
  try {
    const answer = await session.request('evaluate', {
      expression,
      context: 'watch',
      ...(frameId !== undefined && { frameId }),
    });
    return addressIn(field(answer, 'result')) ?? addressIn(field(answer, 'memoryReference'));
  } catch {
    return undefined;
  }
}

function addressIn(text: unknown): bigint | undefined {
  if (typeof text !== 'string' || /\berror\b|no symbol|cannot|not available|optimized out/i.test(text)) return undefined;
  const digits = /0x[0-9a-f]{1,16}\b/i.exec(text)?.[0] ?? /^\s*\d{1,20}\s*$/.exec(text)?.[0]?.trim();
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return value < 1n << 64n ? value : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Bytes that differ between two stops, where both have them, one by one; at most `most` ranges. */
export function changedBetween(before: DebugMemory, after: DebugMemory, most: number): AddressRange[] {
  const ranges: AddressRange[] = [];
  for (const base of [...after.fetchedPages()].sort((a, b) => (a < b ? -1 : 1))) {
    const [old, now] = [before.page(base), after.page(base)];
    if (old === undefined || now === undefined) continue;
    const end = Math.min(old.length, now.length);
    for (let at = 0; at < end; at++) {
      if (old[at] === now[at]) continue;
      let next = at + 1;
      while (next < end && old[next] !== now[next]) next++;
      const start = base + BigInt(at);
      const last = ranges.at(-1);
      if (last?.end === start) ranges[ranges.length - 1] = { base: last.base, end: base + BigInt(next) };
      else if (ranges.length >= most) return ranges;
      else ranges.push({ base: start, end: base + BigInt(next) });
      at = next;
    }
  }
  return ranges;
}
