/** Part of the content security policy: a test compares it with {@link PAGE_SCRIPT}. */
export const SCRIPT_HASH = 'sha256-ilSDuRJMyR4dBJdYezrQ0nG1XUg9+P1lQ/ABgug9o8A=';

/**
 * What the page can do besides: a filter and sorting for the table of servers, and the arrow keys in a strip of dots, which
 * is one tab stop. Without it, all values are in lists.
 */
export const PAGE_SCRIPT = `
'use strict';
for (const table of document.querySelectorAll('table.servers')) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const words = rows.map((row) => row.textContent.toLowerCase());
  const tools = document.createElement('div');
  tools.className = 'tools';
  const label = document.createElement('label');
  const input = document.createElement('input');
  const shown = document.createElement('output');
  input.type = 'search';
  input.placeholder = 'name, class, verdict or text';
  label.append('Filter ', input);
  tools.append(label, shown);
  table.parentElement.before(tools);
  const filter = () => {
    const wanted = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, index) => {
      row.hidden = !wanted.every((word) => words[index].includes(word));
      if (!row.hidden) count += 1;
    });
    shown.textContent = wanted.length === 0 ? '' : count + ' of ' + rows.length;
  };
  input.addEventListener('input', filter);
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    const keyOf = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent;
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const each of table.tHead.rows[0].cells) each.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const compare = new Intl.Collator('en', { numeric: true }).compare;
      const sorted = rows.slice().sort((a, b) => compare(keyOf(a), keyOf(b)) * (down ? -1 : 1));
      body.append(...sorted);
    });
  });
}
for (const strip of document.querySelectorAll('svg.strip')) {
  const name = strip.closest('figure').querySelector('.dot-name');
  const xOf = (title) => parseFloat(title.parentElement.getAttribute('cx') ?? title.parentElement.getAttribute('x'));
  let titles = null;
  let at = 0;
  let marked = null;
  const show = (title) => {
    if (marked) marked.classList.remove('on');
    marked = title === null ? null : title.parentElement;
    if (marked) marked.classList.add('on');
    name.textContent = title === null ? '' : title.textContent;
  };
  strip.tabIndex = 0;
  strip.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step === undefined || event.target !== strip) return;
    event.preventDefault();
    titles ??= Array.from(strip.querySelectorAll('title')).sort((a, b) => xOf(a) - xOf(b));
    at = marked === null ? (step > 0 ? 0 : titles.length - 1) : Math.min(Math.max(at + step, 0), titles.length - 1);
    show(titles[at]);
  });
  strip.addEventListener('blur', () => show(null));
  strip.addEventListener('pointerover', (event) => {
    const title = event.target.parentElement.querySelector(':scope > title') ?? event.target.querySelector(':scope > title');
    if (title !== null && event.target !== strip) show(title);
  });
}
`;
