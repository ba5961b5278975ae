import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TABLE_IDS, tableCsv, tableJson, tableOf } from '../../src/report/table';
import type { Cell } from '../../src/report/table';
import { tableNamed } from '../../src/report/tables';
import { HeapView } from '../../src/view/heap-view';
import { at, MAIN_3, pictured } from '../view/subjects';

const COLUMNS = [
  { name: 'address', title: 'Address' },
  { name: 'size', title: 'Size' },
];
const csv = (...rows: readonly Cell[][]) => tableCsv(tableOf('blocks', 'Blocks', COLUMNS, rows));

/** Reads CSV as RFC 4180 has it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    if (match[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('report: table', () => {
  it('CSV has a header, CRLF, quotes only where needed, and nothing for what is not known', () => {
    assert.equal(csv(['0x1000', 4096], ['a,"b"', null]), 'address,size\r\n0x1000,4096\r\n"a,""b""",\r\n');
  });

  it('a text that a spreadsheet would run as a formula is told apart from one; a negative number stays a number', () => {
    assert.equal(csv(['=HYPERLINK("x")', -4]), 'address,size\r\n"\'=HYPERLINK(""x"")",-4\r\n');
  });

  it('any text survives CSV and JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.integer())), (rows) => {
        const table = tableOf('blocks', 'Blocks', COLUMNS, rows);
        const read = parseCsv(tableCsv(table)).slice(1);
        assert.deepEqual(
          read.map(([text, number]) => [text!.replace(/^'(?=[=+\-@\t\r])/, ''), Number(number)]),
          rows.map(([text, number]) => [text.replace(/^'(?=[=+\-@\t\r])/, ''), number]),
        );
        assert.deepEqual(
          JSON.parse(tableJson(table)),
          rows.map(([address, size]) => ({ address, size })),
        );
      }),
      { seed: 8, numRuns: 300 },
    );
  });
});

describe('report: tables of the pictured boot', () => {
  const view = at(pictured(), MAIN_3);
  const rows = (id: (typeof TABLE_IDS)[number]) => JSON.parse(tableJson(tableNamed(view, id))) as Record<string, unknown>[];

  it('blocks fill the areas of the heap, exact to the byte', () => {
    const blocks = rows('blocks');
    assert.equal(blocks.length, 45);
    const free = blocks.filter((b) => b['state'] === 'free');
    assert.equal(free.length, 23);
    assert.equal(free.reduce((sum, b) => sum + (b['size'] as number), 0), 15949 * 4096); // prettier-ignore
    const asked = blocks.find((b) => b['owner'] === 'malloc(100000)')!;
    assert.deepEqual([asked['size'], asked['asked'], asked['slack']], [131072, 100000, 31072]);
  });

  it('free lists hold every free chunk once, in list order', () => {
    const lists = rows('lists');
    assert.equal(lists.length, 23);
    assert.deepEqual(
      lists.filter((l) => l['class'] === 0).map((l) => l['address']),
      ['0x18a000', '0x16000', '0x184000', '0x3fd9000', '0x3fdb000'],
    );
  });

  it('regions carry their fields, the decision and its reason', () => {
    const regions = rows('regions');
    assert.equal(regions.length, 15);
    assert.deepEqual([regions[2]!['decision'], regions[9]!['decision']], ['init', 'addmem']);
    assert.ok(regions.every((r) => r['decision'] !== null && r['reason'] !== ''));
  });

  it('steps are all of them, the log ends at the cursor', () => {
    assert.equal(rows('steps').length, 70);
    const log = rows('log');
    assert.ok(log.length > 0 && log.every((l) => (l['step'] as number) <= MAIN_3));
  });

  it('metrics are exact', () => {
    const figures = new Map(rows('metrics').map((m) => [m['figure'], m['value']]));
    assert.equal(figures.get('free'), 65327104);
    assert.equal(figures.get('largestRequest'), 16777184);
  });

  it('a dump has no steps and no log, and says so by empty tables', () => {
    const { subject } = view;
    assert.ok(subject.kind === 'simulation');
    const { simulation, ...common } = subject;
    const dump = new HeapView({ ...common, kind: 'dump', snapshot: simulation.snapshot(), reader: simulation.reader() });
    for (const id of ['steps', 'log', 'regions'] as const) assert.equal(tableJson(tableNamed(dump, id)), '[]\n');
    assert.equal(tableNamed(dump, 'blocks').count, 45);
  });
});
