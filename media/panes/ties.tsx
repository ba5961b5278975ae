// The lines that tie each shadow page to the frame behind it, measured where the cells stand: thin below the cells, those of the chosen
// frame over them, its dead owners dashed.

import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { OscarView } from '../../src/view/own/oscar';
import { useSize } from '../hooks';

interface Tie {
  readonly path: string;
  readonly kind: '' | 'bold' | 'dead';
}

interface Drawn {
  readonly ties: readonly Tie[];
  readonly width: number;
  readonly height: number;
}

export function Ties({
  view,
  content,
  columns,
}: {
  readonly view: OscarView;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly columns: number;
}) {
  const [drawn, setDrawn] = useState<Drawn>({ ties: [], width: 0, height: 0 });
  const { width } = useSize(content);
  useLayoutEffect(() => {
    if (content.current !== null) setDrawn(measured(content.current));
  }, [view, width, columns]);
  const layer = (name: string, wanted: (tie: Tie) => boolean) => (
    <svg class={`ties ${name}`} width={drawn.width} height={drawn.height} aria-hidden="true">
      {drawn.ties.filter(wanted).map(({ path, kind }, i) => <path key={i} class={kind} d={path} />)}
    </svg>
  ); // prettier-ignore
  return (
    <>
      {layer('below', (t) => t.kind === '')}
      {layer('over', (t) => t.kind !== '')}
    </>
  );
}

function measured(content: HTMLDivElement): Drawn {
  const box = content.getBoundingClientRect();
  const frames = new Map<string, Element>();
  for (const e of content.querySelectorAll('[data-frame-of]')) frames.set(e.getAttribute('data-frame-of') ?? '', e);
  const ties: Tie[] = [];
  let end = 0;
  for (const shadow of content.querySelectorAll('[data-frame], .selected[data-was]')) {
    const dead = !shadow.hasAttribute('data-frame');
    const frame = frames.get(shadow.getAttribute(dead ? 'data-was' : 'data-frame') ?? '');
    if (frame === undefined) continue;
    const [from, to] = [shadow.getBoundingClientRect(), frame.getBoundingClientRect()];
    const [x1, y1] = [from.left + from.width / 2 - box.left, from.bottom - box.top];
    const [x2, y2] = [to.left + to.width / 2 - box.left, to.top - box.top];
    const middle = (y1 + y2) / 2;
    const path = `M${n(x1)} ${n(y1)} C${n(x1)} ${n(middle)} ${n(x2)} ${n(middle)} ${n(x2)} ${n(y2)}`;
    ties.push({ path, kind: dead ? 'dead' : shadow.classList.contains('selected') ? 'bold' : '' });
    end = Math.max(end, y2);
  }
  return { ties, width: content.clientWidth, height: Math.ceil(end) };
}

function n(value: number): string {
  return value.toFixed(1);
}
