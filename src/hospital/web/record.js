// SPDX-License-Identifier: GPL-3.0-or-later
// What this side sends to the hospital's recorder while it is in the room: one more connection, which only sends. Small and
// coarse, so that the visit itself comes first.

const RATE = 150000;
const AGAIN = 3000;
const PLACE = 'recorder';

export class Copy {
  constructor(signal, tracks, servers) {
    Object.assign(this, { signal, tracks, servers, call: 0, connection: null, timer: 0, early: [] });
    signal.addEventListener('answer', ({ detail }) => this.answered(detail));
    signal.addEventListener('candidate', ({ detail }) => this.candidate(detail));
  }

  isMine({ from, call }) {
    return from === PLACE && call === this.call && this.connection !== null;
  }

  async start() {
    if (this.connection) return;
    const call = ++this.call;
    const connection = new RTCPeerConnection({ iceServers: this.servers(), bundlePolicy: 'max-bundle' });
    this.connection = connection;
    connection.onicecandidate = ({ candidate }) => {
      if (candidate && connection === this.connection)
        this.signal.send({ type: 'candidate', to: PLACE, call, mline: candidate.sdpMLineIndex ?? 0, candidate: candidate.candidate });
    };
    connection.onconnectionstatechange = () => {
      if (connection === this.connection && connection.connectionState === 'failed') this.again();
    };
    try {
      for (const kind of ['audio', 'video']) await this.add(connection, kind);
      const offer = await connection.createOffer();
      await connection.setLocalDescription(offer);
      if (connection === this.connection) this.signal.send({ type: 'offer', to: PLACE, call, sdp: offer.sdp });
    } catch {
      if (connection === this.connection) this.again();
    }
  }

  async add(connection, kind) {
    const transceiver = connection.addTransceiver(kind, { direction: 'sendonly' });
    const codecs = RTCRtpSender.getCapabilities(kind)?.codecs.filter(({ mimeType }) => /\/(vp8|opus|rtx)$/i.test(mimeType));
    if (codecs?.length) transceiver.setCodecPreferences(codecs);
    await transceiver.sender.replaceTrack(this.tracks()[kind] ?? null);
    if (kind !== 'video') return;
    const parameters = transceiver.sender.getParameters();
    parameters.degradationPreference = 'maintain-resolution';
    if (parameters.encodings?.[0]) Object.assign(parameters.encodings[0], { maxBitrate: RATE, scaleResolutionDownBy: 2, maxFramerate: 10 });
    await transceiver.sender.setParameters(parameters).catch(() => {});
  }

  async answered(frame) {
    if (!this.isMine(frame)) return;
    const { connection } = this;
    await connection.setRemoteDescription({ type: 'answer', sdp: frame.sdp }).catch(() => this.again());
    for (const one of this.early.splice(0)) await this.put(connection, one);
  }

  candidate(frame) {
    if (!this.isMine(frame) || !frame.candidate) return;
    if (this.connection.remoteDescription) this.put(this.connection, frame);
    else this.early.push(frame);
  }

  async put(connection, { candidate, mline }) {
    await connection.addIceCandidate({ candidate, sdpMLineIndex: mline }).catch(() => {});
  }

  async replace(kind, track) {
    for (const transceiver of this.connection?.getTransceivers() ?? [])
      if (transceiver.receiver.track.kind === kind) await transceiver.sender.replaceTrack(track ?? null);
  }

  again() {
    this.stop();
    this.timer = setTimeout(() => this.start(), AGAIN);
  }

  stop() {
    clearTimeout(this.timer);
    const { connection } = this;
    this.connection = null;
    this.early = [];
    connection?.close();
  }
}
