// SPDX-License-Identifier: GPL-3.0-or-later
// One consultation: what was said, how far it has come, and the answer box.

import { fromHospital } from './bubbles.js';
import { el, emergency, header, show } from './dom.js';
import { nameOf, person } from './fhir.js';
import { ThreadView } from './thread-view.js';
import { stateWords, statusOf } from './words.js';

// The whole page scrolls; whether its end is in sight: then it stays so when pictures arrive and the page grows.
const scroll = { atEnd: true, toTheEnd: () => window.scrollTo(0, document.body.scrollHeight) };
window.addEventListener('scroll', () => {
  scroll.atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 120;
}, { passive: true });

class ThreadPage {
  constructor(id) {
    this.view = new ThreadView(id, scroll);
    this.visible = () => true;
    this.state = el('p', { class: 'substate' });
    this.hint = el('p', { class: 'hint' });
  }

  frame() {
    const { view } = this;
    show(header(view.task.reasonCode?.text ?? '咨询', { back: '#/', subtitle: this.state }),
      el('main', { class: 'thread' }, emergency(), view.log, this.hint), view.foot);
  }

  restore() {
    if (!this.view.messages) return false;
    this.frame();
    this.view.drawFoot(true);
    scroll.atEnd = true;
    scroll.toTheEnd();
    return true;
  }

  async draw() {
    const { view } = this;
    if (!this.visible()) return;
    if (!view.log.isConnected) this.frame();
    const last = view.messages[view.messages.length - 1];
    const owner = await person(view.task.owner?.reference);
    const who = owner ? `${nameOf(owner)}${owner.resourceType === 'Practitioner' ? '医生' : ''} · ` : '';
    const words = `${who}${stateWords(view.task, !last || !fromHospital(last))}`;
    if (this.state.textContent !== words) this.state.textContent = words;
    this.hint.textContent = statusOf(view.task) === 'awaiting-acceptance'
      ? '已经交给医生，一般 24 小时内回复，回复会出现在这里。可以接着补充。' : '';
  }

  refresh(visible) {
    this.visible = visible ?? this.visible;
    return this.view.refresh(() => this.visible(), () => this.draw());
  }
}

export const openThread = (id) => new ThreadPage(id);
