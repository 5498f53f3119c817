// SPDX-License-Identifier: GPL-3.0-or-later
// The answer box: words, and a picture or PDF with them.

import { el } from './dom.js';
import { sizeWords, whyNot } from './files.js';
import { draftOf, keepDraft } from './outbox.js';

// The file that was picked, with a button that takes it away again.
function picker() {
  const input = el('input', { type: 'file', id: 'file', class: 'hidden', accept: 'image/*,application/pdf', tabindex: '-1' });
  const chip = el('p', { class: 'picked' });
  const error = el('p', { class: 'error', role: 'alert' });
  const button = el('button', { class: 'attach', type: 'button', 'aria-label': '发照片或 PDF', onclick: () => input.click() }, '照片');
  const self = { input, chip, error, button, file: null };

  self.take = (file) => {
    self.file = file;
    input.value = '';
    error.textContent = '';
    chip.replaceChildren(...(file ? [`${file.name || '照片'} · ${sizeWords(file.size)} `,
      el('button', { class: 'quiet', type: 'button', onclick: () => self.take(null) }, '不发这个')] : []));
  };
  input.addEventListener('change', () => {
    const [file] = input.files;
    if (!file) return;
    const reason = whyNot(file);
    self.take(reason ? null : file);
    if (reason) error.textContent = reason;
  });
  return self;
}

// send: (text, file or null) → a promise; what was written stays until it is kept.
export function composer(place, send) {
  const area = el('textarea', { id: 'answer', rows: '2', maxlength: '2000', placeholder: '在这里写给医生的话' });
  const button = el('button', { class: 'primary', type: 'submit' }, '发送');
  const pick = picker();
  const grow = () => { area.style.height = 'auto'; area.style.height = `${Math.min(area.scrollHeight + 4, 220)}px`; };
  const form = el('form', { class: 'composer', onsubmit: async (event) => {
    event.preventDefault();
    const text = area.value.trim();
    if (!text && !pick.file) { area.focus(); return; }
    const { file } = pick;
    area.value = '';
    pick.take(null);
    keepDraft(place, null);
    grow();
    try {
      await send(text, file);
    } catch {
      form.take(text);
      pick.take(file);
      pick.error.textContent = '手机里放不下这个文件了，请清理出一些空间再发。';
    }
  } }, pick.error, pick.chip, el('div', { class: 'row' }, pick.button, pick.input,
    el('label', { for: 'answer', class: 'hidden' }, '写给医生的话'), area, button));
  area.value = draftOf(place) ?? '';
  area.addEventListener('input', () => { keepDraft(place, area.value); grow(); });
  form.take = (text) => {
    area.value = area.value && text ? `${text}\n${area.value}` : text || area.value;
    keepDraft(place, area.value);
    grow();
    area.focus();
  };
  requestAnimationFrame(grow);
  return form;
}
