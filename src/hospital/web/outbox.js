// SPDX-License-Identifier: GPL-3.0-or-later
// What the patient has written and the hospital does not have yet. It is kept on this phone until the
// hospital has taken it; its local id makes sure that it arrives once, however often it is tried.

import { session } from './auth.js';
import { create, now } from './fhir.js';
import { dropAllFiles, dropFile, keepFile, sendFile } from './files.js';
import { LOCAL_ID, codeSystem } from './words.js';

const key = (name) => `zq.${name}.${session()?.me}`;

function load(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key(name))) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function save(name, value) {
  localStorage.setItem(key(name), JSON.stringify(value));
}

export const draftOf = (place) => load('drafts', {})[place] ?? null;

export function keepDraft(place, value) {
  const drafts = load('drafts', {});
  if (value) drafts[place] = value;
  else delete drafts[place];
  save('drafts', drafts);
}

export const waiting = (thread) => load('outbox', []).filter((item) => !thread || item.thread === thread);

function change(id, changes) {
  const items = load('outbox', []);
  save('outbox', changes ? items.map((item) => (item.id === id ? { ...item, ...changes } : item))
    : items.filter((item) => item.id !== id));
}

// A file's bytes are kept before its message is, so that none waits without them.
export async function put(thread, department, owner, text, file = null) {
  const item = { id: crypto.randomUUID(), thread, department, owner, text, sent: now().toISOString(), state: 'waiting' };
  if (file) {
    item.file = { type: file.type, name: file.name || '照片', size: file.size };
    await keepFile(item.id, file);
  }
  save('outbox', [...load('outbox', []), item]);
}

export const again = (id) => change(id, { state: 'waiting', reason: null });
export function takeBack(id) {
  change(id, null);
  dropFile(id);
}

export function clear() {
  localStorage.removeItem(key('outbox'));
  localStorage.removeItem(key('drafts'));
  dropAllFiles();
}

export const messageOf = ({ id, thread, department, owner, text, sent, attachment }) => ({
  resourceType: 'Communication',
  meta: { tag: department },
  identifier: [{ system: LOCAL_ID, value: id }],
  partOf: [{ reference: thread }],
  status: 'completed',
  category: [{ coding: [{ system: codeSystem('communication-category'), code: 'message' }] }],
  subject: { reference: session().me },
  sender: { reference: session().me },
  ...(owner ? { recipient: [{ reference: owner }] } : {}),
  sent,
  payload: [...(attachment ? [{ contentAttachment: attachment }] : []), ...(text ? [{ contentString: text }] : [])],
});

let running = null;

async function run() {
  for (const item of waiting()) {
    if (item.state !== 'waiting') continue;
    try {
      if (item.file && !item.attachment) {
        item.attachment = await sendFile(item);
        change(item.id, { attachment: item.attachment });
      }
      if (!waiting().some((other) => other.id === item.id)) continue; // taken back meanwhile
      await create(messageOf(item), `identifier=${LOCAL_ID}|${item.id}`);
    } catch (error) {
      if (error.kind === 'stopped') continue;
      if (error.kind === 'refused') change(item.id, { state: 'refused', reason: error.message });
      else throw error;
      continue;
    }
    takeBack(item.id);
  }
}

// Sends what waits, in order; one run at a time, also when two tabs are open.
export function flush() {
  const guarded = navigator.locks ? () => navigator.locks.request(key('outbox'), run) : run;
  running ??= guarded().finally(() => { running = null; });
  return running;
}

// A large file may take long: what is new is shown meanwhile.
export const flushAWhile = () => Promise.race([flush(), new Promise((resolve) => { setTimeout(resolve, 1500); })]);
