// Colours for the canvases, read from the theme's variables and read again when the theme changes.

import { COLOURS, variableOf } from '../src/view/colours';
import { SHADES } from '../src/view/map/shades';
import type { RegionLook } from '../src/view/spans';

export interface Palette {
  readonly foreground: string;
  readonly background: string;
  readonly description: string;
  readonly border: string;
  readonly focus: string;
  readonly error: string;
  readonly link: string;
  readonly free: string;
  readonly used: string;
  readonly metadata: string;
  readonly changed: string;
  /** What tells orders, ages and owners apart, from the least on. */
  readonly shades: readonly string[];
  readonly pinned: string;
  readonly region: Readonly<Record<RegionLook, string>>;
  readonly highContrast: boolean;
  readonly light: boolean;
  readonly uiFont: string;
  readonly codeFont: string;
}

let palette: Palette | undefined;

/** The palette of the theme that is on now. */
export function currentPalette(): Palette {
  return (palette ??= readPalette());
}

/** Does the user want nothing to move, by the system's setting or by the editor's? */
export function movesLess(): boolean {
  return document.body.classList.contains('vscode-reduce-motion') || matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Calls back whenever the theme, its kind or the zoom of the editor changes; returns what stops it. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(() => {
    palette = undefined;
    changed();
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id'],
  });
  return () => observer.disconnect();
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const { classList } = document.body;
  const highContrast = classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light');
  const light = classList.contains('vscode-light') || classList.contains('vscode-high-contrast-light');
  const kind = highContrast ? (light ? 'highContrastLight' : 'highContrast') : light ? 'light' : 'dark';
  const read = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const foreground = read('--vscode-editor-foreground', read('--vscode-foreground', 'CanvasText'));
  const error = read('--vscode-errorForeground', foreground);
  const own = (name: string) => {
    const found = COLOURS.find((c) => c.id === `ukboot.${name}`)!;
    const preset = found.defaults[kind];
    return read(variableOf(found.id), preset.startsWith('#') ? preset : error);
  };
  return {
    foreground,
    background: read('--vscode-editor-background', 'Canvas'),
    description: read('--vscode-descriptionForeground', foreground),
    border: read('--vscode-panel-border', read('--vscode-contrastBorder', foreground)),
    focus: read('--vscode-focusBorder', foreground),
    error,
    link: read('--vscode-textLink-foreground', foreground),
    free: own('free'),
    used: own('used'),
    metadata: own('metadata'),
    changed: own('changed'),
    shades: Array.from({ length: SHADES }, (_, i) => own(`shade${String(i + 1)}`)),
    pinned: own('pinned'),
    region: {
      free: own('free'),
      reserved: own('reserved'),
      kernel: own('kernel'),
      stack: own('stack'),
      cmdline: own('cmdline'),
      devicetree: own('devicetree'),
      initrd: own('initrd'),
      device: own('device'),
      unknown: own('reserved'),
    },
    highContrast,
    light,
    uiFont: read('--vscode-font-family', 'sans-serif'),
    codeFont: read('--vscode-editor-font-family', 'monospace'),
  };
}
