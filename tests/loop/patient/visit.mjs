#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The patient of a visit: the sandbox's page in Chromium, with a camera and a microphone that are made up (a green
// picture that moves, a beep a second).
//
//   node visit.mjs --base http://127.0.0.1:PORT [--account patient] [--relay] [--refuse] [--cameras 4] [--dark]
//
// --refuse: the browser does not allow camera and microphone. --cameras: the first is I420, the second Y16, which no
// call can send, the third MJPEG, the fourth I420. --picture FILE.y4m, --sound FILE.wav: what they give.
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
//   {"do":"go","hash":"#/check"}         another page of the patient's; with "path" that address, as from a message
//   {"do":"show","selector":…}           waits until it is in sight; "text": with these words in it → "text"
//   {"do":"look","selector":…}           → "items": [{text, verdict, hidden, …}] of all that are there
//   {"do":"click","selector":…}, {"do":"fill","selector":…,"text":…}, {"do":"choose","selector":…,"index":1}, {"do":"key","key":"Escape"}
//   {"do":"devices"}                     → "live": kinds of what is switched on, "opened": how often, "video": its id, "awake": the screen stays on
//   {"do":"unplug","kind":"video"}       what is in use ends; with "all" there is none of its kind; {"do":"plug"} brings all back
//   {"do":"hold","on":true}              whoever asks for a device from now on gets it when this is "on":false again
//   {"do":"allow"}                       the browser allows camera and microphone from now on
//   {"do":"size","width":360,"height":640,"type":2}   window, and letters of twice the size → "wide": what sticks out
//   {"do":"run","module":"quality.js","code":…}       a function's text; it is given the module → "value"

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: options } = parseArgs({ options: {
  base: { type: 'string' }, account: { type: 'string', default: 'patient' }, relay: { type: 'boolean', default: false },
  refuse: { type: 'boolean', default: false }, cameras: { type: 'string', default: '1' }, picture: { type: 'string' }, sound: { type: 'string' }, dark: { type: 'boolean', default: false },
  browser: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
} });
const origin = new URL(options.base).origin;
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const problems = [];
const browser = await chromium.launch({ executablePath: options.browser, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN',
  '--disable-dev-shm-usage', ...(options.refuse ? ['--deny-permission-prompts'] : ['--use-fake-ui-for-media-stream']), `--use-fake-device-for-media-stream=device-count=${options.cameras}`,
  ...(options.picture ? [`--use-file-for-fake-video-capture=${options.picture}`] : []), ...(options.sound ? [`--use-file-for-fake-audio-capture=${options.sound}`] : []),
  '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'] });
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', permissions: options.refuse ? [] : ['camera', 'microphone'],
  colorScheme: options.dark ? 'dark' : 'light' });
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

// Devices that can be unplugged: Chromium's made-up ones cannot.
await page.addInitScript(() => {
  const media = navigator.mediaDevices;
  if (!media) return;
  const [open, list] = [media.getUserMedia.bind(media), media.enumerateDevices.bind(media)];
  const gone = new Set();
  // Chromium without a screen keeps none on.
  window.locks = [];
  if (window.WakeLock) window.WakeLock.prototype.request = async () => {
    const lock = { released: false, release: async () => { lock.released = true; } };
    window.locks.push(lock);
    return lock;
  };
  let held = null;
  window.opened = [];
  window.hold = (on) => { if (on) held = new Promise((resolve) => { window.letGo = resolve; }); else { held = null; window.letGo(); } };
  media.enumerateDevices = async () => (await list()).filter((one) => !gone.has(one.deviceId));
  media.getUserMedia = async (wish) => {
    const wanted = { ...wish };
    for (const kind of ['audio', 'video']) {
      const there = (await media.enumerateDevices()).filter((one) => one.kind === `${kind}input`);
      if (!wanted[kind] || gone.size === 0) continue;
      if (there.length === 0) throw new DOMException('', 'NotFoundError');
      wanted[kind] = { ...wanted[kind], deviceId: { exact: there.at(-1).deviceId } };
    }
    const stream = await open(wanted);
    await held;
    window.opened.push(...stream.getTracks());
    return stream;
  };
  window.unplug = async (kind, all) => {
    for (const one of await list()) if (all && one.kind === `${kind}input`) gone.add(one.deviceId);
    for (const track of window.opened.filter((one) => one.kind === kind && one.readyState === 'live')) {
      gone.add(track.getSettings().deviceId);
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
    media.dispatchEvent(new Event('devicechange'));
  };
  window.plug = () => { gone.clear(); media.dispatchEvent(new Event('devicechange')); };
});

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
  // When the next first picture of the doctor's came, as seconds of the clock; armed before it is waited for.
  async arm() {
    await page.evaluate(() => { window.firstAt = 0; document.querySelector('video.remote').requestVideoFrameCallback(() => { window.firstAt = Date.now() / 1000; }); });
    return {};
  },
  first: () => page.evaluate(() => ({ at: window.firstAt })),
  rates: () => page.evaluate(async () => {
    const found = { sent: 0, received: 0 };
    for (const report of (await window.visitPage.debug().peer.connection.getStats()).values()) {
      if (report.kind !== 'video') continue;
      if (report.type === 'outbound-rtp') Object.assign(found, { sent: report.bytesSent, width: report.frameWidth, fps: report.framesPerSecond });
      if (report.type === 'inbound-rtp') Object.assign(found, { received: report.bytesReceived, seenWidth: report.frameWidth, seenFps: report.framesPerSecond });
    }
    return found;
  }),
  async reload() { await page.reload(); return {}; },
  async press({ text }) { await page.click(`button:text-is("${text}")`); return {}; },
  async screenshot({ file }) { await page.screenshot({ path: file }); return {}; },
  async problems() { return { items: problems }; },
  async 'answer-with'({ sdp }) { await page.evaluate((text) => { window.badAnswer = text; }, sdp); return {}; },
  async go({ hash, path }) {
    if (path) await page.goto(path);
    else await page.evaluate((to) => { location.hash = to; }, hash);
    return {};
  },
  async show({ selector, text, seconds = 20 }) {
    const found = page.locator(selector, text === undefined ? {} : { hasText: text }).first();
    await found.waitFor({ timeout: seconds * 1000 });
    return { text: await found.textContent() };
  },
  async look({ selector }) {
    return { address: page.url(), items: await page.$$eval(selector, (all) => all.map((one) => ({ text: one.textContent, part: one.dataset.part, verdict: one.dataset.verdict,
      hidden: one.hidden || !one.checkVisibility(), value: one.value, focused: one === document.activeElement, name: one.getAttribute('aria-label') ?? one.textContent }))) };
  },
  async click({ selector }) { await page.click(selector); return {}; },
  async fill({ selector, text }) { await page.fill(selector, text); return {}; },
  async choose({ selector, index }) { await page.selectOption(selector, { index }); return {}; },
  async key({ key }) { await page.keyboard.press(key); return {}; },
  devices: () => page.evaluate(() => {
    const live = window.opened.filter((one) => one.readyState === 'live');
    return { live: live.map((one) => one.kind).sort(), opened: window.opened.length, video: live.find((one) => one.kind === 'video')?.getSettings().deviceId ?? null,
      awake: window.locks.some((one) => !one.released) };
  }),
  async unplug({ kind, all = false }) { await page.evaluate(([which, every]) => window.unplug(which, every), [kind, all]); return {}; },
  async plug() { await page.evaluate(() => window.plug()); return {}; },
  async hold({ on }) { await page.evaluate((whether) => window.hold(whether), on); return {}; },
  async allow() { await context.grantPermissions(['camera', 'microphone']); return {}; },
  async size({ width, height, type = 1 }) {
    await page.setViewportSize({ width, height });
    return page.evaluate((times) => {
      document.documentElement.style.fontSize = times === 1 ? '' : `${118.75 * times}%`;
      const out = [...document.querySelectorAll('#app *')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1);
      return { scroll: document.documentElement.scrollWidth - innerWidth, wide: out.map((one) => `${one.tagName}.${one.className}`) };
    }, type);
  },
  run: async ({ module, code }) => ({ value: await page.evaluate(`import('/patient/${module}').then(${code})`) }),
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
