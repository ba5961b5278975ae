// What holding a dump against its simulation found, in words.

import type { Held } from '../../dumps/hold';
import type { ByteDifference } from '../../dumps/hold-bytes';
import { counted, hex } from '../../view/numbers';
import { heldTitle, stepName } from '../../view/held';
import type { HeldRow, HeldView } from '../../view/held';

export function heldView(held: Held, operations: number): HeldView {
  const wrong = held.bytes.filter((b) => b.expected === undefined).length;
  const same = held.exact && wrong === 0 && held.calls.length === 0;
  const title = heldTitle({ ...held, operations, wrong });
  return {
    same,
    title,
    lines: [
      `${counted(held.compared, 'byte')} that only the allocator writes were compared.`,
      ...(held.absent > 0 ? [`${counted(held.absent, 'byte')} of what it wrote are not in the dump.`] : []),
      ...held.calls.map((c) => `Step ${stepName(c.operation)}: ${c.message}`),
      ...(held.more ? ['More fields differ than are listed.'] : []),
    ],
    first:
      held.first === undefined
        ? ''
        : `First differing step: ${stepName(held.first.operation, held.first.step)}, ${held.first.by}`,
    states: held.states.map(({ where, before, after }) => ({ where, simulated: before, dump: after })),
    rows: held.bytes.map(rowOf),
  };
}

function rowOf(difference: ByteDifference): HeldRow {
  const { address, name, dump, simulated, by, expected } = difference;
  return {
    address: hex(address),
    name: name === undefined ? '' : `${name.structure} · ${name.field}`,
    dump: bytesText(dump),
    simulated: bytesText(simulated),
    step: stepName(difference.operation, difference.step),
    by,
    expected: expected ?? '',
  };
}

/** A word as a number, other bytes one by one. */
function bytesText(bytes: Uint8Array): string {
  if (bytes.length > 8) return Array.from(bytes.subarray(0, 16), (b) => b.toString(16).padStart(2, '0')).join(' ');
  return `0x${[...bytes]
    .reverse()
    .map((b) => b.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^0+(?=.)/, '')}`;
}
