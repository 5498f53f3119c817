// SPDX-License-Identifier: GPL-3.0-or-later
// Camera and microphone: opened, let go of, chosen, and what is done when one is unplugged.

import { closedWords } from './permission.js';

const MEMORY = 'zq.devices';
const KINDS = ['audio', 'video'];
const LISTED = { audio: 'audioinput', video: 'videoinput' };
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30, max: 30 } };

export const nameOfKind = { audio: '麦克风', video: '摄像头' };

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY)) ?? {};
  } catch {
    return {};
  }
}

function remember(kind, id) {
  try {
    localStorage.setItem(MEMORY, JSON.stringify({ ...remembered(), [kind]: id }));
  } catch {
    // A full or closed storage: it is chosen again next time.
  }
}

function wishOf(kinds, deviceOf) {
  const wish = {};
  for (const kind of kinds) {
    const deviceId = deviceOf(kind);
    wish[kind] = { ...(kind === 'video' ? PICTURE : {}), ...(deviceId ? { deviceId } : {}) };
  }
  return wish;
}

// id: this device or none; else the one that was chosen before, or any where that is not there.
async function capture(kinds, id = null) {
  const before = remembered();
  const known = kinds.filter((kind) => typeof before[kind] === 'string');
  const open = (wish) => navigator.mediaDevices.getUserMedia(wish);
  if (!navigator.mediaDevices) throw new DOMException('', 'InsecureError');
  if (id) return open(wishOf(kinds, () => ({ exact: id })));
  if (known.length === 0) return open(wishOf(kinds, () => null));
  try {
    return await open(wishOf(kinds, (kind) => (known.includes(kind) ? { exact: before[kind] } : null)));
  } catch (error) {
    if (!['OverconstrainedError', 'NotFoundError'].includes(error.name)) throw error;
    return open(wishOf(kinds, (kind) => (known.includes(kind) ? { ideal: before[kind] } : null)));
  }
}

// Tells "change" {kind, before, now} when a device came or went by itself, and "list" when others are there.
export class Devices extends EventTarget {
  constructor() {
    super();
    Object.assign(this, { stream: new MediaStream(), why: { audio: null, video: null }, on: { audio: true, video: true }, turn: 0, opening: null, renewing: {} });
    this.changed = () => this.look().catch(() => {});
  }

  track(kind) {
    return this.stream.getTracks().find((one) => one.kind === kind);
  }

  // Sound and picture, or what of it there is; why[kind] says why one is not.
  open() {
    this.opening ??= this.openAll().finally(() => { this.opening = null; });
    return this.opening;
  }

  async openAll() {
    const turn = ++this.turn;
    let why = null;
    const tried = new Set();
    navigator.mediaDevices?.addEventListener('devicechange', this.changed);
    for (const kinds of [KINDS, ['audio'], ['video']]) {
      const missing = kinds.filter((kind) => !this.track(kind));
      if (missing.length === 0 || tried.has(missing.join())) continue;
      tried.add(missing.join());
      try {
        const stream = await capture(missing);
        if (!this.takeAll(stream, turn)) return;
      } catch (error) {
        why ??= error.name;
      }
      if (turn !== this.turn) return;
    }
    for (const kind of KINDS) this.why[kind] = this.track(kind) ? null : why;
  }

  // Nothing is kept of what arrives after the devices were let go of.
  takeAll(stream, turn) {
    if (turn !== this.turn) {
      stream.getTracks().forEach((one) => one.stop());
      return false;
    }
    for (const track of stream.getTracks()) {
      if (this.track(track.kind)) {
        track.stop();
        continue;
      }
      track.enabled = this.on[track.kind];
      track.addEventListener('ended', () => this.lost(track));
      this.stream.addTrack(track);
      this.why[track.kind] = null;
    }
    return true;
  }

  // The light at the camera goes off.
  close() {
    this.turn++;
    this.opening = null;
    navigator.mediaDevices?.removeEventListener('devicechange', this.changed);
    for (const track of this.stream.getTracks()) this.letGo(track);
  }

  letGo(track) {
    this.stream.removeTrack(track);
    track.stop();
  }

  set(kind, on) {
    this.on[kind] = on;
    const track = this.track(kind);
    if (track) track.enabled = on;
  }

  async list(kind) {
    const all = await navigator.mediaDevices?.enumerateDevices?.() ?? [];
    return all.filter((one) => one.kind === LISTED[kind] && one.deviceId);
  }

  tell(kind, before) {
    this.dispatchEvent(new CustomEvent('change', { detail: { kind, before, now: this.track(kind)?.label ?? null } }));
  }

  async lost(track) {
    if (!this.stream.getTracks().includes(track)) return;
    this.letGo(track);
    this.why[track.kind] = 'NotFoundError';
    await this.again(track.kind, track.label);
  }

  // One at a time for each kind: the end of a track and the change of the list come together.
  alone(kind, act) {
    this.renewing[kind] ??= act().finally(() => { this.renewing[kind] = null; });
    return this.renewing[kind];
  }

  // Whatever of this kind is there.
  again(kind, before = null) {
    return this.alone(kind, () => this.renew(kind, before));
  }

  async renew(kind, before) {
    const { turn } = this;
    try {
      if (!this.takeAll(await capture([kind]), turn)) return;
    } catch (error) {
      if (turn !== this.turn) return;
      this.why[kind] = error.name;
    }
    this.tell(kind, before);
  }

  choose(kind, id) {
    return this.alone(kind, () => this.change(kind, id));
  }

  // Some phones open one camera at a time: the old one is let go of first.
  async change(kind, id) {
    const { turn } = this;
    const before = this.track(kind);
    if (before?.getSettings().deviceId === id) return;
    if (before) this.letGo(before);
    try {
      if (!this.takeAll(await capture([kind], id), turn)) return;
      remember(kind, id);
      this.tell(kind, null);
    } catch {
      await this.renew(kind, null);
    }
  }

  async look() {
    const { turn } = this;
    for (const kind of KINDS) {
      const there = await this.list(kind);
      if (turn !== this.turn || this.opening) return;
      if (this.renewing[kind]) continue;
      const track = this.track(kind);
      const id = track?.getSettings().deviceId;
      if (track && id && !there.some((one) => one.deviceId === id)) await this.lost(track);
      else if (!track && there.length > 0 && this.why[kind] !== 'NotAllowedError') await this.again(kind);
    }
    this.dispatchEvent(new CustomEvent('list'));
  }

  // What is wrong with this kind and what to do; null: nothing.
  words(kind) {
    return this.track(kind) ? null : closedWords(nameOfKind[kind], this.why[kind] ?? '');
  }
}

// What became of a device during the call, in a sentence.
export function changeWords({ kind, before, now }) {
  const name = nameOfKind[kind];
  if (now) return before === null ? `正在使用${name}“${now}”。` : `${name}断开了，已换成“${now}”。`;
  return kind === 'video' ? '摄像头断开了。医生看不到您，声音照常。接好后会自动恢复。' : '麦克风断开了，医生听不到您。请接好，会自动恢复。';
}
