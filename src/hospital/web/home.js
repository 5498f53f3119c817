// SPDX-License-Identifier: GPL-3.0-or-later
// What the patient measures at home: the form, what was sent, and what the doctor says of it.

import { session } from './auth.js';
import { el, emergency, header, show } from './dom.js';
import { create, nameOf, now, person, read, search } from './fhir.js';
import { alarmOf, contexts, departments, measureOf, measures, observationOf, plain, valueWords, whyNot, whyNotPressure } from './measures.js';
import { draftOf, keepDraft } from './outbox.js';
import { LOCAL_ID, SYSTEM, clockWords, codeSystem, dayWords } from './words.js';

const PLACE = 'home';
const DAYS_SHOWN = 30;
const DAY = 24 * 3600 * 1000;

let limits = null;

// What the hospital takes is the hospital's to say.
async function fetchLimits() {
  if (limits) return limits;
  const answer = await fetch('home.json', { cache: 'no-cache' });
  if (!answer.ok) throw new Error('这一页暂时打不开，请稍后再试。');
  limits = await answer.json();
  return limits;
}

const pad = (n) => String(n).padStart(2, '0');
const localMinute = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}`;

// By the hour, so that most need not choose.
function usualMeal(date) {
  const hour = date.getHours();
  if (hour < 4) return 'night';
  if (hour < 9) return 'fasting';
  return hour >= 21 ? 'bedtime' : 'after-meal';
}

function newValues(key) {
  return { key, id: crypto.randomUUID(), at: localMinute(now()), meal: usualMeal(now()), touched: false };
}

// --- the form ---

function field(one, values, changed) {
  const id = `h-${one.name}`;
  const input = el('input', { id, name: one.name, type: 'text', inputmode: one.name === 'glucose' ? 'text' : 'decimal', placeholder: one.hint,
    maxlength: '8', autocomplete: 'off', required: !one.optional, 'aria-describedby': `${id}-error` });
  input.value = values[one.name] ?? '';
  input.addEventListener('input', () => changed(one.name, input.value));
  return el('div', { class: 'field' },
    el('label', { for: id }, `${one.label}（${one.unit}）`), input, el('p', { class: 'error', id: `${id}-error`, role: 'alert' }));
}

function meals(values, changed) {
  const radio = ([code, words]) => {
    const input = el('input', { type: 'radio', name: 'meal', id: `meal-${code}`, value: code, checked: values.meal === code });
    input.addEventListener('change', () => changed('meal', code));
    return el('span', { class: 'pick' }, input, el('label', { for: `meal-${code}` }, words));
  };
  return el('fieldset', { class: 'field picks' }, el('legend', {}, '什么时候测的？'), ...contexts.map(radio));
}

function check(form, measure, values) {
  const errors = {};
  for (const one of measure.fields) errors[one.name] = whyNot(one, values[one.name], limits);
  if (measure.key === 'pressure' && !errors.systolic && !errors.diastolic) errors.diastolic = whyNotPressure(values);
  const at = Date.parse(values.at);
  if (Number.isNaN(at)) errors.at = '请填测量的时间。';
  else if (at > now().getTime() + 5 * 60000) errors.at = '时间还没到，请核对。';
  else if (at < now().getTime() - 90 * DAY) errors.at = '超过 90 天的请直接告诉医生。';
  for (const name of [...measure.fields.map((one) => one.name), 'at']) {
    form.querySelector(`#h-${name}-error`).textContent = errors[name] ?? '';
    form.elements[name].setAttribute('aria-invalid', Boolean(errors[name]));
  }
  const first = Object.keys(errors).find((name) => errors[name]);
  if (first) form.elements[first].focus();
  return !first;
}

class HomePage {
  constructor() {
    this.list = el('div', { class: 'readings' });
    this.said = el('p', { class: 'said', role: 'status' });
    this.alarm = el('p', { class: 'emergency', role: 'alert', hidden: true });
    this.place = el('div', {});
    this.shown = '';
  }

  take(key) {
    this.values = newValues(key);
    keepDraft(PLACE, null);
  }

  changed(name, value) {
    this.values[name] = value;
    this.values.touched = true;
    keepDraft(PLACE, this.values);
  }

  drawForm() {
    const measure = measures.find((m) => m.key === this.values.key) ?? measures[0];
    const changed = (name, value) => this.changed(name, value);
    const at = el('input', { id: 'h-at', name: 'at', type: 'datetime-local', 'aria-describedby': 'h-at-error' });
    at.value = this.values.at;
    at.addEventListener('input', () => changed('at', at.value));
    const status = el('p', { class: 'error', role: 'alert' });
    const button = el('button', { class: 'primary', type: 'submit' }, '发给医生');
    const form = el('form', { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.submit(form, measure, status, button); } },
      ...measure.fields.map((one) => field(one, this.values, changed)),
      measure.meal ? meals(this.values, changed) : null,
      el('div', { class: 'field' }, el('label', { for: 'h-at' }, '测量的时间'), at, el('p', { class: 'error', id: 'h-at-error', role: 'alert' })),
      status, button);
    const choose = (m) => el('button', { type: 'button', class: 'chip', 'aria-pressed': String(m === measure), 'data-key': m.key,
      onclick: () => { this.take(m.key); this.drawForm(); this.place.querySelector('input').focus(); } }, m.title);
    this.place.replaceChildren(
      el('div', { class: 'chips', role: 'group', 'aria-label': '测什么' }, ...measures.map(choose)), form);
  }

  async submit(form, measure, status, button) {
    if (button.disabled) return;
    this.said.textContent = '';
    this.alarm.hidden = true;
    if (!check(form, measure, this.values)) return;
    button.disabled = true;
    status.textContent = '';
    const alarm = alarmOf(measure, this.values);
    try {
      const body = observationOf(measure, this.values, limits, this.tags);
      const made = await create(body, `identifier=${LOCAL_ID}|${this.values.id}`, plain);
      this.take(measure.key);
      this.drawForm();
      this.said.textContent = `已发给医生：${measure.title} ${valueWords(made)}`;
      this.alarm.textContent = alarm;
      this.alarm.hidden = alarm === '';
      this.refresh(() => true).catch(() => {});
    } catch (error) {
      status.textContent = `没有发出去：${error.message}您填的还在，可以再点一次，不会重复。`;
      button.disabled = false;
    }
  }

  frame(patient) {
    this.values = { ...newValues('glucose'), ...draftOf(PLACE) };
    this.drawForm();
    this.drawn = [header('居家测量', { back: '#/', subtitle: el('p', {}, `患者：${nameOf(patient)}`) }),
      el('main', {}, emergency(), this.place, this.said, this.alarm, el('h2', {}, '最近 30 天'), this.list)];
    show(...this.drawn);
  }

  restore() {
    if (!this.drawn) return false;
    if (!this.values.touched) { this.take(this.values.key); this.drawForm(); }
    show(...this.drawn);
    return true;
  }

  async refresh(visible) {
    const { me } = session();
    const category = codeSystem('communication-category');
    const [patient, tasks, readings, messages] = await Promise.all([
      read(me), search(`Task?patient=${me}&_sort=-_lastUpdated&_count=50`, 1),
      search(`Observation?patient=${me}&_sort=-_lastUpdated&_count=300`, 1),
      search(`Communication?patient=${me}&category=${category}|message&_sort=-_lastUpdated&_count=200`, 1),
      fetchLimits(),
    ]);
    if (!visible()) return;
    this.tags = tagsOf(tasks, patient);
    if (!this.drawn) this.frame(patient);
    const since = now().getTime() - DAYS_SHOWN * DAY;
    const recent = readings.filter((one) => measureOf(one) && one.status !== 'entered-in-error' && Date.parse(one.effectiveDateTime) > since)
      .sort((a, b) => Date.parse(b.effectiveDateTime) - Date.parse(a.effectiveDateTime));
    const comments = messages.filter((message) => message.about?.length && message.status !== 'entered-in-error')
      .sort((a, b) => Date.parse(a.sent) - Date.parse(b.sent));
    const state = JSON.stringify([recent, comments, dayWords(now())]);
    if (state === this.shown) return;
    const elements = await listOf(recent, comments);
    if (!visible()) return;
    this.shown = state;
    this.list.replaceChildren(...elements);
  }
}

// The departments that look after this patient see it.
function tagsOf(tasks, patient) {
  const found = new Map();
  for (const task of tasks) for (const tag of departments(task.meta?.tag)) found.set(tag.code, tag);
  const home = patient.managingOrganization?.reference?.split('/')[1];
  if (found.size === 0 && home) found.set(home, { system: `${SYSTEM}department`, code: home });
  return [...found.values()];
}

// --- what was sent ---

async function commentBlock(message) {
  const who = await person(message.sender?.reference);
  const text = message.payload?.find((part) => part.contentString)?.contentString ?? '';
  return el('div', { class: 'comment', 'data-id': message.id },
    el('span', { class: 'sender' }, `${nameOf(who) || '医生'}医生 · ${dayWords(message.sent)} ${clockWords(message.sent)}`),
    el('p', {}, text));
}

// Of one reading it stands under it, of several under their day.
async function listOf(readings, comments) {
  const about = (message) => message.about.map((reference) => reference.reference?.split('/').slice(-2).join('/'));
  const days = new Map();
  for (const reading of readings) {
    const day = dayWords(reading.effectiveDateTime);
    if (!days.has(day)) days.set(day, []);
    days.get(day).push(reading);
  }
  const elements = [];
  for (const [day, own] of days) {
    const names = own.map((reading) => `Observation/${reading.id}`);
    const ofDay = comments.filter((m) => m.about.length > 1 && about(m).some((reference) => names.includes(reference)));
    const rows = await Promise.all(own.map(async (reading) => {
      const under = comments.filter((m) => m.about.length === 1 && about(m)[0] === `Observation/${reading.id}`);
      return el('li', { 'data-id': reading.id },
        el('span', { class: 'reading' }, el('time', {}, clockWords(reading.effectiveDateTime)),
          el('span', {}, measureOf(reading).title), el('strong', {}, valueWords(reading))),
        ...await Promise.all(under.map(commentBlock)));
    }));
    elements.push(el('section', { class: 'card day-card' }, el('h3', {}, day), ...await Promise.all(ofDay.map(commentBlock)), el('ul', {}, ...rows)));
  }
  return elements.length ? elements : [el('p', { class: 'empty' }, '还没有记录。')];
}

export const openHome = () => new HomePage();
