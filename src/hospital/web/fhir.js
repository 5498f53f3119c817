// SPDX-License-Identifier: GPL-3.0-or-later
// The few FHIR requests that the page makes.

import { base, session } from './auth.js';

// kind: 'network' (nothing came back, may be tried again), 'signed-out', 'refused', 'conflict', 'server'
export class HospitalError extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

function errorFor(status) {
  if (status === 401) return new HospitalError('signed-out', '登录已过期，请重新登录。您写的内容都还在。');
  if (status === 403 || status === 422) return new HospitalError('refused', '医院没有接收，这次咨询可能已经结束。');
  if (status === 404 || status === 410) return new HospitalError('refused', '这条咨询找不到了，请返回列表刷新。');
  if (status === 409 || status === 412) return new HospitalError('conflict', '别处刚刚有改动，请再试一次。');
  if (status === 413) return new HospitalError('refused', '内容太长了，请分成几条发。');
  if (status === 429 || status >= 500) return new HospitalError('server', '医院的系统正忙，稍后会自动再试。');
  return new HospitalError('refused', '医院没有接收这条内容。请修改后再试，或拨打医院电话。');
}

let offset = 0;

// Now, by the hospital's clock where this phone's is clearly off.
export const now = () => new Date(Date.now() + offset);

function noteClock(answer) {
  const theirs = Date.parse(answer.headers.get('Date') ?? '');
  const difference = theirs - Date.now();
  if (!Number.isNaN(difference)) offset = Math.abs(difference) > 5000 ? difference : 0;
}

async function request(method, path, { body, headers = {}, patience = 15000 } = {}) {
  const url = path.startsWith('http') ? path : `${base}/${path}`;
  if (!url.startsWith(`${base}/`) && url !== `${base}/`) throw new HospitalError('refused', '地址不属于本医院。');
  let answer;
  try {
    answer = await fetch(url, {
      method, body, redirect: 'error', cache: 'no-store', signal: AbortSignal.timeout(patience),
      headers: {
        Accept: 'application/fhir+json', 'Cache-Control': 'no-cache', Authorization: `Bearer ${session()?.token ?? ''}`,
        ...(body ? { 'Content-Type': 'application/fhir+json' } : {}), ...headers,
      },
    });
  } catch {
    throw new HospitalError('network', '连不上医院。您写的内容都还在，网络恢复后会自动再试。');
  }
  noteClock(answer);
  if (!answer.ok) throw errorFor(answer.status);
  return answer;
}

async function json(method, path, options) {
  const answer = await request(method, path, options);
  try {
    return await answer.json();
  } catch {
    throw new HospitalError('network', '医院的回答没有收全，正在再试。');
  }
}

export const read = (reference) => json('GET', reference);

// All pages of a search, as resources.
export async function search(query, limit = 20) {
  const found = [];
  let next = query;
  for (let page = 0; next && page < limit; page++) {
    const bundle = await json('GET', next);
    for (const entry of bundle.entry ?? [])
      if (entry.resource && entry.search?.mode !== 'outcome') found.push(entry.resource);
    next = bundle.link?.find((link) => link.relation === 'next')?.url;
  }
  return found;
}

// finish: the last hand at the text of the body.
export const create = (resource, condition, finish = (body) => body) =>
  json('POST', resource.resourceType, {
    body: finish(JSON.stringify(resource)),
    headers: { ...(condition ? { 'If-None-Exist': condition } : {}), Prefer: 'return=representation' },
  });

export const update = (resource) =>
  json('PUT', `${resource.resourceType}/${resource.id}`, {
    body: JSON.stringify(resource),
    headers: { 'If-Match': `W/"${resource.meta.versionId}"`, Prefer: 'return=representation' },
  });

export const transaction = (body) => json('POST', '', { body });

export async function binary(url, type) {
  const path = url.startsWith('http') ? url : url.replace(/^\//, '');
  const answer = await request('GET', path, { headers: { Accept: type }, patience: 120000 });
  return answer.blob();
}

// Sends a file's bytes and gives its id. fetch() tells no progress of what is sent, hence the older way.
export function upload(file, context, progress, signal) {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open('POST', `${base}/Binary`);
    ask.timeout = 300000;
    ask.setRequestHeader('Authorization', `Bearer ${session()?.token ?? ''}`);
    ask.setRequestHeader('Accept', 'application/fhir+json');
    ask.setRequestHeader('Content-Type', file.type);
    ask.setRequestHeader('X-Security-Context', context);
    ask.setRequestHeader('Prefer', 'return=minimal');
    ask.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
    ask.onload = () => {
      const id = /\/Binary\/([A-Za-z0-9.-]{1,64})\//.exec(ask.getResponseHeader('Location') ?? '')?.[1];
      if (ask.status === 201 && id) resolve(id);
      else if (ask.status === 413) reject(new HospitalError('refused', '文件太大，医院没有接收。可以截屏后再发，或者分开拍。'));
      else reject(errorFor(ask.status));
    };
    ask.onerror = ask.ontimeout = () => reject(new HospitalError('network', '连不上医院。您选的文件还在，网络恢复后会自动再试。'));
    ask.onabort = () => reject(new HospitalError('stopped', ''));
    signal.addEventListener('abort', () => ask.abort());
    ask.send(file);
  });
}

const known = new Map();

// People and departments change rarely: once a visit is enough.
export async function person(reference) {
  if (!reference || !/^(Practitioner|RelatedPerson|Organization|Patient)\//.test(reference)) return null;
  if (!known.has(reference)) known.set(reference, read(reference).catch(() => { known.delete(reference); return null; }));
  return known.get(reference);
}

export const nameOf = (resource) =>
  resource?.resourceType === 'Organization' ? resource.name
    : resource?.name?.[0]?.text ?? [resource?.name?.[0]?.family, ...(resource?.name?.[0]?.given ?? [])].join('');
