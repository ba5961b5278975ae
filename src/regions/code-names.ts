// Code names of the releases, moons of Saturn: what a banner or a configuration says where it gives no number.

import type { Release } from './release';

const CODE_NAMES: Readonly<Record<string, Release>> = {
  Titan: '0.2.0',
  Iapetus: '0.3.0',
  Rhea: '0.4.0',
  Tethys: '0.5.0',
  Dione: '0.6.0',
  Mimas: '0.7.0',
  Enceladus: '0.8.0',
  Hyperion: '0.9.0',
  Phoebe: '0.10.0',
  Janus: '0.11.0',
  Epimetheus: '0.12.0',
  Atlas: '0.13.0',
  Prometheus: '0.14.0',
  Pandora: '0.15.0',
  Telesto: '0.16.0',
  Calypso: '0.17.0',
  Helene: '0.18.0',
  Pan: '0.19.0',
  Kiviuq: '0.20.0',
  Ijiraq: '0.21.0',
};

/** The first release of that name. */
export function releaseNamed(codeName: string): Release | undefined {
  return Object.hasOwn(CODE_NAMES, codeName) ? CODE_NAMES[codeName] : undefined;
}

export const CODE_NAME_PATTERN = Object.keys(CODE_NAMES).join('|');
