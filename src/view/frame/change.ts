// What of a frame crosses to the webview: the parts that differ from those of the frame before. Most of the panel stays as it is while
// the map moves, so most of it is neither sent nor drawn again.

import type { Frame } from './frame';

export interface FrameChange {
  readonly sequence: number;
  /** Parts that are new, or not as they were. */
  readonly parts: Partial<Frame>;
  /** Parts that stay as the webview has them; what is named nowhere is gone. */
  readonly same: readonly (keyof Frame)[];
}

/** @param before the frame that the webview has; undefined where it has none */
export function changeOf(before: Frame | undefined, now: Frame): FrameChange {
  const names = Object.keys(now) as (keyof Frame)[];
  const same = names.filter((name) => before !== undefined && name in before && isSame(before[name], now[name]));
  const parts = Object.fromEntries(names.filter((name) => !same.includes(name)).map((name) => [name, now[name]]));
  return { sequence: now.sequence, parts, same };
}

/** The frame that a change leads to. Parts that stay are the same objects as before. */
export function withChange(before: Frame | undefined, { parts, same }: FrameChange): Frame {
  return { ...Object.fromEntries(same.map((name) => [name, before?.[name]])), ...parts } as Frame;
}

/** Are two values of plain data equal? */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((value, i) => isSame(value, b[i]));
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && sameBytes(a, b);
  const [ours, theirs] = [a, b] as Readonly<Record<string, unknown>>[];
  const names = Object.keys(ours!);
  return (
    names.length === Object.keys(theirs!).length && names.every((name) => name in theirs! && isSame(ours![name], theirs![name]))
  );
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a.byteLength !== b.byteLength) return false;
  const [ours, theirs] = [a, b].map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  // A loop: a call for each byte of a map would be felt.
  for (let i = 0; i < ours!.length; i++) if (ours![i] !== theirs![i]) return false;
  return true;
}
