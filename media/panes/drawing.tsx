// A drawing to scale: an axis, and rows of bars. Its text form is what a screen reader gets.

import type { CardDrawing } from '../../src/view/explain';

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

export function Drawing({ drawing }: { readonly drawing: CardDrawing }) {
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
    <div class="drawing" role="img" aria-label={spoken}>
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
      {drawing.rows.map((row) => (
        <div key={row.label} class={`drawing-row${row.marked === true ? ' marked' : ''}`}>
          <span class="drawing-label">{row.label}</span>
          <span class="drawing-bars">
            {row.bars.map((b, i) => (
              <span
                key={i}
                class={`bar bar-${b.look}`}
                title={b.text}
                style={{ left: percent(b.from), width: percent(Math.max(0, b.to - b.from)) }}
              >
                <span class="bar-text">{b.text}</span>
              </span>
            ))}
          </span>
          {row.end !== undefined && <span class="drawing-end">{row.end}</span>}
        </div>
      ))}
    </div>
  );
}
