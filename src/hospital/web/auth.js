// SPDX-License-Identifier: GPL-3.0-or-later
// SMART App Launch, standalone, public client with PKCE (RFC 7636). The token lives as long as the tab.

const CLIENT = 'patient-page';
const BASE = `${location.origin}/fhir`;
const REDIRECT = `${location.origin}/patient/`;
const SESSION = 'zq.session';
const PENDING = 'zq.sign-in';

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

export const base = BASE;

export function session() {
  try {
    return JSON.parse(sessionStorage.getItem(SESSION));
  } catch {
    return null;
  }
}

export function forget() {
  sessionStorage.removeItem(SESSION);
}

async function endpoints() {
  const answer = await fetch(`${BASE}/.well-known/smart-configuration`, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error('医院的登录服务暂时打不开，请稍后再试。');
  return answer.json();
}

export async function begin(hint) {
  if (!crypto.subtle) throw new Error('这个地址不安全，浏览器不允许登录。请使用 https 或本机地址打开。');
  const { authorization_endpoint: authorize } = await endpoints();
  const verifier = random();
  const state = random();
  const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  sessionStorage.setItem(PENDING, JSON.stringify({ verifier, state, place: location.hash }));
  const query = new URLSearchParams({
    response_type: 'code', client_id: CLIENT, redirect_uri: REDIRECT, scope: 'openid fhirUser launch/patient patient/*.cruds',
    state, nonce: random(), aud: BASE, code_challenge: challenge, code_challenge_method: 'S256',
  });
  if (hint) query.set('login_hint', hint);
  location.assign(`${authorize}?${query}`);
}

function claims(token) {
  try {
    const part = token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (c) => c.charCodeAt(0))));
  } catch {
    return {};
  }
}

// The way back from the hospital's page: true when it was one and a session has begun.
export async function finish() {
  const query = new URLSearchParams(location.search);
  if (!query.has('code') && !query.has('error')) return false;
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? 'null');
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, '', `/patient/${pending?.place ?? ''}`);
  if (query.has('error')) throw new Error('没有登录成功，可能是您取消了。请再试一次。');
  if (!pending || query.get('state') !== pending.state) throw new Error('登录没有完成，请再试一次。');

  const { token_endpoint: endpoint } = await endpoints();
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'authorization_code', code: query.get('code'), redirect_uri: REDIRECT, client_id: CLIENT,
      code_verifier: pending.verifier,
    }),
  });
  if (!answer.ok) throw new Error('登录没有完成，请再试一次。');
  const token = await answer.json();
  const user = claims(token.id_token ?? '').fhirUser ?? token.fhirUser ?? '';
  const me = token.patient ? `Patient/${token.patient}` : user.split('/').slice(-2).join('/');
  if (!me.startsWith('Patient/')) throw new Error('这个账号不是患者账号，请换一个账号登录。');
  sessionStorage.setItem(SESSION, JSON.stringify({ token: token.access_token, me }));
  return true;
}
