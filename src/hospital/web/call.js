// SPDX-License-Identifier: GPL-3.0-or-later
// A place in the room of a visit: waiting, then the doctor on the screen. The patient's page and a guest's are this.

import { keepAwake } from './awake.js';
import { Check } from './check.js';
import { Devices, changeWords, nameOfKind } from './devices.js';
import { el, trouble } from './dom.js';
import { serversOf } from './line.js';
import { Peer } from './peer.js';
import { Quality, qualityWords } from './quality.js';
import { Copy } from './record.js';
import { Signal } from './signal.js';

const atRest = ['refused', 'over', 'left', 'taken'];

// room: "Appointment/12"; link (): a promise of the link; key: what this tab remembers its place by; words: what the
// page says otherwise than this; chat: a Chat or null. Tells "state" and "joined".
export class Call extends EventTarget {
  constructor({ room, link, key, words = {}, refusals = {}, chat = null }) {
    super();
    Object.assign(this, { room, link, words, refusals, chat, state: 'idle', said: '', attempt: 0, doctor: null, others: [], recorded: false });
    this.signal = null;
    this.peer = null;
    this.check = null;
    this.quality = new Quality();
    this.devices = new Devices();
    this.devices.addEventListener('change', ({ detail }) => this.deviceChanged(detail));
    this.devices.addEventListener('list', () => this.drawChoices());
    this.memory = {
      get: () => sessionStorage.getItem(key) ?? undefined,
      set: (value) => sessionStorage.setItem(key, value),
      clear: () => sessionStorage.removeItem(key),
    };
    this.build();
  }

  // --- what is on the screen ---

  build() {
    this.remote = el('video', { class: 'remote', autoplay: true, playsinline: true, 'aria-label': '医生的画面' });
    this.own = el('video', { class: 'own', autoplay: true, playsinline: true, 'aria-label': '您自己的画面' });
    this.own.muted = true;
    this.veil = el('p', { class: 'veil', hidden: true });
    this.status = el('p', { class: 'call-status', role: 'status' });
    this.line = el('p', { class: 'call-quality', role: 'status' });
    this.notice = el('p', { class: 'call-notice', role: 'status' });
    this.marks = el('p', { class: 'call-marks', role: 'status' });
    this.mute = this.toggleButton('audio', '静音', '已静音');
    this.camera = this.toggleButton('video', '关摄像头', '摄像头已关');
    this.settings = el('button', { class: 'chip', type: 'button', 'aria-expanded': 'false', onclick: () => this.toggleCheck() }, '检查设备');
    this.leaveButton = el('button', { class: 'danger chip', type: 'button', onclick: () => this.leave() }, '离开');
    this.back = el('button', { class: 'primary', type: 'button', onclick: () => this.open() }, '重新进入');
    this.sound = el('button', { class: 'primary', type: 'button', hidden: true, onclick: () => this.play() }, '点这里，打开声音');
    this.choices = el('div', { class: 'call-choices' });
    this.stage = el('div', { class: 'stage' }, this.remote, this.veil, this.own);
    this.controls = el('div', { class: 'call-controls' }, this.mute, this.camera, this.chat?.button, this.settings, this.leaveButton, this.back);
    this.element = el('main', { class: 'call' },
      el('div', { class: 'call-side' }, this.stage, this.sound, this.status, this.line, this.notice, this.marks, this.controls, this.choices),
      this.chat?.panel);
  }

  toggleButton(kind, on, off) {
    const button = el('button', { class: 'chip', type: 'button', 'aria-pressed': 'false', onclick: () => {
      this.devices.set(kind, !this.devices.on[kind]);
      this.drawToggles();
      this.tellMedia();
    } }, on);
    button.draw = () => {
      const works = Boolean(this.devices.track(kind));
      const words = this.devices.on[kind] ? on : off;
      if (button.textContent !== words) button.textContent = words;
      button.setAttribute('aria-pressed', String(!this.devices.on[kind]));
      button.disabled = !works;
    };
    return button;
  }

  drawToggles() {
    this.mute.draw();
    this.camera.draw();
  }

  deviceWords() {
    const missing = ['video', 'audio'].filter((kind) => !this.devices.track(kind));
    if (missing.length === 0) return '摄像头和麦克风都可以用。';
    return missing.map((kind) => `${kind === 'video' ? '没有画面' : '医生听不到您'}：${this.devices.words(kind)}`).join('');
  }

  saidNow() {
    const said = {
      idle: '', opening: '正在进入候诊室…', waiting: `您在候诊室，医生知道您来了。请不要关闭本页。${this.deviceWords()}`,
      admitted: '医生请您进来，正在接通…', live: '', lost: qualityWords.restoring, refused: this.said,
      over: '复诊结束了。', left: '您离开了，摄像头和麦克风已关。医生还在等您。', taken: '这次复诊已在另一个页面打开，这里已停下。',
    };
    return this.words[this.state] ?? said[this.state];
  }

  draw() {
    const set = (line, words) => { if (line.textContent !== words) line.textContent = words; };
    const inside = !atRest.includes(this.state) && this.state !== 'idle';
    set(this.status, this.saidNow());
    set(this.line, this.state === 'live' ? qualityWords[this.quality.kind] : '');
    this.line.dataset.quality = this.state === 'lost' ? 'restoring' : this.quality.kind;
    const present = this.others.length > 0 ? `另有 ${this.others.length} 位受邀的人在场` : '';
    set(this.marks, [this.recorded ? '● 正在录制' : '', this.doctor?.media?.screen ? '医生正在展示资料' : '', inside ? present : ''].filter(Boolean).join('　'));
    const veil = this.veilWords();
    set(this.veil, veil);
    this.veil.hidden = veil === '';
    this.leaveButton.hidden = !inside;
    this.settings.hidden = !['waiting', 'admitted', 'live', 'lost'].includes(this.state);
    this.mute.hidden = this.camera.hidden = !inside;
    if (this.chat) this.chat.button.hidden = !inside;
    this.back.hidden = !['left', 'taken'].includes(this.state) && !(this.state === 'refused' && this.canRetry);
    // The check has a picture of one's own.
    this.stage.hidden = atRest.includes(this.state) || (this.check !== null && ['waiting', 'admitted'].includes(this.state));
    this.remote.classList.toggle('stale', this.state === 'lost');
    document.getElementById('app').dataset.call = this.state;
    this.drawToggles();
  }

  // In the place of the doctor's picture, where there is none.
  veilWords() {
    if (this.state !== 'live') return '';
    if (this.doctor?.media?.video === false && !this.doctor.media.screen) return '医生的画面暂停了，声音照常，请接着说。';
    return this.quality.kind === 'sound' ? '画面暂停了，声音照常，请接着说。' : '';
  }

  set(state, said = '') {
    if (state !== this.state && state !== 'live' && state !== 'lost') this.quality.reset();
    if (state === 'live' && this.state !== 'live') this.closeCheck();
    if (atRest.includes(state)) this.notice.textContent = '';
    this.state = state;
    this.said = said;
    keepAwake(!atRest.includes(state));
    this.draw();
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  // --- devices ---

  tracks() {
    return { audio: this.devices.track('audio'), video: this.devices.track('video') };
  }

  tellMedia() {
    const { audio, video } = this.tracks();
    this.signal?.send({ type: 'media', audio: Boolean(audio?.enabled), video: Boolean(video?.enabled), screen: false });
  }

  showOwn() {
    this.own.srcObject = this.devices.track('video') ? new MediaStream([this.devices.track('video')]) : null;
    this.own.hidden = this.own.srcObject === null;
    if (this.own.srcObject) this.own.play().catch(() => {});
  }

  deviceChanged(change) {
    this.peer?.replace(change.kind, this.devices.track(change.kind)).catch(() => {});
    this.copy?.replace(change.kind, this.devices.track(change.kind)).catch(() => {});
    this.notice.textContent = changeWords(change);
    this.showOwn();
    this.tellMedia();
    this.check?.changed(change.kind);
    this.drawChoices();
    this.draw();
  }

  toggleCheck() {
    if (this.check) { this.closeCheck(); return; }
    this.check = new Check(this.devices, { signal: this.signal, servers: () => this.signal?.joined && this.peer ? this.peer.ice : null, again: () => this.openAgain() });
    this.settings.setAttribute('aria-expanded', 'true');
    this.choices.replaceChildren(this.check.element);
    this.check.start();
    this.draw();
  }

  closeCheck() {
    this.check?.stop();
    this.check = null;
    this.settings.setAttribute('aria-expanded', 'false');
    this.choices.replaceChildren();
    if (this.state === 'waiting') this.draw();
  }

  drawChoices() {
    this.check?.drawChoices();
  }

  async openAgain() {
    await this.devices.open();
    for (const kind of Object.keys(nameOfKind)) await this.peer?.replace(kind, this.devices.track(kind)).catch(() => {});
    this.showOwn();
    this.tellMedia();
    this.draw();
  }

  // Some browsers play no sound before somebody has touched the page.
  play() {
    this.remote.play().then(() => { this.sound.hidden = true; }, (error) => {
      if (error.name === 'NotAllowedError') this.sound.hidden = false;
    });
  }

  // --- in and out ---

  async open() {
    if (!atRest.includes(this.state) && this.state !== 'idle') return;
    const attempt = ++this.attempt;
    this.set('opening');
    await this.devices.open();
    if (attempt !== this.attempt || this.state !== 'opening') return; // gone meanwhile, and all let go of
    this.showOwn();
    this.join();
  }

  join() {
    this.signal = new Signal(this.room, this.link, this.memory);
    this.peer = new Peer(this.signal, () => this.tracks(), this.remote);
    this.peer.onplay = () => this.play();
    this.copy = new Copy(this.signal, () => this.tracks(), () => this.peer?.ice ?? []);
    this.hear(this.signal, this.peer);
    this.signal.open();
  }

  hear(signal, peer) {
    const on = (type, act) => signal.addEventListener(type, ({ detail }) => { if (signal === this.signal) act(detail); });
    on('joined', (detail) => this.joined(detail));
    on('member', ({ member }) => this.note(member));
    on('left', ({ id }) => { if (id === 'recorder') this.copy.stop(); this.others = this.others.filter((one) => one !== id); this.draw(); });
    on('admitted', () => {
      if (this.me) this.me.admitted = true;
      if (this.recorder) this.copy.start();
      if (this.state !== 'live') this.set('admitted');
    });
    on('held', () => { if (this.me) this.me.admitted = false; this.copy.stop(); peer.drop(); this.set('waiting'); });
    on('recorded', (detail) => { this.recorded = Boolean(detail.on); this.draw(); });
    on('taken', () => { this.stop(); this.set('taken'); });
    on('ended', () => { this.stop(); this.set('over'); });
    on('refused', (detail) => { this.stop(); this.refused(detail); });
    on('away', () => trouble('visit', '和医院的连接断了，正在接回。'));
    on('ice', (detail) => { peer.ice = serversOf(detail.servers); });
    peer.addEventListener('sample', ({ detail }) => this.sampled(detail));
    peer.addEventListener('state', ({ detail }) => {
      if (peer !== this.peer) return;
      if (detail === 'connected') {
        this.quality.reset();
        this.set('live');
      } else if (['disconnected', 'failed', 'lost'].includes(detail) && ['live', 'lost'].includes(this.state)) this.set('lost');
    });
  }

  // By the doctor, with words of his or none; or by the hospital, with a code.
  refused({ type, code, text }) {
    const words = this.refusals[code] ?? (type === 'refused' ? text || '医生没有让您进入。' : '暂时进不了候诊室，请稍后再试。');
    this.canRetry = !['over', 'link-expired', 'link-unknown'].includes(code);
    this.set('refused', String(words).slice(0, 300));
  }

  joined(detail) {
    const { signal, peer } = this;
    const members = Array.isArray(detail.members) ? detail.members : [];
    const me = members.find((member) => member.id === detail.you);
    trouble('visit', null);
    peer.ice = serversOf(detail.ice);
    this.recorded = Boolean(detail.recorded);
    this.me = me;
    this.others = [];
    this.copy.stop();
    this.recorder = false;
    members.forEach((member) => this.note(member));
    this.tellMedia();
    this.dispatchEvent(new CustomEvent('joined', { detail }));
    if (!me?.admitted) this.set('waiting');
    else if (!peer.connection) {
      this.set('admitted');
      // The page was opened again: the doctor does not know that there is nothing here.
      if (peer.doctor) signal.send({ type: 'want-call', to: peer.doctor, call: 0 });
    } else if (peer.connection.connectionState === 'connected') this.set('live');
  }

  // Who else is in the visit is said to everybody, without a name.
  note(member) {
    if (!member || typeof member.id !== 'string') return;
    if (member.role === 'doctor') {
      this.peer.doctor = member.id;
      this.doctor = member;
      this.dispatchEvent(new CustomEvent('doctor', { detail: member }));
    } else if (member.role === 'recorder') {
      // Only what the doctor is sent is recorded: nobody is in the waiting room.
      this.recorder = Boolean(member.online);
      if (this.recorder && this.me?.admitted) this.copy.start();
    } else if (['guest', 'relative'].includes(member.role) && member.id !== this.me?.id) {
      this.others = this.others.filter((one) => one !== member.id);
      if (member.admitted && member.online) this.others.push(member.id);
    }
    this.draw();
  }

  sampled(sample) {
    if (this.state !== 'live') return;
    const before = this.quality.kind;
    const media = this.doctor?.media;
    this.quality.take(sample, Boolean(media?.video || media?.screen));
    if (this.quality.kind !== before) this.draw();
  }

  // Nothing is left on: neither the line nor the camera's light.
  stop() {
    this.closeCheck();
    this.signal?.close();
    this.peer?.drop();
    this.copy?.stop();
    this.recorder = false;
    this.signal = null;
    this.remote.srcObject = null;
    this.memory.clear();
    this.devices.close();
    this.showOwn();
    this.others = [];
    this.recorded = false;
    trouble('visit', null);
  }

  leave() {
    if (atRest.includes(this.state) || this.state === 'idle') return;
    this.stop();
    this.set('left');
  }

  debug() {
    return { state: this.state, call: this.peer?.call ?? 0, peer: this.peer, stream: this.devices.stream, quality: this.quality };
  }
}
