// All benchmarks, in the order in which they run.

import { workloads as bbuddy } from './bbuddy';
import { workloads as dumps } from './dumps';
import { workloads as mimalloc } from './mimalloc';
import { workloads as oscar } from './oscar';
import { workloads as timeline } from './timeline';
import { workloads as tinyalloc } from './tinyalloc';
import { workloads as tlsf } from './tlsf';
import type { Workload } from './workload';

export const workloads: readonly Workload[] = [...bbuddy, ...tlsf, ...tinyalloc, ...mimalloc, ...oscar, ...timeline, ...dumps];
