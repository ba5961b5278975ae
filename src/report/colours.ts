// The colours of a drawing: CSS colours, by what they stand for.

import { COLOURS } from '../view/colours';
import { NO_SHADE } from '../view/map/shades';
import type { RegionLook } from '../view/spans';

const SHADE_NAMES = ['shade1', 'shade2', 'shade3', 'shade4', 'shade5', 'shade6', 'shade7', 'shade8'] as const;
const NAMES = [
  'background', 'foreground', 'description', 'error', 'free', 'used', 'metadata', 'changed', 'pinned', 'reserved', 'kernel', 'stack',
  'cmdline', 'devicetree', 'initrd', 'device', ...SHADE_NAMES,
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

/** A colour as a browser computes it; what comes from outside is held against it. */
const COLOUR = /^(#[0-9a-f]{3,8}|(rgb|hsl|oklab|oklch|lab|lch|color)a?\([-\w\s.,%/]{1,80}\)|[a-z]{3,30})$/i;

/** The colours of the theme that is on; where one is missing or none, the preset's. */
export function themeColours(said: Readonly<Record<string, unknown>>): DrawingColours {
  const preset = presetColours(said.light === true ? 'light' : 'dark');
  return coloursOf((name) => {
    const colour = said[name];
    return typeof colour === 'string' && COLOUR.test(colour) ? colour : preset[name];
  });
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

/** The colour of a legend's entry; undefined for what keeps the colour of its state. */
export function shadeColour(shade: number, colours: DrawingColours): string | undefined {
  return shade === NO_SHADE ? undefined : colours[SHADE_NAMES[shade]!];
}
