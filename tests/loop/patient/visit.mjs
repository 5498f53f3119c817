#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The patient of a visit: the sandbox's page in Chromium, with a camera and a microphone that are made up (a green
// picture that moves, a beep a second).
//
//   node visit.mjs --base http://127.0.0.1:PORT [--account patient] [--relay]
//
// One step a line on standard input, one answer a line on standard output, both JSON, as with patient.mjs:
//   {"do":"open"}                        signs in → "visits": [{id, text, way}]
//   {"do":"enter","visit":"appt-04"}     into its waiting room
//   {"do":"state"}                       → "state", "call", "words", "marks"
//   {"do":"wait","state":"live"}
//   {"do":"seen"}                        → the doctor's picture: "frames", "width", "red", "green", "blue";
//                                        "level", "tone" (Hz) of the doctor's sound; "concealed", "samples"
//   {"do":"reload"}, {"do":"press","text":"静音"}, {"do":"screenshot","file":…}, {"do":"problems"}
//   {"do":"join","link":…,"room":…}      a bare socket with this link → "frames" that came until it closed
//   {"do":"answer-with","sdp":…}         instead of a true answer to the next offer

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: options } = parseArgs({ options: {
  base: { type: 'string' }, account: { type: 'string', default: 'patient' }, relay: { type: 'boolean', default: false },
  browser: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
} });
const origin = new URL(options.base).origin;
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const problems = [];
const browser = await chromium.launch({ executablePath: options.browser, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN',
  '--disable-dev-shm-usage', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'] });
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', permissions: ['camera', 'microphone'] });
const page = await context.newPage();
page.on('pageerror', (error) => problems.push(error.message));
page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });

const relay = options.relay;
await page.addInitScript((only) => {
  if (only) {
    const Plain = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Plain {
      constructor(settings) { super({ ...settings, iceTransportPolicy: 'relay' }); }
    };
  }
  const given = window.RTCPeerConnection.prototype.createAnswer;
  window.RTCPeerConnection.prototype.createAnswer = async function (...rest) {
    const answer = await given.apply(this, rest);
    if (!window.badAnswer) return answer;
    const sdp = window.badAnswer;
    window.badAnswer = null;
    this.setLocalDescription = async () => {};
    return { type: 'answer', sdp };
  };
}, relay);

const seen = () => page.evaluate(async () => {
  const video = document.querySelector('video.remote');
  const found = { frames: 0, width: video?.videoWidth ?? 0, height: video?.videoHeight ?? 0, level: 0, tone: 0 };
  if (!video?.srcObject) return found;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 16;
  const pen = canvas.getContext('2d');
  pen.drawImage(video, video.videoWidth / 2 - 8, video.videoHeight / 2 - 8, 16, 16, 0, 0, 16, 16);
  [found.red, found.green, found.blue] = pen.getImageData(8, 8, 1, 1).data;
  const peer = window.visitPage.debug().peer.connection;
  for (const report of (await peer?.getStats() ?? new Map()).values()) {
    if (report.type !== 'inbound-rtp') continue;
    if (report.kind === 'video') Object.assign(found, { frames: report.framesDecoded ?? 0, freezes: report.totalFreezesDuration ?? 0, frozen: report.freezeCount ?? 0 });
    else Object.assign(found, { concealed: report.concealedSamples, silent: report.silentConcealedSamples, samples: report.totalSamplesReceived });
  }
  const audio = video.srcObject.getAudioTracks()[0];
  if (!audio) return found;
  const hearing = new AudioContext();
  const analyser = hearing.createAnalyser();
  analyser.fftSize = 8192;
  hearing.createMediaStreamSource(new MediaStream([audio])).connect(analyser);
  await new Promise((resolve) => { setTimeout(resolve, 400); });
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const best = bins.indexOf(Math.max(...bins));
  found.level = Number.isFinite(bins[best]) ? bins[best] : -200;
  found.tone = best * hearing.sampleRate / analyser.fftSize;
  await hearing.close();
  return found;
});

const steps = {
  async open() {
    await page.goto(`${origin}/patient/?login_hint=${options.account}`);
    await page.waitForSelector('#app[data-seen]');
    return { visits: await page.$$eval('li.visit', (rows) => rows.map((row) => ({ id: row.dataset.visit, text: row.textContent, way: Boolean(row.querySelector('a.primary')) }))) };
  },
  async enter({ visit }) {
    await page.click(`li.visit[data-visit="${visit}"] a.primary`);
    await page.waitForSelector('#app[data-call="waiting"], #app[data-call="admitted"], #app[data-call="live"]', { timeout: 20000 });
    return {};
  },
  state: () => page.evaluate(() => ({ state: document.getElementById('app').dataset.call, call: window.visitPage?.debug().call,
    words: document.querySelector('.call-status')?.textContent ?? document.querySelector('main')?.textContent, marks: document.querySelector('.call-marks')?.textContent })),
  async wait({ state, seconds = 20 }) {
    await page.waitForSelector(`#app[data-call="${state}"]`, { timeout: seconds * 1000 });
    return {};
  },
  seen,
  async reload() { await page.reload(); return {}; },
  async press({ text }) { await page.click(`button:text-is("${text}")`); return {}; },
  async screenshot({ file }) { await page.screenshot({ path: file }); return {}; },
  async problems() { return { items: problems }; },
  async 'answer-with'({ sdp }) { await page.evaluate((text) => { window.badAnswer = text; }, sdp); return {}; },
  join: ({ frames }) => page.evaluate((out) => new Promise((resolve) => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/signalling`);
    const came = [];
    socket.onopen = () => out.forEach((frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)));
    socket.onmessage = (event) => { came.push(JSON.parse(event.data)); if (came.length >= out.length) setTimeout(() => socket.close(), 200); };
    socket.onclose = (event) => resolve({ came, code: event.code });
  }), frames),
  async link({ visit }) {
    return page.evaluate(async (id) => {
      const { token } = JSON.parse(sessionStorage.getItem('zq.session'));
      const answer = await fetch('/signalling/links', { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify({ appointment: `Appointment/${id}` }) });
      return { status: answer.status, ...(await answer.json()) };
    }, visit);
  },
};

say({ ok: true, do: 'ready' });
for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  try {
    say({ ok: true, do: step.do, ...(await steps[step.do](step)) });
  } catch (error) {
    say({ ok: false, do: step.do, error: error.message.split('\n')[0] });
  }
}
await browser.close();
