// A drawing to scale: an axis, and rows of bars. Its text form is what a screen reader gets.

import { useRef } from 'preact/hooks';
import type { CardDrawing } from '../../src/view/explain';
import { textWidth } from '../canvas/surface';
import { useSize } from '../hooks';
import { currentPalette } from '../theme';

/** Pixels beside the bars, as in explain.css: labels at the left, ends at the right. */
const BESIDE = 108;

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

export function Drawing({ drawing }: { readonly drawing: CardDrawing }) {
  const body = useRef<HTMLDivElement>(null);
  const { width } = useSize(body);
  const font = `10px ${currentPalette().uiFont}`;
  const fits = (text: string, share: number) => textWidth(text, font) + 4 <= share * (width - BESIDE);
  const clear = clearTicks(drawing.ticks, Math.max(1, width - BESIDE));
  const spoken = drawing.rows
    .map(
      (r) =>
        `${r.label}: ${r.bars
          .map((b) => b.text)
          .filter((t) => t !== '')
          .join(', ')}`,
    )
    .join('; ');
  return (
    <div class="drawing" ref={body} role="img" aria-label={spoken}>
      <div class="drawing-axis">
        {clear.map((t) => (
          <span
            key={t.at}
            class={`code${t.last ? ' last' : ''}`}
            style={t.last ? { right: percent(1 - t.at) } : { left: percent(t.at) }}
          >
            {t.text}
          </span>
        ))}
      </div>
      {drawing.rows.map((row) => {
        // A text that does not fit its bar is never cut: it stands below, with the others of its row.
        const inside = row.bars.every((b) => fits(b.text, b.to - b.from));
        return (
          <div key={row.label} class={`drawing-row${row.marked === true ? ' asked' : ''}`}>
            <span class="drawing-label">{row.label}</span>
            <span class="drawing-bars">
              {row.bars.map((b, i) => (
                <span
                  key={i}
                  class={`bar bar-${b.look}`}
                  title={b.text}
                  style={{ left: percent(b.from), width: percent(Math.max(0, b.to - b.from)) }}
                >
                  {fits(b.text, b.to - b.from) && <span class="bar-text">{b.text}</span>}
                </span>
              ))}
            </span>
            {row.end !== undefined && <span class="drawing-end">{row.end}</span>}
            {!inside && (
              <span class="drawing-words">
                {row.bars
                  .filter((b) => b.text !== '')
                  .map((b) => b.text)
                  .join(' · ')}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Labels of the axis that do not run into each other, those at its ends first; towards its end they stand before their place. */
function clearTicks(ticks: CardDrawing['ticks'], width: number): { at: number; text: string; last: boolean }[] {
  const font = `12px ${currentPalette().codeFont}`;
  const all = ticks.map(({ at, text }) => {
    const [share, last] = [textWidth(text, font) / width, at > 0.85];
    return { at, text, last, from: last ? at - share : at, to: last ? at : at + share };
  });
  const taken: typeof all = [];
  for (const t of [...all.slice(0, 1), ...all.slice(-1), ...all.slice(1, -1)])
    if (taken.every((o) => t.from > o.to + 8 / width || t.to + 8 / width < o.from)) taken.push(t);
  return taken;
}
