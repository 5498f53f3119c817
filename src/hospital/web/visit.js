// SPDX-License-Identifier: GPL-3.0-or-later
// A visit: the waiting room, then the doctor on the screen.

import { session } from './auth.js';
import { el, header, show, trouble } from './dom.js';
import { create, HospitalError, nameOf, now, person, read, search } from './fhir.js';
import { Peer } from './peer.js';
import { Signal } from './signal.js';
import { actorOf, isOverVisit } from './visits.js';
import { clockWords, codeSystem } from './words.js';

const refusals = {
  'too-early': '候诊室还没有开放，请在预约时间前 30 分钟内再来。',
  over: '这次复诊已经结束。',
  'link-expired': '这个链接已经过期，请从“我的咨询”重新进入。',
  'link-unknown': '这个链接打不开候诊室，请从“我的咨询”重新进入。',
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
  throw new HospitalError('refused', '找不到这次复诊。');
}

// What this device can give: sound and picture, sound alone, or nothing, each said in words.
async function openDevices() {
  const wishes = [
    { audio: true, video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30, max: 30 } } },
    { audio: true }, { video: true },
  ];
  let why = null;
  for (const wish of wishes) {
    try {
      return { stream: await navigator.mediaDevices.getUserMedia(wish), why };
    } catch (error) {
      why ??= error.name;
    }
  }
  return { stream: new MediaStream(), why };
}

const deviceWords = (stream, why) => {
  const audio = stream.getAudioTracks().length > 0;
  const video = stream.getVideoTracks().length > 0;
  if (audio && video) return '摄像头和麦克风都可以用。';
  const reason = why === 'NotAllowedError' ? '请在浏览器里允许使用摄像头和麦克风，然后刷新本页。' : '请检查有没有接好，或者被别的程序占用。';
  if (audio) return `只能通话，没有画面。${reason}`;
  if (video) return `医生听不到您：麦克风打不开。${reason}`;
  return `摄像头和麦克风都打不开。${reason}`;
};

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

export function openVisit(id) {
  const place = `zq.visit.${id}`;
  let visit = null;
  let doctor = null;
  let stream = new MediaStream();
  let why = null;
  let signal = null;
  let peer = null;
  let state = 'opening'; // opening, waiting, admitted, live, lost, refused, over, left, taken
  let words = '';
  let recorded = false;
  let screen = false;
  let begun = false;
  let parts = null;

  const memory = {
    get: () => sessionStorage.getItem(place) ?? undefined,
    set: (value) => sessionStorage.setItem(place, value),
    clear: () => sessionStorage.removeItem(place),
  };
  const track = (kind) => stream.getTracks().find((one) => one.kind === kind);
  const tracks = () => ({ audio: track('audio'), video: track('video') });
  const tellMedia = () => signal?.send({ type: 'media', audio: Boolean(track('audio')?.enabled), video: Boolean(track('video')?.enabled), screen: false });

  function toggle(kind, button, on, off) {
    const own = track(kind);
    if (!own) return;
    own.enabled = !own.enabled;
    button.textContent = own.enabled ? on : off;
    button.setAttribute('aria-pressed', String(!own.enabled));
    tellMedia();
  }

  function build() {
    const remote = el('video', { class: 'remote', autoplay: true, playsinline: true, 'aria-label': '医生的画面' });
    const own = el('video', { class: 'own', autoplay: true, playsinline: true, 'aria-label': '您自己的画面' });
    own.muted = true;
    own.srcObject = stream;
    own.play().catch(() => {});
    const status = el('p', { class: 'call-status', role: 'status' });
    const marks = el('p', { class: 'call-marks' });
    const mute = el('button', { class: 'chip', 'aria-pressed': 'false', onclick: () => toggle('audio', mute, '静音', '已静音') }, '静音');
    const camera = el('button', { class: 'chip', 'aria-pressed': 'false', onclick: () => toggle('video', camera, '关摄像头', '摄像头已关') }, '关摄像头');
    const leave = el('button', { class: 'danger', onclick: () => hangUp() }, '离开');
    const back = el('button', { class: 'primary', onclick: () => start() }, '重新进入');
    const chat = visit.supportingInformation?.[0]?.reference ? el('a', { class: 'chip', href: '#/', target: '_blank' }, '打开对话') : null;
    parts = { remote, own, status, marks, leave, back, controls: el('div', { class: 'call-controls' }, mute, camera, chat, leave, back) };
    return [header('视频复诊', { back: '#/', subtitle: el('p', {}, `${doctor ? `${nameOf(doctor)}医生` : ''}　${clockWords(visit.start)}`) }),
      el('main', { class: 'call' }, el('div', { class: 'stage' }, remote, own), status, marks, parts.controls)];
  }

  function draw() {
    if (!parts) return;
    const said = {
      opening: '正在进入候诊室…', waiting: `您在候诊室，医生知道您来了。请不要关闭本页。${deviceWords(stream, why)}`,
      admitted: '医生请您进来，正在接通…', live: '', lost: '连接断了，正在自动接回，请不要关闭本页。',
      refused: words, over: '复诊结束了。医生写好小结后，会在“我的咨询”里看到。', left: '您离开了，医生还在等您。', taken: '您在另一个页面打开了这次复诊，这里已停下。',
    }[state];
    parts.status.textContent = said;
    parts.marks.textContent = [recorded ? '● 正在录制' : '', screen ? '医生正在展示资料' : ''].filter(Boolean).join('　');
    parts.leave.hidden = ['refused', 'over', 'left', 'taken'].includes(state);
    parts.back.hidden = !['left', 'taken'].includes(state);
    document.getElementById('app').dataset.call = state;
    parts.remote.classList.toggle('stale', state === 'lost');
  }

  function set(next, text = '') {
    state = next;
    words = text;
    draw();
  }

  function note(member) {
    if (member.role !== 'doctor') return;
    peer.doctor = member.id;
    screen = Boolean(member.media?.screen);
    draw();
  }

  function start() {
    signal?.close();
    signal = new Signal(`Appointment/${id}`, async () => (await askLink(id)).link, memory);
    peer?.drop();
    peer = new Peer(signal, tracks, parts.remote);
    signal.addEventListener('joined', ({ detail }) => {
      const me = detail.members.find((member) => member.id === detail.you);
      peer.ice = detail.ice;
      recorded = detail.recorded;
      detail.members.forEach(note);
      tellMedia();
      if (!me?.admitted) set('waiting');
      else if (!peer.connection) {
        set('admitted');
        // The page was opened again: the doctor does not know that there is nothing here.
        if (peer.doctor) signal.send({ type: 'want-call', to: peer.doctor, call: 0 });
      } else if (peer.connection.connectionState === 'connected') set('live');
    });
    signal.addEventListener('member', ({ detail }) => note(detail.member));
    signal.addEventListener('admitted', () => { if (state !== 'live') set('admitted'); });
    signal.addEventListener('held', () => { peer.drop(); set('waiting'); });
    signal.addEventListener('recorded', ({ detail }) => { recorded = detail.on; draw(); });
    signal.addEventListener('taken', () => { peer.drop(); set('taken'); });
    signal.addEventListener('ended', () => { stop(); set('over'); });
    signal.addEventListener('refused', ({ detail }) => { stop(); set('refused', refusals[detail.code] ?? detail.text ?? '医生没有让您进入。'); });
    signal.addEventListener('away', () => trouble('visit', '和医院的连接断了，正在接回。'));
    signal.addEventListener('joined', () => trouble('visit', null));
    peer.addEventListener('state', ({ detail }) => {
      if (detail === 'connected') set('live');
      else if ((detail === 'disconnected' || detail === 'failed' || detail === 'lost') && ['live', 'lost'].includes(state)) set('lost');
    });
    set('opening');
    signal.open();
  }

  function stop() {
    signal?.close();
    peer?.drop();
    memory.clear();
    stream.getTracks().forEach((one) => one.stop());
    trouble('visit', null);
  }

  function hangUp() {
    memory.clear();
    signal?.close();
    peer?.drop();
    set('left');
  }

  async function begin(visible) {
    visit = await read(`Appointment/${id}`);
    doctor = await person(actorOf(visit, 'Practitioner'));
    if (isOverVisit(visit)) {
      show(header('视频复诊', { back: '#/' }), el('main', { class: 'welcome' }, el('p', {}, refusals.over)));
      return;
    }
    const { recording } = await askLink(id);
    if (recording !== 'off' && (await askConsent(id)) === 'deny' && recording === 'required') {
      show(header('视频复诊', { back: '#/' }), el('main', { class: 'welcome' },
        el('p', {}, '没有您的同意就不录制，也不能视频。医生会改用电话联系您，请保持电话畅通。')));
      return;
    }
    ({ stream, why } = await openDevices());
    if (!visible()) { stop(); return; }
    show(...build());
    start();
  }

  window.addEventListener('hashchange', () => {
    if (location.hash !== `#/v/${id}` && signal) hangUp();
  });

  return {
    restore() { return Boolean(parts) && state !== 'left'; },
    async refresh(visible) {
      if (begun) return;
      begun = true;
      try {
        await begin(visible);
      } catch (error) {
        begun = false;
        throw error;
      }
    },
    debug: () => ({ state, call: peer?.call ?? 0, peer, stream }),
  };
}
