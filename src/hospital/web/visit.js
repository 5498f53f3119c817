// SPDX-License-Identifier: GPL-3.0-or-later
// The patient's visit: asked for a link and about recording, then the waiting room.

import { session } from './auth.js';
import { Call } from './call.js';
import { Chat, threadOf } from './chat.js';
import { el, header, show, trouble } from './dom.js';
import { create, HospitalError, nameOf, now, person, read, search } from './fhir.js';
import { actorOf, isOverVisit } from './visits.js';
import { clockWords, codeSystem } from './words.js';

const refusals = {
  'too-early': '候诊室还没有开放，请在预约时间前 30 分钟内再来。',
  over: '这次复诊已经结束。',
  'link-expired': '这个链接已经过期，请从“我的咨询”重新进入。',
  'link-unknown': '这个链接打不开候诊室，请从“我的咨询”重新进入。',
  'no-room': '候诊室里人太多了，请稍后再来。',
  'signed-out': '登录已过期，请回到“我的咨询”重新登录。',
  refused: '找不到这次复诊。',
};

async function askLink(visit) {
  let answer;
  try {
    answer = await fetch(`${location.origin}/signalling/links`, {
      method: 'POST', headers: { Authorization: `Bearer ${session()?.token ?? ''}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ appointment: `Appointment/${visit}` }),
    });
  } catch {
    throw new HospitalError('network', '');
  }
  if (answer.status === 201) return answer.json();
  if (answer.status === 401) throw new HospitalError('signed-out', '登录已过期，请重新登录。');
  if (answer.status === 409) throw new HospitalError('too-early', refusals['too-early']);
  if (answer.status === 410) throw new HospitalError('over', refusals.over);
  if (answer.status >= 500) throw new HospitalError('server', '');
  throw new HospitalError('refused', refusals.refused);
}

async function askConsent(visit) {
  const known = await search(`Consent?patient=${session().me}&_sort=-_lastUpdated&_count=20`).catch(() => []);
  const own = known.find((consent) => consent.provision?.data?.some((data) => data.reference?.reference === `Appointment/${visit}`));
  if (own) return own.provision.type;
  return new Promise((resolve) => {
    const answer = async (type) => {
      buttons.forEach((button) => { button.disabled = true; });
      try {
        await create({
          resourceType: 'Consent', status: 'active',
          scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
          category: [{ coding: [{ system: codeSystem('consent-category'), code: 'video-recording' }] }],
          patient: { reference: session().me }, dateTime: now().toISOString(),
          policyRule: { text: '视频复诊录制告知' },
          provision: { type, data: [{ meaning: 'instance', reference: { reference: `Appointment/${visit}` } }] },
        });
        resolve(type);
      } catch (error) {
        trouble('visit', error.message);
        buttons.forEach((button) => { button.disabled = false; });
      }
    };
    const buttons = [
      el('button', { class: 'primary', onclick: () => answer('permit') }, '同意录制'),
      el('button', { class: 'secondary', onclick: () => answer('deny') }, '不同意'),
    ];
    show(header('录制告知', { back: '#/' }), el('main', { class: 'welcome' },
      el('p', {}, '医院会录下这次视频复诊，只用于病历存档和质量检查，不会公开。'), ...buttons));
  });
}

const says = (text) => show(header('视频复诊', { back: '#/' }), el('main', { class: 'welcome' }, el('p', {}, text)));

export function openVisit(id) {
  const here = location.hash;
  let call = null;
  let chat = null;
  let begun = false;
  let link = null;

  // A link is good for the whole visit: with it one comes back even when the sign-in has run out meanwhile.
  const getLink = async () => {
    link ??= (await askLink(id)).link;
    return link;
  };

  const gone = () => {
    if (location.hash === here) return;
    window.removeEventListener('hashchange', gone);
    document.body.classList.remove('with-chat', 'wide');
    call?.leave();
    delete document.getElementById('app').dataset.call;
  };

  async function begin(visible) {
    const visit = await read(`Appointment/${id}`);
    const doctor = await person(actorOf(visit, 'Practitioner'));
    if (!visible()) return;
    if (isOverVisit(visit)) { says(refusals.over); return; }
    const answer = await askLink(id);
    link = answer.link;
    if (answer.recording !== 'off' && (await askConsent(id)) === 'deny' && answer.recording === 'required') {
      says('没有您的同意就不录制，也不能视频。医生会改用电话联系您，请保持电话畅通。');
      return;
    }
    const task = await threadOf(visit);
    if (!visible()) return;
    chat = task ? new Chat(task) : null;
    call = new Call({
      room: `Appointment/${id}`, link: getLink, key: `zq.visit.${id}`, chat, refusals,
      words: { over: '复诊结束了。医生写好小结后，会在“我的咨询”里看到。' },
    });
    call.addEventListener('state', ({ detail }) => { if (detail === 'refused') link = null; });
    document.body.classList.add('wide');
    show(header('视频复诊', { back: '#/', subtitle: el('p', {}, `${doctor ? `${nameOf(doctor)}医生` : ''}　${clockWords(visit.start)}`) }), call.element);
    call.open();
  }

  window.addEventListener('hashchange', gone);

  return {
    restore() { return Boolean(call); },
    async refresh(visible) {
      if (begun) {
        await chat?.refresh();
        return;
      }
      begun = true;
      try {
        await begin(visible);
      } catch (error) {
        begun = false;
        throw error;
      }
    },
    debug: () => call?.debug() ?? { state: 'opening', call: 0, peer: null, stream: new MediaStream() },
  };
}
