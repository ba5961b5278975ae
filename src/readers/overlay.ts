// Parts of a dump that overlap, made disjoint: the later one counts. A damaged file may have a hundred thousand of them, so this
// is a sweep over their borders with a heap of those that lie under it, not a comparison of each with each.

import type { Segment } from '../memory/image';

/** Disjoint segments in ascending order that hold the same bytes as `segments` laid over each other in order. Views, no copies. */
export function disjointSegments(segments: readonly Segment[]): Segment[] {
  const order = segments
    .map((segment, index) => ({ segment, index, end: segment.base + BigInt(segment.bytes.length) }))
    .filter((part) => part.segment.bytes.length > 0)
    .sort((a, b) => (a.segment.base < b.segment.base ? -1 : a.segment.base > b.segment.base ? 1 : 0));
  if (order.every((part, i) => i === 0 || order[i - 1]!.end <= part.segment.base)) return order.map((part) => part.segment);
  const disjoint: Segment[] = [];
  const heap = new Latest();
  let at = 0n;
  for (let next = 0; next < order.length || heap.top() !== undefined;) {
    const top = heap.top();
    if (top !== undefined && top.end <= at) {
      heap.pop();
      continue;
    }
    const border = order[next]?.segment.base;
    if (top === undefined || (border !== undefined && border <= at)) {
      at = border! > at ? border! : at;
      heap.push(order[next++]!);
      continue;
    }
    const end = border !== undefined && border < top.end ? border : top.end;
    add(disjoint, top.segment, at, end);
    at = end;
  }
  return disjoint;
}

/** Adds a part of a segment; one that goes on where the last one of the same segment ended makes that longer. */
function add(disjoint: Segment[], { base, bytes }: Segment, from: bigint, to: bigint): void {
  const last = disjoint.at(-1);
  const part = bytes.subarray(Number(from - base), Number(to - base));
  const goesOn =
    last !== undefined &&
    last.bytes instanceof Uint8Array &&
    part instanceof Uint8Array &&
    last.bytes.buffer === part.buffer &&
    last.base + BigInt(last.bytes.length) === from &&
    last.bytes.byteOffset + last.bytes.length === part.byteOffset;
  if (!goesOn) disjoint.push({ base: from, bytes: part });
  else {
    const whole = new Uint8Array(last.bytes.buffer, last.bytes.byteOffset, last.bytes.length + part.length);
    disjoint[disjoint.length - 1] = { base: last.base, bytes: whole };
  }
}

interface Part {
  readonly segment: Segment;
  readonly index: number;
  readonly end: bigint;
}

/** A binary heap with the latest part on top. */
class Latest {
  private readonly parts: Part[] = [];

  top(): Part | undefined {
    return this.parts[0];
  }

  push(part: Part): void {
    const { parts } = this;
    let i = parts.push(part) - 1;
    for (let parent = (i - 1) >> 1; i > 0 && parts[parent]!.index < part.index; parent = (i - 1) >> 1) {
      parts[i] = parts[parent]!;
      i = parent;
    }
    parts[i] = part;
  }

  pop(): void {
    const { parts } = this;
    const last = parts.pop();
    if (last === undefined || parts.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= parts.length) break;
      if (child + 1 < parts.length && parts[child + 1]!.index > parts[child]!.index) child++;
      if (parts[child]!.index < last.index) break;
      parts[i] = parts[child]!;
      i = child;
    }
    parts[i] = last;
  }
}
