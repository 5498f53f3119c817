// SPDX-License-Identifier: GPL-3.0-or-later
// What was said in a consultation and the answer box, wherever they are shown: the thread's page, beside a visit.

import { session } from './auth.js';
import { bubble, fromHospital, relations, time, unsentBubble } from './bubbles.js';
import { composer } from './composer.js';
import { el } from './dom.js';
import { create, read, search, update } from './fhir.js';
import { isUploading, stopUpload } from './files.js';
import { again, draftOf, flushAWhile, keepDraft, put, takeBack, waiting } from './outbox.js';
import { LOCAL_ID, codeOf, codeSystem, dayWords, extension, isOver, stateWords } from './words.js';

const localId = (resource) => resource.identifier?.find((i) => i.system === LOCAL_ID)?.value;
const upTo = (mark) => Date.parse(mark.extension?.find((e) => e.url === extension('read-up-to'))?.valueInstant) || 0;

// Words that were begun when it ended go along into the next consultation.
function ended(task) {
  const place = task.focus.reference;
  const draft = draftOf(place);
  const carry = () => {
    if (draft) keepDraft('new', { ...draftOf('new'), story: draft });
    keepDraft(place, null);
  };
  return el('div', { class: 'ended' },
    el('p', {}, `${stateWords(task, false)}。不能再在这里留言。`),
    draft ? el('p', {}, '您还没发出的话会带到新的咨询里：', el('q', {}, draft)) : null,
    el('a', { class: 'primary', href: '#/new', onclick: carry }, '再问一次医生'));
}

// Says to the hospital how far the doctor's words have been seen; the mark is one for thread and reader.
async function markRead(task, thread, marks, newest) {
  const { me } = session();
  const own = marks.find((mark) => mark.author?.reference === me);
  if (!newest || (own && upTo(own) >= time(newest))) return;
  const extensions = [
    { url: extension('read-up-to'), valueInstant: newest.sent },
    { url: extension('marked-unread'), valueBoolean: false },
  ];
  if (own) {
    await update({ ...own, extension: [...(own.extension ?? []).filter((e) => !extensions.some((x) => x.url === e.url)), ...extensions] });
    return;
  }
  const value = `read-mark.${thread.split('/')[1]}.Patient.${me.split('/')[1]}`;
  await create({
    resourceType: 'Basic', meta: { tag: task.meta?.tag ?? [] }, identifier: [{ system: LOCAL_ID, value }], extension: extensions,
    code: { coding: [{ system: codeSystem('read-mark'), code: 'read-mark' }] },
    subject: { reference: thread }, author: { reference: me },
  }, `identifier=${LOCAL_ID}|${value}`);
}

// scroll: { atEnd: whether the end is in sight and is to stay so, toTheEnd () } of what the log lies in.
export class ThreadView {
  constructor(id, scroll) {
    this.id = id;
    this.scroll = scroll;
    this.blocks = new Map();
    this.turn = 0;
    this.log = el('ol', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': '对话' });
    this.foot = el('div', { class: 'foot' });
    const grown = new ResizeObserver(() => { if (scroll.atEnd && this.log.isConnected) scroll.toTheEnd(); });
    grown.observe(this.log);
    grown.observe(this.foot);
  }

  actions() {
    const redraw = () => this.refresh(() => this.log.isConnected).catch(() => {});
    return {
      retry: (item) => { again(item.id); redraw(); },
      edit: this.form && ((item) => { takeBack(item.id); this.form.take(item.text); redraw(); }),
      drop: (item) => { stopUpload(item.id); takeBack(item.id); redraw(); },
    };
  }

  drawFoot(anew = false) {
    const over = isOver(this.task);
    if (over === this.over && !anew) return;
    this.over = over;
    this.form = over ? null : composer(this.task.focus.reference, async (text, file) => {
      await put(this.task.focus.reference, this.task.meta?.tag ?? [], this.task.owner?.reference, text, file);
      this.drawLog(true).then(() => this.refresh(() => this.log.isConnected)).catch(() => {});
    });
    this.foot.replaceChildren(over ? ended(this.task) : this.form);
    if (this.scroll.atEnd) this.scroll.toTheEnd();
  }

  // A message's element is made once and again only when something about it has changed.
  async block(key, state, make) {
    const known = this.blocks.get(key);
    if (known?.state === state) return known.element;
    const element = await make();
    this.blocks.set(key, { state, element });
    return element;
  }

  async drawLog(toEnd) {
    const readUpTo = this.marks.filter((mark) => mark.author?.reference?.startsWith('Practitioner/')).reduce((t, mark) => Math.max(t, upTo(mark)), 0);
    const related = relations(this.messages);
    const elements = [];
    const turn = ++this.turn;
    let day = '';
    for (const message of this.messages) {
      const words = dayWords(message.sent);
      if (words !== day) elements.push(await this.block(`day ${words}`, words, () => el('li', { class: 'day' }, words)));
      day = words;
      const seen = time(message) <= readUpTo;
      elements.push(await this.block(message.id, `${message.meta?.versionId} ${seen} ${related.stateOf(message)}`,
        () => bubble(message, readUpTo, related)));
    }
    for (const item of waiting(this.task.focus.reference)) {
      const late = !isUploading(item.id) && (Date.now() - Date.parse(item.sent) > 4000 || !navigator.onLine);
      elements.push(await this.block(item.id, `${item.state} ${late} ${this.over} ${!!item.attachment}`, () => unsentBubble({ ...item, late }, this.actions())));
    }
    if (turn !== this.turn) return; // a later one knows more
    const old = [...this.log.children];
    if (old.length === elements.length && old.every((element, i) => element === elements[i])) return;
    const grown = elements.length > old.length;
    this.log.replaceChildren(...elements);
    if (old.length === 0 || toEnd) this.scroll.atEnd = true;
    if (grown && this.scroll.atEnd) this.scroll.toTheEnd();
  }

  // Asks the hospital for what is new.
  async load() {
    this.task = await read(`Task/${this.id}`);
    const thread = this.task.focus?.reference;
    const [messages, marks] = await Promise.all([
      search(`Communication?part-of=${thread}&_sort=_lastUpdated&_count=200`),
      search(`Basic?subject=${thread}&code=${codeSystem('read-mark')}|read-mark&_count=50`),
    ]);
    const kinds = ['message', 'correction'];
    this.messages = messages.filter((m) => (m.category ?? []).some((c) => kinds.includes(codeOf(c))))
      .sort((a, b) => time(a) - time(b) || (localId(a) ?? a.id).localeCompare(localId(b) ?? b.id));
    this.marks = marks;
  }

  // How many of the doctor's messages the patient has not seen.
  unread() {
    const own = this.marks.filter((mark) => mark.author?.reference === session()?.me).reduce((t, mark) => Math.max(t, upTo(mark)), 0);
    return this.messages.filter((message) => fromHospital(message) && time(message) > own).length;
  }

  // visible: whether it is in sight; drawn: is called before the log is. Without an answer what was known is shown, and said.
  async refresh(visible, drawn = () => {}) {
    let failed = null;
    await flushAWhile().catch((error) => { failed = error; });
    await this.load().catch((error) => { failed = error; });
    if (!this.messages) throw failed;
    await drawn();
    if (!visible()) {
      if (failed) throw failed;
      return;
    }
    this.drawFoot();
    await this.drawLog(false);
    if (failed) throw failed;
    if (document.visibilityState === 'visible')
      await markRead(this.task, this.task.focus.reference, this.marks, this.messages.filter(fromHospital).pop());
  }
}
