// SPDX-License-Identifier: GPL-3.0-or-later
// The line to the hospital: how long a word takes there and back, and whether the relay can be reached.

const TIMES = 5;
const PATIENCE = 8000;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// ping (number): sends; on (handler): gives each pong's number; both of a line that is open.
function measure(ping, on) {
  return new Promise((resolve, reject) => {
    const taken = [];
    let sent = 0;
    let at = 0;
    const give = setTimeout(() => { stop(); reject(new Error('silent')); }, PATIENCE);
    const next = () => {
      at = performance.now();
      sent++;
      ping(1000 + sent);
    };
    const stop = on((number) => {
      if (number !== 1000 + sent) return;
      taken.push(performance.now() - at);
      if (taken.length < TIMES) { next(); return; }
      clearTimeout(give);
      stop();
      resolve(median(taken));
    });
    next();
  });
}

// Over the line of a room that one is in: ms.
export function roundTripOf(signal) {
  return measure((n) => signal.send({ type: 'ping', n }), (take) => {
    const hear = ({ detail }) => take(Number(detail.n));
    signal.addEventListener('pong', hear);
    return () => signal.removeEventListener('pong', hear);
  });
}

// Over a line of its own that joins nothing: ms.
export function roundTrip() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/signalling`);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('silent')), PATIENCE);
    const fail = () => { clearTimeout(late); reject(new Error('closed')); };
    socket.onerror = fail;
    socket.onclose = fail;
    socket.onopen = () => {
      clearTimeout(late);
      const hear = (take) => {
        socket.onmessage = (event) => {
          const frame = readFrame(event.data);
          if (frame?.type === 'pong') take(Number(frame.n));
        };
        return () => { socket.onmessage = null; };
      };
      measure((n) => socket.send(JSON.stringify({ type: 'ping', n })), hear).then(resolve, reject);
    };
  }).finally(() => {
    socket.onclose = null;
    socket.onerror = null;
    socket.close();
  });
}

// An object, or null where it is none.
export function readFrame(text) {
  try {
    const frame = JSON.parse(text);
    return frame !== null && typeof frame === 'object' && !Array.isArray(frame) ? frame : null;
  } catch {
    return null;
  }
}

const urlsOf = (server) => [server?.urls].flat().filter((url) => typeof url === 'string' && /^(stun|turn)s?:/.test(url));

// Those of the room's servers that a connection can be made with: one that makes no sense would forbid it.
export const serversOf = (list) => (Array.isArray(list) ? list : []).map((one) => ({ ...one, urls: urlsOf(one) }))
  .filter(({ urls, username, credential }) => urls.length > 0 && (urls.every((url) => url.startsWith('stun')) || (typeof username === 'string' && typeof credential === 'string')));

export const hasRelay = (servers) => (servers ?? []).some((one) => one.urls.some((url) => url.startsWith('turn')));

// Whether one of the relays gives an address: nothing else is gathered with this policy.
export async function reachesRelay(servers) {
  let connection = null;
  try {
    connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: 'relay' });
    const found = new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), PATIENCE);
      const say = (answer) => { clearTimeout(late); resolve(answer); };
      connection.onicecandidate = ({ candidate }) => {
        if (candidate?.type === 'relay') say(true);
        else if (candidate === null) say(false);
      };
    });
    connection.createDataChannel('');
    await connection.setLocalDescription(await connection.createOffer());
    return await found;
  } catch {
    return false;
  } finally {
    connection?.close();
  }
}
