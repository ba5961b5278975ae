// A dump held against its simulation, in a terminal.

import { hex } from '../memory/address';
import type { Held } from '../dumps/hold';
import type { ByteDifference } from '../dumps/hold-bytes';
import { bytesText, countText } from '../regions/text';
import { heldTitle, stepName } from '../view/held';

/** Lines of each kind that are printed. */
const MOST = 20;

export function heldText(held: Held, operations: number): string[] {
  const wrong = held.bytes.filter((b) => b.expected === undefined);
  const expected = held.bytes.length - wrong.length;
  return [
    heldTitle({ ...held, operations, wrong: wrong.length }),
    ...some(held.states, (s) => `  ${s.where}: simulated ${s.before}, in the dump ${s.after}`),
    ...some(held.calls, (c) => `  step ${stepName(c.operation)}: ${c.message}`),
    `${bytesText(held.compared)} that the allocator wrote and nobody else may have were compared: ${wrong.length === 0 ? 'none differs' : `${countText(wrong.length)} fields differ`}${held.more ? ', and more' : ''}${expected > 0 ? ` (${countText(expected)} differ as they must)` : ''}${held.absent > 0 ? `; ${bytesText(held.absent)} are not in the dump` : ''}.`,
    ...(held.first === undefined ? [] : ['First differing step', ...differenceText(held.first)]),
    ...(wrong.length === 0 ? [] : ['Differing fields, by address', ...some(wrong, (d) => differenceText(d).join('\n'))]),
  ];
}

function some<T>(items: readonly T[], text: (item: T) => string): string[] {
  const shown = items.slice(0, MOST).map(text);
  return items.length > MOST ? [...shown, `  … and ${countText(items.length - MOST)} more`] : shown;
}

function differenceText({ address, name, dump, simulated, operation, step, by }: ByteDifference): string[] {
  const what = name === undefined ? '' : ` ${name.structure} at ${hex(name.address)}, ${name.field}:`;
  return [
    `  ${hex(address)}${what} in the dump ${bytesHex(dump)}, simulated ${bytesHex(simulated)}`,
    `      written last by step ${stepName(operation, step)}: ${by}`,
  ];
}

/** Words of up to 8 bytes as one number, as they are read. */
function bytesHex(bytes: Uint8Array): string {
  return bytes.length <= 8 ? '0x' + Buffer.from(bytes).reverse().toString('hex') : Buffer.from(bytes).toString('hex');
}
