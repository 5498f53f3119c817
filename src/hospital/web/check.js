// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a visit would go: camera, microphone, speaker, line; each in plain words, with what to do.

import { nameOfKind } from './devices.js';
import { el } from './dom.js';
import { hasRelay, reachesRelay, roundTrip, roundTripOf } from './line.js';
import { Level, playTone } from './sound.js';

const LOOK = 150; // ms between two looks at picture and level
const HEARD = 0.35; // of the scale: somebody speaks
const FADE = 0.85;
const SILENT = 8000;
const DARK = 40; // of 255
const SLOW = 300;
const TOO_SLOW = 900;

const verdicts = { wait: '正在检查', ask: '请试一下', pass: '正常', poor: '不太好', fail: '不行' };
const titles = { video: '摄像头', audio: '麦克风', speaker: '扬声器', line: '网络' };

export class Check {
  // signal: the line of a room one is in, or null; servers (): its relays, or null where they are not known.
  constructor(devices, { signal = null, servers = () => null, again }) {
    Object.assign(this, { devices, signal, servers, again, timer: 0, level: null, turn: 0, parts: {} });
    this.picture = el('video', { class: 'check-picture', playsinline: true, autoplay: true, 'aria-label': '您自己的画面' });
    this.picture.muted = true;
    this.meter = el('meter', { min: '0', max: '1', low: '0.2', value: '0', 'aria-label': '麦克风音量' });
    this.tone = el('button', { class: 'chip', type: 'button', onclick: () => this.ring() }, '播放声音');
    this.yes = el('button', { class: 'chip', type: 'button', onclick: () => this.answer(true) }, '听到了');
    this.no = el('button', { class: 'chip', type: 'button', onclick: () => this.answer(false) }, '没听到');
    this.asked = el('div', { class: 'choices', hidden: true }, el('span', {}, '听到了吗？'), this.yes, this.no);
    this.pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    this.selects = { video: this.select('video'), audio: this.select('audio') };
    this.result = el('p', { class: 'check-result', role: 'status' });
    this.element = el('section', { class: 'check', 'aria-label': '检查设备' },
      el('h2', {}, '检查设备'),
      el('ul', { class: 'check-parts' },
        this.part('video', this.picture, this.selects.video),
        this.part('audio', this.meter, this.selects.audio),
        this.part('speaker', this.tone, this.asked),
        this.part('line')),
      this.result,
      el('button', { class: 'secondary', type: 'button', onclick: () => this.retry() }, '再试一次'));
  }

  select(kind) {
    const select = el('select', { 'aria-label': `选择${nameOfKind[kind]}`, hidden: true, onchange: () => this.devices.choose(kind, select.value) });
    return select;
  }

  part(name, ...tools) {
    const verdict = el('strong', { class: 'verdict' });
    const words = el('p', { class: 'small' });
    const item = el('li', { class: 'card', 'data-part': name }, el('span', { class: 'line' }, el('span', {}, titles[name]), verdict), ...tools, words);
    this.parts[name] = { item, verdict, words, is: '' };
    return item;
  }

  say(name, is, text = '') {
    const part = this.parts[name];
    if (part.is === is && part.words.textContent === text) return;
    part.is = is;
    part.item.dataset.verdict = is;
    part.verdict.textContent = verdicts[is];
    part.words.textContent = text;
    this.sum();
  }

  // One sentence for all of it, told when nothing is being looked at any more.
  sum() {
    const all = Object.entries(this.parts);
    const named = (is) => all.filter(([, part]) => part.is === is).map(([name]) => titles[name]).join('、');
    let words = '';
    if (named('fail')) words = `${named('fail')}还不行，请看上面的说明。`;
    else if (all.some(([, part]) => part.is === 'wait')) words = '';
    else if (named('poor')) words = `${named('poor')}不太好，可以复诊，改善一下更好。`;
    else if (named('ask')) words = '还差一步：请播放声音，听一听。';
    else words = '都正常，可以开始复诊。';
    if (this.result.textContent !== words) this.result.textContent = words;
  }

  start() {
    this.began = Date.now();
    this.changed('video');
    this.changed('audio');
    this.say('speaker', 'ask', '点“播放声音”，听听有没有两声提示音。');
    this.drawChoices();
    this.checkLine();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.look(), LOOK);
  }

  stop() {
    this.turn++;
    clearInterval(this.timer);
    this.level?.close();
    this.level = null;
    this.picture.srcObject = null;
  }

  async retry() {
    this.stop();
    for (const name of Object.keys(this.parts)) this.say(name, 'wait');
    this.asked.hidden = true;
    await this.again();
    if (this.element.isConnected) this.start();
  }

  // Another device of this kind, or none.
  changed(kind) {
    const track = this.devices.track(kind);
    if (kind === 'video') {
      this.picture.srcObject = track ? new MediaStream([track]) : null;
      this.picture.hidden = !track;
      if (track) this.picture.play().catch(() => {});
    } else {
      this.level?.close();
      this.level = track ? new Level(track) : null;
      this.meter.hidden = !track;
      this.heard = false;
    }
    this.began = Date.now();
    if (track) this.say(kind, 'wait');
    else this.say(kind, 'fail', this.devices.words(kind));
    this.drawChoices();
  }

  async drawChoices() {
    for (const [kind, select] of Object.entries(this.selects)) {
      const there = await this.devices.list(kind);
      const now = this.devices.track(kind)?.getSettings().deviceId;
      select.replaceChildren(...there.map((one, i) => el('option', { value: one.deviceId, selected: one.deviceId === now }, one.label || `${nameOfKind[kind]} ${i + 1}`)));
      select.value = now ?? '';
      select.hidden = there.length < 2;
    }
  }

  look() {
    this.lookAtPicture();
    this.listen();
  }

  lookAtPicture() {
    const track = this.devices.track('video');
    const { videoWidth: width, videoHeight: height } = this.picture;
    if (!track) return;
    if (track.muted || width === 0 || this.picture.readyState < 2) {
      if (Date.now() - this.began > SILENT) this.say('video', 'fail', '摄像头开了，但没有画面。看看镜头盖和摄像头开关，或者换一个摄像头。');
      return;
    }
    this.pen.drawImage(this.picture, 0, 0, width, height, 0, 0, 16, 16);
    const { data } = this.pen.getImageData(0, 0, 16, 16);
    let light = 0;
    for (let i = 0; i < data.length; i += 4) light += (0.3 * data[i] + 0.6 * data[i + 1] + 0.1 * data[i + 2]) / 256;
    if (light < DARK) this.say('video', 'poor', '画面太暗，医生看不清。请开灯，或者面向窗户坐。');
    else this.say('video', 'pass', '看得到自己就可以。请让脸在画面中间。');
  }

  listen() {
    if (!this.level) return;
    const value = this.level.read();
    this.meter.value = Math.max(value, this.meter.value * FADE); // a word is seen longer than it lasts
    this.heard ||= value > HEARD;
    if (this.devices.track('audio')?.muted) this.say('audio', 'poor', '系统里把麦克风静音了，请在系统的声音设置里打开。');
    else if (this.heard) this.say('audio', 'pass', '说话时，上面的条会动。');
    else if (Date.now() - this.began > SILENT) this.say('audio', 'poor', '没有听到声音。请对着它说句话；还是不动的话，换一个麦克风，或拔掉耳机再试。');
    else this.say('audio', 'wait', '请说一句话，看看上面的条动不动。');
  }

  async ring() {
    this.tone.disabled = true;
    await playTone().catch(() => {});
    this.tone.disabled = false;
    this.asked.hidden = false;
    this.yes.focus();
  }

  answer(heard) {
    this.asked.hidden = true;
    this.tone.focus();
    if (heard) this.say('speaker', 'pass', '听得到就可以。');
    else this.say('speaker', 'fail', '请调高音量、关掉静音开关；连着蓝牙耳机的话先断开。然后再播放一次。');
  }

  async checkLine() {
    const turn = ++this.turn;
    const servers = this.servers();
    this.say('line', 'wait');
    const [time, relay] = await Promise.all([
      (this.signal ? roundTripOf(this.signal) : roundTrip()).catch(() => null),
      hasRelay(servers) ? reachesRelay(servers) : null,
    ]);
    if (turn !== this.turn) return;
    const took = time === null ? '' : `往返 ${Math.max(1, Math.round(time))} 毫秒。`;
    if (time === null) this.say('line', 'fail', '连不上医院。请看看 Wi‑Fi 或流量，换一个网络再试。');
    else if (relay === false) this.say('line', 'poor', `${took}医院的中转连不上，视频可能接不通。请换一个网络，比如从公司 Wi‑Fi 换成手机流量。`);
    else if (time > TOO_SLOW) this.say('line', 'fail', `${took}网络太慢，说话会断断续续。请靠近路由器或换一个网络。`);
    else if (time > SLOW) this.say('line', 'poor', `${took}网络有些慢，能通话，画面可能会停。`);
    else this.say('line', 'pass', relay ? `${took}医院的中转也连得上。` : took);
  }
}
