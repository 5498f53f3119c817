// SPDX-License-Identifier: GPL-3.0-or-later
// What one message looks like.

import { session } from './auth.js';
import { el } from './dom.js';
import { nameOf, person } from './fhir.js';
import { media, preview } from './files.js';
import { clockWords, codeOf, extension, relationWords } from './words.js';

export const time = (message) => Date.parse(message.sent) || 0;
export const fromHospital = (message) => /^(Practitioner|Device)\//.test(message.sender?.reference ?? '');
const isCorrection = (message) => (message.category ?? []).some((c) => codeOf(c) === 'correction');
const isWithdrawn = (message) => message.status === 'entered-in-error';
const answers = (message) => message.inResponseTo?.[0]?.reference?.split('/').slice(-2).join('/');

async function senderWords(message) {
  const reference = message.sender?.reference ?? '';
  if (reference === session().me) return '我';
  const who = await person(reference);
  if (reference.startsWith('Practitioner/')) {
    const title = who?.qualification?.[0]?.code?.text ?? '';
    return `${nameOf(who) || '医生'} ${title || '医生'}`;
  }
  if (reference.startsWith('RelatedPerson/')) return `${nameOf(who) || '家属'}（${relationWords(who)}代述）`;
  return reference.startsWith('Patient/') ? nameOf(who) || '患者' : '医院';
}

// Which message was corrected by which, and which one each answers.
export function relations(messages) {
  const byReference = new Map(messages.map((message) => [`Communication/${message.id}`, message]));
  const corrected = new Map();
  for (const message of messages)
    if (isCorrection(message) && !isWithdrawn(message)) corrected.set(answers(message), message);
  return {
    correctionOf: (message) => corrected.get(`Communication/${message.id}`) ?? null,
    quotedBy: (message) => (answers(message) ? byReference.get(answers(message)) ?? null : null),
    // whatever changes how @message is drawn
    stateOf: (message) => {
      const other = byReference.get(answers(message));
      return `${corrected.get(`Communication/${message.id}`)?.id ?? ''} ${other?.meta?.versionId ?? ''}`;
    },
  };
}

const wordsOf = (message) => {
  if (isWithdrawn(message)) return '这条消息已撤回';
  const text = message.payload?.find((part) => part.contentString)?.contentString;
  if (!text) return '［照片或文件］';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

function quote(message, related) {
  if (!answers(message) || isCorrection(message)) return null;
  const other = related.quotedBy(message);
  return el('blockquote', { class: 'quote' }, other ? wordsOf(other) : '引用的消息看不到了');
}

function contents(message, related) {
  if (isWithdrawn(message)) return [el('p', { class: 'withdrawn' }, '这条消息已撤回')];
  const struck = related.correctionOf(message) !== null;
  const parts = (message.payload ?? []).map((part) => {
    if (part.contentAttachment) return media(part.contentAttachment);
    const text = part.contentString ?? '［这条内容现在看不了］';
    return struck ? el('p', {}, el('del', {}, text)) : el('p', {}, text);
  });
  const reason = isCorrection(message)
    ? message.extension?.find((e) => e.url === extension('correction-reason'))?.valueString : null;
  return [quote(message, related), ...parts,
    struck ? el('p', { class: 'note' }, '这句话有误，医生已更正，请看后面的“更正”。') : null,
    reason ? el('p', { class: 'note' }, `更正的原因：${reason}`) : null];
}

export async function bubble(message, readUpTo, related) {
  const theirs = fromHospital(message);
  const mark = theirs ? null : time(message) <= readUpTo ? '医生已读' : '已送达';
  const correction = isCorrection(message) && !isWithdrawn(message);
  const who = await senderWords(message);
  return el('li', { class: `${theirs ? 'theirs' : 'mine'}${correction ? ' correction' : ''}`, 'data-id': message.id },
    el('span', { class: 'sender' }, correction ? `${who} · 更正` : who),
    el('div', { class: 'bubble' }, ...contents(message, related).filter((part) => part !== null)),
    el('span', { class: 'mark' }, `${clockWords(message.sent)}${mark ? ` · ${mark}` : ''}`));
}

function unsentWords(item) {
  if (item.state === 'refused') return `没有发出去：${item.reason}`;
  if (item.file && !item.attachment) return item.late ? '还没传完，已保存，会自动再试' : '正在上传…';
  return item.late ? '还没发出去，已保存，会自动再试' : '正在发送…';
}

export function unsentBubble(item, { retry, edit, drop }) {
  const refused = item.state === 'refused';
  const choice = (words, act) => el('button', { class: 'quiet', onclick: () => act(item) }, words);
  return el('li', { class: 'mine unsent' },
    el('span', { class: 'sender' }, '我'),
    el('div', { class: 'bubble' },
      item.file ? preview(item.id, item.file.type, item.file.name) : null,
      item.text ? el('p', {}, item.text) : null,
      item.file && !refused ? el('progress', { 'data-item': item.id, max: '1', value: item.attachment ? '1' : '0', 'aria-label': '上传' }) : null),
    el('span', { class: 'mark warn' }, unsentWords(item)),
    refused || item.late || item.file ? el('span', { class: 'choices' },
      refused || item.late ? choice('现在重试', retry) : null,
      // Only what was surely not taken may be changed or dropped: else it could arrive twice, or after all.
      refused && edit && !item.file ? choice('改一改', edit) : null,
      item.file && (refused || !item.attachment) ? choice('不发了', drop) : null) : null);
}
