// SPDX-License-Identifier: GPL-3.0-or-later
// The patient's visits: when, with whom, and the way in.

import { session } from './auth.js';
import { el } from './dom.js';
import { nameOf, now, person, search } from './fhir.js';
import { clockWords, dayWords } from './words.js';

const over = ['fulfilled', 'cancelled', 'noshow', 'entered-in-error'];
const states = {
  proposed: '等您确认', pending: '已预约', booked: '已预约', waitlist: '已预约', arrived: '您在候诊', 'checked-in': '您在候诊',
  fulfilled: '已完成', cancelled: '已取消', noshow: '没有来', 'entered-in-error': '登记有误',
};

export const isOverVisit = (visit) => over.includes(visit.status);
export const actorOf = (visit, type) =>
  visit.participant?.map((one) => one.actor?.reference ?? '').find((reference) => reference.startsWith(`${type}/`));

// Those that are not over, and those of today.
export async function loadVisits() {
  const found = await search(`Appointment?patient=${session().me}&_sort=-_lastUpdated&_count=50`);
  const recently = now().getTime() - 12 * 3600000;
  return found.filter((visit) => !isOverVisit(visit) || Date.parse(visit.start) > recently)
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
}

// What the hospital has decided about waiting rooms; asked until it answers.
let rules;
async function visitRules() {
  const answer = rules ? null : await fetch('/signalling/links').catch(() => null);
  if (answer?.ok) rules = await answer.json();
  return rules ?? { 'opens-before': 0, 'closes-after': 4 * 3600 };
}

export async function visitRow(visit) {
  const [doctor, decided] = await Promise.all([person(actorOf(visit, 'Practitioner')), visitRules()]);
  const before = decided['opens-before'];
  const opens = Date.parse(visit.start) - before * 1000 <= now().getTime();
  const closed = Date.parse(visit.end ?? visit.start) + decided['closes-after'] * 1000 <= now().getTime();
  const open = !isOverVisit(visit);
  const why = visit.status === 'cancelled' ? visit.cancelationReason?.text : null;
  return el('li', { class: 'card visit', 'data-visit': visit.id },
    el('span', { class: 'line' },
      el('strong', {}, `视频复诊 ${dayWords(visit.start)} ${clockWords(visit.start)}`),
      el('span', { class: `state ${open ? 'answered' : 'over'}` }, states[visit.status] ?? visit.status)),
    el('span', { class: 'snippet' }, [doctor ? `${nameOf(doctor)}医生` : '', visit.description ?? '', why ? `（${why}）` : ''].filter(Boolean).join('　')),
    open && opens && !closed ? el('a', { class: 'primary', href: `#/v/${visit.id}` }, '进入候诊室') : null,
    open && closed ? el('p', { class: 'small' }, '候诊室已经关闭。需要时请给医生留言。') : null,
    open && !opens ? el('p', { class: 'small' }, `开始前 ${Math.round(before / 60)} 分钟可以进入候诊室。`) : null);
}

// What the doctor wrote and signed, as plain words: whatever markup there is, only its text is shown.
function plainWords(div) {
  const page = new DOMParser().parseFromString(div ?? '', 'text/html');
  const lines = [...page.querySelectorAll('p, li, td, h1, h2, h3')].map((one) => one.textContent.trim());
  return (lines.length ? lines : [page.body.textContent.trim()]).filter(Boolean);
}

export const loadNotes = () => search(`Composition?patient=${session().me}&_sort=-_lastUpdated&_count=20`).catch(() => []);

export const noteRow = (note) => el('li', { class: 'card note-card', 'data-note': note.id },
  el('details', {},
    el('summary', {}, `${note.title ?? '病历小结'}　${dayWords(note.date)} ${clockWords(note.date)}`),
    ...(note.section ?? []).flatMap((section) => [el('h3', {}, section.title ?? ''), ...plainWords(section.text?.div).map((line) => el('p', {}, line))])));
