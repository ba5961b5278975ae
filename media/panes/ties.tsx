// The lines that tie each shadow page to the frame behind it, measured where the cells stand.

import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { OscarView } from '../../src/view/own-oscar';
import { useSize } from '../hooks';

interface Tie {
  readonly path: string;
  readonly bold: boolean;
}

interface Drawn {
  readonly ties: readonly Tie[];
  readonly width: number;
  readonly height: number;
}

export function Ties({ view, content }: { readonly view: OscarView; readonly content: RefObject<HTMLDivElement | null> }) {
  const [drawn, setDrawn] = useState<Drawn>({ ties: [], width: 0, height: 0 });
  const { width } = useSize(content);
  useLayoutEffect(() => {
    if (content.current !== null) setDrawn(measured(content.current));
  }, [view, width]);
  return (
    <svg class="ties" width={drawn.width} height={drawn.height} aria-hidden="true">
      {drawn.ties.map(({ path, bold }, i) => (
        <path key={i} class={bold ? 'bold' : ''} d={path} />
      ))}
    </svg>
  );
}

function measured(content: HTMLDivElement): Drawn {
  const box = content.getBoundingClientRect();
  const frames = new Map<string, Element>();
  for (const e of content.querySelectorAll('[data-frame-of]')) frames.set(e.getAttribute('data-frame-of') ?? '', e);
  const ties: Tie[] = [];
  for (const shadow of content.querySelectorAll('[data-frame]')) {
    const frame = frames.get(shadow.getAttribute('data-frame') ?? '');
    if (frame === undefined) continue;
    const [from, to] = [shadow.getBoundingClientRect(), frame.getBoundingClientRect()];
    const x1 = from.left + from.width / 2 - box.left;
    const y1 = from.bottom - box.top;
    const x2 = to.left + to.width / 2 - box.left;
    const y2 = to.top - box.top;
    const middle = (y1 + y2) / 2;
    const path = `M${x1.toFixed(1)} ${y1.toFixed(1)} C${x1.toFixed(1)} ${middle.toFixed(1)} ${x2.toFixed(1)} ${middle.toFixed(1)} ${x2.toFixed(1)} ${y2.toFixed(1)}`;
    ties.push({ path, bold: shadow.classList.contains('selected') });
  }
  return { ties, width: content.scrollWidth, height: content.scrollHeight };
}
