// A pane as a list of marks: what of its document is to be seen, where, and in which style. Read from the layout that the browser made,
// so a picture of it is the pane as it looks.

/** A rectangle in CSS pixels, from the pane's corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type Mark =
  | { readonly kind: 'fill'; readonly box: Box; readonly colour: string; readonly radius: number }
  | { readonly kind: 'hatch'; readonly box: Box; readonly colour: string; readonly angle: number }
  | { readonly kind: 'line'; readonly from: Point; readonly to: Point; readonly colour: string; readonly width: number; readonly dashed: boolean }
  | { readonly kind: 'text'; readonly x: number; readonly y: number; readonly text: string; readonly font: string; readonly colour: string }
  | { readonly kind: 'path'; readonly box: Box; readonly points: readonly Point[]; readonly stroke: string; readonly width: number; readonly closed: boolean }
  | { readonly kind: 'canvas'; readonly box: Box; readonly canvas: HTMLCanvasElement }; // prettier-ignore

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A mark, how solid it is, and what of it is not scrolled away or cut off. */
export interface Placed {
  readonly mark: Mark;
  readonly opacity: number;
  readonly clip: Box;
}

/** What is pressed or said, and not part of the picture. */
const LEFT_OUT = 'button.tool, .twistie, .unseen, .hover, .drop-hint, script, style';

export function marksOf(pane: HTMLElement): Placed[] {
  const origin = pane.getBoundingClientRect();
  const reader = new Reader(origin);
  reader.element(pane, { x: 0, y: 0, w: origin.width, h: origin.height }, 1);
  return reader.found;
}

class Reader {
  readonly found: Placed[] = [];
  private readonly origin: DOMRect;

  constructor(origin: DOMRect) {
    this.origin = origin;
  }

  element(element: Element, outer: Box, outerOpacity: number): void {
    const style = getComputedStyle(element);
    if (element.matches(LEFT_OUT) || style.display === 'none' || style.visibility === 'hidden') return;
    const opacity = outerOpacity * Number(style.opacity);
    if (opacity === 0) return;
    const box = this.boxOf(element.getBoundingClientRect());
    const inside = style.display === 'contents' ? outer : intersection(outer, box);
    const clips = style.overflow !== 'visible' && style.display !== 'contents';
    const clip = clips ? inside : outer;
    if (clip.w <= 0 || clip.h <= 0) return;
    const add = (mark: Mark): void => void this.found.push({ mark, opacity, clip: outer });
    if (element instanceof SVGElement) {
      this.drawing(element, clip, opacity);
      return;
    }
    background(box, style, add);
    borders(box, style, add);
    if (element instanceof HTMLCanvasElement) {
      add({ kind: 'canvas', box, canvas: element });
      return;
    }
    if (element instanceof HTMLInputElement) this.input(element, box, style, add);
    if (element instanceof HTMLSelectElement)
      this.words(element.selectedOptions[0]?.textContent ?? '', box, style, style.color, add);
    this.generated(element, '::before', box, add);
    if (!(element instanceof HTMLSelectElement))
      for (const child of element.childNodes) {
        if (child instanceof Element) this.element(child, clip, opacity);
        else if (child instanceof Text) this.text(child, style, clip, opacity);
      }
  }

  private boxOf({ left, top, width, height }: DOMRect): Box {
    return { x: left - this.origin.left, y: top - this.origin.top, w: width, h: height };
  }

  /** A text node, a run a line: the browser has broken it already. */
  private text(node: Text, style: CSSStyleDeclaration, clip: Box, opacity: number): void {
    if (node.data.trim() === '') return;
    const range = document.createRange();
    const lines: { text: string; box: DOMRect }[] = [];
    for (const word of node.data.matchAll(/\S+\s*/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].trimEnd().length);
      const box = range.getBoundingClientRect();
      const last = lines.at(-1);
      if (last !== undefined && Math.abs(last.box.top - box.top) < 2) last.text += word[0];
      else lines.push({ text: word[0], box });
    }
    const { x, y, w, h } = clip;
    for (const { text, box } of lines) {
      const at = this.boxOf(box);
      if (at.x > x + w || at.y > y + h || at.y + at.h < y) continue;
      const mark = textMark(text.trimEnd(), at.x, at, style, style.color);
      this.found.push({ mark, opacity, clip });
    }
  }

  private input(element: HTMLInputElement, box: Box, style: CSSStyleDeclaration, add: (mark: Mark) => void): void {
    const shown = element.value === '' ? element.placeholder : element.value;
    const colour = element.value === '' ? getComputedStyle(element, '::placeholder').color : style.color;
    this.words(shown, box, style, colour, add);
  }

  private words(text: string, box: Box, style: CSSStyleDeclaration, colour: string, add: (mark: Mark) => void): void {
    if (text !== '') add(textMark(text, box.x + parseFloat(style.paddingLeft || '0') + 1, box, style, colour));
  }

  /** Icons are letters of a font, put there by the style sheet. */
  private generated(element: Element, which: '::before', box: Box, add: (mark: Mark) => void): void {
    const style = getComputedStyle(element, which);
    const content = /^"(.+)"$/.exec(style.content)?.[1];
    if (content !== undefined) add(textMark(content, box.x, box, style, style.color));
  }

  /** The small drawings inside of the document: heartbeats of gaps, and sparklines. */
  private drawing(element: SVGElement, clip: Box, opacity: number): void {
    if (element instanceof SVGGeometryElement) {
      const matrix = element.getScreenCTM();
      const style = getComputedStyle(element);
      if (matrix === null || style.stroke === 'none') return;
      const length = element.getTotalLength();
      const steps = Math.max(1, Math.min(400, Math.ceil(length / 1.5)));
      const points = Array.from({ length: steps + 1 }, (_, i) => {
        const { x, y } = element.getPointAtLength((i * length) / steps).matrixTransform(matrix);
        return { x: x - this.origin.left, y: y - this.origin.top };
      });
      const box = this.boxOf(element.getBoundingClientRect());
      this.found.push({
        mark: { kind: 'path', box, points, stroke: style.stroke, width: parseFloat(style.strokeWidth), closed: false },
        opacity,
        clip,
      });
      return;
    }
    for (const child of element.children) if (child instanceof SVGElement) this.drawing(child, clip, opacity);
  }
}

function intersection(a: Box, b: Box): Box {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return { x, y, w: Math.min(a.x + a.w, b.x + b.w) - x, h: Math.min(a.y + a.h, b.y + b.h) - y };
}

function background(box: Box, style: CSSStyleDeclaration, add: (mark: Mark) => void): void {
  if (box.w <= 0 || box.h <= 0) return;
  if (!isClear(style.backgroundColor))
    add({ kind: 'fill', box, colour: style.backgroundColor, radius: parseFloat(style.borderRadius) || 0 });
  const gradient = /^(repeating-)?linear-gradient\(((-?\d+)deg)?/.exec(style.backgroundImage);
  if (gradient === null) return;
  const colour = [...style.backgroundImage.matchAll(/(?:rgba?|color|oklab)\([^()]*\)/g)]
    .map((c) => c[0])
    .find((c) => !isClear(c));
  if (colour === undefined) return;
  if (gradient[1] !== undefined) add({ kind: 'hatch', box, colour, angle: Number(gradient[3] ?? 45) });
  // The only plain gradient is a corner: half of its box.
  else add({ kind: 'fill', box: { x: box.x + box.w / 2, y: box.y, w: box.w / 2, h: box.h / 2 }, colour, radius: 0 });
}

function borders(box: Box, style: CSSStyleDeclaration, add: (mark: Mark) => void): void {
  const { x, y, w, h } = box;
  const side = (width: string, colour: string, kind: string, from: (half: number) => Point, to: (half: number) => Point): void => {
    const size = parseFloat(width);
    if (size > 0 && kind !== 'none' && kind !== 'hidden' && !isClear(colour))
      add({ kind: 'line', from: from(size / 2), to: to(size / 2), colour, width: size, dashed: kind === 'dashed' || kind === 'dotted' });
  }; // prettier-ignore
  side(style.borderTopWidth, style.borderTopColor, style.borderTopStyle, (d) => ({ x, y: y + d }), (d) => ({ x: x + w, y: y + d })); // prettier-ignore
  side(style.borderBottomWidth, style.borderBottomColor, style.borderBottomStyle, (d) => ({ x, y: y + h - d }), (d) => ({ x: x + w, y: y + h - d })); // prettier-ignore
  side(style.borderLeftWidth, style.borderLeftColor, style.borderLeftStyle, (d) => ({ x: x + d, y }), (d) => ({ x: x + d, y: y + h })); // prettier-ignore
  side(style.borderRightWidth, style.borderRightColor, style.borderRightStyle, (d) => ({ x: x + w - d, y }), (d) => ({ x: x + w - d, y: y + h })); // prettier-ignore
}

function isClear(colour: string): boolean {
  return colour === 'transparent' || /[,/]\s*0\)$/.test(colour);
}

let ruler: CanvasRenderingContext2D | undefined;

/** A text whose line is in the middle of a box. */
function textMark(text: string, x: number, box: Box, style: CSSStyleDeclaration, colour: string): Mark {
  ruler ??= document.createElement('canvas').getContext('2d')!;
  const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  ruler.font = font;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = ruler.measureText(text);
  const written = style.textTransform === 'uppercase' ? text.toUpperCase() : text;
  return { kind: 'text', x, y: box.y + (box.h - up - down) / 2 + up, text: written, font, colour };
}
