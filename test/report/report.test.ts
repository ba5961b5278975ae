import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { presetColours, themeColours } from '../../src/report/colours';
import { htmlReport } from '../../src/report/report';
import { frameSvg, paneSvg } from '../../src/report/svg';
import { HeapView } from '../../src/view/heap-view';
import { elementsOf } from '../support/well-formed';
import { at, bootOf, frameOf, MAIN_3, madeSnapshot, pictured } from '../view/subjects';

const plain = (html: string) => html.replaceAll(/<style>.*?<\/style>/gs, '').replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\u202f\s]+/g, ' '); // prettier-ignore
const EVIL = `<script>alert(1)</script><img src=x onerror=alert(2)>"'&]]>\n=cmd()`;

function bootReader() {
  const { subject } = bootOf([]);
  if (subject.kind !== 'simulation') throw new Error('a boot is a simulation');
  return subject.simulation.reader();
}

describe('report: HTML', () => {
  const view = at(pictured(), MAIN_3);
  const report = htmlReport(view.subject);
  const elements = elementsOf(report);

  it('holds regions, map, lists, metrics, blocks, steps, log, findings and explanations', () => {
    const ids = [...report.matchAll(/<section id="([a-z]+)"/g)].map((m) => m[1]);
    assert.deepEqual(ids, ['regions', 'ledger', 'map', 'lists', 'metrics', 'blocks', 'timeline', 'steps', 'log', 'findings', 'explanations']); // prettier-ignore
    const text = plain(report);
    for (const part of ['62.3 MiB', '74.3 %', '16 777 184 B', 'pfree(0x18a000, 1)', 'bbuddy_pfree', 'Σ 45 blocks, none dropped', 'addmem', 'after step 50 of 70', '23 chunks', 'become the heap?'])
      assert.ok(text.includes(part), part); // prettier-ignore
  });

  it('is well-formed, with every link inside it', () => {
    const ids = new Set(elements.map((e) => e.attributes.get('id')));
    for (const { attributes } of elements) {
      for (const url of ['href', 'src', 'xlink:href', 'action', 'data'].flatMap((a) => attributes.get(a) ?? []))
        assert.ok(url.startsWith('#') && ids.has(url.slice(1)), url);
      for (const [, id] of [...attributes.values()].flatMap((v) => [...v.matchAll(/url\(#([^)]+)\)/g)]))
        assert.ok(ids.has(id), id);
    }
  });

  it('runs nothing and loads nothing', () => {
    const names = new Set(elements.map((e) => e.name));
    for (const name of ['script', 'link', 'iframe', 'object', 'embed', 'img', 'form', 'base', 'foreignObject'])
      assert.ok(!names.has(name), name);
    assert.ok(elements.every((e) => [...e.attributes.keys()].every((a) => !a.startsWith('on') && a !== 'style')));
    assert.ok(!/https?:|javascript:|@import/i.test(report.replaceAll('http-equiv', '')));
  });

  it('has a policy that names its one style sheet by its hash', () => {
    const style = /<style>(.*?)<\/style>/s.exec(report)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = elements.find((e) => e.attributes.get('http-equiv') === 'Content-Security-Policy')!.attributes.get('content');
    assert.equal(policy, `default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;`); // prettier-ignore
    assert.match(style, /prefers-color-scheme:dark/);
    assert.match(style, /@media print/);
  });

  it('is the same for the same subject, and leaves the simulation where it stands', () => {
    const before = view.cursor;
    assert.equal(htmlReport(view.subject), report);
    assert.deepEqual(view.cursor, before);
  });

  it('nothing from a file is ever markup', () => {
    const clean = new Set(elements.map((e) => e.name));
    const { subject } = bootOf([
      { pbase: '0x100000', len: '0x400000', type: 'FREE', flags: ['READ', 'WRITE'], name: EVIL },
      { pbase: '0x500000', len: '0x1000', type: 'RESERVED', flags: ['READ'], name: EVIL },
    ]);
    const evil = htmlReport({ ...subject, title: EVIL, source: EVIL, assumptions: [EVIL] });
    const finding = { severity: 'error', code: EVIL, address: 0x1000n, message: EVIL } as const;
    const list = { name: EVIL, head: 0x10n, sizeClass: -1, memberSize: 0, entries: [0x1000n], complete: false };
    const snapshot = madeSnapshot([[0x1000n, 4096, 'free', 0]], { findings: [finding], lists: [list], allocator: 'tlsf' });
    const dump = htmlReport({
      ...subject,
      kind: 'dump',
      title: EVIL,
      snapshot,
      reader: bootReader(),
      message: EVIL,
      stale: EVIL,
    });
    for (const html of [evil, dump]) {
      assert.ok(html.includes('&lt;script&gt;alert(1)'));
      const more = elementsOf(html).filter((e) => !clean.has(e.name) && e.name !== 'strong');
      assert.deepEqual(more, []);
    }
  });

  it('a boot without a heap says why', () => {
    const text = plain(
      htmlReport(at(bootOf([{ pbase: '0x100000', len: '0x1000', type: 'RESERVED', flags: ['READ'] }]), 1).subject),
    );
    assert.match(text, /No heap|The kernel stops/);
  });

  it('a dump without a heap says so, and has its head all the same', () => {
    const { subject } = bootOf([]);
    const html = htmlReport({ ...subject, kind: 'dump', snapshot: undefined, reader: bootReader(), message: 'nothing found' });
    assert.match(plain(html), /memory in which no heap was found.*No heap found.*nothing found/);
    elementsOf(html);
  });

  it('says what it leaves out, counts all the same, and stays small', () => {
    const blocks = Array.from({ length: 250_000 }, (_, i) => [0x1000n * BigInt(i + 1), 4096, i % 2 === 0 ? 'used' : 'free', -1, 100] as const); // prettier-ignore
    const { subject } = bootOf([]);
    const html = htmlReport({ ...subject, kind: 'dump', snapshot: madeSnapshot(blocks), reader: bootReader() });
    const text = plain(html);
    assert.match(text, /The first 500 of 250 000 rows/);
    assert.match(text, /all 250 000 977 MiB 1 024 000 000/);
    assert.match(text, /Aggregated: each cell stands for/);
    assert.ok(html.length < 3_000_000, String(html.length));
  });

  it('of a long run it writes the beginning, the end, and what was refused between them', () => {
    const calls = Array.from({ length: 2000 }, (_, i) => ({
      operation: { op: 'malloc', id: i + 1, size: i === 1000 ? 1n << 40n : 16n } as const,
    }));
    const run = bootOf([{ pbase: '0x100000', vbase: '0x100000', len: '0x2000000', type: 'FREE', flags: ['READ', 'WRITE'] }], calls); // prettier-ignore
    run.move('runToEnd');
    const html = htmlReport(run.subject);
    const text = plain(html);
    assert.match(text, /401 steps of 2 00\d are written/);
    assert.match(text, /malloc\(1099511627776\) NULL · refused/);
    assert.ok(html.length < 1_500_000, String(html.length));
  });
});

describe('report: SVG', () => {
  for (const kind of ['light', 'dark'] as const)
    it(`stands alone, in ${kind} colours`, () => {
      const svg = frameSvg(frameOf(at(pictured(), MAIN_3), { selection: '0x18a000' }), presetColours(kind));
      const elements = elementsOf(svg);
      assert.deepEqual([elements[0]!.name, elements[0]!.attributes.get('xmlns')], ['svg', 'http://www.w3.org/2000/svg']);
      assert.ok(elements.filter((e) => e.name === 'rect').length > 60);
      assert.ok(svg.includes(presetColours(kind).used) && !svg.includes('var('));
    });

  it('hostile names and colours stay text', () => {
    const view = new HeapView(bootOf([{ pbase: '0x100000', len: '0x400000', type: 'FREE', flags: ['READ', 'WRITE'], name: EVIL }]).subject); // prettier-ignore
    const names = new Set(elementsOf(frameSvg(view.frame(), { ...presetColours('light'), used: EVIL })).map((e) => e.name));
    assert.deepEqual([...names].filter((n) => ['script', 'img'].includes(n)), []); // prettier-ignore
  });

  for (const pane of ['strip', 'map', 'timeline'] as const)
    it(`${pane} alone is well-formed, in the colours of the theme`, () => {
      const colours = themeColours({ used: 'rgb(1, 2, 3)', free: 'rgb(4, 5, 6)', light: true });
      const svg = paneSvg(frameOf(at(pictured(), MAIN_3)), pane, colours)!;
      assert.equal(elementsOf(svg)[0]!.name, 'svg');
      assert.ok(svg.includes(pane === 'strip' ? 'rgb(4, 5, 6)' : 'rgb(1, 2, 3)'));
    });

  it('single bytes are left to the picture of the screen', () => {
    const frame = frameOf(at(pictured(), MAIN_3), { map: { zoom: 'bytes' } });
    assert.equal(paneSvg(frame, 'map', presetColours('dark')), undefined);
  });

  it('a colour that is none is the preset’s', () => {
    const preset = presetColours('dark');
    const colours = themeColours({ used: '"><script>', free: 7, metadata: 'url(https://x)', error: '#F48771' });
    assert.deepEqual([colours.used, colours.free, colours.metadata, colours.error], [preset.used, preset.free, preset.metadata, '#F48771']); // prettier-ignore
  });
});
