// SPDX-License-Identifier: GPL-3.0-or-later
// The check of the devices before a visit, from the list.

import { Check } from './check.js';
import { Devices } from './devices.js';
import { el, header, show } from './dom.js';

export function openCheck() {
  const devices = new Devices();
  const check = new Check(devices, { again: () => devices.open() });
  const here = location.hash;
  let begun = false;
  const leave = () => {
    if (location.hash === here) return;
    window.removeEventListener('hashchange', leave);
    check.stop();
    devices.close();
  };
  devices.addEventListener('change', ({ detail }) => check.changed(detail.kind));
  devices.addEventListener('list', () => check.drawChoices());
  window.addEventListener('hashchange', leave);

  return {
    async refresh(visible) {
      if (begun) return;
      begun = true;
      show(header('检查设备', { back: '#/' }), el('main', { class: 'call' },
        el('p', {}, '浏览器会问能不能用摄像头和麦克风，请选“允许”。这里的画面和声音只有您自己看得到、听得到。'), check.element));
      await devices.open();
      if (visible()) check.start();
      else devices.close();
    },
    debug: () => ({ stream: devices.stream }),
  };
}
