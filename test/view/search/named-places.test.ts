// Names that a workload gives to places in time: headings among the steps, lines on the timeline, found by name.

import assert from 'node:assert/strict';
import type { RecordedOperation } from '../../../src/allocators/ukalloc';
import { readWorkload } from '../../../src/readers/workload';
import type { StepRow } from '../../../src/view/time/steps';
import { at, bootOf, frameOf } from '../subjects';

const WORKLOAD: readonly unknown[] = [
  { mark: 'start' },
  { op: 'malloc', id: 1, size: 100 },
  { op: 'malloc', id: 2, size: 100, mark: 'main-2 · allocated' },
  { op: 'free', of: 1 },
  { mark: 'end' },
];
const REGIONS = [{ pbase: '0x100000', len: '0x100000', type: 'FREE', flags: ['READ', 'WRITE'] }];

function operations(): readonly RecordedOperation[] {
  const { format, operations: all, problems } = readWorkload(JSON.stringify(WORKLOAD));
  assert.deepEqual([format, problems], ['operations', []]);
  return all;
}

const text = (row: StepRow) => (row.kind === 'phase' ? `${row.named ? '⚑' : '—'} ${row.text}` : row.kind === 'operation' ? row.title : '·'); // prettier-ignore

describe('named places', () => {
  const view = bootOf(REGIONS, operations());
  const boot = frameOf(view).moment!.bootEnd;

  it('an entry without an operation names the place before the next one, or after the last', () => {
    assert.deepEqual(
      operations().map((o) => [o.mark, o.markAfter]),
      [['start', undefined], ['main-2 · allocated', undefined], [undefined, 'end']], // prettier-ignore
    );
  });

  it('a record of calls may have lines with names', () => {
    const line = (fn: string, more: object) => JSON.stringify({ seq: 0, depth: 0, fn, caller: 'm (app/main.c:1)', ...more });
    const trace = [
      line('uk_allocbbuddy_init', { args: { base: '0x12000', len: 4096 }, ret: '0x12000' }),
      line('uk_malloc_ifpages', { args: { a: '0x12000', size: 1 }, ret: '0x3020' }),
      '{"mark": "one"}',
      '{"mark": "and again"}',
      line('uk_free_ifpages', { args: { a: '0x12000', ptr: '0x3020' } }),
      '{"mark": "end"}',
    ].join('\n');
    const { operations: all, problems } = readWorkload(trace);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      all.map((o) => [o.mark, o.markAfter]),
      [[undefined, undefined], ['one · and again', 'end']], // prettier-ignore
    );
  });

  it('steps: headings stand in front of the operation that follows, the last one at the end', () => {
    at(view, boot + 2);
    const { rows, total, current } = frameOf(view, { steps: { first: 0, count: 100, follow: false } }).steps!;
    const shown = rows.map(text);
    assert.equal(rows.length, total);
    assert.equal(text(rows[current]!), 'malloc(100)');
    assert.deepEqual(shown.slice(shown.indexOf('— workload')).filter((t) => t !== '·'), [
      '— workload', '⚑ start', 'malloc(100)', '⚑ main-2 · allocated', 'malloc(100)', shown.at(-2)!, '⚑ end',
    ]); // prettier-ignore
    assert.match(shown.at(-2)!, /^free\(0x/);
  });

  it('a window in the middle has the same rows', () => {
    const all = frameOf(view, { steps: { first: 0, count: 100, follow: false } }).steps!.rows;
    for (let first = 0; first + 3 <= all.length; first++)
      assert.deepEqual(frameOf(view, { steps: { first, count: 3, follow: false } }).steps!.rows, all.slice(first, first + 3));
  });

  it('the stage is the last name reached', () => {
    const stages = [0, 1, 2, 3].map((i) => frameOf(at(view, boot + i)).moment!.stage);
    assert.deepEqual(stages, ['start', 'main-2 · allocated', 'main-2 · allocated', 'end']);
  });

  it('the timeline has a mark for each', () => {
    const marks = frameOf(view).timeline!.marks.filter((m) => m.kind === 'named');
    assert.deepEqual(marks.map((m) => [m.operation - boot, m.text]), [[0, 'start'], [1, 'main-2 · allocated'], [3, 'end']]); // prettier-ignore
  });

  for (const [typed, step, named] of [
    ['main-2', 1, true],
    ['Allocated', 1, true],
    ['alloc', 1, undefined],
    ['end', 3, true],
  ] as const)
    it(`“${typed}” goes there`, () => {
      const found = view.find(typed);
      assert.deepEqual([found.cursor?.operation, found.named], [boot + step - 1, named]);
      assert.match(found.message, new RegExp(`: after step ${String(boot + step)}$`));
    });
});
