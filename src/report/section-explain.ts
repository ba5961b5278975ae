// Why: the cards of what was refused, of each region that came to the heap, and of what else fits.

import type { Card } from '../explain/card';
import { drawingLines } from '../explain/drawing-text';
import { cardOf, cardTitles } from '../explain/index';
import type { Steppable } from '../view/subject';
import { countText } from '../view/numbers';
import { markup, type Markup } from './escape';
import { gridHtml, heading, rowHtml, textCell } from './html-table';
import type { Section } from './page';

const MOST_CARDS = 16;

export function explanationSection(simulation: Steppable): Section | undefined {
  const used = new Set(simulation.finalDecisions().flatMap((d) => (d.kind === 'init' || d.kind === 'addmem' ? [`region:${d.region}`] : []))); // prettier-ignore
  const titles = cardTitles(simulation).filter((t) => t.refused || used.has(t.id));
  if (titles.length === 0) return undefined;
  const cards = titles.slice(0, MOST_CARDS).flatMap((t) => cardOf(simulation, t.id) ?? []);
  const left = titles.length - MOST_CARDS;
  const rest = left > 0 ? markup`<p class="rest">And ${countText(left)} more: <code>ukboot explain</code> writes each of them.</p>` : markup``; // prettier-ignore
  return { id: 'explanations', title: 'Explanations', body: markup`${cards.map((c) => cardHtml(c))}${rest}` };
}

function cardHtml(card: Card): Markup {
  const kernel = card.kernel.length === 0 ? markup`` : markup`<pre>${card.kernel.join('\n')}</pre>`;
  const drawing = card.drawing === undefined ? markup`` : markup`<pre class="drawing">${drawingLines(card.drawing).join('\n')}</pre>`; // prettier-ignore
  const sums = card.sums.map((s) => markup`<li>${s.decides === true ? markup`<strong>${s.text}</strong>` : s.text}: ${s.note}</li>`); // prettier-ignore
  const change = card.change.map((c) => markup`<li>${c}</li>`);
  const whatIf = card.whatIf.map((w) => rowHtml([textCell(w.what), textCell(`${w.works ? '✓' : '✗'} ${w.result}`), textCell(w.note ?? '')])); // prettier-ignore
  const candidates = card.candidates.map((c) => rowHtml([textCell(c.what), textCell(c.became)]));
  return markup`<article><h3>${card.title}</h3><p>${card.answer}</p>${kernel}${drawing}
${sums.length === 0 ? markup`` : markup`<ol>${sums}</ol>`}
${candidates.length === 0 ? markup`` : gridHtml([heading('Candidate'), heading('What became of it')], candidates)}
${change.length === 0 ? markup`` : markup`<p>What would change it</p><ul>${change}</ul>`}
${whatIf.length === 0 ? markup`` : gridHtml([heading('What if'), heading('Result'), heading('Note')], whatIf)}</article>
`;
}
