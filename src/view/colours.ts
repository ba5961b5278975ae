// The colours that the extension contributes; package.json repeats them for VS Code, and a test holds the two together. Everything
// else comes from the theme. Each has a contrast of 4.5 : 1 or more against the editor background of its kind of theme.
//
// Used and free have nearly the same lightness: solid against hollow tells them apart, so free must never become a solid fill.

export interface ContributedColour {
  readonly id: string;
  readonly description: string;
  readonly defaults: {
    readonly dark: string;
    readonly light: string;
    readonly highContrast: string;
    readonly highContrastLight: string;
  };
}

const colour = (name: string, description: string, dark: string, light: string, highContrast: string, highContrastLight: string): ContributedColour => ({
  id: `ukboot.${name}`,
  description,
  defaults: { dark, light, highContrast, highContrastLight },
}); // prettier-ignore

export const COLOURS: readonly ContributedColour[] = [
  colour('free', 'Free memory of a heap: outlines, never a solid fill', '#3FB295', '#0E7C62', '#2CE6B4', '#00573F'),
  colour(
    'used',
    'Memory that was asked for, and hatched what is lost inside its block',
    '#4C9EEB',
    '#1C6FC9',
    '#6CBEFF',
    '#0A4AA0',
  ),
  colour('metadata', "The allocator's own memory", '#B794F0', '#7A48BE', '#DDB0FF', '#5A2A9C'),
  colour('changed', 'What the last step changed', '#F2C14E', '#B25E00', '#FFD602', '#8A4300'),
  colour('pinned', 'Bookmarks and the pinned step', '#E08CC0', '#A3316F', '#FF9CDA', '#8A1457'),
  colour('reserved', 'Reserved memory regions', '#8A8A8A', '#6F6F6F', '#C8C8C8', '#4A4A4A'),
  colour('kernel', 'Memory regions of the kernel image', '#DB7FA8', '#B03A6E', '#FF9CC4', '#8F1450'),
  colour('stack', 'Memory regions of boot stacks', '#E0955A', '#A85510', '#FFB27A', '#7A3600'),
  colour('cmdline', 'Memory regions of the command line', '#C8B84E', '#7A6A00', '#F4E27A', '#544800'),
  colour('devicetree', 'Memory regions of the device tree', '#C8B84E', '#7A6A00', '#F4E27A', '#544800'),
  colour('initrd', 'Memory regions of the initial RAM disk', '#97C45F', '#4A7A12', '#BDF080', '#2F5600'),
  colour('device', 'Memory regions of devices', '#8FA3D9', '#4B5FA8', '#B9C6FF', '#2B3A7A'),
  colour('shade1', 'Shade 1 of 8 of the map: the least order, age or the like first', '#A76FE0', '#9650D6', '#B26DF5', '#8F48CE'),
  colour('shade2', 'Shade 2 of 8 of the map: the least order, age or the like first', '#618FFC', '#3361E0', '#6996FD', '#2C59D7'),
  colour('shade3', 'Shade 3 of 8 of the map: the least order, age or the like first', '#03A6F3', '#07699C', '#00AEFE', '#0A618F'),
  colour('shade4', 'Shade 4 of 8 of the map: the least order, age or the like first', '#06BBBC', '#0F6768', '#1AC5C5', '#0A5E5E'),
  colour('shade5', 'Shade 5 of 8 of the map: the least order, age or the like first', '#4CCC72', '#03642C', '#32DA6E', '#025A27'),
  colour('shade6', 'Shade 6 of 8 of the map: the least order, age or the like first', '#C7C71D', '#535303', '#D4D400', '#4A4A04'),
  colour('shade7', 'Shade 7 of 8 of the map: the least order, age or the like first', '#FFC291', '#723E04', '#FFD5B4', '#643603'),
  colour('shade8', 'Shade 8 of 8 of the map: the least order, age or the like first', '#FFD2D1', '#8F0222', '#FEE9E8', '#7D031D'),
  colour(
    'lost',
    'Free memory that did not come to the heap',
    'errorForeground',
    'errorForeground',
    'errorForeground',
    'errorForeground',
  ),
];

/** `--vscode-ukboot-free`: the variable in which a webview finds a colour. */
export function variableOf(id: string): string {
  return '--vscode-' + id.replaceAll('.', '-');
}
