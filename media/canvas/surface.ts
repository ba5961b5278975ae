// A canvas that is sharp at any device pixel ratio, and the textures that tell states apart without colour.

/** Gives the canvas the size of `width` × `height` CSS pixels, and a context whose unit is one CSS pixel. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  if (canvas.style.width !== `${String(width)}px`) canvas.style.width = `${String(width)}px`;
  if (canvas.style.height !== `${String(height)}px`) canvas.style.height = `${String(height)}px`;
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** `slack` leans right, `reserved` leans left, `kernel` stands, `unread` lies. */
export type Texture = 'slack' | 'reserved' | 'kernel' | 'unread';

const textures = new Map<string, CanvasPattern>();
/** What was asked for last: mostly it is asked for again, by thousands of blocks in a row, and a key for each is felt. */
let last: { readonly kind: Texture; readonly colour: string; readonly line: number; readonly ratio: number; readonly pattern: CanvasPattern } | undefined; // prettier-ignore

/** A texture in a colour; the same object for the same arguments. */
export function texture(context: CanvasRenderingContext2D, kind: Texture, colour: string, line: number): CanvasPattern {
  const ratio = window.devicePixelRatio || 1;
  if (last?.kind === kind && last.colour === colour && last.line === line && last.ratio === ratio) return last.pattern;
  const key = `${kind} ${colour} ${String(line)} ${String(ratio)}`;
  let pattern = textures.get(key);
  if (pattern === undefined) {
    if (textures.size > 64) textures.clear();
    pattern = context.createPattern(tile(kind, colour, line, ratio), 'repeat')!;
    pattern.setTransform(new DOMMatrix().scale(1 / ratio));
    textures.set(key, pattern);
  }
  last = { kind, colour, line, ratio, pattern };
  return pattern;
}

function tile(kind: Texture, colour: string, line: number, ratio: number): HTMLCanvasElement {
  const size = kind === 'unread' ? 4 : kind === 'kernel' ? 4 : 7;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.round(size * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(canvas.width / size, canvas.height / size);
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.beginPath();
  const lines: readonly (readonly [number, number, number, number])[] =
    kind === 'slack'
      ? [[-1, size + 1, size + 1, -1], [-1, 1, 1, -1], [size - 1, size + 1, size + 1, size - 1]]
      : kind === 'reserved'
        ? [[-1, -1, size + 1, size + 1], [-1, size - 1, 1, size + 1], [size - 1, -1, size + 1, 1]]
        : kind === 'kernel'
          ? [[size / 2, 0, size / 2, size]]
          : [[0, size / 2, size, size / 2]]; // prettier-ignore
  for (const [x0, y0, x1, y1] of lines) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
  return canvas;
}

/** Calls `draw` in the next animation frame, once however often it is asked for. */
export function onceAFrame(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

let ruler: CanvasRenderingContext2D | undefined;

/** Width of a text in pixels. */
export function textWidth(text: string, font: string): number {
  ruler ??= document.createElement('canvas').getContext('2d')!;
  ruler.font = font;
  return ruler.measureText(text).width;
}
