// SPDX-License-Identifier: GPL-3.0-or-later
// What can be measured at home: its fields, what is plausible, and the resource that it becomes.

import { session } from './auth.js';
import { LOCAL_ID, SYSTEM, codeSystem } from './words.js';

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const VITAL = 'http://terminology.hl7.org/CodeSystem/observation-category';
const MEALS = codeSystem('meal-context');
const MEAL_PART = { system: codeSystem('home-measurement'), code: 'meal-context' };

export const contexts = [['fasting', '空腹'], ['after-meal', '餐后2小时'], ['bedtime', '睡前'], ['night', '凌晨']];

// A field's name is its place in the hospital's limits (home.json).
const one = (name, label, hint, unit, text, code) => ({ name, label, hint, unit, text, code });

export const measures = [
  { key: 'glucose', title: '血糖', meal: true, text: '指尖血糖', code: '14743-9',
    fields: [one('glucose', '血糖', '例如 7.8；显示 Hi 或 Lo 就照填', 'mmol/L')] },
  { key: 'pressure', title: '血压', vital: true, text: '血压', code: '85354-9', parts: true,
    fields: [one('systolic', '收缩压（高压）', '例如 128', 'mmHg', '收缩压', '8480-6'),
      one('diastolic', '舒张压（低压）', '例如 76', 'mmHg', '舒张压', '8462-4'),
      { ...one('pulse', '心率', '例如 72，没有可以不填', '次/分', '心率', '8867-4'), optional: true }] },
  { key: 'weight', title: '体重', vital: true, text: '体重', code: '29463-7', fields: [one('weight', '体重', '例如 68.5', 'kg')] },
  { key: 'temperature', title: '体温', vital: true, text: '体温', code: '8310-5', fields: [one('temperature', '体温', '例如 36.8', '℃')] },
  { key: 'oxygen', title: '血氧', vital: true, text: '血氧饱和度', code: '59408-5', fields: [one('oxygen', '血氧', '例如 97', '%')] },
  { key: 'peak-flow', title: '峰流速', text: '呼气峰流速', code: '19935-6', fields: [one('peak-flow', '呼气峰流速', '例如 420', 'L/min')] },
];

// As on a keypad for Chinese: full-width digits, 。 for a point.
export const fold = (text) => text.normalize('NFKC').replace(/[。,]/g, '.').trim();

const isMeterWord = (field, text) => field.name === 'glucose' && /^(hi|high|lo|low)$/i.test(text);

// Why the text is not taken, in words; '' when it is.
export function whyNot(field, typed, limits) {
  const text = fold(typed ?? '');
  const { from, to } = limits.plausible[field.name];
  if (text === '') return field.optional ? '' : `请填${field.label}。`;
  if (isMeterWord(field, text)) return '';
  if (!/^\d{1,4}(\.\d{1,2})?$/.test(text)) return `${field.label}请填数字，${field.hint.split('；')[0]}。`;
  const number = Number(text);
  const hint = field.name === 'glucose' && number > 33.3 && number < 1000
    ? '如果血糖仪用的是 mg/dL，请除以 18 再填。' : '';
  if (number < Number(from) || number > Number(to))
    return `${field.label}一般在 ${from}～${to} ${field.unit} 之间，您填的是 ${text}，请核对。${hint}`;
  return '';
}

export function whyNotPressure(values) {
  const [high, low] = [values.systolic, values.diastolic].map((text) => Number(fold(text ?? '')));
  return high > 0 && low > 0 && high <= low ? '高压应该比低压高，是不是填反了？' : '';
}

// The digits go out as they were typed (see plain()): 7.10 stays 7.10.
function quantity(field, typed, limits) {
  const text = fold(typed);
  const code = limits.plausible[field.name].unit;
  const base = { unit: field.unit, system: UCUM, code };
  if (!isMeterWord(field, text)) return { value: `@@${text}@@`, ...base };
  const high = /^hi/i.test(text);
  return { value: `@@${high ? limits.glucose.meter.high : limits.glucose.meter.low}@@`, comparator: high ? '>' : '<', ...base };
}

const concept = (code, text) => ({ coding: [{ system: LOINC, code }], text });

export function observationOf(measure, values, limits, tags) {
  const given = measure.fields.filter((field) => fold(values[field.name] ?? '') !== '');
  const meal = contexts.find(([code]) => code === values.meal);
  const component = measure.parts
    ? given.map((field) => ({ code: concept(field.code, field.text), valueQuantity: quantity(field, values[field.name], limits) }))
    : meal && measure.meal ? [{
      code: { coding: [MEAL_PART], text: '测量时点' },
      valueCodeableConcept: { coding: [{ system: MEALS, code: meal[0], display: meal[1] }], text: meal[1] },
    }] : null;
  return {
    resourceType: 'Observation', meta: { tag: tags }, identifier: [{ system: LOCAL_ID, value: values.id }], status: 'final',
    ...(measure.vital ? { category: [{ coding: [{ system: VITAL, code: 'vital-signs' }] }] } : {}),
    code: concept(measure.code, measure.text), subject: { reference: session().me },
    effectiveDateTime: new Date(values.at).toISOString(), performer: [{ reference: session().me }],
    ...(measure.parts ? {} : { valueQuantity: quantity(measure.fields[0], values[measure.fields[0].name], limits) }),
    ...(component ? { component } : {}),
    ...(values.note?.trim() ? { note: [{ text: values.note.trim() }] } : {}),
  };
}

export const plain = (body) => body.replace(/"@@([\d.]+)@@"/g, '$1');

const codes = (concept_) => (concept_?.coding ?? []).filter((c) => c.system === LOINC).map((c) => c.code);
export const measureOf = (observation) => measures.find((m) => codes(observation.code).includes(m.code)) ?? null;
export const departments = (tags) => (tags ?? []).filter((tag) => tag.system === `${SYSTEM}department`);

const amount = (q) => (!q ? '' : q.comparator === '>' ? 'Hi' : q.comparator === '<' ? 'Lo' : `${q.value}`);

// "7.8 mmol/L · 空腹", "128/76 mmHg · 心率 72"
export function valueWords(observation) {
  const part = (code) => observation.component?.find((c) => codes(c.code).includes(code))?.valueQuantity;
  if (measureOf(observation)?.key === 'pressure') {
    const pulse = part('8867-4');
    return `${amount(part('8480-6'))}/${amount(part('8462-4'))} mmHg${pulse ? ` · 心率 ${amount(pulse)}` : ''}`;
  }
  const meal = observation.component?.map((c) => c.valueCodeableConcept).find(Boolean);
  const value = observation.valueQuantity;
  return `${amount(value)} ${value?.unit ?? ''}${meal?.text ? ` · ${meal.text}` : ''}`;
}

// What must not wait for anybody's answer. 中国2型糖尿病防治指南 (2020): level 2 hypoglycaemia is below 3.0 mmol/L;
// 中国高血压防治指南 (2024): grade 3 from 180/110 mmHg on; oxygen below 90 % is respiratory failure's.
export function alarmOf(measure, values) {
  const number = (name) => Number(fold(values[name] ?? ''));
  const text = fold(values.glucose ?? '');
  if (measure.key === 'glucose' && (/^lo/i.test(text) || number('glucose') < 3.0))
    return '血糖很低：请马上吃糖或喝含糖饮料，15 分钟后再测。不见好转或神志不清，请马上拨打 120。';
  if (measure.key === 'glucose' && (/^hi/i.test(text) || number('glucose') > 33.2))
    return '血糖非常高：请马上到医院急诊，或拨打 120，不要等医生回复。';
  if (measure.key === 'pressure' && (number('systolic') >= 180 || number('diastolic') >= 110))
    return '血压很高：请坐下休息 5 分钟再量一次。还是这么高，或有胸痛、头痛、说话不清，请马上拨打 120。';
  if (measure.key === 'oxygen' && number('oxygen') < 90)
    return '血氧很低：请手指暖和后再测一次。还是这么低，或喘不上气，请马上拨打 120。';
  return '';
}
