// bbuddy's arithmetic, for those who ask why.

import type { Reasons } from '../reasoning';
import { addmemReasons, initReasons } from './region-reasons';
import { requestReasons } from './request-reasons';

export const reasons: Reasons = { init: initReasons, addmem: addmemReasons, request: requestReasons };
