#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The browser's end of a call over a weak line: answers, and tells what it gets.
//
// One step a line on standard input, answers on standard output; JSON:
//   {"do":"offer","sdp":…} → {"answer":…}, then {"candidate":…} as they come
//   {"do":"candidate","mline":0,"candidate":…}
//   {"do":"stats"} → {"stats":{…}}: sums of what was received and sent so far
//   {"do":"end"}

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const modules = process.env.ZHENQIAO_NODE_MODULES ?? new URL('../loop/patient/', import.meta.url).pathname;
const require = createRequire(pathToFileURL(`${modules}/none.js`));
const { chromium } = require('playwright-core');

const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required',
    '--disable-features=WebRtcHideLocalIpsWithMdns'],
});
const page = await (await browser.newContext()).newPage();
await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<video autoplay playsinline></video>' }));
await page.exposeFunction('tell', say);
await page.goto('http://localhost/');
await page.evaluate(async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const waiting = [];
  const shown = new MediaStream();
  document.querySelector('video').srcObject = shown;
  peer.ontrack = ({ track }) => shown.addTrack(track);
  peer.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) tell({ candidate: candidate.candidate, mline: candidate.sdpMLineIndex });
  };
  peer.onconnectionstatechange = () => tell({ state: peer.connectionState });
  const add = (mline, candidate) => peer.addIceCandidate({ sdpMLineIndex: mline, candidate });
  window.offer = async (sdp) => {
    await peer.setRemoteDescription({ type: 'offer', sdp });
    for (const transceiver of peer.getTransceivers()) {
      await transceiver.sender.replaceTrack(stream.getTracks().find((t) => t.kind === transceiver.receiver.track.kind));
      transceiver.direction = 'sendrecv';
    }
    await peer.setLocalDescription();
    for (const one of waiting.splice(0)) await add(...one);
    tell({ answer: peer.localDescription.sdp });
  };
  window.candidate = async (mline, candidate) => {
    if (peer.remoteDescription) await add(mline, candidate);
    else waiting.push([mline, candidate]);
  };
  window.stats = async () => {
    const all = { at: performance.now() };
    for (const one of (await peer.getStats()).values()) {
      if (one.type === 'inbound-rtp') all[one.kind] = one;
      if (one.type === 'outbound-rtp') all[`${one.kind}Sent`] = one;
    }
    return all;
  };
});
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  if (step.do === 'offer') await page.evaluate((sdp) => offer(sdp), step.sdp);
  if (step.do === 'candidate') await page.evaluate(([m, c]) => candidate(m, c), [step.mline, step.candidate]);
  if (step.do === 'stats') say({ stats: await page.evaluate(() => stats()) });
  if (step.do === 'end') break;
}
await browser.close();
