// SPDX-License-Identifier: GPL-3.0-or-later
// Which page is open, and keeping it fresh.

import { begin, finish, forget, session } from './auth.js';
import { openCheck } from './check-page.js';
import { el, header, show, trouble } from './dom.js';
import { openHome } from './home.js';
import { openInbox } from './inbox.js';
import { openIntake } from './intake.js';
import { clear, flushAWhile } from './outbox.js';
import { openThread } from './thread.js';
import { openVisit } from './visit.js';

const EVERY = 3000;
let page = null;
const pages = new Map(); // what has been open keeps its contents, to be shown at once, also without a network
let timer = 0;
let busy = null;
let due = false;

function showSignIn(message) {
  page = null;
  pages.clear();
  const status = el('p', { class: 'error', role: 'alert' }, message ?? '');
  const button = el('button', { class: 'primary', onclick: async () => {
    button.disabled = true;
    try {
      await begin();
    } catch (error) {
      status.textContent = error instanceof TypeError ? '连不上医院，请检查网络后再试。' : error.message;
      button.disabled = false;
    }
  } }, '登录');
  trouble('network', null);
  show(header('云桥互联网医院'), el('main', { class: 'welcome' },
    el('p', {}, '在这里可以向医生提问、看医生的回复。'), status, button,
    el('p', { class: 'small' }, '这是演示用的医院，里面的人和病情都是编的。')));
}

function signOut() {
  clear();
  forget();
  location.hash = '';
  showSignIn('已退出。');
}

function report(error) {
  if (error.kind === 'signed-out') {
    forget();
    showSignIn(error.message);
    return;
  }
  const known = error.kind ? error.message : '这一页出了点问题，正在再试。';
  trouble('network', navigator.onLine ? known : '手机没有网络。您写的内容都还在，联网后会自动发出。');
  if (!document.querySelector('#app header'))
    show(header('我的咨询', { back: '#/' }), el('main', {}, el('p', { class: 'empty' }, known)));
}

async function tick() {
  clearTimeout(timer);
  const current = page;
  if (!current || document.hidden) return;
  if (busy === current) { due = true; return; }
  busy = current;
  try {
    await flushAWhile().catch(() => {});
    await current.refresh(() => page === current);
    if (page === current) {
      trouble('network', null);
      document.getElementById('app').dataset.seen = Date.now(); // for who watches the page
    }
  } catch (error) {
    if (page === current) report(error);
  }
  if (page !== current) return; // another page has its own turn
  busy = null;
  clearTimeout(timer);
  timer = setTimeout(tick, due ? 0 : EVERY);
  due = false;
}

function route() {
  if (!session()) { showSignIn(); return; }
  const place = location.hash.replace(/^#\/?/, '');
  const lasting = !['new', 'check'].includes(place) && !place.startsWith('v/');
  if (place === 'new') page = openIntake();
  else if (place === 'check') page = openCheck();
  else if (pages.has(place)) page = pages.get(place);
  else if (place === 'home') page = openHome();
  else if (place.startsWith('v/')) page = openVisit(decodeURIComponent(place.slice(2)));
  else if (place.startsWith('t/')) page = openThread(decodeURIComponent(place.slice(2)));
  else page = openInbox({ signOut });
  if (lasting) pages.set(place, page);
  if (!lasting) window.visitPage = page; // for who watches the page
  window.scrollTo(0, 0);
  if (!page.restore?.()) show(el('p', { class: 'empty' }, '正在打开…'));
  tick();
}

async function start() {
  window.addEventListener('hashchange', route);
  window.addEventListener('online', tick);
  window.addEventListener('offline', () => { if (page) report({ kind: 'network', message: '' }); });
  document.addEventListener('visibilitychange', tick);
  try {
    const hint = new URLSearchParams(location.search).get('login_hint');
    if (!(await finish()) && !session() && hint) { await begin(hint); return; }
  } catch (error) {
    showSignIn(error instanceof TypeError ? '连不上医院，请检查网络后再试。' : error.message);
    return;
  }
  route();
}

start();
