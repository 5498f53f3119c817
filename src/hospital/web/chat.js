// SPDX-License-Identifier: GPL-3.0-or-later
// The thread of the consultation beside the visit that was made from it.

import { el } from './dom.js';
import { search } from './fhir.js';
import { ThreadView } from './thread-view.js';

// The Task of the thread that @visit names; null: it names none, or not one of ours.
export async function threadOf(visit) {
  const thread = visit.supportingInformation?.map((one) => one.reference ?? '').find((reference) => /^Communication\/[A-Za-z0-9.-]{1,64}$/.test(reference));
  if (!thread) return null;
  const found = await search(`Task?focus=${thread}&_count=20`, 1).catch(() => []);
  return found.find((task) => task.focus?.reference === thread)?.id ?? null;
}

export class Chat {
  constructor(task) {
    const scroll = { atEnd: true, toTheEnd: () => { this.room.scrollTop = this.room.scrollHeight; } };
    this.view = new ThreadView(task, scroll);
    this.room = el('div', { class: 'chat-log', tabindex: '0', 'aria-label': '和医生的对话' }, this.view.log);
    this.room.addEventListener('scroll', () => {
      scroll.atEnd = this.room.scrollTop + this.room.clientHeight >= this.room.scrollHeight - 60;
    }, { passive: true });
    this.trouble = el('p', { class: 'error', role: 'status' });
    this.close = el('button', { class: 'quiet', type: 'button', onclick: () => this.toggle(false) }, '收起');
    this.panel = el('aside', { class: 'chat', id: 'chat', 'aria-label': '对话', hidden: true },
      el('div', { class: 'chat-bar' }, el('h2', {}, '对话'), this.close), this.room, this.trouble, this.view.foot);
    this.panel.addEventListener('keydown', (event) => { if (event.key === 'Escape') this.toggle(false); });
    this.button = el('button', { class: 'chip', type: 'button', 'aria-expanded': 'false', 'aria-controls': 'chat', onclick: () => this.toggle(this.panel.hidden) }, '对话');
  }

  toggle(open) {
    this.panel.hidden = !open;
    this.button.setAttribute('aria-expanded', String(open));
    document.body.classList.toggle('with-chat', open);
    if (!open) { this.button.focus(); return; }
    this.view.scroll.atEnd = true;
    this.close.focus();
    this.refresh();
  }

  mark() {
    const count = this.panel.hidden && this.view.messages ? this.view.unread() : 0;
    const words = count > 0 ? `对话（${count} 条新消息）` : '对话';
    if (this.button.textContent !== words) this.button.textContent = words;
    this.button.classList.toggle('news', count > 0);
  }

  // A visit goes on whatever becomes of its chat: what is wrong is said here.
  async refresh() {
    let words = '';
    try {
      await this.view.refresh(() => !this.panel.hidden && this.panel.isConnected);
    } catch (error) {
      words = error?.kind === 'signed-out' ? '登录已过期，对话暂时不能更新。通话不受影响。' : '对话暂时没有更新，正在再试。通话不受影响。';
    }
    if (this.trouble.textContent !== words) this.trouble.textContent = words;
    this.mark();
  }
}
