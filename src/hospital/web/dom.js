// SPDX-License-Identifier: GPL-3.0-or-later
// Elements are made here and only here: all words go in as text, never as markup.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function show(...children) {
  document.getElementById('app').replaceChildren(...children);
}

// The bar on top of each page; its title takes the focus, so that a screen reader says where we are.
export function header(title, { back = null, subtitle = null, action = null } = {}) {
  const heading = el('h1', { tabindex: '-1' }, title);
  const bar = el('header', { class: 'bar' },
    back ? el('a', { class: 'back', href: back, 'aria-label': '返回' }, '返回') : null,
    el('div', { class: 'titles' }, heading, subtitle),
    action);
  queueMicrotask(() => heading.focus({ preventScroll: true }));
  return bar;
}

let troubles = new Map();

// What is wrong at the moment, in a line that stays on top until it is right again.
export function trouble(key, text) {
  if (text) troubles.set(key, text);
  else troubles.delete(key);
  const line = document.getElementById('network');
  const next = [...troubles.values()][0] ?? '';
  if (line.textContent !== next) line.textContent = next;
  line.hidden = next === '';
}

export const emergency = () => el('p', { class: 'emergency' },
  '胸痛、喘不上气、说话不清、叫不醒：请马上拨打 ', el('a', { href: 'tel:120' }, '120'), '，不要等回复。');
