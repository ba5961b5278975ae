import './activation.test';
import './hovers.test';
import './diagnostics.test';
import './simulate.test';
import './explain.test';
import './dumps.test';
import './debug-session.test';
import './what-if.test';
