// What the page does where scripts may run: a filter of its cells, and their logs, which stand
// compressed at its end (logs.hpp). What a guest printed is put into the page as text alone.
'use strict';
(() => {

const make = (name, css, ...content) => {
  const element = document.createElement(name);
  if (css) element.className = css;
  element.append(...content);  // strings become text
  return element;
};
const all = (query, within = document) => [...within.querySelectorAll(query)];
const cells = all('details.cell');
const summaryOf = cell => cell.querySelector(':scope > summary');
const count = number => number.toLocaleString('en');

// ---- The fragment: "#cell-k/l1/mm/x:kmsg:L12?s:fail", each part may be missing.

const readFragment = () => {
  const [, id, role, line, filter] =
      /^#?([^:?]*)(?::([^:?]*))??(?::L(\d+))?(?:\?(.*))?$/s.exec(location.hash) || [];
  let text = (filter || '').replaceAll('+', ' ');
  try { text = decodeURIComponent(text); } catch { /* typed by hand: it is what it is */ }
  return {id, role, line: Number(line), filter: text};
};
const written = filter => !filter ? '' :
    '?' + encodeURIComponent(filter).replaceAll('%20', '+').replaceAll('%3A', ':').replaceAll('%2C', ',');
const replaceFragment = hash => history.replaceState(null, '', hash);

// ---- The filter: "s:fail,crash k:6.1 t:l1 c:mprotect !flaky "bad pud"", all of which must hold.

const texts = new Map();
const textOf = cell => {
  if (!texts.has(cell)) texts.set(cell, cell.textContent.toLowerCase());
  return texts.get(cell);
};
const kTags = ['expected', 'unexpected', 'flaky', 'differs'];
// "6.1" is no part of "6.12".
const partOf = (text, value) => {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
    if (!/\d\d/.test((text[at - 1] || '') + value[0]) &&
        !/\d\d/.test(value.at(-1) + (text[at + value.length] || ''))) return true;
  return false;
};
const says = (cell, key, value) =>
    key === 's' || (!key && kTags.includes(value))
        ? cell.dataset.s.split(' ').some(word => word.startsWith(value))
        : key ? partOf(cell.dataset[key].toLowerCase(), value) : textOf(cell).includes(value);
const unfinished = /(^|\s)(!|!?[sktc]:)(?=\s|$)/g;
const termsOf = text => [...text.toLowerCase().replace(unfinished, ' ').matchAll(/(!?)(?:([sktc]):)?(?:"([^"]*)"?|(\S+))/g)]
    .map(([, not, key, quoted, word]) => {
      const values = quoted === undefined ? word.split(',').filter(Boolean) : [quoted];
      return cell => values.some(value => says(cell, key, value)) !== Boolean(not);
    });

const field = make('input');
const counts = make('span');
counts.setAttribute('role', 'status');

const tell = shown => {
  const verdicts = new Map();
  for (const cell of shown) {
    const verdict = cell.dataset.s.split(' ')[0];
    verdicts.set(verdict, (verdicts.get(verdict) || 0) + 1);
  }
  const parts = [...verdicts].map(([verdict, number]) => `${count(number)} ${verdict}`);
  counts.textContent = `${count(shown.length)} of ${count(cells.length)} cells` +
      (parts.length ? ': ' + parts.join(', ') : '');
};

const apply = () => {
  const terms = termsOf(field.value);
  for (const cell of cells) cell.hidden = !terms.every(holds => holds(cell));
  const shown = cells.filter(cell => !cell.hidden);
  const groups = new Set(shown.map(cell => cell.dataset.of));
  for (const section of all('section.cells'))
    section.hidden = !section.querySelector('details.cell:not([hidden])');
  for (const row of all('.matrix tbody tr')) {
    const places = all('td[data-of]', row);
    for (const place of places) place.classList.toggle('other', !groups.has(place.dataset.of));
    row.hidden = places.every(place => place.classList.contains('other'));
  }
  tell(shown);
};

const addFilter = () => {
  field.type = 'search';
  field.spellcheck = false;
  field.placeholder = 'Filter: s:fail k:6.1 t:l1 c:mprotect !flaky text';
  field.setAttribute('aria-label', 'Filter cells');
  field.addEventListener('input', () => { apply(); replaceFragment('#' + written(field.value)); });
  const keys = [['/', 'filter'], ['j', 'next'], ['k', 'previous'], ['Enter', 'open']];
  const help = make('span', 'soft', ...keys.flatMap(([key, does]) => [make('kbd', '', key), ` ${does} `]));
  document.getElementById('filter')?.append(field, make('p', '', counts, help));
};

// ---- Logs.

const dataOf = path => document.querySelector(`script[data-path="${CSS.escape(path)}"]`);

const linesOf = async data => {
  const bytes = Uint8Array.from(atob(data.textContent), letter => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(plain).text()).split('\n').slice(0, -1);
};

// A record of /dev/kmsg as dmesg shows it.
const readable = line => line.replace(/^\d+,\d+,(\d+),[^;]*;/,
    (_, usec) => `[${(usec / 1e6).toFixed(6).padStart(12)}] `);

// "[    1.234567] L2 text" of a timeline: a column for each level.
const fillLevels = (row, line) => {
  const [, time, level, text] = /^\[ *([\d.]+)\] L(\d+) (.*)$/s.exec(line) || [line, '', '1', line];
  const place = make('span', '', text);
  place.style.gridColumn = Number(level) + 2;
  place.dataset.level = `L${level} `;
  row.append(make('span', '', time), place);
};

const rangesOf = text => text.split(' ').map(range => range.split('-').map(Number));

// What a line says in every boot: without times, addresses and numbers.
const gist = line => readable(line).replace(/^\[[ \d.]+\](\[[ \w]+\])? */, '')
    .replace(/\b(?:0x)?[\da-f]*\d[\da-f]*\b/gi, '#');

// All lines that the page has, in chunks, which a browser lays out when they are to be seen.
const fill = (box, lines, pieces, found, add) => {
  let next = 0, behind = 0;
  for (const [first, last] of pieces) {
    if (first > behind + 1) box.append(make('p', 'gap', `${count(first - behind - 1)} lines are not in this page`));
    behind = last;
    for (let start = first; start <= last; start += 200) {
      const chunk = make('div', 'chunk');
      for (let number = start; number <= Math.min(last, start + 199); ++number) {
        const row = make('div', 'row', make('a', '', String(number)));
        row.dataset.line = number;
        if (found(number, lines[next])) row.classList.add('found');
        add(row, lines[next++]);
        chunk.append(row);
      }
      box.append(chunk);
    }
  }
};

const linkTo = (cell, role) => {
  const links = all('.files a', cell);
  return role ? links.find(link => link.textContent === role) : links[0];
};

const closeLog = cell => cell.querySelector(':scope > .log')?.remove();

// The lines of a log that findings are of. A timeline has those of all levels by their words alone.
const foundIn = (cell, path, role) => {
  const ranges = all('a[data-lines]', cell).filter(place => place.getAttribute('href') === path)
      .flatMap(place => rangesOf(place.dataset.lines));
  if (role !== 'timeline') return number => ranges.some(([from, to]) => from <= number && number <= to);
  const words = line => readable(line).replace(/^\[[ \d.]+\](\[[ \w]+\])? (L\d+ )?/, '');
  const said = new Set(all('pre.found', cell).flatMap(text => text.textContent.split('\n')).map(words));
  return (_, line) => words(line) !== '' && said.has(words(line));
};

const fillTimeline = (box, lines, ...rest) => {
  const levels = Math.max(1, ...lines.map(line => Number(/^\[ *[\d.]+\] L(\d+) /.exec(line)?.[1] || 1)));
  const names = Array.from({length: levels}, (_, i) => make('span', '', `L${i + 1}`));
  box.classList.add('levels');
  box.style.setProperty('--levels', levels);
  box.append(make('div', 'row head', make('span', '', 'line'), make('span', '', 'seconds'), ...names));
  fill(box, lines, ...rest, fillLevels);
};

// Of a log, `path`: its lines in a box, and which lines these are.
const boxOf = async (path, fillBox) => {
  const data = dataOf(path), pieces = rangesOf(data.dataset.lines), lines = await linesOf(data);
  const box = make('div', 'lines');
  box.tabIndex = 0;
  fillBox(box, lines, pieces);
  const kept = pieces.map(([from, to]) => `${count(from)} to ${count(to)}`).join(', ');
  const file = make('a', '', 'the file');
  file.href = path;
  return {box, lines, told: [` lines ${kept} of ${count(Number(data.dataset.of))}; `, file]};
};

const plainRow = (row, line) => row.append(make('span', '', readable(line)));

// The log of the last run in which the cell passed, to stand beside: lines that only one of the two
// has are marked in both.
const lastGoodOf = (cell, role) =>
    all('.good-files a', cell).find(link => link.textContent === role && dataOf(link.getAttribute('href')));
const markOthers = (box, lines, others) => {
  const known = new Set(others.map(gist));
  all('.row', box).forEach((row, at) => row.classList.toggle('only', !known.has(gist(lines[at]))));
};
const standBeside = async (own, link) => {
  const good = await boxOf(link.getAttribute('href'),
      (box, lines, pieces) => fill(box, lines, pieces, () => false, plainRow));
  markOthers(own.box, own.lines, good.lines);
  markOthers(good.box, good.lines, own.lines);
  const title = link.closest('p').firstChild.textContent.replace(/:\s*$/, ';');
  own.box.classList.add('own');
  return [make('div', 'panes', own.box, make('div', 'then', make('p', '', title, ...good.told), good.box))];
};

const openLog = async (cell, link) => {
  const path = link.getAttribute('href'), role = link.textContent, found = foundIn(cell, path, role);
  const own = await boxOf(path, (box, lines, pieces) => role === 'timeline'
      ? fillTimeline(box, lines, pieces, found)
      : fill(box, lines, pieces, found, plainRow));
  for (const number of all('.row > a', own.box)) number.href = `#${cell.id}:${role}:L${number.textContent}`;
  const close = make('button', '', 'close');
  close.addEventListener('click', () => { closeLog(cell); link.focus(); });
  const good = role === 'timeline' ? undefined : lastGoodOf(cell, role);
  const log = make('section', 'log', make('p', '', close, make('strong', '', role), ...own.told),
      ...(good ? await standBeside(own, good) : [own.box]));
  log.dataset.role = role;
  log.setAttribute('aria-label', `${role} of ${cell.dataset.c}`);
  closeLog(cell);
  cell.append(log);
  return log;
};

// The last line at or before `row` that the log beside has, too: from there on they part. What was
// said several times is found as the same time.
const showBeside = (log, row) => {
  const gistOf = one => gist(one.lastChild.textContent);
  const rows = all('.own .row', log);
  const before = rows.slice(0, rows.indexOf(row) + 1);
  const common = before.findLast(one => !one.classList.contains('only'));
  if (!common) return;
  const alike = one => gistOf(one) === gistOf(common);
  const others = all('.then .row', log).filter(alike);
  const other = others[Math.min(before.filter(alike).length, others.length) - 1];
  const pane = other?.closest('.lines');
  // Not scrollIntoView(), which would move the page as well.
  if (pane) pane.scrollTop += other.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 2;
};

// The line, or where it would be.
const showLine = (log, line) => {
  const rows = all('.row[data-line]', log.querySelector('.lines'));
  const row = rows.find(one => Number(one.dataset.line) >= line) || rows.at(-1);
  for (const old of all('.row.here', log)) old.classList.remove('here');
  if (!row) return;
  if (Number(row.dataset.line) === line) row.classList.add('here');
  showBeside(log, row);
  row.scrollIntoView({block: 'center'});
  row.querySelector('a').focus({preventScroll: true});
};

// ---- What a reader does.

const follow = async () => {
  const place = readFragment();
  if (place.filter) field.value = place.filter;
  else if (field.value) replaceFragment(location.hash + written(field.value));
  apply();
  const cell = cells.find(one => one.id === place.id);
  if (!cell) return;
  cell.hidden = false;
  cell.open = true;
  const link = place.line || place.role ? linkTo(cell, place.role) : undefined;
  if (!link || !dataOf(link.getAttribute('href'))) return cell.scrollIntoView();
  const shown = cell.querySelector(':scope > .log');
  const log = shown?.dataset.role === link.textContent ? shown : await openLog(cell, link);
  if (place.line) showLine(log, place.line); else log.scrollIntoView({block: 'nearest'});
};

// A link to a log opens it here, unless it is not in the page or wanted elsewhere.
document.addEventListener('click', event => {
  const link = event.target.closest?.('.cell a[href]');
  if (!link || link.closest('.log') || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const cell = link.closest('.cell'), path = link.getAttribute('href');
  const named = link.closest('.good-files') ? linkTo(cell, link.textContent)
      : all('.files a', cell).find(other => other.getAttribute('href') === path);
  if (!named || !dataOf(named.getAttribute('href'))) return;
  event.preventDefault();
  const line = link.dataset.lines ? `:L${rangesOf(link.dataset.lines)[0][0]}` : '';
  const hash = `#${cell.id}:${named.textContent}${line}${written(field.value)}`;
  if (hash === location.hash) follow(); else location.hash = hash;
});

const move = step => {
  const shown = cells.filter(cell => !cell.hidden);
  const at = shown.indexOf(document.activeElement?.closest('.cell'));
  const next = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step];
  if (!next) return;
  summaryOf(next).focus({preventScroll: true});
  next.scrollIntoView({block: 'nearest'});
};

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === field) {
    if (event.key === 'Escape') field.blur();
    if (event.key === 'Enter') move(1);
  } else if (event.key === '/') {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === 'j' || event.key === 'k') {
    move(event.key === 'j' ? 1 : -1);
  }
});

addFilter();
field.value = readFragment().filter;
apply();
addEventListener('hashchange', follow);
document.addEventListener('DOMContentLoaded', follow);  // the logs are behind this script

})();
