// SPDX-License-Identifier: GPL-3.0-or-later
// The line to the hospital's room: comes back by itself until it is closed.

import { readFrame } from './line.js';

const FIRST = 300;
const MOST = 5000;
const BEAT = 2000;
const SILENCE = 6000;

export class Signal extends EventTarget {
  constructor(room, getLink, memory) {
    super();
    Object.assign(this, { room, getLink, memory, delay: FIRST, wanted: false, joined: false, socket: null, timer: 0, beat: 0, heard: 0 });
  }

  open() {
    this.wanted = true;
    this.connect();
  }

  async connect() {
    clearTimeout(this.timer);
    if (!this.wanted || this.socket) return;
    let link;
    try {
      link = await this.getLink();
    } catch (error) {
      if (error.kind === 'network' || error.kind === 'server' || error instanceof TypeError) this.again();
      else { this.wanted = false; this.tell('refused', { code: error.kind, text: error.message }); }
      return;
    }
    if (!this.wanted || this.socket) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/signalling`);
    this.socket = socket;
    this.heard = Date.now();
    socket.onopen = () => this.send({ type: 'join', room: this.room, link, resume: this.memory.get(), device: '浏览器' });
    socket.onmessage = (event) => {
      this.heard = Date.now();
      const frame = readFrame(event.data);
      if (frame && socket === this.socket) this.take(frame);
    };
    socket.onclose = () => this.lost(socket);
    clearInterval(this.beat);
    this.beat = setInterval(() => {
      if (Date.now() - this.heard > SILENCE) this.lost(socket);
      else this.send({ type: 'ping', n: 1 });
    }, BEAT);
  }

  again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), this.delay);
    this.delay = Math.min(this.delay * 2, MOST);
  }

  lost(socket) {
    if (socket !== this.socket) return;
    clearInterval(this.beat);
    this.socket = null;
    socket.onclose = null;
    socket.close();
    if (this.joined) this.tell('away');
    this.joined = false;
    if (this.wanted) this.again();
  }

  take(frame) {
    if (frame.type === 'joined') {
      this.joined = true;
      this.delay = FIRST;
      this.memory.set(frame.resume);
    } else if (frame.type === 'taken' || frame.type === 'ended' || frame.type === 'refused') this.wanted = false;
    else if (frame.type === 'error' && !this.joined) {
      this.wanted = false;
      this.tell('refused', frame);
      return;
    }
    this.tell(frame.type, frame);
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  close() {
    if (this.joined) this.send({ type: 'leave' });
    this.wanted = false;
    clearTimeout(this.timer);
    clearInterval(this.beat);
    this.socket?.close();
    this.socket = null;
    this.joined = false;
  }
}
