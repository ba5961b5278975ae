// Sorts what was read by where it lies. Of a heap's thousands of objects no comparison should make a bigint.

import { toNumber } from '../../memory/address';

/** The kernel half of addresses goes behind the other; a double holds all of them exactly. */
const KERNEL = 2 ** 53;

/** The items in ascending order of an address each; equal ones keep their order. */
export function byAddress<T>(items: readonly T[], addressOf: (item: T) => bigint): T[] {
  const keys = new Float64Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const near = toNumber(addressOf(items[i]!));
    if (Math.abs(near) > KERNEL / 2) return exactly(items, addressOf);
    keys[i] = near < 0 ? near + KERNEL : near;
  }
  const order = Uint32Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]!);
  const sorted = new Array<T>(items.length);
  for (let i = 0; i < sorted.length; i++) sorted[i] = items[order[i]!]!;
  return sorted;
}

/** The same where damage has made addresses that a double rounds. */
function exactly<T>(items: readonly T[], addressOf: (item: T) => bigint): T[] {
  return [...items].sort((a, b) => {
    const [first, second] = [addressOf(a), addressOf(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
}
