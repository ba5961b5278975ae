export { looksLikeC } from './detect';
export { readCSource } from './reader';
export type { CContext } from './source';
