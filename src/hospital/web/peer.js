// SPDX-License-Identifier: GPL-3.0-or-later
// The connection to the doctor: the doctor offers, this side answers. What fails is thrown away; another is asked for.

import { sampleOf } from './quality.js';

const DEAD = 4000;

export class Peer extends EventTarget {
  constructor(signal, tracks, video) {
    super();
    Object.assign(this, { signal, tracks, video, call: 0, doctor: null, connection: null, waiting: [], bytes: 0, at: 0, timer: 0 });
    signal.addEventListener('offer', ({ detail }) => this.offered(detail));
    signal.addEventListener('candidate', ({ detail }) => this.candidate(detail));
  }

  async offered({ from, call, sdp }) {
    // Another guest of the visit may speak too: only the doctor is seen as the doctor.
    if (from !== this.doctor || !Number.isInteger(call) || call < this.call) return;
    this.drop();
    this.call = call;
    const connection = new RTCPeerConnection({ iceServers: this.ice ?? [], bundlePolicy: 'max-bundle', iceTransportPolicy: this.policy ?? 'all' });
    this.connection = connection;
    const stream = new MediaStream();
    connection.ontrack = ({ track }) => {
      stream.addTrack(track);
      this.video.srcObject = stream;
      this.onplay?.();
    };
    connection.onicecandidate = ({ candidate }) => {
      if (candidate && connection === this.connection)
        this.signal.send({ type: 'candidate', to: from, call, mline: candidate.sdpMLineIndex ?? 0, candidate: candidate.candidate });
    };
    connection.onconnectionstatechange = () => {
      if (connection !== this.connection) return;
      this.dispatchEvent(new CustomEvent('state', { detail: connection.connectionState }));
      if (connection.connectionState === 'failed') this.ask();
    };
    try {
      await connection.setRemoteDescription({ type: 'offer', sdp });
      for (const transceiver of connection.getTransceivers()) {
        const track = this.tracks()[transceiver.receiver.track.kind];
        await transceiver.sender.replaceTrack(track ?? null);
        transceiver.direction = 'sendrecv';
      }
      const answer = await connection.createAnswer();
      await connection.setLocalDescription(answer);
      if (connection !== this.connection) return;
      this.signal.send({ type: 'answer', to: from, call, sdp: answer.sdp });
      await this.shape();
      const early = this.waiting.splice(0);
      this.ready = true;
      for (const one of early) await this.add(one);
    } catch {
      if (connection === this.connection) this.ask();
    }
    this.at = Date.now();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.watch(connection), 1000);
  }

  // Speech before pictures, and a picture that is made coarser rather than jerky only when it has to be.
  async shape() {
    for (const sender of this.connection.getSenders()) {
      if (sender.track?.kind !== 'video') continue;
      const parameters = sender.getParameters();
      parameters.degradationPreference = 'balanced';
      if (parameters.encodings?.[0]) parameters.encodings[0].maxBitrate = 2500000;
      await sender.setParameters(parameters).catch(() => {});
    }
  }

  candidate(frame) {
    if (frame.from !== this.doctor || frame.call !== this.call || !frame.candidate) return;
    if (this.ready) this.add(frame);
    else this.waiting.push(frame);
  }

  async add({ candidate, mline }) {
    await this.connection?.addIceCandidate({ candidate, sdpMLineIndex: mline }).catch(() => {});
  }

  async watch(connection) {
    if (connection !== this.connection) return;
    let bytes = 0;
    const reports = await connection.getStats();
    if (connection !== this.connection) return;
    for (const report of reports.values())
      if (report.type === 'inbound-rtp') bytes += report.bytesReceived ?? 0;
    if (bytes > this.bytes) this.at = Date.now();
    this.bytes = bytes;
    this.dispatchEvent(new CustomEvent('sample', { detail: sampleOf(reports) }));
    if (Date.now() - this.at > DEAD) this.ask();
  }

  // Another, please: this one is dead.
  ask() {
    this.dispatchEvent(new CustomEvent('state', { detail: 'lost' }));
    this.at = Date.now();
    if (this.doctor) this.signal.send({ type: 'want-call', to: this.doctor, call: this.call });
  }

  async replace(kind, track) {
    for (const transceiver of this.connection?.getTransceivers() ?? [])
      if (transceiver.receiver.track.kind === kind) await transceiver.sender.replaceTrack(track ?? null);
  }

  drop() {
    clearInterval(this.timer);
    const connection = this.connection;
    this.connection = null;
    this.ready = false;
    this.waiting = [];
    this.bytes = 0;
    connection?.close();
  }
}
