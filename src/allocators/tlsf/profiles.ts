// lib-tlsf by release. The library has been the same since 0.6; 0.5 had one of its three patches only, which changes no byte.

import { intOf, profileFor, type Config, type Release } from '../../regions/release';
import { DEFAULT_LOG2_SLI, MAX_LOG2_SLI } from './layout';

export interface TlsfProfile {
  readonly name: string;
  readonly from: Release;
  /** 0.5: a pool that cannot be used is also told through printf. */
  readonly printsFailure: boolean;
}

const PROFILES: readonly TlsfProfile[] = [
  { name: 'T05', from: '0.5.0', printsFailure: true },
  { name: 'T06', from: '0.6.0', printsFailure: false },
];

/** Undefined before 0.5, which did not have this library. */
export function tlsfProfile(release: Release): TlsfProfile | undefined {
  return profileFor(PROFILES, release);
}

export const LOG2_SLI = 'CONFIG_TLSF_LOG2_SLI';

/** L, the log2 of the number of columns; `problem` says why a configured value cannot be used, and the default stands for it. */
export function log2Sli(config: Config): { readonly value: number; readonly problem?: string } {
  const value = intOf(config, LOG2_SLI, DEFAULT_LOG2_SLI);
  if (value >= 0 && value <= MAX_LOG2_SLI) return { value };
  return {
    value: DEFAULT_LOG2_SLI,
    problem: `${LOG2_SLI}=${String(value)} makes no table that a kernel could hold; ${String(DEFAULT_LOG2_SLI)}, the default, is used here`,
  };
}
