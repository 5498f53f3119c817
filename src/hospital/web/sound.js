// SPDX-License-Identifier: GPL-3.0-or-later
// How loud the microphone is, and a tone for the speaker.

const QUIET = -60; // dB of full scale: the lower end of the scale

export class Level {
  constructor(track) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 2048;
    this.values = new Float32Array(this.analyser.fftSize);
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
  }

  // 0 nothing … 1 as loud as can be.
  read() {
    if (this.context.state === 'suspended') this.context.resume().catch(() => {});
    this.analyser.getFloatTimeDomainData(this.values);
    const power = this.values.reduce((sum, value) => sum + value * value, 0) / this.values.length;
    return Math.min(1, Math.max(0, 1 - 10 * Math.log10(power + 1e-12) / QUIET));
  }

  close() {
    this.source.disconnect();
    this.context.close().catch(() => {});
  }
}

// Two tones, as a doorbell; done when they are over.
export async function playTone() {
  const context = new AudioContext();
  await context.resume();
  const gain = context.createGain();
  const begin = context.currentTime + 0.05;
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(0.3, begin + 0.05);
  gain.gain.setValueAtTime(0.3, begin + 1);
  gain.gain.linearRampToValueAtTime(0, begin + 1.2);
  const tone = context.createOscillator();
  tone.frequency.setValueAtTime(660, begin);
  tone.frequency.setValueAtTime(523, begin + 0.6);
  tone.connect(gain).connect(context.destination);
  const over = new Promise((resolve) => { tone.onended = resolve; });
  tone.start(begin);
  tone.stop(begin + 1.25);
  await over;
  await context.close();
}
