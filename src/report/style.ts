// The report's style sheet: light, dark and paper.

export const STYLE = `
:root { color-scheme: light dark; --fg: #1f1f1f; --bg: #ffffff; --soft: #5f5f5f; --line: #d4d4d4; --error: #b5200d; --warning: #7a4c00; --good: #0a6650; }
@media (prefers-color-scheme: dark) { :root { --fg: #d4d4d4; --bg: #1f1f1f; --soft: #a8a8a8; --line: #444444; --error: #f98a7c; --warning: #e0b93c; --good: #4fc7a8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; font: 14px/1.45 system-ui, sans-serif; color: var(--fg); background: var(--bg); }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
summary h2 { display: inline-block; }
small { color: var(--soft); font-weight: normal; }
code { font: 13px/1.4 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-variant-ligatures: none; }
.chips { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0; padding: 0; list-style: none; }
.chips li { padding: .1rem .5rem; border: 1px solid var(--line); border-radius: 3px; }
.error { color: var(--error); border-color: var(--error) !important; }
.warning { color: var(--warning); border-color: var(--warning) !important; }
.good { color: var(--good); border-color: var(--good) !important; }
.absence { margin-top: 1rem; padding: .1rem 1rem 1rem; border: 2px solid var(--error); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: .15rem .75rem .15rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.figures { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure { margin: 0; overflow-x: auto; border: 1px solid var(--line); background: #ffffff; }
figure svg { display: block; width: 100%; min-width: 60rem; height: auto; }
footer { margin-top: 2rem; color: var(--soft); }
@media print { body { max-width: none; padding: 0; } .wide, figure { overflow: visible; } figure svg { min-width: 0; } tr { break-inside: avoid; } }
`;
