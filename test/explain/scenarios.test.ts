// What users reported, as the examples that ship: the log lines of the reports come out, and the cards say why.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '../../src/explain/card';
import { cardOf, cardTitles } from '../../src/explain';
import { ledgerOf } from '../../src/explain/ledger';
import type { LedgerKind } from '../../src/explain/ledger-kinds';
import { readInput } from '../../src/readers/input';
import type { Release } from '../../src/regions/release';
import { assume, known } from '../../src/timeline/choices';
import { Simulation } from '../../src/timeline/simulation';

const ROOT = join(__dirname, '../..');
const FILES = readdirSync(join(ROOT, 'examples')).filter((f) => f.startsWith('scenario-'));

function scenario(number: number, release?: Release): Simulation {
  const file = FILES.find((f) => f.startsWith(`scenario-${number}-`))!;
  const { map, workload } = readInput(file, readFileSync(join(ROOT, 'examples', file)));
  assert.deepEqual(map.problems, [], 'the file is read without a problem');
  const { choices } = assume(known([{ from: 'the input', hints: map.hints }]), map);
  return Simulation.create({ map, ...choices, ...(release && { release }), workload });
}

function texts(simulation: Simulation): string[] {
  return simulation.lines().map((l) => l.text);
}

function bytes(simulation: Simulation, kind: LedgerKind): bigint {
  return ledgerOf(simulation).entries.find((e) => e.kind === kind)?.bytes ?? 0n;
}

/** The first card of those that ask to be explained. */
function firstCard(simulation: Simulation): Card {
  return cardOf(simulation, cardTitles(simulation).find((t) => t.refused)!.id)!;
}

describe('scenarios: the reports come out', () => {
  it('1: malloc of 1 GiB out of 4 GiB', () => {
    const simulation = scenario(1);
    assert.ok(texts(simulation).includes('12000: Cannot handle palloc request of order 19: Out of memory'));
    assert.ok(texts(simulation).includes('Memory 000100000000-000180000000 outside mapped area'));
    const card = firstCard(simulation);
    assert.match(card.answer, /one aligned 2\u202fGiB chunk .* cannot hold one/);
    assert.ok(card.sums.some((s) => s.text === 'highest non-empty list: 17'));
    assert.equal(bytes(simulation, 'outside-mapping'), 2n << 30n);
    const last = simulation.operationCount - 1;
    assert.notEqual(simulation.result(last).ret, 0, 'the largest that works');
  });

  it('2: a one-page region', () => {
    const simulation = scenario(2);
    const line = '11000: Failed to add memory region 322000-323000: Not enough space after applying page alignments';
    assert.ok(texts(simulation).includes(line));
    assert.equal(simulation.outcome.kind, 'heap');
    assert.deepEqual(firstCard(simulation).kernel, [line]);
    assert.equal(bytes(simulation, 'refused'), 4096n);
  });

  it('3: no allocator', () => {
    const simulation = scenario(3);
    assert.equal(texts(simulation).filter((t) => t === 'Failed to initialize memory allocator').length, 1);
    assert.equal(simulation.outcome.kind, 'stopped');
    const card = firstCard(simulation);
    assert.equal(card.candidates.length, 4);
    assert.match(card.candidates[1]!.became, /TLSF did not initialise on it/);
  });

  it('4: miscounted metadata, and its mending', () => {
    const simulation = scenario(4);
    assert.ok(texts(simulation).includes('Initialize binary buddy allocator 150000'));
    assert.equal(bytes(simulation, 'lost'), 4096n);
    assert.ok(simulation.snapshot()!.findings.some((f) => f.code === 'list-bitmap-mismatch'));
    const sums = cardOf(simulation, 'region:1')!.sums.map((s) => s.note);
    assert.ok(sums.some((n) => /1 page more cut into chunks than the bitmap/.test(n)));
  });

  it('5: 6 GiB, of which 3 are above the hole', () => {
    const simulation = scenario(5);
    assert.ok(texts(simulation).includes('Memory 000100000000-0001c0000000 outside mapped area'));
    assert.equal(bytes(simulation, 'outside-mapping'), 3n << 30n);
    const heap = bytes(simulation, 'heap');
    assert.ok(heap > 2n << 30n && heap < 3n << 30n);
  });

  it('5 in 0.9 and 0.10: one entry, up to 1 GiB and 4 GiB', () => {
    assert.ok(bytes(scenario(5, '0.9.0'), 'heap') < 1n << 30n);
    const heap = bytes(scenario(5, '0.10.0'), 'heap');
    assert.ok(heap > 2n << 30n && heap < 3n << 30n);
  });

  it('each has its page, which is linked', () => {
    const index = readFileSync(join(ROOT, 'docs/scenarios/README.md'), 'utf8');
    assert.equal(FILES.length, 5);
    for (const file of FILES) {
      const page = `${file.replace('scenario-', '').replace('.ukboot.json', '')}.md`;
      assert.ok(existsSync(join(ROOT, 'docs/scenarios', page)), page);
      assert.ok(index.includes(`(${page})`) && index.includes(file), page);
    }
    assert.ok(readFileSync(join(ROOT, 'README.md'), 'utf8').includes('docs/scenarios/README.md'));
  });
});
