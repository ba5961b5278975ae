import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvChunks } from '../../src/report/csv';
import { jsonChunks } from '../../src/report/json';
import { columns, TABLE_IDS, textOf } from '../../src/report/table';
import type { Cell, Table, TableId } from '../../src/report/table';
import { tablesOf } from '../../src/report/tables';
import { HeapView } from '../../src/view/heap-view';
import type { AllocatorId } from '../../src/regions/allocator-id';
import { at, bootOf, madeSnapshot, MAIN_3, pictured, frameOf } from '../view/subjects';

const made = (...rows: readonly (readonly Cell[])[]): Table => ({
  id: 'blocks',
  title: 'Blocks',
  columns: columns('text', '#number', '@address'),
  rows: () => rows,
});
const csv = (...rows: readonly (readonly Cell[])[]) => textOf(csvChunks(made(...rows)));

/** Reads CSV as RFC 4180 has it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    if (match[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('report: CSV and JSON', () => {
  it('CSV has a heading, CRLF, quotes only where needed, exact hex, and nothing for what is not known', () => {
    assert.equal(
      csv(['a,"b"', 4096, 0xffff_8000_0000_0000n], ['two\nlines', undefined, 0x1000n]),
      'text,number,address\r\n"a,""b""",4096,0xffff800000000000\r\n"two\nlines",,0x1000\r\n',
    );
  });

  for (const formula of ['=HYPERLINK("x")', '+1', '-1+cmd|x', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '\u0000=1'])
    it(`${JSON.stringify(formula)} from a file is told apart from a formula`, () => {
      assert.equal(parseCsv(csv([formula, -4, undefined]))[1]![0], `'${formula}`);
    });

  it('a negative number stays a number', () => assert.match(csv(['', -4, undefined]), /,-4,/));

  it('any text and any number survive CSV and JSON, and no cell begins as a formula does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))), (rows) => {
        const table = made(...rows.map(([text, n]) => [text, n, n]));
        const read = parseCsv(textOf(csvChunks(table))).slice(1);
        assert.deepEqual(
          read.map(([text, number, address]) => [text, BigInt(number!), BigInt(address!)]),
          rows.map(([text, n]) => [/^[\s\0-\x1f]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text, n, n]),
        );
        assert.ok(read.every(([text]) => !/^[=+\-@\t\r]/.test(text!)));
        const json = JSON.parse(textOf(jsonChunks(table))) as { text: string; number: number | string; address: string }[];
        assert.deepEqual(
          json.map((r) => [r.text, BigInt(r.number), BigInt(r.address)]),
          rows.map(([text, n]) => [text, n, n]),
        );
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it('an empty table is a heading, or an empty array', () => {
    assert.equal(csv(), 'text,number,address\r\n');
    assert.deepEqual(JSON.parse(textOf(jsonChunks(made()))), []);
  });

  it('a table of 100 000 rows comes in pieces that together are the whole', () => {
    const table: Table = { ...made(), rows: () => Array.from({ length: 100_000 }, (_, i) => ['x', i, BigInt(i)]) };
    const pieces = [...csvChunks(table)];
    assert.ok(pieces.length > 10 && pieces.every((p) => p.length < 100_000));
    assert.equal(pieces.join('').split('\r\n').length, 100_002);
    assert.equal((JSON.parse(textOf(jsonChunks(table))) as unknown[]).length, 100_000);
  });
});

type Row = Readonly<Record<string, unknown>>;

function rowsOf(view: HeapView, id: TableId): Row[] {
  const table = tablesOf(view).find((t) => t.id === id);
  assert.ok(table !== undefined, `there is a table ${id}`);
  return JSON.parse(textOf(jsonChunks(table))) as Row[];
}
const sum = (rows: readonly Row[], name: string) => rows.reduce((all, r) => all + Number(r[name]), 0);

describe('report: tables of the pictured boot', () => {
  const view = at(pictured(), MAIN_3);
  const rows = (id: TableId) => rowsOf(view, id);

  it('blocks fill the areas of the heap, exact to the byte', () => {
    const blocks = rows('blocks');
    assert.equal(blocks.length, 45);
    const free = blocks.filter((b) => b['state'] === 'free');
    assert.equal(free.length, 23);
    assert.equal(sum(free, 'size'), 15949 * 4096);
    const asked = blocks.find((b) => b['owner'] === 'malloc(100000)')!;
    assert.deepEqual([asked['size'], asked['asked'], asked['slack']], [131072, 100000, 31072]);
    assert.ok(blocks.every((b) => BigInt(b['address'] as string) + BigInt(b['size'] as number) === BigInt(b['end'] as string)));
  });

  it('free lists hold every free chunk once, in list order, and their sums say the same', () => {
    const lists = rows('lists');
    assert.equal(lists.length, 23);
    assert.deepEqual(
      lists.filter((l) => l['class'] === 0).map((l) => l['address']),
      ['0x18a000', '0x16000', '0x184000', '0x3fd9000', '0x3fdb000'],
    );
    assert.deepEqual([sum(rows('list-sums'), 'members'), sum(rows('list-sums'), 'bytes')], [23, sum(lists, 'size')]);
  });

  it('regions carry their fields, the decision and its reason', () => {
    const regions = rows('regions');
    assert.equal(regions.length, 15);
    assert.deepEqual([regions[2]!['decision'], regions[9]!['decision']], ['init', 'addmem']);
    assert.ok(regions.every((r) => r['decision'] !== null && r['reason'] !== ''));
  });

  it('the ledger adds up', () => {
    const ledger = rows('ledger');
    assert.equal(ledger.at(-1)!['kind'], 'total');
    assert.equal(sum(ledger.slice(0, -1), 'bytes'), ledger.at(-1)!['bytes']);
  });

  it('steps are all of them, each with its C-level steps; the log is that of the run', () => {
    const steps = rows('steps');
    assert.equal(steps.length, 70);
    assert.equal(rows('c-steps').length, sum(steps, 'c_steps'));
    assert.equal(rows('log').length, view.subject.kind === 'simulation' ? view.subject.simulation.lines().length : 0);
  });

  it('metrics are exact, and those that the panel shows', () => {
    const figures = new Map(rows('metrics').map((m) => [m['metric'], m['value']]));
    assert.equal(figures.get('free'), 65327104);
    assert.equal(figures.get('largest_request'), 16777184);
    assert.equal(figures.get('slack'), view.metrics!.slack);
  });

  it('every cell of an address column is exact hex or nothing', () => {
    for (const table of tablesOf(view))
      for (const row of table.rows())
        for (const [i, { kind }] of table.columns.entries())
          if (kind === 'address') assert.ok(['bigint', 'undefined', 'string'].includes(typeof row[i]), table.id);
  });

  it('a dump has no steps and no log', () => {
    const { subject } = view;
    assert.ok(subject.kind === 'simulation');
    const { simulation, ...common } = subject;
    const dump = new HeapView({ ...common, kind: 'dump', snapshot: simulation.snapshot(), reader: simulation.reader() });
    const ids = tablesOf(dump).map((t) => t.id);
    assert.deepEqual(ids, ['metrics', 'list-sums', 'lists', 'blocks', 'structs', 'findings']);
    assert.equal(rowsOf(dump, 'blocks').length, 45);
  });
});

describe("report: the allocator's own tables", () => {
  const REGIONS = [{ pbase: '0x100000', vbase: '0x100000', len: '0x20000000', type: 'FREE', flags: ['READ', 'WRITE'] }];
  const calls = Array.from({ length: 20 }, (_, i) => ({
    operation: { op: 'malloc', id: i + 1, size: BigInt(50 * i + 40) } as const,
  }));
  // prettier-ignore
  const view = (allocator: AllocatorId) => {
    const made = bootOf(REGIONS, calls, { allocator });
    made.move('runToEnd');
    return made;
  };

  it('TLSF: lists hold the free bytes', () => {
    const tlsf = view('tlsf');
    const free = tlsf.snapshot!.blocks;
    const blocks = Array.from({ length: free.length }, (_, i) => i).filter((i) => free.state(i) === 'free').length;
    assert.equal(sum(rowsOf(tlsf, 'tlsf-lists'), 'members'), blocks);
  });

  it('tinyalloc: every descriptor stands on one list', () => {
    const rows = rowsOf(view('tinyalloc'), 'tinyalloc-descriptors');
    assert.equal(new Set(rows.map((r) => r['descriptor'])).size, rows.length);
    assert.equal(rows.filter((r) => r['list'] === 'used').length, 20);
  });

  it('region: what was handed out and what is left', () => {
    const [row] = rowsOf(view('region'), 'region-pointer');
    assert.equal(row!['word'], 'heap_base');
    assert.equal(
      Number(row!['handed_out']) + Number(row!['left']),
      Number(BigInt(row!['end'] as string) - BigInt(row!['first'] as string)),
    );
  });

  it('mimalloc: pages add up to what their segments say', () => {
    const mimalloc = view('mimalloc');
    const pages = rowsOf(mimalloc, 'mimalloc-pages').filter((p) => p['in_use'] === 'yes');
    assert.equal(sum(rowsOf(mimalloc, 'mimalloc-segments'), 'pages_used'), pages.length);
  });

  it('Oscar: an object each call, in the shadow', () => {
    const oscar = view('oscar');
    const objects = rowsOf(oscar, 'oscar-objects');
    assert.equal(objects.length, 20);
    const live = rowsOf(oscar, 'oscar-shadow').filter((r) => r['state'] === 'live');
    assert.equal(sum(live, 'pages'), sum(objects, 'pages'));
  });

  it('every id of a table is had by some heap', () => {
    const marked = view('bbuddy');
    frameOf(marked, { bookmarks: ['0x1000'] });
    const ids = new Set([
      ...tablesOf(marked).map((t) => t.id),
      ...(['bbuddy', 'tlsf', 'tinyalloc', 'region', 'mimalloc', 'oscar'] as const).flatMap((a) =>
        tablesOf(view(a)).map((t) => t.id),
      ),
    ]);
    assert.deepEqual(
      TABLE_IDS.filter((id) => !ids.has(id)),
      [],
    );
  });

  it('broken lists say so', () => {
    const list = { name: 'free_head[0]', head: 0x10n, sizeClass: 0, memberSize: 4096, entries: [0x1000n], complete: false };
    const dump = new HeapView({ ...view('bbuddy').subject, kind: 'dump', snapshot: madeSnapshot([[0x1000n, 4096, 'free', 0]], { lists: [list] }), reader: undefined as never }); // prettier-ignore
    assert.deepEqual(
      rowsOf(dump, 'list-sums').map((l) => l['walk']),
      ['broken off'],
    );
    assert.equal(rowsOf(dump, 'lists')[0]!['walk'], 'broken off behind it');
  });
});
