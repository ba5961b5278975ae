// The configuration that a capture was built with, read without our Kconfig reader: that has tests of its own.

import type { Config } from '../../src/regions/release';
import type { Capture } from './captures';

export function configOf(capture: Capture): Config {
  const config: Record<string, string> = {};
  for (const line of capture.text('kconfig-full.txt').split('\n')) {
    const found = /^(CONFIG_\w+)=(.*)$/.exec(line);
    if (found !== null) config[found[1]!] = found[2]!.replace(/^"|"$/g, '');
  }
  return config;
}
