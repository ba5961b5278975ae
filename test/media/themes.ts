// The variables that VS Code gives a webview, for the four kinds of theme: Dark Modern, Light Modern and the two high-contrast ones.

import { COLOURS, variableOf } from '../../src/view/colours';

export const THEMES = ['dark', 'light', 'highContrast', 'highContrastLight'] as const;
export type Theme = (typeof THEMES)[number];

const DARK = {
  'editor-background': '#1f1f1f',
  'editor-foreground': '#cccccc',
  foreground: '#cccccc',
  descriptionForeground: '#9d9d9d',
  disabledForeground: '#8a8a8a',
  errorForeground: '#f85149',
  'editorWarning-foreground': '#cca700',
  focusBorder: '#0078d4',
  'panel-border': '#2b2b2b',
  'textLink-foreground': '#4daafc',
  'input-background': '#313131',
  'input-foreground': '#cccccc',
  'input-border': '#3c3c3c',
  'input-placeholderForeground': '#989898',
  'widget-border': '#454545',
  'toolbar-hoverBackground': '#5a5d5e50',
  'list-activeSelectionBackground': '#04395e',
  'list-activeSelectionForeground': '#ffffff',
  'list-inactiveSelectionBackground': '#37373d',
  'editorHoverWidget-background': '#202020',
  'editorHoverWidget-foreground': '#cccccc',
  'editorHoverWidget-border': '#454545',
  'editorWidget-background': '#202020',
  'editorWidget-foreground': '#cccccc',
  'sash-hoverBorder': '#0078d4',
};

const LIGHT = {
  ...DARK,
  'editor-background': '#ffffff',
  'editor-foreground': '#3b3b3b',
  foreground: '#3b3b3b',
  descriptionForeground: '#5f5f5f',
  disabledForeground: '#767676',
  errorForeground: '#c72e0f',
  'editorWarning-foreground': '#895503',
  focusBorder: '#005fb8',
  'panel-border': '#e5e5e5',
  'textLink-foreground': '#005fb8',
  'input-background': '#ffffff',
  'input-foreground': '#3b3b3b',
  'input-border': '#cecece',
  'input-placeholderForeground': '#767676',
  'widget-border': '#cecece',
  'toolbar-hoverBackground': '#b8b8b850',
  'list-activeSelectionBackground': '#d6e8fb',
  'list-activeSelectionForeground': '#000000',
  'list-inactiveSelectionBackground': '#e4e6f1',
  'editorHoverWidget-background': '#f8f8f8',
  'editorHoverWidget-foreground': '#3b3b3b',
  'editorHoverWidget-border': '#c8c8c8',
  'editorWidget-background': '#f8f8f8',
  'editorWidget-foreground': '#3b3b3b',
  'sash-hoverBorder': '#005fb8',
};

const HIGH_CONTRAST = {
  ...DARK,
  'editor-background': '#000000',
  'editor-foreground': '#ffffff',
  foreground: '#ffffff',
  descriptionForeground: '#ffffff',
  disabledForeground: '#a5a5a5',
  errorForeground: '#f48771',
  'editorWarning-foreground': '#ffd370',
  focusBorder: '#f38518',
  contrastBorder: '#6fc3df',
  contrastActiveBorder: '#f38518',
  'panel-border': '#6fc3df',
  'textLink-foreground': '#21a6ff',
  'input-background': '#000000',
  'input-foreground': '#ffffff',
  'input-border': '#6fc3df',
  'input-placeholderForeground': '#ffffff',
  'widget-border': '#6fc3df',
  'toolbar-hoverBackground': 'transparent',
  'list-activeSelectionBackground': 'transparent',
  'list-activeSelectionForeground': '#ffffff',
  'list-inactiveSelectionBackground': 'transparent',
  'editorHoverWidget-background': '#0c141f',
  'editorHoverWidget-foreground': '#ffffff',
  'editorHoverWidget-border': '#6fc3df',
  'editorWidget-background': '#0c141f',
  'editorWidget-foreground': '#ffffff',
  'sash-hoverBorder': '#f38518',
};

const HIGH_CONTRAST_LIGHT = {
  ...HIGH_CONTRAST,
  'editor-background': '#ffffff',
  'editor-foreground': '#292929',
  foreground: '#292929',
  descriptionForeground: '#292929',
  disabledForeground: '#6b6b6b',
  errorForeground: '#b5200d',
  'editorWarning-foreground': '#895503',
  focusBorder: '#006bbd',
  contrastBorder: '#0f4a85',
  contrastActiveBorder: '#006bbd',
  'panel-border': '#0f4a85',
  'textLink-foreground': '#0f4a85',
  'input-background': '#ffffff',
  'input-foreground': '#292929',
  'input-border': '#0f4a85',
  'input-placeholderForeground': '#292929',
  'widget-border': '#0f4a85',
  'list-activeSelectionForeground': '#292929',
  'editorHoverWidget-background': '#ffffff',
  'editorHoverWidget-foreground': '#292929',
  'editorHoverWidget-border': '#0f4a85',
  'editorWidget-background': '#ffffff',
  'editorWidget-foreground': '#292929',
  'sash-hoverBorder': '#006bbd',
};

const VARIABLES = { dark: DARK, light: LIGHT, highContrast: HIGH_CONTRAST, highContrastLight: HIGH_CONTRAST_LIGHT };

/** The class that VS Code gives the body. */
export const BODY_CLASS: Readonly<Record<Theme, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast vscode-high-contrast-light',
};

export function backgroundOf(theme: Theme): string {
  return VARIABLES[theme]['editor-background'];
}

/** All variables of a theme, name to value, contributed colours included. */
export function themeVariables(theme: Theme): Record<string, string> {
  const variables: Record<string, string> = {
    '--vscode-font-family': '"DejaVu Sans", sans-serif',
    '--vscode-font-size': '13px',
    '--vscode-editor-font-family': '"DejaVu Sans Mono", monospace',
  };
  for (const [name, value] of Object.entries(VARIABLES[theme])) variables[`--vscode-${name}`] = value;
  for (const { id, defaults } of COLOURS) {
    const preset = defaults[theme];
    variables[variableOf(id)] = preset.startsWith('#') ? preset : VARIABLES[theme].errorForeground;
  }
  return variables;
}
