// ukboot simulate: the boot on an input's regions, then a workload; what came out as text, JSON or SVG.

import { toBigInt, hex } from '../memory/address';
import type { Operation, RecordedOperation } from '../allocators/ukalloc';
import { readWorkload } from '../readers/workload';
import { checkDescriptors } from '../regions/checks';
import type { Descriptor } from '../regions/descriptor';
import { Simulation } from '../timeline/simulation';
import type { SimulationInput } from '../timeline/types';
import { givesPointer } from '../timeline/text';
import { recordedOf } from '../view/time/recording';
import { drawn, DRAWING_OPTIONS, formatOf, simulationSubject } from './drawing';
import { Exit, onlyInput, parseCommandLine, textOption, Unusable, type ExitStatus } from './command-line';
import { readText } from './files';
import { heapText } from './heap-text';
import { readInputFile, type Input } from './input';
import { operationJson, printJson } from './json';
import { problemText, regionsText } from './regions-text';
import { SETTING_OPTIONS, settingsFor } from './settings';

/** Mismatches that are listed. */
const MOST_MISMATCHES = 10;

export function simulate(args: readonly string[]): ExitStatus {
  const line = parseCommandLine(args, [...SETTING_OPTIONS, ...DRAWING_OPTIONS, 'workload'], [], ['set']);
  const format = formatOf(line);
  const path = onlyInput(line, 'simulate');
  const input = readInputFile(path);
  const { choices, assumed } = settingsFor(line, input.map);
  const workload = workloadOf(input, textOption(line, 'workload'));
  const simulation = Simulation.create({ map: input.map, ...choices, ...workload.input });
  const mismatches = [
    ...mismatchesOf(simulation, workload.input.workload, textOption(line, 'workload') ?? path),
    ...workload.contradictions,
  ];
  simulation.runToEnd();
  const snapshot = simulation.snapshot();

  const shown = drawn(line, simulationSubject(simulation, path, assumed));
  if (!shown && format === 'json') console.log(printJson(jsonOf(simulation)));
  else if (!shown) {
    const { map } = simulation.input;
    const recorded = recordedOf(simulation);
    const problems = checkDescriptors(map, choices.release, choices.arch, choices.config);
    const lines = [
      `ukboot on Unikraft ${choices.release}, ${choices.arch}, ${choices.allocator}`,
      ...assumed.map((a) => `  assumed: ${a} (the input does not say)`),
      '',
      ...regionsText(map.descriptors, choices.release, problems, simulation.finalDecisions()),
      ...input.map.problems.map((p) => `  ${problemText(p)}`),
      '',
      'Kernel log',
      ...simulation.lines().map((l) => `  ${l.level.padEnd(5)} ${l.lib}: ${l.text}`),
      '',
      ...(recorded === '' ? [] : [`Workload: ${recorded}`, '']),
      ...(snapshot === undefined ? [`No heap: ${simulation.outcome.message}`] : heapText(snapshot)),
    ];
    console.log(lines.join('\n'));
  }
  for (const text of mismatches.slice(0, MOST_MISMATCHES)) console.error(text);
  if (mismatches.length > MOST_MISMATCHES) console.error(`… and ${String(mismatches.length - MOST_MISMATCHES)} more mismatches`);
  if (simulation.outcome.kind !== 'heap') console.error(`ukboot: ${simulation.outcome.message}`);
  return mismatches.length > 0 || simulation.outcome.kind !== 'heap' ? Exit.doesNotHold : Exit.done;
}

export interface Workload {
  /** The operations after the boot, and whether the kernel's own allocations come before them. */
  readonly input: Pick<SimulationInput, 'after'> & { readonly workload: readonly RecordedOperation[] };
  /** What the recording says that cannot be. */
  readonly contradictions: readonly string[];
}

/** What `--workload` brings, or the input itself. */
export function workloadOf(input: Input, path: string | undefined): Workload {
  if (path === undefined) return { input: { workload: input.workload }, contradictions: [] };
  const { operations, format, problems } = readWorkload(readText(path));
  // A recording that frees what it never allocated contradicts itself or the simulation: that is a mismatch, the rest is replayed.
  const contradictions = problems.filter((p) => p.code === 'unknown-block');
  const wrong = problems.find((p) => (p.severity === 'error' && !contradictions.includes(p)) || p.code === 'freed-twice');
  if (wrong !== undefined) throw new Unusable(`${path}: ${problemText(wrong)}`);
  if (operations.length === 0) throw new Unusable(`${path}: no operations in it`);
  // What main() called was recorded after the kernel had taken what it needs; a golden trace's heap is fresh.
  const workload = operations.filter((o) => o.operation.op !== 'init');
  const after = format === 'heap-calls' ? true : format === 'alloc-trace' ? false : undefined;
  return {
    input: { workload, ...(after !== undefined && { after }) },
    contradictions: contradictions.map((p) => `${path}: ${problemText(p)}`),
  };
}

/**
 * Steps as the heap view counts them, from 1 and with the boot's own; and where the recording says it, as its lines are counted.
 *
 * @param path of the recording
 */
function mismatchesOf(simulation: Simulation, workload: readonly RecordedOperation[], path: string): string[] {
  const first = simulation.operationCount - workload.length;
  return simulation.mismatches().map((i) => {
    const { mismatch, title } = simulation.info(i);
    const line = workload[i - first]?.line;
    return `${line === undefined ? '' : `${path}: line ${String(line)}: `}step ${String(i + 1)}, ${title}: ${mismatch!}`;
  });
}

/** What `--format json` prints; `diff` reads it again. */
export function jsonOf(simulation: Simulation): Record<string, unknown> {
  const snapshot = simulation.snapshot();
  const decisions = simulation.finalDecisions();
  return {
    kind: 'simulation',
    allocator: simulation.input.allocator,
    release: simulation.input.release,
    arch: simulation.input.arch,
    outcome: simulation.outcome,
    regions: simulation.input.map.descriptors.map((d, i) => ({
      ...descriptorJson(d),
      decision: decisions[i]!.kind,
      reason: decisions[i]!.reason,
    })),
    log: simulation.lines().map((l) => l.text),
    ops: operationsJson(simulation),
    heap: snapshot === undefined ? null : hex(snapshot.heap),
    state: snapshot?.state ?? null,
    metrics: snapshot?.metrics ?? null,
    findings: snapshot?.findings ?? [],
    blocks: snapshot === undefined ? [] : blocksJson(snapshot.blocks),
  };
}

export function blocksJson(blocks: NonNullable<ReturnType<Simulation['snapshot']>>['blocks']): unknown[] {
  return Array.from({ length: blocks.length }, (_, i) => {
    const b = blocks.at(i);
    return {
      base: hex(b.base),
      size: b.size,
      state: b.state,
      ...(b.sizeClass >= 0 && { class: b.sizeClass }),
      ...(b.asked >= 0 && { asked: b.asked }),
    };
  });
}

export function descriptorJson(d: Descriptor): Record<string, unknown> {
  const fields = Object.entries(d.fields).map(([name, f]): [string, unknown] => {
    if (f.value === undefined) return [name, { unknown: f.text }];
    const small = name === 'type' || name === 'flags' || name === 'pg_count';
    return [name, small ? Number(f.value) : hex(f.value)];
  });
  return { ...Object.fromEntries(fields), ...(d.name !== undefined && { name: d.name }) };
}

/** The operations as trace lines with their results. */
function operationsJson(simulation: Simulation): unknown[] {
  const lines: unknown[] = [];
  for (let i = 0; i < simulation.operationCount; i++) {
    const recorded = simulation.recorded(i);
    if (recorded === undefined) continue;
    const { ret, err } = simulation.result(i);
    lines.push({ ...operationJson(recorded.operation), ...retJson(recorded.operation, ret), ...(err !== undefined && { err }) });
  }
  return lines;
}

function retJson(operation: Operation, ret: number | undefined): Record<string, unknown> {
  if (ret === undefined) return {};
  if (givesPointer(operation)) return { ret: ret === 0 ? null : hex(ret) };
  if (operation.op === 'availmem' || operation.op === 'maxalloc') return { ret: ret < 0 ? ret : hex(toBigInt(ret)) };
  return { ret };
}
