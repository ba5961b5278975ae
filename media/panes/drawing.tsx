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
        {drawing.ticks
          .filter((_, i, all) => all.length <= 3 || i % 2 === 0)
          .map((t) => (
            <span
              key={t.at}
              class={`code${t.at > 0.85 ? ' last' : ''}`}
              style={t.at > 0.85 ? { right: percent(1 - t.at) } : { left: percent(t.at) }}
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
