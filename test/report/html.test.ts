import assert from 'node:assert/strict';
import { reportHtml } from '../../src/report/html';
import { HeapView } from '../../src/view/heap-view';
import { at, bootOf, MAIN_3, madeSnapshot, pictured } from '../view/subjects';

const plain = (html: string) => html.replaceAll(/<style>.*?<\/style>/gs, '').replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\u202f\u2009\s]+/g, ' '); // prettier-ignore
const EVIL = `<script>alert(1)</script><img src=x onerror=alert(2)>"'&`;

/** Every tag of a report, names only. */
const tags = (html: string) => new Set([...html.matchAll(/<([a-z0-9]+)/gi)].map((m) => m[1]!.toLowerCase()));

describe('report: HTML', () => {
  const report = reportHtml(at(pictured(), MAIN_3).subject, 'ukboot 0.1.0');

  it('holds map, metrics, regions, lists, steps, log, findings and blocks', () => {
    const ids = [...report.matchAll(/<h2 id="([a-z]+)"/g)].map((m) => m[1]);
    assert.deepEqual(ids, ['findings', 'metrics', 'picture', 'regions', 'lists', 'steps', 'log', 'blocks', 'structs']);
    const text = plain(report);
    for (const part of ['62.3 MiB', '74.3 %', '16 777 184 B', 'pfree(0x18a000, 1)', 'bbuddy_pfree', 'Σ 45 blocks, none dropped', 'init → heap', 'Step 50 of 70'])
      assert.ok(text.includes(part), part); // prettier-ignore
  });

  it('needs nothing else and runs nothing', () => {
    assert.ok(!/<script|javascript:|\son[a-z]+=|<link|<iframe|@import|url\((?!#)/i.test(report));
    const links = [...report.matchAll(/(?:src|href|xmlns)="([^"]*)"/g)].map((m) => m[1]);
    assert.deepEqual([...new Set(links)], ['http://www.w3.org/2000/svg']);
    assert.match(report, /default-src 'none'/);
  });

  it('leaves the simulation where it stands', () => {
    const view = at(pictured(), MAIN_3);
    const before = view.cursor;
    reportHtml(view.subject);
    assert.deepEqual(view.cursor, before);
  });

  it('nothing from a file is ever markup', () => {
    const clean = tags(report);
    const { subject } = bootOf([{ pbase: '0x100000', len: '0x400000', type: 'FREE', flags: ['READ', 'WRITE'], name: EVIL }]);
    const evil = reportHtml({ ...subject, title: EVIL, source: EVIL, assumptions: [EVIL] }, EVIL);
    const finding = { severity: 'error', code: EVIL, address: 0x1000n, message: EVIL } as const;
    const snapshot = madeSnapshot([[0x1000n, 4096, 'free', 0]], { findings: [finding] });
    const dump = reportHtml({ ...new HeapView(subject).subject, kind: 'dump', snapshot, reader: bootReader(), message: EVIL });
    for (const html of [evil, dump]) {
      assert.ok(html.includes('&lt;script&gt;alert(1)'));
      const more = [...tags(html)].filter((t) => !clean.has(t) && !['b', 'ul'].includes(t));
      assert.deepEqual(more, []);
    }
  });

  it('a boot without a heap says why', () => {
    const text = plain(
      reportHtml(at(bootOf([{ pbase: '0x100000', len: '0x1000', type: 'RESERVED', flags: ['READ'] }]), 1).subject),
    );
    assert.match(text, /No heap|The kernel stops/);
  });

  it('says what it leaves out', () => {
    const blocks = Array.from({ length: 2500 }, (_, i) => [0x1000n * BigInt(i + 1), 4096, 'used', -1, 100] as const);
    const { subject } = bootOf([]);
    const text = plain(reportHtml({ ...subject, kind: 'dump', snapshot: madeSnapshot(blocks), reader: bootReader() }));
    assert.match(text, /500 more rows of 2 500 left out here/);
  });
});

function bootReader() {
  const { subject } = bootOf([]);
  if (subject.kind !== 'simulation') throw new Error('a boot is a simulation');
  return subject.simulation.reader();
}
