// Pictures of a pane, for the host to save.

import type { HostEvents, ClientEvents } from '../../src/protocol/messages';
import { endMotion } from '../panes/map/moving';
import { currentPalette } from '../theme';
import { marksOf } from './marks';
import { pngOf } from './png';
import { svgOf } from './svg';

export async function capture({ id, pane, format }: HostEvents['capture']): Promise<ClientEvents['captured']> {
  const element = document.querySelector<HTMLElement>(`[data-pane="${CSS.escape(pane)}"]`);
  if (element === null) return { id, problem: 'it is not shown' };
  if (element.classList.contains('folded')) return { id, problem: 'it is folded; open it first' };
  const { width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0) return { id, problem: 'it has no room' };
  try {
    const palette = currentPalette();
    endMotion();
    const marks = marksOf(element);
    const title = element.getAttribute('aria-label') ?? pane;
    const bytes =
      format === 'png'
        ? await pngOf(marks, width, height, palette.background)
        : await svgOf(marks, width, height, palette.background, title);
    return { id, bytes, colours: coloursOf(palette) };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** By the names that drawings have for them. */
function coloursOf(palette: ReturnType<typeof currentPalette>): Readonly<Record<string, string | boolean>> {
  const { light, background, foreground, description, error, free, used, metadata, changed, pinned, region, shades } = palette;
  const byNumber = Object.fromEntries(shades.map((colour, i) => [`shade${String(i + 1)}`, colour]));
  return { ...region, ...byNumber, light, background, foreground, description, error, free, used, metadata, changed, pinned };
}
