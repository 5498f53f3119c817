// SPDX-License-Identifier: GPL-3.0-or-later
// How good the call is, for somebody who wants to know whether to wait or to speak. Out of getStats, a sample a second.

const WINDOW = 3; // samples that are looked at together
const BETTER = 4; // good ones in a row before it is called good again

const totals = { lost: 0, received: 0, frames: 0, concealed: 0, samples: 0, roundTrip: 0, lostThere: 0 };

// Sums of what has come since the connection began; roundTrip in s, lostThere as a part of 1.
export function sampleOf(reports) {
  const sample = { ...totals };
  for (const report of reports.values()) {
    if (report.type === 'inbound-rtp') {
      sample.lost += report.packetsLost ?? 0;
      sample.received += report.packetsReceived ?? 0;
      if (report.kind === 'video') sample.frames += report.framesDecoded ?? 0;
      else {
        sample.concealed += Math.max(0, (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0));
        sample.samples += report.totalSamplesReceived ?? 0;
      }
    } else if (report.type === 'remote-inbound-rtp') sample.lostThere = Math.max(sample.lostThere, report.fractionLost ?? 0);
    else if (report.type === 'candidate-pair' && report.nominated) sample.roundTrip = report.currentRoundTripTime ?? sample.roundTrip;
  }
  return sample;
}

const part = (one, of) => (of > 0 ? one / of : 0);

// pictures: whether the doctor says that it sends some.
function judge(first, last, pictures) {
  const lost = last.lost - first.lost;
  const frames = last.frames - first.frames;
  if (pictures && frames === 0) return 'sound';
  if (part(lost, lost + last.received - first.received) > 0.08 || last.lostThere > 0.1 || last.roundTrip > 0.6) return 'weak';
  if (part(last.concealed - first.concealed, last.samples - first.samples) > 0.05) return 'weak';
  return pictures && frames < 5 * WINDOW ? 'weak' : 'good';
}

export class Quality {
  constructor() {
    this.reset();
  }

  // Another connection: its numbers begin anew.
  reset() {
    this.samples = [];
    this.kind = 'unknown';
    this.good = 0;
  }

  // kind: unknown (too early), good, weak, sound.
  take(sample, pictures) {
    this.samples.push(sample);
    if (this.samples.length <= WINDOW) return this.kind;
    const seen = judge(this.samples.shift(), sample, pictures);
    this.good = seen === 'good' ? this.good + 1 : 0;
    if (seen !== 'good' || this.kind === 'unknown' || this.good >= BETTER) this.kind = seen;
    else if (this.kind === 'sound') this.kind = 'weak'; // the picture is back and must be seen
    return this.kind;
  }
}

export const qualityWords = { unknown: '', good: '通话良好', weak: '网络有些弱，声音优先，画面可能变慢。', sound: '网络太弱，现在只有声音，请接着说。画面会自己回来。', restoring: '正在恢复通话，请稍等，不要关闭本页。' };
