// SPDX-License-Identifier: GPL-3.0-or-later
// What states and times are called on the patient's page.

export const SYSTEM = 'https://zhenqiao.org/fhir/';
export const LOCAL_ID = `${SYSTEM}local-id`;
export const codeSystem = (name) => `${SYSTEM}CodeSystem/${name}`;
export const extension = (name) => `${SYSTEM}StructureDefinition/${name}`;

const finals = {
  completed: '已结束',
  declined: '医生已退诊，费用退回',
  'expired-refunded': '超时未接诊，已退款',
  'sent-offline': '请到医院就诊',
  transferred: '已转给其他医生',
};

export const codeOf = (concept) => concept?.coding?.[0]?.code ?? '';
export const statusOf = (task) => codeOf(task.businessStatus);
export const isOver = (task) => statusOf(task) in finals;

// lastFromMe: whether the newest message of the thread is the patient's.
export function stateWords(task, lastFromMe) {
  const status = statusOf(task);
  if (status in finals) return finals[status];
  if (status === 'ended-questions-left') {
    const left = task.extension?.find((e) => e.url === extension('questions-left'))?.valueInteger;
    return left ? `已结束，还可追问 ${left} 次` : '已结束，还可追问';
  }
  if (status === 'awaiting-acceptance') return '等待医生接诊';
  return lastFromMe ? '等待医生回复' : '医生已回复';
}

const pad = (number) => String(number).padStart(2, '0');
const dayOf = (date) => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;

export function clockWords(instant) {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? '' : `${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

export function dayWords(instant) {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return '时间不详';
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (dayOf(date) === dayOf(now)) return '今天';
  if (dayOf(date) === dayOf(yesterday)) return '昨天';
  const day = `${date.getMonth() + 1}月${date.getDate()}日`;
  return date.getFullYear() === now.getFullYear() ? day : `${date.getFullYear()}年${day}`;
}

export function whenWords(instant) {
  const day = dayWords(instant);
  return day === '今天' ? clockWords(instant) : `${day} ${clockWords(instant)}`;
}

export const relationWords = (relative) =>
  relative?.relationship?.[0]?.text ?? relative?.relationship?.[0]?.coding?.[0]?.display ?? '家属';
