// SPDX-License-Identifier: GPL-3.0-or-later
// The page of who has a link and no account: a relative, a colleague. Names come with the room, none with the link.

import { Call } from './call.js';
import { el, header, show } from './dom.js';
import { clockWords, dayWords } from './words.js';

const KEPT = 'zq.guest';
const LINK = /^[A-Za-z0-9_-]{20,200}$/;
const ROOM = /^Appointment\/[A-Za-z0-9.-]{1,64}$/;

const refusals = {
  'too-early': '候诊室还没有开放，请在预约时间前 30 分钟内再打开这个链接。',
  over: '这次复诊已经结束，链接不能再用了。',
  'link-expired': '这个链接已经过期。如果复诊还没有结束，请让医生重新发一个。',
  'link-unknown': '这个链接打不开候诊室。可能没有复制完整，或者已经作废，请向医生要一个新的。',
  'no-room': '候诊室里人太多，或者这次复诊已经取消。请联系医生。',
};

let call = null;

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT));
    return LINK.test(found?.link) && ROOM.test(found?.room) ? found : null;
  } catch {
    return null;
  }
}

// The link is a key: it leaves the address bar before anything else happens, and stays in this tab alone.
function takeLink() {
  const { hash } = location;
  if (hash === '') return kept();
  history.replaceState(null, '', location.pathname);
  const said = new URLSearchParams(hash.slice(1));
  const found = { link: said.get('link') ?? '', room: said.get('room') ?? '' };
  sessionStorage.removeItem(KEPT);
  if (!LINK.test(found.link) || !ROOM.test(found.room)) return { broken: true };
  sessionStorage.setItem(KEPT, JSON.stringify(found));
  return found;
}

function says(text) {
  document.getElementById('app').dataset.call = 'refused';
  show(header('视频复诊'), el('main', { class: 'welcome' }, el('p', { class: 'call-status', role: 'status' }, text)));
}

function open() {
  const found = takeLink();
  call?.leave();
  call = null;
  if (found === null) { says('请从收到的邀请里点开链接。刷新本页可以回来，关掉以后要再点一次邀请。'); return; }
  if (found.broken) { says(refusals['link-unknown']); return; }

  const subtitle = el('p', { class: 'guest-of', role: 'status' }, '');
  const at = { start: '', doctor: '', me: '' };
  const draw = () => {
    const words = [at.me ? `${at.me}，您好` : '', at.doctor ? `${at.doctor}的视频复诊` : '', at.start ? `${dayWords(at.start)} ${clockWords(at.start)}` : ''].filter(Boolean).join('　');
    if (subtitle.textContent !== words) subtitle.textContent = words;
  };
  call = new Call({
    room: found.room, link: async () => found.link, key: `zq.guest.${found.room}`, refusals,
    words: { over: '复诊结束了，谢谢您。可以关闭本页。', left: '您离开了，摄像头和麦克风已关。复诊还在进行，可以再进来。' },
  });
  call.addEventListener('joined', ({ detail }) => {
    Object.assign(at, { start: detail.start ?? '', me: call.me?.name ?? '' });
    draw();
    if (['required', 'optional'].includes(detail.recording)) call.notice.textContent = '医院可能会录下这次视频，只用于病历存档和质量检查。录制时这里会有标记。';
  });
  call.addEventListener('doctor', ({ detail }) => { at.doctor = detail.name ?? at.doctor; draw(); });
  call.addEventListener('state', ({ detail }) => {
    if (detail === 'over') sessionStorage.removeItem(KEPT);
    if (detail === 'waiting' && !open.checked) { open.checked = true; if (!call.check) call.toggleCheck(); }
  });
  document.body.classList.add('wide');
  window.visitPage = call; // for who watches the page
  show(header('视频复诊', { subtitle }), call.element);
  call.open();
}

window.addEventListener('hashchange', () => { if (location.hash !== '') open(); });
open();
