// The filter of the search box. Words are joined by "and"; each is a state, a comparison, or text that a block's owner contains.
//
//   free order:>=5        size>64K        used tag:stack        asked<100

import type { BlockTable } from '../../snapshot/blocks';

export interface BlockFilter {
  /** `owner` is asked for only when a word needs it. */
  matches(blocks: BlockTable, i: number, owner: (i: number) => string): boolean;
  /** Words that could not be understood, for the user to see. */
  readonly unknown: readonly string[];
}

type Test = (blocks: BlockTable, i: number, owner: (i: number) => string) => boolean;

const STATES: Readonly<Record<string, string>> = {
  free: 'free',
  used: 'used',
  metadata: 'metadata',
  allocator: 'metadata',
  unread: 'unread',
};
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kib: 1024,
  m: 2 ** 20,
  mib: 2 ** 20,
  g: 2 ** 30,
  gib: 2 ** 30,
};

/** Undefined when nothing is filtered. */
export function parseFilter(text: string): BlockFilter | undefined {
  const words = text
    .trim()
    .split(/\s+/)
    .filter((w) => w !== '');
  if (words.length === 0) return undefined;
  const tests: Test[] = [];
  const unknown: string[] = [];
  for (const word of words) {
    const test = parseWord(word);
    if (test === undefined) unknown.push(word);
    else tests.push(test);
  }
  return { unknown, matches: (blocks, i, owner) => tests.every((test) => test(blocks, i, owner)) };
}

function parseWord(word: string): Test | undefined {
  const state = STATES[word.toLowerCase()];
  if (state !== undefined) return (blocks, i) => blocks.state(i) === state;
  const tagged = /^(?:tag|owner):(.+)$/i.exec(word);
  if (tagged !== null) return (_, i, owner) => owner(i).toLowerCase().includes(tagged[1]!.toLowerCase());
  const compared = /^(order|class|bin|size|asked|slack):?(>=|<=|>|<|=)?(\d+(?:\.\d+)?)([a-z]*)$/i.exec(word);
  const unit = compared === null ? undefined : UNITS[compared[4]!.toLowerCase()];
  if (compared === null || unit === undefined) return undefined;
  const compare = comparison(compared[2] ?? '=', Number(compared[3]) * unit);
  switch (compared[1]!.toLowerCase()) {
    case 'size':
      return (blocks, i) => compare(blocks.size(i));
    case 'asked':
      return (blocks, i) => blocks.asked(i) >= 0 && compare(blocks.asked(i));
    case 'slack':
      return (blocks, i) => blocks.asked(i) >= 0 && compare(blocks.size(i) - blocks.asked(i));
    default:
      return (blocks, i) => blocks.sizeClass(i) >= 0 && compare(blocks.sizeClass(i));
  }
}

function comparison(operator: string, value: number): (x: number) => boolean {
  switch (operator) {
    case '>=':
      return (x) => x >= value;
    case '<=':
      return (x) => x <= value;
    case '>':
      return (x) => x > value;
    case '<':
      return (x) => x < value;
    default:
      return (x) => x === value;
  }
}
