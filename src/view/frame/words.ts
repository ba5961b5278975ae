// What a frame says in words: title, chips, where in time it is, why there is no heap, and the sentence for screen readers.

import type { RegionMap } from '../../regions/descriptor';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import type { Chip, FindingRow, Frame, FrameInput, Moment } from './frame';
import { counted, hex, sizeText, spokenSize } from '../numbers';
import { isPartial, spokenSum } from '../partial';
import { placeReached } from '../time/step-rows';
import { atBorder, currentOperation, cursorText, operationsDone } from '../time/steps';
import type { Steppable, Subject } from '../subject';

export function titleOf(subject: Subject, snapshot: HeapSnapshot | undefined): string {
  if (snapshot !== undefined) return `Heap: ${snapshot.allocator} ${hex(snapshot.heap)}`;
  return subject.kind === 'simulation' ? `Heap: ${subject.simulation.input.allocator}` : 'Heap';
}

/** @param findings those of the heap and of the region list, as the panel lists them */
export function chipsOf({ subject, snapshot }: FrameInput, findings: readonly FindingRow[]): Chip[] {
  const allocator = snapshot?.allocator ?? (subject.kind === 'simulation' ? subject.simulation.input.allocator : 'no allocator');
  const plain = (text: string, tooltip: string): Chip => ({ kind: 'plain', text, tooltip });
  const chips = [
    plain(allocator, 'allocator'),
    plain(
      snapshot === undefined ? subject.release : `${subject.release} · ${snapshot.profile}`,
      'Unikraft release · profile of the allocator',
    ),
    plain(subject.arch, 'architecture'),
    plain(`source: ${subject.source}`, subject.title),
    ...(subject.assumptions ?? []).map((a): Chip => ({ kind: 'warning', text: a, tooltip: 'assumed, not read from the source' })),
  ];
  if (subject.kind === 'dump' && subject.partial !== undefined)
    chips.push({ kind: 'warning', text: subject.partial, tooltip: 'what was not read or looked at counts as not in the dump' });
  if (subject.kind === 'dump' && subject.stale !== undefined)
    chips.push({ kind: 'warning', text: subject.stale, tooltip: 'what is shown is of an earlier time' });
  if (subject.kind === 'simulation') {
    const lost = subject.simulation.decisions().filter((d) => d.kind === 'failed');
    for (const d of lost.slice(0, 3))
      chips.push({
        kind: 'error',
        text: lostText(d.region, subject.simulation.input.map),
        tooltip: `${d.reason} Click for the arithmetic.`,
        explain: `region:${String(d.region)}`,
      });
  }
  const chip = findingsChip(snapshot, findings);
  return chip === undefined ? chips : [...chips, chip];
}

/** `region 9 lost: 62.4 MiB` */
function lostText(region: number, map: RegionMap): string {
  const len = map.descriptors[region]?.fields.len?.value;
  return `region ${String(region)} lost${len === undefined ? '' : `: ${sizeText(len)}`}`;
}

function findingsChip(snapshot: HeapSnapshot | undefined, findings: readonly FindingRow[]): Chip | undefined {
  const tooltip = 'F8 goes to the next finding';
  const errors = findings.filter((f) => f.severity === 'error').length;
  const warnings = findings.filter((f) => f.severity === 'warning').length;
  if (errors > 0) return { kind: 'error', text: counted(errors, 'error'), tooltip };
  if (warnings > 0) return { kind: 'warning', text: counted(warnings, 'warning'), tooltip };
  if (snapshot === undefined) return undefined;
  if (snapshot.absent.length > 0)
    return { kind: 'warning', text: 'partial', tooltip: `${counted(snapshot.absent.length, 'range')} not in the dump` };
  return {
    kind: 'good',
    text: '✓ no findings',
    tooltip: 'the integrity walk and the checks of the region list found nothing wrong',
  };
}

export function momentOf(simulation: Steppable): Moment {
  const { cursor, operationCount, bootEnd } = simulation;
  const opened = currentOperation(cursor);
  const text = cursorText(simulation);
  return {
    cursor,
    operations: operationCount,
    bootEnd,
    ...text,
    stage:
      opened < 0
        ? 'before the boot'
        : (placeReached(simulation)?.text ??
          { list: 'region list', boot: 'boot', after: 'after boot', workload: 'workload' }[simulation.info(opened).phase]),
    atStart: cursor.operation === 0 && cursor.step === 0,
    atEnd: operationsDone(cursor) >= operationCount && atBorder(simulation),
  };
}

export function absenceOf(subject: Subject): Frame['absence'] {
  if (subject.kind === 'dump' && subject.partial !== undefined)
    return {
      title: 'No heap found yet',
      text: 'Not all of the source was looked at, and in what was there is no allocator.',
      line: subject.partial,
    };
  if (subject.kind === 'dump')
    return { title: 'No heap found', text: 'The source was read; there is no allocator in it.', line: subject.message ?? '' };
  const { simulation } = subject;
  const { outcome, bootEnd, cursor } = simulation;
  if (outcome.kind === 'heap' || operationsDone(cursor) < bootEnd || !atBorder(simulation))
    return {
      title: 'No heap yet',
      text: 'At this step the boot has not made a heap. Step forward to see it being made.',
      line: '',
    };
  return {
    title: outcome.kind === 'stopped' ? 'The kernel stops here' : 'No heap in this boot',
    text: outcome.kind === 'stopped' ? 'The boot ends with' : 'The kernel goes on without a heap:',
    line: outcome.message,
  };
}

/** `Step 35, pfree one page at 0x18a000. Free 62.3 mebibytes, plus 4 kibibytes.` */
export function spokenOf({ subject, snapshot, before }: FrameInput): string {
  const parts: string[] = [];
  if (subject.kind === 'simulation') {
    const { simulation } = subject;
    const opened = currentOperation(simulation.cursor);
    const step = simulation.cursor.step > 0 ? simulation.steps(opened)[simulation.cursor.step - 1]?.text : undefined;
    parts.push(
      opened < 0
        ? 'Before the boot.'
        : `Step ${cursorText(simulation).step}, ${simulation.info(opened).title}${step === undefined ? '' : `: ${step}`}.`,
    );
  }
  if (snapshot === undefined) parts.push('No heap.');
  else {
    const change = before === undefined ? 0 : snapshot.metrics.free - before.free;
    const words = change === 0 ? '' : `, ${change > 0 ? 'plus' : 'minus'} ${spokenSize(Math.abs(change))}`;
    parts.push(`Free ${spokenSum(snapshot.metrics.free, isPartial(snapshot))}${words}.`);
  }
  return parts.join(' ');
}
