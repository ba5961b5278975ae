// The colours of a drawing: CSS colours, by what they stand for.

import { COLOURS } from '../view/colours';
import type { RegionLook } from '../view/strip';

const NAMES = [
  'background', 'foreground', 'description', 'error', 'free', 'used', 'metadata', 'changed', 'reserved', 'kernel', 'stack', 'cmdline',
  'devicetree', 'initrd', 'device',
] as const; // prettier-ignore
type ColourName = (typeof NAMES)[number];

export type DrawingColours = Readonly<Record<ColourName, string>>;

/** What the theme has, and the extension does not contribute. */
const THEME = {
  light: { background: '#ffffff', foreground: '#1f1f1f', description: '#5c5c5c', error: '#b3261e' },
  dark: { background: '#1f1f1f', foreground: '#e0e0e0', description: '#a8a8a8', error: '#f48771' },
} as const;

function coloursOf(of: (name: ColourName) => string): DrawingColours {
  return Object.fromEntries(NAMES.map((n) => [n, of(n)])) as DrawingColours;
}

/** The colours of a theme of VS Code, for a drawing that stands alone. */
export function presetColours(kind: 'light' | 'dark'): DrawingColours {
  const own = new Map(COLOURS.map((c) => [c.id, c.defaults[kind]]));
  return coloursOf((name) => own.get(`ukboot.${name}`) ?? THEME[kind][name as keyof (typeof THEME)['light']]);
}

/** As variables, for a drawing in a page that says what they are. */
export const VARIABLE_COLOURS: DrawingColours = coloursOf((name) => `var(--${name})`);

/** The page's half of it. */
export function variableDeclarations(kind: 'light' | 'dark'): string {
  return Object.entries(presetColours(kind))
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}

export function regionColour(look: RegionLook, colours: DrawingColours): string {
  return look === 'unknown' ? colours.reserved : colours[look];
}
