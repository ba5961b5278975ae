// The messages of one boot, sorted by what they tell about memory.

import type { Problem } from '../../regions/problem';
import { rangeText } from '../../regions/text';
import { inLine } from '../lines';
import { Coalescing } from './coalescing';
import { descriptorIn, messagesOf, printed, triedIn } from './messages';
import type { Message, PrintedDescriptor, TriedRegion } from './messages';

/** An allocator's first line, or a heap that its messages name. */
export interface InitializedHeap {
  readonly message: Message;
  readonly base: bigint;
  /** bbuddy does not print it. */
  readonly len?: bigint;
}

/** `Add allocate unit 14000 - 18000 (order 2)`: a free block of bbuddy. */
export interface AllocateUnit {
  readonly message: Message;
  readonly base: bigint;
  readonly end: bigint;
}

export interface BootLog {
  /** Lines of the boot memory map. */
  readonly map: PrintedDescriptor[];
  mapHeading?: Message;
  /** 0.18 and later print the map before they coalesce. */
  coalescedAfterMap: boolean;
  readonly coalescing: Coalescing;
  heapInit?: Message;
  readonly tried: TriedRegion[];
  heap?: InitializedHeap;
  readonly units: AllocateUnit[];
  /** Regions that addmem refused. */
  readonly refused: AllocateUnit[];
  /** Frames were handed to the frame allocator: the heap comes from paging. */
  frames: boolean;
  readonly problems: Problem[];
}

function emptyBoot(): BootLog {
  return {
    map: [],
    coalescedAfterMap: false,
    coalescing: new Coalescing(),
    tried: [],
    units: [],
    refused: [],
    frames: false,
    problems: [],
  };
}

/** What the last message that meant something was part of. */
type Section = 'none' | 'map' | 'pair' | 'heap';

const HEAP_LINE = /Initialize (?:allocregion|tinyalloc|tlsf|mimalloc|Oscar) allocator.*@ (0x[0-9a-f]+|0)(?:, len (\d+))?/;
const BBUDDY_LINE = /Initialize binary buddy allocator ([0-9a-f]{1,16})\b/;
const UNIT_LINE = /Add allocate unit ([0-9a-f]{1,16}) - ([0-9a-f]{1,16}) \(order/;
const REFUSED_LINE = /([0-9a-f]{1,16}): Failed to add memory region ([0-9a-f]{1,16})-([0-9a-f]{1,16}): (.*)/;
const OUT_OF_MEMORY_LINE = /(?:Cannot handle|Failed to handle)?\s*palloc request of (?:order )?\d+: .*/;
const CRASH_LINE =
  /Assertion failure: .*|No suitable memory region for memory allocator|Failed to initialize memory allocator|Could not set the platform memory allocator|Could not initialize (?:auxiliary )?stack allocator|Failed to allocate (?:and initialize TLS|the auxiliary stack)|Invalid mrd type: \d+/;
/** A line that was cut within the kernel's own prefix says nothing. */
const TORN_PREFIX = /^<[^>]*$/;
const FRAMES_LINE = /Adding physical memory [0-9a-f]+ - [0-9a-f]+/;

/** Sorts the messages of a console log into its boots: a guest may have been started several times. */
export class BootLogReader {
  readonly boots: BootLog[] = [emptyBoot()];
  private section: Section = 'none';
  /** Where the lines of the map come from, to know a damaged one. */
  private mapSource: string | undefined;
  private last: Message | undefined;

  static read(text: string): { boots: BootLog[]; messages: Message[] } {
    const messages = messagesOf(text);
    const reader = new BootLogReader();
    for (const message of messages) reader.take(message);
    reader.end();
    return { boots: reader.boots, messages };
  }

  private get boot(): BootLog {
    return this.boots.at(-1)!;
  }

  private take(message: Message): void {
    const { text } = message;
    const recognised = this.takeMap(message) || this.takeCoalescing(message) || this.takeHeap(message);
    if (recognised) this.last = message;
    else if (message.library !== undefined && text.trim() !== '' && !TORN_PREFIX.test(text)) this.section = 'none';
    if (!recognised) this.takeTrouble(message);
  }

  private takeMap(message: Message): boolean {
    const { boot } = this;
    if (message.text.includes('Boot memory map:')) {
      if (boot.mapHeading !== undefined || boot.heapInit !== undefined) this.boots.push(emptyBoot());
      this.boot.mapHeading = message;
      this.section = 'map';
      return true;
    }
    const descriptor = descriptorIn(message);
    if (descriptor !== undefined && this.section !== 'pair' && !(message.source?.startsWith('memory.c') ?? false)) {
      boot.map.push(descriptor);
      this.mapSource = message.source ?? this.mapSource;
      this.section = 'map';
      return true;
    }
    if (this.section === 'map' && descriptor === undefined && this.isDamaged(message)) {
      this.damaged(message, 'memory map', 'start-end first-end rwx vbase type name');
      return true;
    }
    return false;
  }

  private isDamaged(message: Message): boolean {
    const looksAlike = /^\s*[0-9a-f]{4,16}(-[0-9a-f]*|$)/.test(message.text);
    return message.library === undefined ? looksAlike : message.source !== undefined && message.source === this.mapSource;
  }

  private takeCoalescing(message: Message): boolean {
    const { text } = message;
    if (text.includes('Coalescing memory region list')) {
      if (this.boot.heapInit !== undefined) this.boots.push(emptyBoot());
      this.boot.coalescedAfterMap = this.boot.map.length > 0;
      this.section = 'none';
      return true;
    }
    if (text.includes('Currently coalescing the following')) {
      this.boot.coalescing.begin();
      this.section = 'pair';
      return true;
    }
    const descriptor = descriptorIn(message);
    if (descriptor !== undefined) {
      this.boot.coalescing.add(descriptor);
      return true;
    }
    if (/^(Priority of (left|right)|mrd's of different|No adjustment)/.test(text)) return true;
    if (/^(Deleting (left|right) mrd|Merging two)/.test(text)) {
      this.boot.coalescing.act(text);
      return true;
    }
    return false;
  }

  private takeHeap(message: Message): boolean {
    const { text } = message;
    if (text.includes('Initialize memory allocator')) {
      if (this.boot.heapInit !== undefined) this.boots.push(emptyBoot());
      this.boot.heapInit = message;
    } else if (/\bTry(ing\b| {1,2}memory region)|\bSkip memory region/.test(text)) {
      const tried = triedIn(message);
      if (tried !== undefined) this.boot.tried.push(tried);
      else if (message.library !== 'libukboot') return false;
      else this.damaged(message, 'list of tried regions', 'Trying 0xstart-0xend 0xflags name');
    } else if (!this.takeAllocator(message)) return false;
    this.section = 'heap';
    return true;
  }

  private takeAllocator(message: Message): boolean {
    const { text } = message;
    const { boot } = this;
    const heap = HEAP_LINE.exec(text);
    const bbuddy = BBUDDY_LINE.exec(text);
    const unit = UNIT_LINE.exec(text);
    if (heap !== null) {
      // mimalloc sits on a region allocator, which prints its own line second.
      boot.heap ??= {
        message,
        base: printed(heap[1]!),
        ...(heap[2] !== undefined && heap[2].length <= 20 && { len: BigInt(heap[2]) }),
      };
    } else if (bbuddy !== null) boot.heap ??= { message, base: printed(bbuddy[1]!) };
    else if (unit !== null) boot.units.push({ message, base: printed(unit[1]!), end: printed(unit[2]!) });
    else if (FRAMES_LINE.test(text)) boot.frames = true;
    else return this.takeRefused(message);
    return true;
  }

  private takeRefused(message: Message): boolean {
    const { boot } = this;
    const refused = REFUSED_LINE.exec(message.text);
    if (refused === null) return false;
    const [, heap, base, end, why] = refused;
    boot.heap ??= { message, base: printed(heap!) };
    boot.refused.push({ message, base: printed(base!), end: printed(end!) });
    const text = `In this boot, ${rangeText(printed(base!), printed(end!))} did not become part of the heap: ${why!.trim()}.`;
    boot.problems.push({ severity: 'info', code: 'kernel-refused-region', message: text, where: inLine(message.line) });
    return true;
  }

  /** Messages that people read a log for. */
  private takeTrouble(message: Message): void {
    const found = CRASH_LINE.exec(message.text) ?? OUT_OF_MEMORY_LINE.exec(message.text);
    if (found === null) return;
    const crash = CRASH_LINE.test(message.text);
    const text = crash ? `This boot stopped: ${found[0].trim()}.` : `In this boot an allocation failed: ${found[0].trim()}.`;
    const code = crash ? 'kernel-stopped' : 'kernel-out-of-memory';
    this.boot.problems.push({ severity: 'info', code, message: text, where: inLine(message.line) });
  }

  private damaged(message: Message, what: string, expected: string): void {
    const text = `This line of the ${what} is cut off or damaged, and is left out. Expected: ${expected}.`;
    this.boot.problems.push({ severity: 'error', code: 'damaged-line', message: text, where: inLine(message.line) });
  }

  /** A log that stops within the part that matters may lack regions. */
  private end(): void {
    if (this.last === undefined || this.section === 'none') return;
    const what = { map: 'the boot memory map', pair: 'coalescing', heap: 'the initialisation of the heap' }[this.section];
    const text = `The log ends within ${what}: regions may be missing.`;
    this.boot.problems.push({ severity: 'warning', code: 'cut-off', message: text, where: inLine(this.last.line) });
  }
}
