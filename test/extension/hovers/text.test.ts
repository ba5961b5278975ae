import assert from 'node:assert/strict';
import { hoverMarkdown, hoverSections } from '../../../src/extension/hovers/text';
import type { HoverInput } from '../../../src/extension/hovers/text';
import { checkDescriptors } from '../../../src/regions/checks';
import type { Descriptor, Field, FieldName } from '../../../src/regions/descriptor';

/** What a hover may take of the screen. */
const MOST_LINES = 12;

function field(value: bigint | string): Field {
  return typeof value === 'string' ? { text: value } : { value, text: '0x' + value.toString(16) };
}

function paged(values: Partial<Record<FieldName, bigint | string>>, name?: string): Descriptor {
  const all = {
    pbase: 0x180000n,
    vbase: 0x180000n,
    pg_off: 0n,
    len: 0x3e5f000n,
    pg_count: 15967n,
    type: 1n,
    flags: 3n,
    ...values,
  };
  const fields = Object.fromEntries(Object.entries(all).map(([key, value]) => [key, field(value)]));
  return { era: 'paged', fields, ...(name !== undefined && { name }) };
}

function input(descriptor: Descriptor, more: Partial<HoverInput> = {}): HoverInput {
  const problems = checkDescriptors({ descriptors: [descriptor], hints: {} }, '0.17.0', 'x86_64');
  return { descriptor, index: 0, problems, release: '0.17.0', allocator: 'bbuddy', assumed: [], ...more };
}

/** Lines as they are shown, rows of the table as their cells. */
function hoverLines(shown: HoverInput): string[] {
  return hoverSections(shown).flatMap(({ lines, rows }) => [...rows.map((row) => row.join(' | ')), ...lines]);
}

describe('hover text', () => {
  it('a good free region: base, end, sizes, pages, type, flags and what becomes of it', () => {
    const decision = { region: 0, kind: 'addmem', reason: 'FREE and allocatable: given to `uk_alloc_addmem`.' } as const;
    assert.deepEqual(hoverLines(input(paged({}, 'heap'), { decision })), [
      '**Region 0 · FREE · rw\\-** `heap` added to the heap',
      '`0x0018 0000` – `0x03fd f000` (end exclusive)',
      'Length | `0x3e5f000` | 62.4\u202fMiB · 65\u202f400\u202f832\u202fB',
      'Pages | 15\u202f967 | = len / 4096 ✓ · pg\\_off 0',
      'Type | `UKPLAT_MEMRT_FREE` | = 1 · Flags `READ | WRITE` = `0x3`',
      '**bbuddy 0.17.0: added to the heap.** FREE and allocatable: given to `uk_alloc_addmem`.',
    ]);
  });

  it('what the boot makes of it: its place in the heap, blocks inside, neighbours, and who would not use it', () => {
    const decision = { region: 0, kind: 'addmem', reason: 'Added.' } as const;
    const shown = input(paged({}), {
      decision,
      order: 2,
      inside: { blocks: 'o0…o12', largest: 'largest block 16 MiB at `0x1000000`' },
      neighbours: 'cmdline below, reserved above, both touch',
      unusedBy: ['tlsf', 'region'],
      assumed: ['release 0.17.0'],
      actions: 'links',
    });
    const lines = hoverLines(shown);
    assert.equal(lines[0], '**Region 0 · FREE · rw\\-** added to the heap ②');
    assert.deepEqual(lines.slice(5, 7), [
      'Inside | `o0…o12` | largest block 16 MiB at `0x1000000`',
      'Neighbours |  | cmdline below, reserved above, both touch',
    ]);
    assert.match(lines[7]!, /Added\. With \*\*tlsf\*\* or \*\*region\*\* it stays unused/);
    assert.ok(lines.length <= MOST_LINES);
    // A bar inside of code would end its cell.
    assert.match(hoverMarkdown(shown), /^\|Type\|`UKPLAT_MEMRT_FREE`\|= 1 · Flags `READ \\\| WRITE` = `0x3`\|$/m);
    assert.equal(hoverMarkdown(shown).split('\n\n---\n\n').length, 3);
  });

  it('problems come right after the range, errors first', () => {
    const lines = hoverLines(input(paged({ len: 0x3e5ffe9n })));
    assert.match(lines[2]!, /^\$\(error\) /);
    assert.match(lines.join('\n'), /len \/ 4096 is 15\u202f967 and 4\u202f073 bytes/);
  });

  it('an expression is said to be unknown', () => {
    const lines = hoverLines(input(paged({ len: 'lcpu->end - start' })));
    assert.equal(lines[1], '`0x0018 0000` – ?');
    assert.ok(lines.includes('Not known from the source: len `lcpu->end - start`'));
  });

  it('an end at and beyond 2^64 is written out', () => {
    const end = (len: bigint): string => hoverLines(input(paged({ pbase: 0xffff_8000_0000_0000n, len })))[1]!;
    assert.equal(end(0x8000_0000_0000n), '`0xffff 8000 0000 0000` – `2^64` (end exclusive)');
    assert.equal(end(0x8000_0000_1000n), '`0xffff 8000 0000 0000` – `0x10000000000001000` (end exclusive)');
  });

  it('a classic region shows its flags', () => {
    const fields = { base: field(0x100000n), len: field(0x1000n), flags: field(0x31n) };
    const lines = hoverLines({ ...input({ era: 'classic', fields }), problems: [], release: '0.10.0' });
    assert.equal(lines[0], '**Region 0 · FREE READABLE WRITABLE**');
    assert.ok(lines.includes('Flags | `FREE | READABLE | WRITABLE` | = `0x31`'));
  });

  it('never exceeds twelve lines, whatever is wrong, and a name is no markup', () => {
    const bad = paged(
      { pbase: 0xfffn, vbase: 7n, pg_off: 5n, len: 0n, pg_count: 9n, type: 3n, flags: 0xfff0n },
      '[x](command:evil)',
    );
    const problems = Array.from({ length: 30 }, () => input(bad).problems).flat();
    const lines = hoverLines(input(bad, { problems, assumed: ['release 0.17.0'], actions: 'links' }));
    assert.ok(lines.length <= MOST_LINES);
    assert.ok(problems.length > 30);
    assert.match(lines.join('\n'), /and \d+ more/);
    assert.ok(lines[0]!.endsWith('`[x](command:evil)`'));
    assert.equal(lines.at(-1), 'links');
  });
});
