// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures and files: shown in the thread, picked, kept on this phone until they are sent, sent.

import { session } from './auth.js';
import { el } from './dom.js';
import { binary, upload } from './fhir.js';

const LIMIT = 20 * 1024 * 1024;
const TYPES = /^(image\/(?!svg)[\w.+-]+|application\/pdf)$/;

export function sizeWords(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// Why a file cannot be sent, in words; null: it can.
export function whyNot(file) {
  if (file.size === 0) return '这个文件是空的，请换一个。';
  if (!TYPES.test(file.type)) return '只能发照片（图片）或 PDF 文件，请换一个。';
  if (file.size > LIMIT) return `这个文件有 ${sizeWords(file.size)}，超过 ${sizeWords(LIMIT)}，发不了。可以截屏后再发，或者分开拍。`;
  return null;
}

// --- what waits to be sent: its bytes are kept here, its message in the outbox ---

function store(mode, work) {
  return new Promise((resolve, reject) => {
    const open = indexedDB.open('zq-files', 1);
    open.onupgradeneeded = () => open.result.createObjectStore('files');
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const transaction = open.result.transaction('files', mode);
      const asked = work(transaction.objectStore('files'));
      transaction.oncomplete = () => { open.result.close(); resolve(asked?.result); };
      transaction.onabort = transaction.onerror = () => { open.result.close(); reject(transaction.error); };
    };
  });
}

export const keepFile = (id, file) => store('readwrite', (files) => files.put(file, id));
export const keptFile = (id) => store('readonly', (files) => files.get(id));
export const dropFile = (id) => store('readwrite', (files) => files.delete(id)).catch(() => {});
export const dropAllFiles = () => store('readwrite', (files) => files.clear()).catch(() => {});

const running = new Map(); // id → what stops it

export const isUploading = (id) => running.has(id);
export const stopUpload = (id) => running.get(id)?.abort();

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

// Sends the file of an item of the outbox and gives the attachment that its message has.
export async function sendFile(item) {
  const file = await keptFile(item.id);
  if (!file) throw Object.assign(new Error('这个文件在手机上找不到了，请重新选择后再发。'), { kind: 'refused' });
  const stop = new AbortController();
  running.set(item.id, stop);
  const progress = (part) => {
    const bar = document.querySelector(`progress[data-item="${item.id}"]`);
    if (bar) bar.value = part;
  };
  try {
    const id = await upload(file, item.thread, progress, stop.signal);
    const hash = base64(await crypto.subtle.digest('SHA-1', await file.arrayBuffer()));
    return { contentType: file.type, url: `Binary/${id}`, size: file.size, hash, title: file.name || '照片' };
  } finally {
    running.delete(item.id);
  }
}

// --- what is shown ---

// A picture in its full size over the page.
function view(url, title) {
  const dialog = el('dialog', { class: 'viewer', 'aria-label': title },
    el('img', { src: url, alt: title }),
    el('button', { class: 'primary', onclick: () => dialog.close() }, '关闭'));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}

function element(blob, type, title) {
  const url = URL.createObjectURL(blob);
  if (type.startsWith('image/')) {
    const button = el('button', { class: 'thumb', type: 'button', 'aria-label': `${title}，点开看大图`, onclick: () => view(url, title) },
      el('img', { src: url, alt: title }));
    button.querySelector('img').addEventListener('error', () => button.replaceWith('这张照片打不开，可能是手机不认识的格式。'));
    return button;
  }
  if (type.startsWith('audio/')) return el('audio', { src: url, controls: true, 'aria-label': title });
  const words = `${type === 'application/pdf' ? 'PDF 文件' : '文件'} · ${title} · ${sizeWords(blob.size)}`;
  return el('a', { class: 'file', href: url, download: title }, words);
}

// Fetched when it comes into sight, and once.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    entry.target.fetch();
  }
}, { rootMargin: '400px' });

function inline(attachment) {
  const bytes = Uint8Array.from(atob(attachment.data), (c) => c.charCodeAt(0));
  return new Blob([bytes], { type: attachment.contentType });
}

export function media(attachment) {
  const type = attachment.contentType ?? '';
  const title = attachment.title ?? (type.startsWith('image/') ? '照片' : type.startsWith('audio/') ? '语音' : '文件');
  const box = el('span', { class: `media${type.startsWith('image/') ? ' picture' : ''}` }, '正在取文件…');
  const again = () => el('button', { class: 'quiet', type: 'button', onclick: () => box.fetch() }, '文件没有取到，点这里再试');
  box.fetch = async () => {
    box.replaceChildren('正在取文件…');
    try {
      const blob = attachment.data ? inline(attachment) : await binary(attachment.url ?? '', type || '*/*');
      box.replaceChildren(element(blob, type, title));
    } catch {
      box.replaceChildren(session() ? again() : '');
    }
  };
  seen.observe(box);
  return box;
}

// What is kept on this phone, before it is sent.
export function preview(id, type, title) {
  const box = el('span', { class: 'media picture' });
  keptFile(id).then((file) => box.replaceChildren(file ? element(file, type, title) : title)).catch(() => box.replaceChildren(title));
  return box;
}
