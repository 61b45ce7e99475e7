// How a page looks: light and dark as the reader's system is, on a phone as on a wide screen. Text
// has a contrast of 4.5 and more against what is behind it (WCAG AA); what a colour says a word and
// a sign say, too.
#pragma once

#include <string_view>

namespace kproof::page {

inline constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark;
  --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --shade: #f3f4f6; --line: #d0d7de;
  --good: #0a6b2d; --bad: #b3101c; --odd: #7a4b00; --mark: #fff1c2; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root {
  --ink: #e6edf3; --soft: #9da7b3; --paper: #0d1117; --shade: #161b22; --line: #30363d;
  --good: #56d364; --bad: #ff8a80; --odd: #e3b341; --mark: #4a3b00; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }
a { color: var(--link); }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.verdict { font-size: 1.15rem; margin: .25rem 0 1rem; padding: .5rem .75rem; border-left: .4rem solid; }
.verdict { white-space: pre-wrap; }
.soft { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); } .odd { color: var(--odd); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
thead th { white-space: nowrap; }
pre, code, kbd { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--shade); border: 1px solid var(--line); padding: .5rem; overflow-x: auto; margin: .5rem 0; }
pre .found { background: var(--mark); display: block; }
details { border: 1px solid var(--line); margin: .5rem 0; padding: 0 .75rem; }
summary { cursor: pointer; padding: .5rem 0; }
details[open] summary { border-bottom: 1px solid var(--line); margin-bottom: .5rem; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
svg .dot { fill: var(--link); fill-opacity: .6; } svg .median { stroke: var(--ink); stroke-width: 2; }
svg .axis { stroke: var(--line); }
@media (max-width: 40rem) { body { padding: .5rem; } dl { grid-template-columns: 1fr; } dt { margin-top: .25rem; } }
)";

}  // namespace kproof::page
