#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a visit is measured against: Chromium with Chromium, the same made-up camera and microphone, no signalling between.
//
//   node pair.mjs --base http://127.0.0.1:PORT --runs 10
//   node pair.mjs --base http://127.0.0.1:PORT --hold --kbit 900 --width 640 --height 480
//
// Set-ups in one page → {"setup": [seconds from the offer's making to the first picture on both sides]}. With --hold two
// browsers, in a call until standard input ends → {"ready": true}, then for each line {"sent", "received" (bytes of video),
// "width", "fps"} of the first.

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: options } = parseArgs({ options: {
  base: { type: 'string' }, runs: { type: 'string', default: '10' }, hold: { type: 'boolean', default: false },
  kbit: { type: 'string', default: '900' }, width: { type: 'string', default: '640' }, height: { type: 'string', default: '480' },
  browser: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
} });
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

async function open() {
  const browser = await chromium.launch({ executablePath: options.browser, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
    '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required',
    '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'] });
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, permissions: ['camera', 'microphone'] })).newPage();
  await page.goto(`${new URL(options.base).origin}/patient/visit.html`);
  await page.evaluate(async ({ kbit, width, height }) => {
    window.stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width, height, frameRate: 30 } });
    window.begin = async (connection) => {
      for (const track of window.stream.getTracks()) {
        if (track.kind === 'video') track.contentHint = 'detail';
        const sender = connection.addTrack(track, window.stream);
        if (track.kind !== 'video') continue;
        const parameters = sender.getParameters();
        parameters.degradationPreference = 'maintain-resolution';
        if (parameters.encodings?.[0]) parameters.encodings[0].maxBitrate = kbit * 1000;
        await sender.setParameters(parameters).catch(() => {});
      }
      for (const transceiver of connection.getTransceivers()) {
        const codecs = RTCRtpSender.getCapabilities(transceiver.sender.track.kind).codecs.filter(({ mimeType }) => /\/(vp8|opus|rtx)$/i.test(mimeType));
        transceiver.setCodecPreferences(codecs);
      }
    };
    window.show = (connection) => new Promise((resolve) => {
      const video = document.body.appendChild(document.createElement('video'));
      video.autoplay = video.playsInline = true;
      video.width = 640;
      connection.ontrack = ({ streams }) => { video.srcObject = streams[0]; };
      video.requestVideoFrameCallback(() => resolve(performance.now()));
      connection.video = video;
    });
    window.gathered = (connection) => new Promise((resolve) => {
      if (connection.iceGatheringState === 'complete') resolve();
      connection.onicegatheringstatechange = () => { if (connection.iceGatheringState === 'complete') resolve(); };
    });
  }, { kbit: Number(options.kbit), width: Number(options.width), height: Number(options.height) });
  return { browser, page };
}

if (options.hold) {
  const [one, other] = [await open(), await open()];
  const offer = await one.page.evaluate(async () => {
    window.connection = new RTCPeerConnection();
    window.seen = window.show(window.connection);
    await window.begin(window.connection);
    await window.connection.setLocalDescription();
    await window.gathered(window.connection);
    return window.connection.localDescription.sdp;
  });
  const answer = await other.page.evaluate(async (sdp) => {
    window.connection = new RTCPeerConnection();
    window.seen = window.show(window.connection);
    await window.connection.setRemoteDescription({ type: 'offer', sdp });
    await window.begin(window.connection);
    await window.connection.setLocalDescription();
    await window.gathered(window.connection);
    return window.connection.localDescription.sdp;
  }, offer);
  await one.page.evaluate((sdp) => window.connection.setRemoteDescription({ type: 'answer', sdp }), answer);
  await Promise.all([one, other].map(({ page }) => page.evaluate(() => window.seen)));
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === '') break;
    say(await one.page.evaluate(async () => {
      const found = { sent: 0, received: 0 };
      for (const report of (await window.connection.getStats()).values()) {
        if (report.kind !== 'video') continue;
        if (report.type === 'outbound-rtp') Object.assign(found, { sent: report.bytesSent, width: report.frameWidth, fps: report.framesPerSecond });
        if (report.type === 'inbound-rtp') found.received = report.bytesReceived;
      }
      return found;
    }));
  }
  await Promise.all([one.browser.close(), other.browser.close()]);
} else {
  const { browser, page } = await open();
  const setup = [];
  for (let run = 0; run < Number(options.runs); run++)
    setup.push(await page.evaluate(async () => {
      const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
      const seen = [window.show(one), window.show(other)];
      one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
      other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
      const begun = performance.now();
      await window.begin(one);
      await one.setLocalDescription();
      await other.setRemoteDescription(one.localDescription);
      await window.begin(other);
      await other.setLocalDescription();
      await one.setRemoteDescription(other.localDescription);
      const at = Math.max(...await Promise.all(seen));
      for (const connection of [one, other]) {
        connection.video.remove();
        connection.close();
      }
      return (at - begun) / 1000;
    }));
  say({ setup });
  await browser.close();
}
