// SPDX-License-Identifier: GPL-3.0-or-later
// Why a camera or microphone does not open, and what to do in this browser.

const ways = [
  [/MicroMessenger/, '微信里用不了时：点右上角“…”→“在浏览器打开”；或到手机“设置”→“微信”，打开“相机”和“麦克风”。'],
  [/HuaweiBrowser|ArkWeb|OpenHarmony/, '到手机“设置”→“隐私和安全”→“权限管理”，给浏览器打开“相机”和“麦克风”，再回来点“再试一次”。'],
  [/(iPhone|iPad).*(CriOS|EdgiOS|FxiOS|MQQBrowser|UCBrowser|baidubox)/, '到手机“设置”里找到这个浏览器，打开“相机”和“麦克风”，再回来刷新本页。'],
  [/iPhone|iPad/, '点地址栏左边的“大小”→“网站设置”，把“相机”和“麦克风”改成“允许”，再刷新本页。'],
  [/Android.*Firefox/, '点地址栏左边的锁 →“权限”，打开“相机”和“麦克风”，再点“再试一次”。'],
  [/Android/, '点地址栏左边的图标 →“权限”，打开“摄像头”和“麦克风”；没有这一项时，到手机“设置”→“应用”→ 浏览器 →“权限”里打开。'],
  [/Firefox/, '点地址栏左边带斜线的摄像头图标，去掉“已阻止”，再点“再试一次”。'],
  [/Edg\/|Chrome\//, '点地址栏左边的图标，把“摄像头”和“麦克风”改成“允许”，再刷新本页。'],
  [/Safari/, '点菜单“Safari 浏览器”→“此网站的设置”，把“摄像头”和“麦克风”改成“允许”，再刷新本页。'],
];

export const permissionWords = (agent) =>
  ways.find(([sign]) => sign.test(agent))?.[1] ?? '在浏览器的网站设置里，把“摄像头”和“麦克风”改成“允许”，再刷新本页。';

// name: of the device; why: name of the DOMException.
export function closedWords(name, why, agent = navigator.userAgent) {
  if (why === 'InsecureError' || why === 'TypeError') return `这个地址不安全，浏览器不开放${name}。请用医院发给您的 https 地址打开。`;
  if (why === 'NotAllowedError' || why === 'SecurityError') return `浏览器没有允许使用${name}。${permissionWords(agent)}`;
  if (why === 'NotFoundError' || why === 'OverconstrainedError') return `没有找到${name}。请接好以后再试。`;
  if (why === 'NotReadableError' || why === 'AbortError') return `${name}正被别的程序占用，比如微信或腾讯会议。请关掉它再试。`;
  return `${name}打不开。请重新接好，或者换一个浏览器再试。`;
}
