#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patient's page of a visit, and a guest's: devices, the check, unplugging, quality in words, the thread, links."""

import json
import wave
from datetime import datetime, timezone

from loop import Suite, check, equal, http, wait_until
from relay import Relay, free_port
from visit import RED, Doctor, Patient, begin, first_visit, is_colour, make_visit, sees_patient

suite = Suite()
MARKUP = "<img src=x onerror=document.title='x'>Li"


def live(patient):
    return patient.do("devices")["live"]


def parts(patient):
    return {item["part"]: item for item in patient.do("look", selector=".check li")["items"]}


def wait_part(patient, name, verdict, text=None):
    return patient.do("show", selector=f'.check li[data-part="{name}"][data-verdict="{verdict}"]', **({"text": text} if text else {}))


def make_link(hospital, visit, login="lin", **more):
    """A guest's link, as the doctor asks for it → its page."""
    body = json.dumps({"appointment": f"Appointment/{visit}", **more})
    login = "doctor" if login == "lin" else login
    status, _, answer = http("POST", f"{hospital.root}/signalling/links", body.encode(),
                             {"Authorization": f"Bearer {hospital.token(login)}", "Content-Type": "application/json"})
    equal(status, 201, "the link")
    return json.loads(answer)["page"]


def no_problems(patient):
    """Errors of scripts and of the page's policy; a closed line and a link that is refused are none."""
    equal(patient.do("problems")["items"], [], "what the page complains of")


@suite.case("a waiting room that has closed has no door in the list, whoever forgot to end the visit")
def closed(world):
    hospital = world.hospital()
    old = make_visit(hospital, minutes=-1500)
    with Patient(hospital) as patient:
        ways = {visit["id"]: visit["way"] for visit in patient.do("open")["visits"]}
        check(old in ways and not ways[old], "yesterday's waiting room has a door")
        check(any(ways.values()), "no visit has a door")


@suite.case("leaving lets go of camera and microphone, coming back opens them again")
def leaving(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            equal(live(patient), ["audio", "video"], "what is on in the call")
            wait_until("the screen stays on", lambda: patient.do("devices")["awake"])
            patient.do("press", text="离开")
            patient.do("wait", state="left")
            equal(live(patient), [], "what is on after leaving")
            wait_until("the screen may go off", lambda: not patient.do("devices")["awake"])
            doctor.wait("the patient is away", lambda line: not line["patient"])
            patient.do("press", text="重新进入")
            # Who was let in is let in again.
            doctor.wait("a picture again", lambda line: line["state"] == "live" and line["patient"])
            patient.do("wait", state="live")
            equal(live(patient), ["audio", "video"], "what is on when back")
            patient.do("go", hash="#/")
            patient.do("show", selector="li.visit")
            equal(live(patient), [], "what is on in the list")
            doctor.wait("the patient is away", lambda line: not line["patient"])
            patient.do("enter", visit=visit)
            call = doctor.now["call"]
            doctor.wait("a picture again", lambda line: line["state"] == "live" and line["call"] >= call and sees_patient(line))
            patient.do("wait", state="live")
            doctor.say("end")
            patient.do("wait", state="over")
            equal(live(patient), [], "what is on after the end")
            no_problems(patient)


@suite.case("a visit that is opened in a second browser lets go of the first one's camera; the first can take it back")
def taken(world):
    hospital = world.hospital()
    with Patient(hospital) as first, Patient(hospital) as second:
        visit = first_visit(first)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, first, visit)
            second.do("open")
            second.do("enter", visit=visit)
            first.do("wait", state="taken")
            equal(live(first), [], "what is on in the first")
            second.do("wait", state="live")
            first.do("press", text="重新进入")
            first.do("wait", state="live")
            second.do("wait", state="taken")
            equal(live(second), [], "what is on in the second")


@suite.case("who goes before the devices have opened leaves none of them on")
def gone_early(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        for hash in (f"#/v/{visit}", "#/check"):
            opened = patient.do("devices")["opened"]
            patient.do("hold", on=True)
            patient.do("go", hash=hash)
            patient.do("show", selector="main.call")
            patient.do("go", hash="#/")
            patient.do("show", selector="li.visit")
            patient.do("hold", on=False)
            wait_until("the devices opened after all", lambda: patient.do("devices")["opened"] > opened)
            wait_until(f"{hash}: nothing is on", lambda: live(patient) == [])
        no_problems(patient)


@suite.case("the check from the list: picture, level, tone, line; the camera that was chosen is remembered")
def device_check(world):
    hospital = world.hospital()
    with Patient(hospital, "--cameras", "4") as patient:
        first_visit(patient)
        patient.do("click", selector='a[href="#/check"]')
        for name in ("video", "audio", "line"):
            wait_part(patient, name, "pass")
        levels = set()

        def moves():
            levels.add(round(patient.do("look", selector=".check meter")["items"][0]["value"], 2))
            return max(levels) > 0.3 and max(levels) - min(levels) > 0.1
        wait_until("the level moves", moves)
        patient.do("show", selector=".check-result", text="请播放声音")
        patient.do("press", text="播放声音")
        patient.do("show", selector=".check .choices button", text="没听到")
        patient.do("press", text="没听到")
        wait_part(patient, "speaker", "fail", "静音开关")
        patient.do("press", text="播放声音")
        patient.do("press", text="听到了")
        wait_part(patient, "speaker", "pass")
        patient.do("show", selector=".check-result", text="都正常，可以开始复诊")
        before = patient.do("devices")["video"]
        patient.do("choose", selector='.check li[data-part="video"] select', index=3)
        chosen = wait_until("another camera", lambda: patient.do("devices")["video"] not in (None, before) and patient.do("devices")["video"])
        patient.do("go", hash="#/")
        patient.do("show", selector="li.visit")
        equal(live(patient), [], "what is on after the check")
        patient.do("reload")
        patient.do("show", selector="li.visit")
        patient.do("click", selector='a[href="#/check"]')
        wait_part(patient, "video", "pass")
        equal(patient.do("devices")["video"], chosen, "the camera that was chosen before")
        no_problems(patient)


@suite.case("what the browser does not allow is said with the way to allow it, and can be tried again")
def refused(world):
    hospital = world.hospital()
    with Patient(hospital, "--refuse") as patient:
        visit = first_visit(patient)
        patient.do("click", selector='a[href="#/check"]')
        for name in ("video", "audio"):
            wait_part(patient, name, "fail", "点地址栏左边的图标")
        patient.do("show", selector=".check-result", text="摄像头、麦克风还不行")
        patient.do("allow")
        patient.do("press", text="再试一次")
        for name in ("video", "audio"):
            wait_part(patient, name, "pass")
        words = patient.do("run", module="permission.js", code="""(m) => Object.fromEntries(Object.entries({
            wechat: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0',
            iphone: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1',
            huawei: 'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0 Safari/537.36 ArkWeb/4.1 Mobile',
            android: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
            firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
            mac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15',
            }).map(([name, agent]) => [name, m.permissionWords(agent)]))""")["value"]
        equal(len(set(words.values())), 6, "different words for different browsers")
        for name, sign in (("wechat", "在浏览器打开"), ("iphone", "网站设置"), ("huawei", "权限管理"), ("firefox", "斜线"), ("mac", "此网站的设置")):
            check(sign in words[name], f"{name}: {words[name]}")
        patient.do("go", hash=f"#/v/{visit}")
        patient.do("wait", state="waiting")


def black_picture(path):
    with open(path, "wb") as out:
        out.write(b"YUV4MPEG2 W64 H48 F30:1 Ip A1:1 C420jpeg\n")
        for _ in range(10):
            out.write(b"FRAME\n" + bytes([16]) * (64 * 48) + bytes([128]) * (64 * 48 // 2))
    return path


def silence(path):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        out.writeframes(bytes(2 * 48000))
    return path


@suite.case("a dark picture and a microphone that hears nothing are found, and what to do is said")
def poor(world):
    hospital = world.hospital()
    with Patient(hospital, "--picture", str(black_picture(world.directory / "black.y4m")), "--sound", str(silence(world.directory / "silence.wav"))) as patient:
        first_visit(patient)
        patient.do("click", selector='a[href="#/check"]')
        wait_part(patient, "video", "poor", "太暗")
        wait_part(patient, "audio", "poor", "没有听到声音")
        patient.do("show", selector=".check-result", text="摄像头、麦克风不太好")
        hospital.stop()
        patient.do("press", text="再试一次")
        wait_part(patient, "line", "fail", "连不上医院")


@suite.case("only the doctor is shown as the doctor; what the room sends wrong does no harm")
def impostor(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        patient.do("open")
        told = patient.do("run", module="peer.js", code="""async ({ Peer }) => {
            const signal = new EventTarget();
            const sent = [];
            signal.send = (frame) => sent.push(frame.type);
            const peer = new Peer(signal, () => ({}), document.createElement('video'));
            const offer = (detail) => signal.dispatchEvent(new CustomEvent('offer', { detail }));
            const other = new RTCPeerConnection();
            other.addTransceiver('audio');
            await other.setLocalDescription(await other.createOffer());
            const { sdp } = other.localDescription;
            peer.doctor = 'm1';
            const found = [];
            for (const from of ['m7', 'm1']) {
              offer({ from, call: 1, sdp });
              found.push(peer.connection !== null);
            }
            offer({ from: 'm1', call: 'x', sdp });
            found.push(peer.call);
            peer.drop();
            other.close();
            return found;
        }""")["value"]
        equal(told, [False, True, 1], "whose offer is taken")
        servers = patient.do("run", module="line.js", code="""(m) => [m.serversOf(null), m.serversOf([null, 5, { urls: 'http://x' }, { urls: ['turn:h'] }]),
            m.serversOf([{ urls: ['stun:h:1'] }, { urls: ['turn:h:1'], username: 'u', credential: 'c' }]).length, m.readFrame('[1]'), m.readFrame('{'), m.readFrame('null')]""")["value"]
        equal(servers, [[], [], 2, None, None, None], "servers and frames that make no sense")
        no_problems(patient)


@suite.case("in the waiting room the relay is tried too, and is missed where it does not answer")
def relay_check(world):
    with Relay(world.directory) as turn:
        hospital = world.hospital(*turn.arguments())
        with Patient(hospital) as patient:
            visit = first_visit(patient)
            patient.do("enter", visit=visit)
            patient.do("press", text="检查设备")
            wait_part(patient, "line", "pass", "中转也连得上")
            hospital.stop()
            hospital.arguments[hospital.arguments.index("--turn") + 1] = f"127.0.0.1:{free_port()}"
            hospital.start()
            patient.do("reload")
            patient.do("wait", state="waiting")
            patient.do("press", text="检查设备")
            wait_part(patient, "line", "poor", "中转连不上")


@suite.case("a camera that is unplugged in the call is said; another is taken, or sound goes on alone")
def unplugged(world):
    hospital = world.hospital()
    with Patient(hospital, "--cameras", "4") as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            first = patient.do("devices")["video"]
            patient.do("unplug", kind="video")
            patient.do("show", selector=".call-notice", text="摄像头断开了，已换成")
            check(patient.do("devices")["video"] not in (None, first), "no other camera")
            frames = doctor.now["frames"]
            doctor.wait("pictures of the other one", lambda line: line["state"] == "live" and line["frames"] > frames + 30)
            patient.do("unplug", kind="video", all=True)
            patient.do("show", selector=".call-notice", text="医生看不到您，声音照常")
            equal(live(patient), ["audio"], "what is left")
            doctor.say("reset")
            doctor.wait("the patient is heard", lambda line: line["state"] == "live" and line["peak"] > 1000)
            patient.do("plug")
            patient.do("show", selector=".call-notice", text="正在使用摄像头")
            frames = doctor.now["frames"]
            doctor.wait("pictures again", lambda line: line["state"] == "live" and line["frames"] > frames + 30)
            equal(live(patient), ["audio", "video"], "what is on")
            no_problems(patient)


@suite.case("how good the call is stands there in words; a paused picture says that sound goes on")
def quality(world):
    hospital = world.hospital()
    with Patient(hospital) as patient:
        visit = first_visit(patient)
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            patient.do("show", selector='.call-quality[data-quality="good"]', text="通话良好")
            doctor.say("camera-off")
            patient.do("show", selector=".veil", text="医生的画面暂停了，声音照常")
            doctor.say("camera-on")
            wait_until("the picture is uncovered", lambda: patient.do("look", selector=".veil")["items"][0]["hidden"])
            doctor.kill()
            patient.do("show", selector=".call-status", text="正在恢复通话")
            equal(patient.do("look", selector=".call-quality")["items"][0]["text"], "", "how good a call is that is away")
        told = patient.do("run", module="quality.js", code="""(m) => {
            const quality = new m.Quality();
            const sum = { lost: 0, received: 0, frames: 0, concealed: 0, samples: 0, roundTrip: 0.05, lostThere: 0 };
            const kinds = [];
            const seconds = (n, more) => {
              for (let i = 0; i < n; i++) {
                for (const name of Object.keys(more)) sum[name] = name === 'roundTrip' || name === 'lostThere' ? more[name] : sum[name] + more[name];
                kinds.push(quality.take({ ...sum }, true));
              }
              return kinds[kinds.length - 1];
            };
            return [seconds(6, { received: 80, frames: 30, samples: 48000 }), seconds(4, { received: 60, lost: 20, frames: 15, samples: 48000 }),
              seconds(4, { lost: 0, received: 50, frames: 0, samples: 48000 }), seconds(2, { received: 80, frames: 30 }), seconds(8, { received: 80, frames: 30 }),
              seconds(2, { roundTrip: 0.8, frames: 30 }), seconds(9, { roundTrip: 0.1, frames: 30 }), seconds(4, { concealed: 9000, samples: 48000, frames: 30 })];
        }""")["value"]
        equal(told, ["good", "weak", "sound", "weak", "good", "weak", "good", "weak"], "a line that gets worse and better")


def thread_of(hospital, patient="pat-001"):
    """A consultation of the patient's that goes on: its Task and its thread."""
    for task in hospital.search(f"Task?patient=Patient/{patient}"):
        status = (task.get("businessStatus") or {}).get("coding", [{}])[0].get("code")
        if task.get("focus", {}).get("reference", "").startswith("Communication/") and status == "in-consultation":
            return task["id"], task["focus"]["reference"]
    raise AssertionError("no consultation that goes on")


def doctor_says(hospital, thread, text):
    header = hospital.read(thread)
    message = {"resourceType": "Communication", "status": "completed", "subject": header["subject"], "sender": {"reference": "Practitioner/doc-lin"},
               "partOf": [{"reference": thread}], "meta": {"tag": header["meta"]["tag"]}, "payload": [{"contentString": text}], "sent": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
               "category": [{"coding": [{"system": "https://zhenqiao.org/fhir/CodeSystem/communication-category", "code": "message"}]}]}
    status, _, body = hospital.request("POST", "Communication", message, "doctor")
    equal(status, 201, f"the doctor's message ({body[:200]})")


@suite.case("the thread lies beside the call: unread is marked, read and answered from there")
def chat(world):
    hospital = world.hospital()
    _, thread = thread_of(hospital)
    visit = make_visit(hospital, thread=thread)
    with Patient(hospital) as patient:
        patient.do("open")
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            doctor_says(hospital, thread, "请把血糖记录发给我 <b>x</b>")
            patient.do("show", selector=".call-controls .news", text="新消息")
            patient.do("click", selector=".call-controls .news")
            patient.do("show", selector=".chat li.theirs .bubble", text="请把血糖记录发给我 <b>x</b>")
            equal(patient.do("look", selector=".chat")["items"][0]["hidden"], False, "the panel")
            patient.do("fill", selector=".chat #answer", text="空腹 7.1，餐后 9.8")
            patient.do("press", text="发送")
            patient.do("show", selector=".chat li.mine .mark", text="已送达")
            found = [c for c in hospital.as_patient(f"Communication?part-of={thread}") if (c.get("payload") or [{}])[0].get("contentString") == "空腹 7.1，餐后 9.8"]
            equal(len(found), 1, "the patient's message at the hospital")
            patient.do("key", key="Escape")
            wait_until("the panel is shut", lambda: patient.do("look", selector=".chat")["items"][0]["hidden"])
            equal([item["text"] for item in patient.do("look", selector='[aria-controls="chat"]')["items"]], ["对话"], "nothing is unread")
            equal(patient.do("state")["state"], "live", "the call")
            no_problems(patient)
            hospital.advance(12 * 3600)
            patient.do("press", text="对话")
            patient.do("show", selector=".chat > .error", text="登录已过期")
            equal(patient.do("state")["state"], "live", "the call when the sign-in has run out")


@suite.case("a relative has a link and no account: waits, is let in, sees the doctor, comes back after a reload, hears the end")
def relative(world):
    hospital = world.hospital()
    visit = make_visit(hospital)
    page = make_link(hospital, visit, name=MARKUP, relation="child", **{"as": "relative"})
    check("/patient/visit.html#link=" in page, f"the page: {page.split('#')[0]}")
    with Patient(hospital) as guest, Doctor(hospital, visit) as doctor:
        doctor.wait_state("alone")
        guest.do("go", path=page)
        guest.do("wait", state="waiting")
        seen = guest.do("look", selector=".guest-of")
        equal("link=" in seen["address"] or "#" in seen["address"], False, "the link in the address bar")
        guest.do("show", selector=".guest-of", text=f"{MARKUP}，您好")
        guest.do("show", selector=".guest-of", text="的视频复诊")
        wait_part(guest, "video", "pass")
        doctor.wait_state("waiting")
        doctor.say("admit")
        doctor.wait("the doctor sees the relative", lambda line: line["state"] == "live" and sees_patient(line))
        guest.wait_seen("the relative sees the doctor", lambda seen: seen["frames"] > 5 and is_colour(seen, RED))
        call = doctor.now["call"]
        guest.do("reload")
        doctor.wait("another connection", lambda line: line["state"] == "live" and line["call"] > call and line["received"] > 0)
        guest.do("wait", state="live")
        doctor.say("end")
        guest.do("wait", state="over")
        equal(live(guest), [], "what is on after the end")
        equal(guest.do("run", module="words.js", code="() => Object.keys(sessionStorage).concat(Object.keys(localStorage))")["value"], [], "what stays on this device")
        equal(guest.do("run", module="words.js", code="() => document.title")["value"], "视频复诊 · 云桥互联网医院", "the title")
        no_problems(guest)


@suite.case("the patient goes while a relative waits: the relative is not let in in its place, but by the doctor")
def in_its_place(world):
    hospital = world.hospital()
    visit = make_visit(hospital)
    page = make_link(hospital, visit, name="李华", relation="child", **{"as": "relative"})
    with Patient(hospital) as patient, Patient(hospital) as guest, Doctor(hospital, visit) as doctor:
        doctor.wait_state("alone")
        patient.do("open")
        patient.do("click", selector=f'li.visit[data-visit="{visit}"] a.primary')
        doctor.wait_state("waiting")
        doctor.say("admit")
        patient.do("wait", state="live")
        guest.do("go", path=page)
        guest.do("wait", state="waiting")
        patient.do("press", text="离开")
        doctor.wait_state("waiting")
        # What is answered came after all that the room had said before.
        guest.do("run", module="words.js", code="() => new Promise((done) => { const { signal } = window.visitPage; "
                 "signal.addEventListener('pong', () => done(true), { once: true }); signal.send({ type: 'ping', n: 77 }); })")
        equal(guest.do("state")["state"], "waiting", "the relative whom nobody let in")
        doctor.say("admit")
        guest.do("wait", state="live")
        doctor.wait("the doctor sees the relative", lambda line: line["state"] == "live" and sees_patient(line))


@suite.case("a colleague waits beside the patient; nobody is named before the room says so")
def colleague(world):
    hospital = world.hospital("--recording", "optional")
    visit = make_visit(hospital)
    page = make_link(hospital, visit, name="周敏", relation="colleague")
    with Patient(hospital) as patient, Patient(hospital) as guest:
        guest.do("go", path=page)
        guest.do("wait", state="waiting")
        words = guest.do("look", selector="#app")["items"][0]["text"]
        check("医院可能会录下这次视频" in words, "that it may be recorded is not said")
        check("周敏，您好" in words and "王" not in words and "林" not in words, f"who is named: {words}")
        patient.do("open")
        with Doctor(hospital, visit) as doctor:
            doctor.wait_state("alone")
            patient.do("click", selector=f'li.visit[data-visit="{visit}"] a.primary')
            patient.do("press", text="不同意")
            doctor.wait_state("waiting")
            doctor.say("admit")
            patient.do("wait", state="live")
            guest.do("show", selector=".guest-of", text="的视频复诊")
            equal(guest.do("state")["state"], "waiting", "the colleague")
            equal(patient.do("state")["marks"], "", "nobody is in who was not let in")
            doctor.say("end")
            guest.do("wait", state="over")
            patient.do("wait", state="over")


@suite.case("links that are forged, broken, run out or used up are said to be so, and open nothing")
def bad_links(world):
    hospital = world.hospital()
    visit, other = make_visit(hospital), make_visit(hospital)
    page = make_link(hospital, visit, name="李华", relation="child", **{"as": "relative"})
    root = page.split("#")[0]
    with Patient(hospital) as guest:
        for path, words in ((root, "请从收到的邀请里点开链接"), (f"{root}#link=x&room=y", "没有复制完整"),
                            (f"{root}#link={'A' * 43}&room=Appointment/{visit}", "没有复制完整"),
                            (page.replace(f"Appointment/{visit}", f"Appointment/{other}"), "没有复制完整"),
                            (f"{root}#link=%3Cimg%3E&room=Appointment/../..", "没有复制完整")):
            guest.do("go", path="about:blank")
            guest.do("go", path=path)
            guest.do("show", selector=".call-status", text=words)
            equal(guest.do("look", selector="#app")["address"], root, "the address bar")
            equal(live(guest), [], "what is on")
        over = make_link(hospital, visit, name="李华", relation="child")
        hospital.update(f"Appointment/{visit}", lambda body: json.dumps({**json.loads(body), "status": "fulfilled"}))
        guest.do("go", path="about:blank")
        guest.do("go", path=over)
        guest.do("show", selector=".call-status", text="这次复诊已经结束，链接不能再用了")
        late = make_visit(hospital)
        page = make_link(hospital, late, name="李华", relation="child")
        hospital.advance(6 * 3600)
        guest.do("go", path="about:blank")
        guest.do("go", path=page)
        guest.do("show", selector=".call-status", text="这个链接已经过期")
        equal(live(guest), [], "what is on")


@suite.case("the page of a guest has a strict policy and nothing inline")
def policy(world):
    hospital = world.hospital()
    status, headers, body = http("GET", f"{hospital.root}/patient/visit.html")
    equal(status, 200, "the page")
    said = headers["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"):
        check(rule in said, f"{rule} is not in {said}")
    check("unsafe" not in said and "*" not in said, said)
    equal(headers["Referrer-Policy"], "no-referrer", "the referrer")
    check("camera=(self)" in headers["Permissions-Policy"], "camera of this page alone")
    text = body.decode()
    check("<style" not in text and " style=" not in text and " on" not in text.replace(" on-", ""), "something is inline")
    equal(text.count("<script"), text.count("<script type=\"module\" src="), "scripts")


@suite.case("small windows and letters of twice the size lose nothing; the keyboard is enough")
def sizes(world):
    hospital = world.hospital()
    _, thread = thread_of(hospital)
    visit = make_visit(hospital, thread=thread)

    def fits(patient, what):
        for width, height, letters in ((360, 740, 1), (360, 740, 2), (1366, 768, 1), (1366, 768, 2)):
            shown = patient.do("size", width=width, height=height, type=letters)
            check(shown["scroll"] <= 0 and not shown["wide"], f"{what} at {width}, letters times {letters}: {shown}")
        patient.do("size", width=390, height=844, type=1)

    with Patient(hospital, "--dark") as patient:
        patient.do("open")
        patient.do("click", selector='a[href="#/check"]')
        wait_part(patient, "line", "pass")
        fits(patient, "the check")
        patient.do("go", hash="#/")
        with Doctor(hospital, visit) as doctor:
            begin(doctor, patient, visit)
            fits(patient, "the call")
            patient.do("press", text="对话")
            patient.do("show", selector=".chat .composer")
            fits(patient, "the call and its thread")
            patient.do("key", key="Escape")
            patient.do("run", module="words.js", code="() => document.querySelector('h1').focus()")
            reached = []
            for _ in range(8):
                patient.do("key", key="Tab")
                reached += [item["text"] for item in patient.do("look", selector="button")["items"] if item["focused"]]
            for name in ("静音", "关摄像头", "对话", "检查设备", "离开"):
                check(name in reached, f"{name} is not reached by Tab: {reached}")
            equal(patient.do("look", selector='.call-status[role="status"], .call-quality[role="status"], .call-notice[role="status"]')["items"].__len__(), 3, "lines that are read out")
            patient.do("press", text="离开")
            patient.do("wait", state="left")
            fits(patient, "after leaving")
            patient.do("go", path=make_link(hospital, visit, name="李" * 60, relation="child"))
            wait_part(patient, "line", "pass")
            fits(patient, "a guest's waiting room")


if __name__ == "__main__":
    suite.run()
