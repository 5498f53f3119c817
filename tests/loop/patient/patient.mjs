#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The patient in front of a phone: drives the sandbox's page in Chromium.
//
//   node patient.mjs --base http://127.0.0.1:PORT [--account patient] [--dark] [--seconds 20] [--keep-going]
//
// One step a line on standard input, one answer a line on standard output, in order, both JSON. The
// first line out is {"ok":true,"do":"ready"}. A step that fails answers {"ok":false,"error":…}; the
// rest is then left undone unless --keep-going. Exit status: 0 all steps went well, 1 one did not,
// 2 wrong use. "--base" takes the FHIR base too. Steps ("seconds" may be given with each):
//
//   {"do":"sign-in","account":"patient"}          opens the page and signs in; account: else --account
//   {"do":"list"}                                 → "items": [{complaint, state, text}], fresh from the
//                                                 hospital; "stale":true: what is shown, without a network
//   {"do":"start","complaint":…,"story":…,"onset":…,"medication":…,"allergy":…,"history":…,
//         "glucose":…,"owner":"Practitioner/…"}   fills the form, submits once (with "double":true by two
//                                                 clicks at once), waits for the thread
//   {"do":"open","complaint":…}                   opens the newest consultation whose complaint is this
//   {"do":"send","text":…}                        writes and sends; "wait":false: does not wait for 已送达
//   {"do":"type","text":…}                        writes without sending
//   {"do":"pick","file":…}                        picks a file → "error": why not, "picked": its name and size
//   {"do":"send-picture","file":…,"text":…}       picks, writes, sends; "wait":false: does not wait for 已送达
//   {"do":"wait-picture","side":"theirs"|"mine"}  the newest picture of that side → "width", "height" of the file
//   {"do":"view-picture","side":…}                opens it in full size and shuts it → "width" on the screen
//   {"do":"bubbles"}                              → "items": [{id, side, text, struck, quote, notes, picture, file}]
//   {"do":"wait-text","text":…}                   a message with this text from the doctor's side
//   {"do":"wait-mark","text":…,"mark":"医生已读"}  the mark of one's own message
//   {"do":"messages"}                             → "items": [{who, side, text, mark}], "draft"
//   {"do":"home"}                                 opens what is measured at home
//   {"do":"measure","key":"glucose","values":{"glucose":"7.8"},"meal":"fasting","at":"2026-11-22T07:10"}
//                                                 fills and sends → "errors": why not, "said", "alarm"
//   {"do":"readings"}                             → "items": [{id, day, text, comments}], "days": [{day, comments}]
//   {"do":"wait-comment","text":…}                the doctor's words under a reading or a day
//   {"do":"wait-state","text":…}                  the line under the title contains the text
//   {"do":"offline","on":true|false}              the phone's network
//   {"do":"wait-banner","text":…}                 the line on top contains the text; "" = it is gone
//   {"do":"reload"}, {"do":"screenshot","file":…,"full":true}, {"do":"storage"}, {"do":"session"}, {"do":"fetch","path":"fhir/…"}
//   {"do":"problems"}                             → "items": errors of scripts and of the page's policy

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--lang=zh-CN', '--disable-dev-shm-usage'];

const { values: options } = parseArgs({ options: {
  base: { type: 'string' }, account: { type: 'string', default: 'patient' }, dark: { type: 'boolean', default: false },
  seconds: { type: 'string', default: '20' }, 'keep-going': { type: 'boolean', default: false },
  browser: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
} });
if (!options.base) {
  process.stderr.write('usage: patient.mjs --base URL [--account NAME] [--dark] [--seconds N] [--keep-going]\n');
  process.exit(2);
}
const origin = new URL(options.base).origin;
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const problems = [];

const browser = await chromium.launch({ executablePath: options.browser, args: FLAGS });
const context = await browser.newContext({
  viewport: { width: 375, height: 812 }, deviceScaleFactor: 2, locale: 'zh-CN', timezoneId: 'Asia/Shanghai',
  colorScheme: options.dark ? 'dark' : 'light', hasTouch: true,
});
context.setDefaultTimeout(Number(options.seconds) * 1000);
const page = await context.newPage();
page.on('pageerror', (error) => problems.push(String(error)));
page.on('console', (message) => {
  if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text())) problems.push(message.text());
});

const thread = page.locator('ol.log');
const ownMessage = (text) => thread.locator('li.mine', { has: page.locator('.bubble', { hasText: text }) }).last();

// Polls in the page's own pace until `probe` answers something true.
async function until(what, seconds, probe) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe().catch((error) => {
      if (/navigation|context was destroyed/i.test(String(error))) return false;
      throw error;
    });
    if (found) return found;
    if (Date.now() > end) throw new Error(`not seen within ${seconds} s: ${what}`);
    await page.waitForTimeout(50);
  }
}

const readMessages = () => thread.locator('li:not(.day)').evaluateAll((items) => items.map((item) => ({
  side: item.classList.contains('mine') ? 'mine' : 'theirs', who: item.querySelector('.sender')?.textContent ?? '',
  text: item.querySelector('.bubble')?.textContent ?? '', mark: item.querySelector('.mark')?.textContent ?? '',
})));

async function pickAccount(account) {
  const choice = page.locator(`[name="login"][value="${account}"], [name="account"][value="${account}"], [data-login="${account}"]`).first();
  await choice.waitFor({ timeout: 5000 });
  if ((await choice.getAttribute('type')) === 'radio') {
    await choice.check();
    await page.locator('button[type="submit"], input[type="submit"]').first().click();
  } else {
    await choice.click();
  }
}

const fields = ['complaint', 'story', 'onset', 'medication', 'allergy', 'history', 'glucose'];

const steps = {
  async 'sign-in'({ account = options.account, seconds }) {
    await page.goto(`${origin}/patient/?login_hint=${encodeURIComponent(account)}`);
    await until('the page or the choice of accounts', seconds, async () => {
      if (await page.locator('a[href="#/new"]').count()) return true;
      if (!new URL(page.url()).pathname.startsWith('/patient')) { await pickAccount(account); return true; }
      return false;
    });
    await page.locator('a[href="#/new"]').first().waitFor({ timeout: seconds * 1000 });
  },
  async list({ seconds, stale = false }) {
    const began = await page.evaluate(() => { location.hash = '#/'; return Date.now(); });
    await page.locator('button.quiet').first().waitFor({ timeout: seconds * 1000 });
    if (!stale) await until('a fresh list', seconds, () =>
      page.evaluate((then) => Number(document.getElementById('app').dataset.seen) > then, began));
    return { items: await page.locator('a.card').evaluateAll((cards) => cards.map((card) => ({
      complaint: card.dataset.complaint, state: card.querySelector('.state').textContent, text: card.textContent,
    }))) };
  },
  async start(step) {
    await page.evaluate(() => { location.hash = '#/new'; });
    await page.locator('#q-complaint').waitFor({ timeout: step.seconds * 1000 });
    for (const name of fields) if (step[name] !== undefined) await page.fill(`#q-${name}`, step[name]);
    if (step.owner) {
      const value = await page.locator(`#q-owner option[value^="${step.owner} "]`).getAttribute('value');
      await page.selectOption('#q-owner', value);
    }
    if (step.fill) return {};
    const button = page.locator('form button[type="submit"]');
    if (step.double) await button.evaluate((element) => { element.click(); element.click(); });
    else await button.click();
    if (step.wait === false) return {};
    await thread.locator('li.mine').first().waitFor({ timeout: step.seconds * 1000 });
    return { task: new URL(page.url()).hash.replace('#/t/', 'Task/') };
  },
  async submit({ seconds }) {
    await page.locator('form button[type="submit"]').click();
    await thread.locator('li.mine').first().waitFor({ timeout: seconds * 1000 });
    return { task: new URL(page.url()).hash.replace('#/t/', 'Task/') };
  },
  async open({ complaint, seconds }) {
    await page.evaluate(() => { location.hash = '#/'; });
    const card = page.locator('a.card', { has: page.locator('strong', { hasText: complaint }) }).first();
    await card.waitFor({ timeout: seconds * 1000 });
    await card.click();
    await thread.waitFor({ timeout: seconds * 1000 });
    return { task: new URL(page.url()).hash.replace('#/t/', 'Task/') };
  },
  async send({ text, wait = true, seconds }) {
    await page.fill('#answer', text);
    await page.locator('.composer button[type="submit"]').click();
    await ownMessage(text).waitFor({ timeout: seconds * 1000 });
    if (wait) await steps['wait-mark']({ text, mark: '已送达|医生已读', seconds });
  },
  async pick({ file }) {
    await page.setInputFiles('#file', file);
    return until('what became of the file', 10, async () => {
      const error = await page.locator('.composer .error').textContent();
      const picked = await page.locator('.composer .picked').textContent();
      return error || picked ? { error, picked } : null;
    });
  },
  async 'send-picture'({ file, text = '', wait = true, seconds }) {
    const { error } = await steps.pick({ file });
    if (error) throw new Error(error);
    if (text) await page.fill('#answer', text);
    const before = await thread.locator('li.mine').count();
    await page.locator('.composer button[type="submit"]').click();
    await until('the picture in the thread', seconds, async () => (await thread.locator('li.mine').count()) > before);
    if (wait) await until('the picture at the hospital', seconds, async () =>
      /已送达|医生已读/.test(await thread.locator('li.mine').last().locator('.mark').textContent({ timeout: 2000 }).catch(() => '')));
  },
  async 'wait-picture'({ side, seconds }) {
    const picture = thread.locator(`li.${side} .media img`).last();
    return until('a picture', seconds, () => picture.evaluate((image) =>
      (image.complete && image.naturalWidth ? { width: image.naturalWidth, height: image.naturalHeight } : null), null, { timeout: 2000 }).catch(() => null));
  },
  async 'view-picture'({ side, seconds }) {
    await thread.locator(`li.${side} .thumb`).last().click();
    const image = page.locator('dialog.viewer[open] img');
    await image.waitFor({ timeout: seconds * 1000 });
    const { width } = await image.boundingBox();
    await page.locator('dialog.viewer button').click();
    await image.waitFor({ state: 'detached', timeout: seconds * 1000 });
    return { width };
  },
  async bubbles() {
    return { items: await thread.locator('li:not(.day)').evaluateAll((items) => items.map((item) => ({
      id: item.dataset.id ?? null, side: item.classList.contains('mine') ? 'mine' : 'theirs',
      sender: item.querySelector('.sender')?.textContent ?? '', text: item.querySelector('.bubble')?.textContent ?? '',
      struck: item.querySelector('del')?.textContent ?? null, quote: item.querySelector('.quote')?.textContent ?? null,
      notes: [...item.querySelectorAll('.note')].map((note) => note.textContent), picture: !!item.querySelector('.media img'),
      file: item.querySelector('a.file')?.textContent ?? null, mark: item.querySelector('.mark')?.textContent ?? '',
    }))) };
  },
  async type({ text }) {
    await page.fill('#answer', text);
  },
  async 'wait-text'({ text, seconds }) {
    await thread.locator('li.theirs .bubble', { hasText: text }).last().waitFor({ timeout: seconds * 1000 });
  },
  async 'wait-mark'({ text, mark, seconds }) {
    const wanted = new RegExp(mark);
    await until(`the mark ${mark}`, seconds, async () => {
      const found = await ownMessage(text).locator('.mark').textContent({ timeout: 2000 }).catch(() => '');
      return wanted.test(found);
    });
  },
  async messages() {
    const area = page.locator('#answer');
    return { items: await readMessages(), draft: (await area.count()) ? await area.inputValue() : null };
  },
  async home({ seconds }) {
    await page.evaluate(() => { location.hash = '#/home'; });
    await page.locator('.chip[data-key]').first().waitFor({ timeout: seconds * 1000 });
  },
  async measure({ key = 'glucose', values, meal, at, seconds }) {
    await page.locator(`.chip[data-key="${key}"]`).click();
    for (const [name, value] of Object.entries(values)) await page.fill(`#h-${name}`, value);
    if (meal) await page.check(`#meal-${meal}`);
    if (at) await page.fill('#h-at', at);
    await page.locator('form button[type="submit"]').click();
    return until('what became of the reading', seconds, async () => {
      const errors = (await page.locator('form .error').allTextContents()).filter((text) => text !== '');
      const said = await page.locator('.said').textContent();
      const alarm = await page.locator('main > .emergency[role="alert"]').evaluate((line) => (line.hidden ? '' : line.textContent));
      return errors.length || said ? { errors, said, alarm } : null;
    });
  },
  async readings() {
    return {
      items: await page.locator('.day-card li').evaluateAll((items) => items.map((item) => ({
        id: item.dataset.id, day: item.closest('section').querySelector('h3').textContent, text: item.querySelector('.reading').textContent,
        comments: [...item.querySelectorAll('.comment p')].map((p) => p.textContent),
      }))),
      days: await page.locator('.day-card').evaluateAll((cards) => cards.map((card) => ({
        day: card.querySelector('h3').textContent, comments: [...card.querySelectorAll(':scope > .comment p')].map((p) => p.textContent),
      }))),
    };
  },
  async 'wait-comment'({ text, seconds }) {
    await page.locator('.day-card .comment p', { hasText: text }).first().waitFor({ timeout: seconds * 1000 });
  },
  async 'wait-state'({ text, seconds }) {
    await page.locator('.substate', { hasText: text }).waitFor({ timeout: seconds * 1000 });
  },
  async offline({ on }) {
    await context.setOffline(on !== false);
  },
  async 'wait-banner'({ text, seconds }) {
    await until('the line on top', seconds, async () => {
      const line = await page.locator('#network').evaluate((element) => (element.hidden ? '' : element.textContent));
      return text === '' ? line === '' : line.includes(text);
    });
  },
  async reload() {
    await page.reload();
  },
  async screenshot({ file, full = false }) {
    await page.screenshot({ path: file, fullPage: full });
    return { file };
  },
  async session() {
    return { items: await page.evaluate(() => Object.values({ ...sessionStorage })) };
  },
  async storage() {
    return { local: await page.evaluate(() => ({ ...localStorage })) };
  },
  // What the page's token reaches: status and text, for tests of what it must not reach.
  async fetch({ path, method = 'GET' }) {
    return page.evaluate(async ({ url, verb }) => {
      const { token } = JSON.parse(sessionStorage.getItem('zq.session') ?? '{}');
      const answer = await fetch(url, { method: verb, headers: { Authorization: `Bearer ${token}`, Accept: 'application/fhir+json' } });
      return { status: answer.status, body: await answer.text() };
    }, { url: `${origin}/${path.replace(/^\//, '')}`, verb: method });
  },
  async problems() {
    return { items: problems };
  },
};

say({ ok: true, do: 'ready' });
let failed = false;
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  let step;
  try {
    step = { seconds: Number(options.seconds), ...JSON.parse(line) };
    if (!Object.hasOwn(steps, step.do)) throw new Error('no such step');
    say({ ok: true, do: step.do, ...(await steps[step.do](step)) });
  } catch (error) {
    failed = true;
    say({ ok: false, do: step?.do ?? null, error: String(error.message ?? error).split('\n')[0] });
    if (!options['keep-going']) break;
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
