// What a user asks to be taken to: an address or a step that was typed, the step that last changed a block.

import type { HeapSnapshot } from '../snapshot/snapshot';
import type { Cursor } from '../timeline/types';
import { counted, hex } from './numbers';
import type { Subject } from './subject';
import { LAST_STEP } from './viewport';
import { placeOf } from './place';

/** Where to go, and what to say. */
export interface Found {
  readonly address?: string;
  readonly cursor?: Cursor;
  readonly message: string;
}

/** An address, or `step 35`. */
export function findTyped(text: string, subject: Subject, snapshot: HeapSnapshot | undefined): Found {
  const typed = text.trim();
  const step = /^(?:step|#)\s*(\d+)(?:\.(\d+))?$/i.exec(typed);
  if (step !== null && subject.kind === 'simulation') {
    const operation = Number(step[1]);
    const { operationCount } = subject.simulation;
    if (operation > operationCount) return { message: `There are ${counted(operationCount, 'step')}.` };
    const cursor =
      operation === 0
        ? { operation: 0, step: 0 }
        : { operation: operation - 1, step: step[2] === undefined ? LAST_STEP : Number(step[2]) };
    return { cursor, message: `Step ${typed.replace(/^\D+/, '')}` };
  }
  const digits = typed.replace(/[\s_]/g, '');
  if (/^(0x)?[0-9a-f]{1,16}$/i.test(digits)) {
    const address = BigInt(/^0x/i.test(digits) ? digits : '0x' + digits);
    if (snapshot?.blocks.holding(address) === undefined) return { message: `${hex(address)} is in no block of this heap.` };
    return { address: hex(address), message: placeOf(snapshot, address).text };
  }
  return { message: typed === '' ? 'Type an address, a step or a filter.' : `“${typed}” is neither an address nor a step.` };
}

/** The step up to the cursor that last wrote into the block at an address. Looks through the whole run. */
export function findLastChange(address: string, subject: Subject, snapshot: HeapSnapshot | undefined): Found {
  if (subject.kind !== 'simulation') return { message: 'A dump has one moment only: it does not tell what changed before.' };
  const block = snapshot?.blocks.holding(BigInt(address));
  const base = block?.base ?? BigInt(address);
  const range = { base, end: snapshot !== undefined && block !== undefined ? snapshot.blocks.end(block.index) : base + 1n };
  const found = subject.simulation.lastChange(range, true);
  if (found === undefined || found === 'further') return { message: `Nothing has written to ${hex(base)} yet.` };
  const { title } = subject.simulation.info(found.operation);
  return { cursor: found, message: `${hex(base)} was last written by step ${String(found.operation + 1)}, ${title}` };
}
