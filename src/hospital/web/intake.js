// SPDX-License-Identifier: GPL-3.0-or-later
// The form with which a consultation begins. Its ids are made when it is opened and kept with the
// draft, so that a double tap or a second try after a lost answer makes one consultation.

import { session } from './auth.js';
import { el, emergency, header, show } from './dom.js';
import { nameOf, now, read, search, transaction } from './fhir.js';
import { draftOf, keepDraft, messageOf } from './outbox.js';
import { LOCAL_ID, SYSTEM, codeOf, codeSystem } from './words.js';

const PLACE = 'new';
const GLUCOSE = /^\d{1,2}(\.\d{1,2})?$/;

const questions = [
  { name: 'complaint', text: '主诉', label: '哪里不舒服，想问什么？', hint: '例如：这几天早上血糖高', required: true, max: 60 },
  { name: 'onset', text: '症状开始时间', label: '从什么时候开始的？', hint: '例如：三天前', choices: ['今天', '这几天', '一周左右', '一个月左右', '半年以上'] },
  { name: 'medication', text: '已用药物', label: '现在吃什么药、打什么针？', hint: '药名和用量，没有就写“无”', choices: ['无'] },
  { name: 'allergy', text: '过敏史', label: '对什么药或食物过敏？', hint: '例如：青霉素', choices: ['无', '不清楚'] },
  { name: 'history', text: '既往史', label: '以前得过什么病、做过什么手术？', hint: '例如：高血压 5 年', choices: ['无'] },
  { name: 'glucose', text: '空腹血糖 (mmol/L)', label: '最近一次空腹血糖是多少？', hint: '例如：7.8', numeric: true },
];

function field(question, values, changed) {
  const id = `q-${question.name}`;
  const input = el('input', {
    id, name: question.name, type: 'text', placeholder: question.hint, maxlength: question.max ?? 200, autocomplete: 'off',
    inputmode: question.numeric ? 'decimal' : null, required: question.required ?? false, 'aria-describedby': `${id}-error`,
  });
  input.value = values[question.name] ?? '';
  input.addEventListener('input', () => changed(question.name, input.value));
  const choose = (word) => { input.value = word; changed(question.name, word); input.focus(); };
  return el('div', { class: 'field' },
    el('label', { for: id }, question.label, question.required ? el('span', { class: 'must' }, '（必填）') : null),
    input,
    question.choices ? el('div', { class: 'chips', role: 'group', 'aria-label': `${question.text}：常用回答` },
      ...question.choices.map((word) => el('button', { type: 'button', class: 'chip', onclick: () => choose(word) }, word))) : null,
    el('p', { class: 'error', id: `${id}-error`, role: 'alert' }));
}

function doctorSelect(departments, roles, home, values, changed) {
  const select = el('select', { id: 'q-owner', name: 'owner' });
  for (const department of departments) {
    const group = el('optgroup', { label: department.name });
    const reference = `Organization/${department.id}`;
    group.append(el('option', { value: `${reference} ${department.id}` }, `${department.name}：哪位医生先有空都行`));
    for (const role of roles.filter((r) => r.organization?.reference === reference))
      group.append(el('option', { value: `${role.practitioner.reference} ${department.id}` },
        `${role.practitioner.display ?? '医生'} ${role.code?.[0]?.text ?? ''}`));
    select.append(group);
  }
  const wanted = values.owner ?? (home ? `${home} ${home.split('/')[1]}` : '');
  if ([...select.options].some((option) => option.value === wanted)) select.value = wanted;
  changed('owner', select.value);
  select.addEventListener('change', () => changed('owner', select.value));
  return el('div', { class: 'field' }, el('label', { for: 'q-owner' }, '想请谁看？'), select);
}

function intakeItems(values) {
  return questions.filter((question) => values[question.name]?.trim()).map((question) => {
    const text = values[question.name].trim();
    const answer = question.numeric ? { valueDecimal: `@@${text}@@` } : { valueString: text };
    return { linkId: question.name, text: question.text, answer: [answer] };
  });
}

// The number goes out with the digits that the patient typed: 7.10 stays 7.10.
const withDecimals = (body) => body.replace(/"@@([\d.]+)@@"/g, '$1');

const entry = (id, resource) => ({
  fullUrl: `urn:uuid:${id}`, resource,
  request: { method: 'POST', url: resource.resourceType, ifNoneExist: `identifier=${LOCAL_ID}|${id}` },
});

const firstWords = (values) => values.story?.trim() || values.complaint.trim();

function bundleOf(values) {
  const { me } = session();
  const { ids, begun } = values;
  const [owner, department] = values.owner.split(' ');
  const tag = [{ system: `${SYSTEM}department`, code: department }];
  const common = (id) => ({ meta: { tag }, identifier: [{ system: LOCAL_ID, value: id }] });
  const complaint = values.complaint.trim();
  const category = (code) => [{ coding: [{ system: codeSystem('communication-category'), code }] }];
  const message = messageOf({
    id: ids.message, thread: `urn:uuid:${ids.thread}`, department: tag, owner,
    text: firstWords(values), sent: begun,
  });
  return {
    resourceType: 'Bundle', type: 'transaction',
    entry: [
      entry(ids.intake, {
        resourceType: 'QuestionnaireResponse', ...common(ids.intake), identifier: { system: LOCAL_ID, value: ids.intake },
        questionnaire: `${SYSTEM}Questionnaire/intake`, status: 'completed', subject: { reference: me }, authored: begun,
        author: { reference: me }, source: { reference: me }, item: intakeItems(values),
      }),
      entry(ids.thread, {
        resourceType: 'Communication', ...common(ids.thread), status: 'in-progress', category: category('thread'),
        subject: { reference: me }, topic: { text: complaint }, recipient: [{ reference: owner }], sent: begun,
      }),
      entry(ids.task, {
        resourceType: 'Task', ...common(ids.task), status: 'requested',
        businessStatus: { coding: [{ system: codeSystem('consultation-status'), code: 'awaiting-acceptance' }] },
        intent: 'order', priority: 'routine', code: { coding: [{ system: codeSystem('task-code'), code: 'advice' }] },
        focus: { reference: `urn:uuid:${ids.thread}` }, for: { reference: me }, authoredOn: begun, lastModified: begun,
        requester: { reference: me }, owner: { reference: owner }, reasonCode: { text: complaint },
        input: [{
          type: { coding: [{ system: codeSystem('task-input'), code: 'intake' }] },
          valueReference: { reference: `urn:uuid:${ids.intake}` },
        }],
      }),
      entry(ids.message, message),
    ],
  };
}

function check(form, values) {
  const errors = {};
  if (!values.complaint?.trim()) errors.complaint = '请写一句哪里不舒服，或想问什么。';
  if (values.glucose?.trim() && !GLUCOSE.test(values.glucose.trim())) errors.glucose = '血糖请填数字，例如 7.8。';
  for (const question of questions) {
    const input = form.elements[question.name];
    form.querySelector(`#q-${question.name}-error`).textContent = errors[question.name] ?? '';
    input.setAttribute('aria-invalid', question.name in errors);
  }
  const first = Object.keys(errors)[0];
  if (first) form.elements[first].focus();
  return !first;
}

async function submit(form, values, status, button) {
  if (button.disabled || !check(form, values)) return;
  button.disabled = true;
  button.textContent = '正在提交…';
  status.textContent = '';
  try {
    // Kept before the first try, so that a later one says the same.
    values.begun ??= now().toISOString();
    values.tried ??= firstWords(values);
    keepDraft(PLACE, values);
    await transaction(withDecimals(JSON.stringify(bundleOf(values))));
    const [task] = await search(`Task?identifier=${LOCAL_ID}|${values.ids.task}`);
    keepDraft(PLACE, null);
    // An earlier try may have arrived after all: what was changed since goes into the answer box.
    if (task && values.tried !== firstWords(values)) keepDraft(task.focus.reference, firstWords(values));
    location.replace(task ? `#/t/${task.id}` : '#/');
  } catch (error) {
    status.textContent = `没有提交成功：${error.message}您填的内容都还在，可以再点一次，不会重复。`;
    button.disabled = false;
    button.textContent = '再提交一次';
  }
}

function newDraft() {
  const ids = Object.fromEntries(['intake', 'thread', 'task', 'message'].map((name) => [name, crypto.randomUUID()]));
  return { ids };
}

export function openIntake() {
  let drawn = false;

  return {
    async refresh(visible) {
      if (drawn) return;
      const [patient, organizations, roles] = await Promise.all([
        read(session().me), search('Organization?_count=100'), search('PractitionerRole?_count=200'),
      ]);
      if (drawn || !visible()) return;
      drawn = true;
      const departments = organizations.filter((o) => codeOf(o.type?.[0]) === 'dept');
      const doctors = roles.filter((r) => codeOf(r.code?.[0]) === 'doctor' && r.active !== false);
      const values = { ...newDraft(), ...draftOf(PLACE) };
      const changed = (name, value) => { values[name] = value; keepDraft(PLACE, values); };
      const story = el('textarea', { id: 'q-story', name: 'story', rows: '5', maxlength: '2000', placeholder: '怎么不舒服、什么时候加重、测过什么数值，都可以写' });
      story.value = values.story ?? '';
      story.addEventListener('input', () => changed('story', story.value));
      const status = el('p', { class: 'error', role: 'alert' });
      const button = el('button', { class: 'primary', type: 'submit' }, '提交给医生');
      const [complaint, ...others] = questions.map((question) => field(question, values, changed));
      const form = el('form', { novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(form, values, status, button); } },
        el('p', { class: 'small' }, '写得越细，医生答得越准。除了第一项，不知道的可以不填。'),
        complaint,
        el('div', { class: 'field' }, el('label', { for: 'q-story' }, '详细说说'), story),
        ...others,
        doctorSelect(departments, doctors, patient.managingOrganization?.reference, values, changed),
        status, button);
      show(header('问医生', { back: '#/', subtitle: el('p', {}, `患者：${nameOf(patient)}`) }), el('main', {}, emergency(), form));
    },
  };
}
