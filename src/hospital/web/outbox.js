// SPDX-License-Identifier: GPL-3.0-or-later
// What the patient has written and the hospital does not have yet. It is kept on this phone until the
// hospital has taken it; its local id makes sure that it arrives once, however often it is tried.

import { session } from './auth.js';
import { create, now } from './fhir.js';
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

export function put(thread, department, owner, text) {
  const item = { id: crypto.randomUUID(), thread, department, owner, text, sent: now().toISOString(), state: 'waiting' };
  save('outbox', [...load('outbox', []), item]);
}

export const again = (id) => change(id, { state: 'waiting', reason: null });
export const takeBack = (id) => change(id, null);

export function clear() {
  localStorage.removeItem(key('outbox'));
  localStorage.removeItem(key('drafts'));
}

export const messageOf = ({ id, thread, department, owner, text, sent }) => ({
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
  payload: [{ contentString: text }],
});

let running = null;

async function run() {
  for (const item of waiting()) {
    if (item.state !== 'waiting') continue;
    try {
      await create(messageOf(item), `identifier=${LOCAL_ID}|${item.id}`);
    } catch (error) {
      if (error.kind === 'refused') change(item.id, { state: 'refused', reason: error.message });
      else throw error;
      continue;
    }
    change(item.id, null);
  }
}

// Sends what waits, in order; one run at a time, also when two tabs are open.
export function flush() {
  const guarded = navigator.locks ? () => navigator.locks.request(key('outbox'), run) : run;
  running ??= guarded().finally(() => { running = null; });
  return running;
}
