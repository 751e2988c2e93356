/** Part of the content security policy: a test compares it with {@link PAGE_STYLE}. */
export const STYLE_HASH = 'sha256-YaISSrNG2390syCzJnABuvDUqiv7X1l4rcaczEIxvPc=';

/** Light and dark, 400 pixels to any width, and paper. Colours reach a contrast of 4.5 to 1 (WCAG AA). */
export const PAGE_STYLE = `
:root {
  --bg: #ffffff; --surface: #f6f8fa; --text: #1f2328; --muted: #57606a; --line: #d0d7de; --link: #0550ae; --dot: #4f6f8f;
  --fail: #b42318; --fail-bg: #fef1ef; --doubt: #8a4b00; --doubt-bg: #fff6e0; --good: #05603a; --good-bg: #e7f8ee;
  --info: #175cd3; --info-bg: #ecf4ff; --quiet-bg: #eaeef2; --track: #e3e8ed; --shade: #fbe3e0;
  --h1: #a50f15; --h2: #ef7a5e; --h3: #c9dcec; --h4: #8db8dc; --h5: #4a86bd;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --bg: #0d1117; --surface: #161b22; --text: #e6edf3; --muted: #9da7b3; --line: #30363d; --link: #79b8ff; --dot: #8fb3d6;
    --fail: #ff9a91; --fail-bg: #34100e; --doubt: #f2c063; --doubt-bg: #2f2207; --good: #6bd798; --good-bg: #0b2a1a;
    --info: #9ecbff; --info-bg: #0e2340; --quiet-bg: #262d36; --track: #2a313a; --shade: #34181a;
    --h1: #ff6b5f; --h2: #8f3d35; --h3: #22405c; --h4: #31689a; --h5: #5aa5e0;
  }
}
* { box-sizing: border-box; }
th, td, dt, dd, li, b, a, small, p > span { unicode-bidi: isolate; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 1560px; padding: 1.5rem clamp(1rem, 3vw, 3rem) 4rem; background: var(--bg); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1, h2, h3, h4, p, dl, figure, ul, ol { margin: 0; }
h1 { font-size: clamp(1.7rem, 4.5vw, 2.5rem); line-height: 1.15; letter-spacing: -0.02em; }
h2 { font-size: 1.35rem; margin: 2.75rem 0 0.75rem; letter-spacing: -0.01em; }
h3 { font-size: 1.05rem; margin: 1.25rem 0 0.5rem; }
h4, .minor { font-size: 0.95rem; margin: 0.9rem 0 0.25rem; }
h4 span, small { font-weight: 400; color: var(--muted); }
small { font-size: 0.85em; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.eyebrow { color: var(--muted); font-weight: 600; letter-spacing: 0.04em; margin-bottom: 0.35rem; }
.wrong-lead { color: var(--fail); font-weight: 600; font-size: 1.1rem; margin-top: 0.35rem; }
.run-note { font-size: 1.1rem; margin-top: 0.35rem; }
.when { color: var(--muted); margin: 0.35rem 0 1.1rem; display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
.lead { color: var(--muted); margin-bottom: 0.75rem; max-width: 75ch; }
.verdicts { display: block; border-radius: 4px; background: var(--track); }
.key-list { list-style: none; padding: 0; margin-top: 0.6rem; display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; }
i { display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.45em; background: var(--track); }
rect.fail { fill: var(--fail); } i.fail { background: var(--fail); }
rect.error, rect.busy, rect.cancelled, rect.not_reached { fill: var(--doubt); }
i.error, i.busy, i.cancelled, i.not_reached { background: var(--doubt); }
rect.busy, rect.cancelled, rect.not_reached { opacity: 0.6; } i.busy, i.cancelled, i.not_reached { opacity: 0.6; }
rect.pass { fill: var(--good); } i.pass { background: var(--good); }
rect.measured { fill: var(--info); } i.measured { background: var(--info); }
rect.skip { fill: var(--muted); opacity: 0.5; } i.skip { background: var(--muted); opacity: 0.5; }
nav { display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; margin-top: 1.25rem; padding: 0.6rem 0; border-block: 1px solid var(--line); }
.badge { display: inline-block; padding: 0 0.55em; border-radius: 1em; font-size: 0.8rem; font-weight: 600; white-space: nowrap;
  vertical-align: 0.1em; background: var(--quiet-bg); color: var(--text); }
.badge.fail { background: var(--fail-bg); color: var(--fail); }
.badge.error, .badge.busy, .badge.cancelled, .badge.not_reached { background: var(--doubt-bg); color: var(--doubt); }
.badge.pass { background: var(--good-bg); color: var(--good); }
.badge.measured { background: var(--info-bg); color: var(--info); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 1rem; align-items: start; }
.card { border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 8px; padding: 0.9rem 1.1rem; min-width: 0;
  background: var(--bg); }
.card.fail { border-left-color: var(--fail); }
.card.error, .card.busy, .card.cancelled, .card.not_reached { border-left-color: var(--doubt); }
.card h3 { margin: 0; font-size: 1.15rem; }
.card:target { outline: 2px solid var(--link); outline-offset: 3px; }
tr:has(:target) { background: var(--info-bg); }
.machine { color: var(--muted); font-size: 0.87rem; margin-top: 0.15rem; }
.shortfall + .shortfall { margin-top: 0.9rem; }
.says { border-left: 3px solid var(--fail); padding: 0.25rem 0.7rem; background: var(--fail-bg); color: var(--fail); font-weight: 600; }
.card p.error { margin-top: 0.6rem; }
.card.fail p.error, .card.error p.error { border-left: 3px solid var(--doubt); padding-left: 0.7rem; }
.note { color: var(--muted); margin-top: 0.5rem; font-size: 0.9rem; }
.advice { margin-top: 0.9rem; padding: 0.5rem 0.7rem; border-radius: 6px; background: var(--surface); font-size: 0.9rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9.7rem, 45%), 1fr)); gap: 0.35rem 0.8rem; margin-top: 0.35rem; }
dt { color: var(--muted); font-size: 0.8rem; line-height: 1.3; } dd { margin: 0; font-variant-numeric: tabular-nums; }
.shortfall dd { font-weight: 600; font-size: 0.95rem; }
.evidence dd { font-size: 0.92rem; }
.wide { display: grid; gap: 0.5rem; margin-top: 0.5rem; }
@media (min-width: 560px) { .wide > div { display: grid; grid-template-columns: 9.5rem 1fr; } .wide dt { padding-top: 0.15rem; } }
.differs { color: var(--doubt); }
.bar { display: block; margin-top: 0.35rem; overflow: visible; }
.bar .track { fill: var(--track); } .bar .value { fill: var(--fail); } .bar line { stroke: var(--text); stroke-width: 2; }
details { margin-top: 0.6rem; font-size: 0.9rem; } summary { cursor: pointer; color: var(--link); width: fit-content; }
pre { overflow: auto; max-height: 30rem; padding: 0.7rem; border-radius: 6px; background: var(--surface); font-size: 0.82rem; line-height: 1.4;
  overflow-wrap: normal; }
pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.9rem 0.35rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--muted); font-size: 0.8rem; white-space: nowrap; }
tbody th { white-space: nowrap; }
.servers tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.result { min-width: 16rem; } .bad { color: var(--fail); font-weight: 600; } table { overflow-wrap: break-word; }
.servers td:nth-child(3) { white-space: nowrap; }
@media (max-width: 640px) {
  .stack thead, .servers thead { display: none; }
  .stack tr, .servers tr { display: flex; flex-wrap: wrap; gap: 0 0.8rem; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  .stack th, .stack td, .servers th, .servers td { padding: 0; border: 0; text-align: left; white-space: normal; overflow-wrap: anywhere; }
  .stack th { flex: 1 0 100%; } .result { flex: 1 0 100%; min-width: 0; }
  tr[hidden] { display: none; }
}
tr.short th, tr.short td { color: var(--fail); font-weight: 600; }
thead button { all: unset; cursor: pointer; } thead button:focus-visible { outline: 2px solid var(--link); }
th[aria-sort] button { color: var(--text); font-weight: 600; }
th[aria-sort=ascending] button::after { content: " \\2191"; } th[aria-sort=descending] button::after { content: " \\2193"; }
.tools label { white-space: nowrap; display: flex; max-width: 100%; gap: 0.6rem; align-items: center; } .tools { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; align-items: center; margin-bottom: 0.6rem; color: var(--muted); }
input { font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--muted); border-radius: 6px; padding: 0.25rem 0.6rem;
  width: 20rem; min-width: 0; color: var(--text); }
.strips { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
.strips figure { min-width: 0; border: 1px solid var(--line); border-radius: 8px; padding: 0.8rem 1rem; }
.strip { display: block; margin-top: 0.3rem; }
.strip text { fill: var(--muted); font-size: 12px; } .strip .limit-text { fill: var(--text); }
.strip .axis { stroke: var(--line); } .strip .shade { fill: var(--shade); }
.strip .limit { stroke: var(--fail); stroke-width: 1.5; stroke-dasharray: 5 3; }
.strip circle { fill: var(--dot); fill-opacity: 0.65; }
.strip .short path, .strip circle.short { fill: var(--fail); } .strip .doubtful path, .strip circle.doubtful { fill: var(--doubt); }
.strip .outlier circle { fill: var(--bg); fill-opacity: 1; stroke: var(--dot); stroke-width: 2; }
.strip .on { stroke: var(--text); stroke-width: 2; fill-opacity: 1; }
.key { font-style: normal; } .key.short { color: var(--fail); } .key.doubtful { color: var(--doubt); } .key.outlier { color: var(--dot); font-weight: 700; }
.named { font-size: 0.88rem; margin-top: 0.35rem; }
.dot-name { display: block; min-height: 1.3em; font-size: 0.85rem; color: var(--muted); }
.dot-name:empty { min-height: 0; }
.values { columns: 15rem; padding-left: 2.6rem; margin-top: 0.4rem; }
.bands { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 0.6rem 1.4rem; }
.bands svg { display: block; } .bands rect { width: 2.5%; height: 12px; stroke: var(--bg); stroke-width: 1; }
.bands figcaption { color: var(--muted); font-size: 0.75rem; }
.h0 { fill: none; } .heat-key .h0 { background: none; outline: 1px solid var(--muted); outline-offset: -1px; } .h1 { fill: var(--h1); background: var(--h1); } .h2 { fill: var(--h2); background: var(--h2); }
.h3 { fill: var(--h3); background: var(--h3); } .h4 { fill: var(--h4); background: var(--h4); } .h5 { fill: var(--h5); background: var(--h5); }
.heat-key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; font-size: 0.85rem; }
.heat-key i { width: 1em; height: 1em; vertical-align: -0.1em; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .tools, .dot-name, details:not([open]) { display: none; }
  .card, figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  .cards, .strips { grid-template-columns: 1fr 1fr; } .scroll { overflow: visible; } pre { max-height: none; white-space: pre-wrap; }
  a { color: inherit; text-decoration: none; }
}
`;
