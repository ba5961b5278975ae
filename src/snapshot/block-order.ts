// Blocks in the order of their addresses. Decoders give them area by area or list by list, so that ascending runs are long and few:
// they are merged.

/**
 * The permutation that sorts 64-bit addresses; equal ones keep their order. Undefined where they are sorted.
 *
 * @param halves the two halves of each address, the lower one first
 */
export function orderOf(halves: Uint32Array, length: number): Uint32Array | undefined {
  const isAbove = (a: number, b: number): boolean => {
    const high = halves[a * 2 + 1]! - halves[b * 2 + 1]!;
    return high > 0 || (high === 0 && halves[a * 2]! > halves[b * 2]!);
  };
  let ends: number[] = [];
  for (let i = 1; i < length; i++) if (isAbove(i - 1, i)) ends.push(i);
  if (ends.length === 0) return undefined;
  ends.push(length);
  let from = Uint32Array.from({ length }, (_, i) => i);
  let to = new Uint32Array(length);
  while (ends.length > 1) {
    const merged: number[] = [];
    for (let run = 0; run < ends.length; run += 2) {
      const middle = ends[run]!;
      const end = ends[run + 1] ?? middle;
      let left = run === 0 ? 0 : ends[run - 1]!;
      let right = middle;
      for (let at = left; at < end; at++) {
        const takesRight = left >= middle || (right < end && isAbove(from[left]!, from[right]!));
        to[at] = from[takesRight ? right++ : left++]!;
      }
      merged.push(end);
    }
    [from, to] = [to, from];
    ends = merged;
  }
  return from;
}
