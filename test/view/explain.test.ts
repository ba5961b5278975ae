// The explain pane's data: titles, cards on demand, the ledger, and what a copy holds.

import assert from 'node:assert/strict';
import { Explanations } from '../../src/view/explain';
import { HeapView } from '../../src/view/heap-view';
import { FIRST_VIEWPORT } from '../../src/view/viewport';
import type { SimulationSubject } from '../../src/view/subject';
import { Simulation } from '../../src/timeline/simulation';
import { counted } from '../../src/view/numbers';
import { mapOf, paged } from '../support/maps';
import { bootOf } from './subjects';

function subject(): SimulationSubject {
  const simulation = Simulation.create({
    map: mapOf(paged(0x12000n, 0x8e000n), paged(0x7ae000n, 0x1000n)),
    release: '0.17.0',
    arch: 'x86_64',
    allocator: 'bbuddy',
    config: {},
    workload: [{ operation: { op: 'malloc' as const, id: 1, size: 1n << 30n } }],
    after: false,
  });
  return { kind: 'simulation', title: 't', source: 's', release: '0.17.0', arch: 'x86_64', inspect: () => [], simulation };
}

describe('explain pane', () => {
  it('lists what was refused first, and says how much', () => {
    const explain = new HeapView(subject()).frame().explain!;
    assert.equal(explain.summary, '2 refused');
    assert.deepEqual(
      explain.titles.map((t) => [t.id, t.refused]),
      [
        ['region:1', true],
        ['operation:4', true],
        ['region:0', false],
      ],
    );
    assert.deepEqual([explain.open, explain.card, explain.markdown], ['', undefined, '']);
  });

  it('what is wrong with the region list is counted, in the summary and in the chips', () => {
    const frame = bootOf([
      { pbase: '0x12000', len: '0x8e000', type: 'FREE', flags: ['READ', 'WRITE'] },
      { pbase: '0x90000', len: '0x20000', type: 'RESERVED', flags: ['READ'] },
    ]).frame();
    const wrong = frame.findings.filter((f) => f.severity !== 'info');
    assert.ok(wrong.length > 0);
    assert.equal(frame.explain!.summary, `nothing was refused · ${counted(wrong.length, 'finding')} on the memory map`);
    assert.match(frame.chips.at(-1)!.text, new RegExp(`^${String(wrong.length)} (error|warning)`));
  });

  it('opens the card that the viewport names; the state stays where the cursor is', () => {
    const view = new HeapView(subject());
    const before = view.frame();
    view.look({ ...FIRST_VIEWPORT, explain: 'operation:4' });
    const { explain, moment, metrics } = view.frame();
    assert.match(explain!.card!.answer, /one aligned 2\u202fGiB chunk/);
    assert.match(explain!.markdown, /^### Why did malloc/);
    assert.deepEqual([moment, metrics], [before.moment, before.metrics]);
  });

  it('a ledger, whose last row is the total', () => {
    const view = new HeapView(subject());
    view.look({ ...FIRST_VIEWPORT, explain: 'ledger' });
    assert.equal(view.frame().explain?.ledger?.at(-1)?.kind, 'total');
  });

  it('a name that stands for nothing opens nothing', () => {
    const view = new HeapView(subject());
    for (const id of ['region:77', 'operation:0', 'boot', 'nonsense', '<b>']) {
      view.look({ ...FIRST_VIEWPORT, explain: id });
      assert.equal(view.frame().explain?.open, '', id);
    }
  });

  it('the refused step at the cursor is offered, and is what a copy holds', () => {
    const made = subject();
    const explanations = new Explanations(made.simulation);
    assert.equal(explanations.view().here, undefined);
    made.simulation.runToEnd();
    assert.equal(explanations.view().here?.id, 'operation:4');
    assert.match(explanations.copied().markdown, /^### Why did malloc/);
    made.simulation.seek({ operation: 2, step: 99 });
    assert.equal(explanations.view().here?.id, 'region:1');
  });

  it('without anything open, a copy holds a sentence a region and the ledger', () => {
    const { title, markdown } = new HeapView(subject()).explanation()!;
    assert.equal(title, 'what became of each region');
    assert.match(markdown, /\| 1 \| failed \| Refused by addmem/);
    assert.match(markdown, /\| Where the bytes went \| Size \| Bytes \|/);
  });

  it('the chip of a lost region leads to its card', () => {
    const chip = new HeapView(subject()).frame().chips.find((c) => c.text.startsWith('region 1 lost'));
    assert.equal(chip?.explain, 'region:1');
  });

  it('frames survive being sent', () => {
    const view = new HeapView(subject());
    view.look({ ...FIRST_VIEWPORT, explain: 'operation:4' });
    const { explain } = view.frame();
    assert.deepEqual(JSON.parse(JSON.stringify(explain)), explain);
  });
});
