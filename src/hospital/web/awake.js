// SPDX-License-Identifier: GPL-3.0-or-later
// The screen stays on while somebody waits or speaks: a telephone that goes to sleep leaves the waiting room.

let wanted = false;
let lock = null;

// The browser takes the lock away when the page is out of sight.
async function ask() {
  if (!wanted || document.hidden || (lock && !lock.released)) return;
  try {
    const got = await navigator.wakeLock?.request('screen');
    if (wanted) lock = got ?? null;
    else await got?.release();
  } catch {
    // A low battery, or a browser that cannot: the screen goes off as it always does.
  }
}

document.addEventListener('visibilitychange', ask);

export function keepAwake(on) {
  if (on === wanted) return;
  wanted = on;
  if (on) ask();
  else {
    lock?.release().catch(() => {});
    lock = null;
  }
}
