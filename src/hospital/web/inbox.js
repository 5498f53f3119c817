// SPDX-License-Identifier: GPL-3.0-or-later
// The list of the patient's consultations.

import { session } from './auth.js';
import { el, emergency, header, show } from './dom.js';
import { nameOf, person, read, search } from './fhir.js';
import { waiting } from './outbox.js';
import { loadNotes, loadVisits, noteRow, visitRow } from './visits.js';
import { codeSystem, extension, isOver, stateWords, whenWords } from './words.js';

const mine = (message) => !/^(Practitioner|Device)\//.test(message.sender?.reference ?? '');

function summarise(task, messages, marks) {
  const thread = task.focus?.reference;
  const own = messages.filter((message) => message.partOf?.some((part) => part.reference === thread))
    .sort((a, b) => new Date(a.sent) - new Date(b.sent));
  const last = own[own.length - 1];
  const readUpTo = marks.filter((mark) => mark.subject?.reference === thread && mark.author?.reference === session().me)
    .map((mark) => mark.extension?.find((e) => e.url === extension('read-up-to'))?.valueInstant)
    .reduce((newest, instant) => Math.max(newest, Date.parse(instant) || 0), 0);
  const unread = own.filter((message) => !mine(message) && Date.parse(message.sent) > readUpTo).length;
  const text = last?.payload?.find((part) => part.contentString)?.contentString;
  return {
    task, last, unread, lastFromMe: last ? mine(last) : true,
    snippet: last?.status === 'entered-in-error' ? '这条消息已撤回' : text ?? (last?.payload?.length ? '［照片或文件］' : ''),
    at: Date.parse(last?.sent ?? task.authoredOn) || 0,
    unsent: thread ? waiting(thread).length : 0,
  };
}

async function row(item) {
  const owner = await person(item.task.owner?.reference);
  const who = owner?.resourceType === 'Practitioner' ? `${nameOf(owner)}医生` : nameOf(owner) ?? '';
  const state = stateWords(item.task, item.lastFromMe);
  return el('li', {},
    el('a', { class: `card${item.unread ? ' news' : ''}`, href: `#/t/${item.task.id}`, 'data-complaint': item.task.reasonCode?.text ?? '' },
      el('span', { class: 'line' },
        el('strong', {}, item.task.reasonCode?.text ?? '咨询'),
        el('time', {}, item.at ? whenWords(item.at) : '')),
      el('span', { class: 'snippet' }, item.snippet),
      el('span', { class: 'line' },
        el('span', { class: `state ${isOver(item.task) ? 'over' : item.lastFromMe ? 'waits' : 'answered'}` }, state),
        el('span', { class: 'who' }, who)),
      item.unread ? el('span', { class: 'badge' }, `${item.unread} 条新回复`) : null,
      item.unsent ? el('span', { class: 'badge warn' }, `${item.unsent} 条还没发出去`) : null));
}

function page(me, visitRows, noteRows, openRows, closedRows, signOut) {
  const list = (rows, label) => el('ul', { class: 'cards', 'aria-label': label }, ...rows);
  const none = el('p', { class: 'empty' }, '您还没有正在进行的咨询。', el('br'), '点上面的按钮，把不舒服的地方告诉医生。');
  return [
    header('我的咨询', { subtitle: el('p', {}, nameOf(me) ?? ''), action: el('button', { class: 'quiet', onclick: signOut }, '退出') }),
    el('main', {},
      emergency(),
      visitRows.length ? list(visitRows, '视频复诊') : null,
      visitRows.length ? el('a', { class: 'secondary', href: '#/check' }, '检查摄像头、麦克风和网络') : null,
      el('a', { class: 'primary ask', href: '#/new' }, '问医生'),
      el('a', { class: 'secondary', href: '#/home' }, '记录血糖、血压等居家测量'),
      openRows.length ? list(openRows, '正在进行') : none,
      noteRows.length ? el('h2', {}, '医生写的病历') : null,
      noteRows.length ? list(noteRows, '医生写的病历') : null,
      closedRows.length ? el('h2', {}, '以前的咨询') : null,
      closedRows.length ? list(closedRows, '以前的咨询') : null),
  ];
}

// Asks before words that were never sent are given up.
function askToLeave(leave) {
  const dialog = el('dialog', { 'aria-labelledby': 'leave' },
    el('p', { id: 'leave' }, `还有 ${waiting().length} 条没有发出去。现在退出，这些内容会丢掉。`),
    el('div', { class: 'choices' },
      el('button', { class: 'primary', onclick: () => dialog.close() }, '先不退出'),
      el('button', { class: 'danger', onclick: leave }, '退出并丢掉')));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function openInbox({ signOut }) {
  let shown = '';
  let drawn = null;
  const leave = () => (waiting().length ? askToLeave(() => { document.querySelector('dialog')?.remove(); signOut(); }) : signOut());

  return {
    restore() {
      if (drawn) show(...drawn);
      return drawn !== null;
    },

    async refresh(visible) {
      const { me } = session();
      const [patient, visits, notes, tasks, messages, marks] = await Promise.all([
        read(me),
        loadVisits(),
        loadNotes(),
        search(`Task?patient=${me}&_sort=-_lastUpdated&_count=100`),
        search(`Communication?patient=${me}&category=${codeSystem('communication-category')}|message,${codeSystem('communication-category')}|correction&_sort=-_lastUpdated&_count=200`),
        search(`Basic?author=${me}&code=${codeSystem('read-mark')}|read-mark&_count=200`),
      ]);
      const items = tasks.filter((task) => task.focus).map((task) => summarise(task, messages, marks)).sort((a, b) => b.at - a.at);
      const state = JSON.stringify([visits, notes, items.map((item) => [item, whenWords(item.at)])]);
      if (state === shown) return;
      const closed = await Promise.all(items.filter((item) => isOver(item.task)).map(row));
      const open = await Promise.all(items.filter((item) => !isOver(item.task)).map(row));
      const visitRows = await Promise.all(visits.map(visitRow));
      if (!visible()) return;
      const focused = document.activeElement?.getAttribute?.('href');
      shown = state;
      drawn = page(patient, visitRows, notes.map(noteRow), open, closed, leave);
      show(...drawn);
      if (focused) queueMicrotask(() => document.querySelector(`#app [href="${focused}"]`)?.focus());
    },
  };
}
