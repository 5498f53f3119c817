/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/check-words.h"

#include <glib/gi18n.h>

typedef struct
{
  ZqProbeItem item;
  const char *code;
  const char *words;
} Words;

static const Words WORDS[] = {
  { ZQ_PROBE_CAMERA, "ok", N_ ("The camera works") },
  { ZQ_PROBE_CAMERA, "none", N_ ("No camera was found: plug one in. Sound goes without it") },
  { ZQ_PROBE_CAMERA, "busy", N_ ("Another program has the camera: close it") },
  { ZQ_PROBE_CAMERA, "denied", N_ ("The camera may not be opened: allow it in the system’s settings") },
  { ZQ_PROBE_CAMERA, "dead", N_ ("No picture comes: plug the camera in again, or choose another") },
  { ZQ_PROBE_CAMERA, "black", N_ ("The picture is black: is the lens covered?") },
  { ZQ_PROBE_CAMERA, "slow", N_ ("Few pictures a second: more light helps") },
  { ZQ_PROBE_MICROPHONE, "ok", N_ ("The microphone hears you") },
  { ZQ_PROBE_MICROPHONE, "none", N_ ("No microphone was found: plug one in") },
  { ZQ_PROBE_MICROPHONE, "busy", N_ ("Another program has the microphone: close it") },
  { ZQ_PROBE_MICROPHONE, "denied", N_ ("The microphone may not be opened: allow it in the system’s settings") },
  { ZQ_PROBE_MICROPHONE, "dead", N_ ("The microphone gives nothing: plug it in again, or choose another") },
  { ZQ_PROBE_MICROPHONE, "silent", N_ ("Nothing is heard: say something; is the microphone switched off?") },
  { ZQ_PROBE_MICROPHONE, "quiet", N_ ("You are heard faintly: come closer, or make the microphone louder") },
  { ZQ_PROBE_MICROPHONE, "clips", N_ ("Too loud: make the microphone quieter, or move back") },
  { ZQ_PROBE_SPEAKER, "ask", N_ ("Did you hear the tone?") },
  { ZQ_PROBE_SPEAKER, "played", N_ ("The tone was played") },
  { ZQ_PROBE_SPEAKER, "heard", N_ ("You heard the tone") },
  { ZQ_PROBE_SPEAKER, "not-heard", N_ ("Not heard: turn the speaker up, or choose another") },
  { ZQ_PROBE_SPEAKER, "silent", N_ ("The tone was swallowed: is the speaker muted?") },
  { ZQ_PROBE_SPEAKER, "none", N_ ("No speaker was found: plug one in") },
  { ZQ_PROBE_SPEAKER, "busy", N_ ("Another program has the speaker: close it") },
  { ZQ_PROBE_SPEAKER, "denied", N_ ("The speaker may not be opened: allow it in the system’s settings") },
  { ZQ_PROBE_SPEAKER, "dead", N_ ("Nothing can be played: plug the speaker in again, or choose another") },
  { ZQ_PROBE_HOSPITAL, "no-network", N_ ("This computer has no network: check the cable or the wireless network") },
  { ZQ_PROBE_HOSPITAL, "away", N_ ("The hospital cannot be reached") },
  { ZQ_PROBE_HOSPITAL, "no-answer", N_ ("The hospital does not answer: the network loses what is sent") },
  { ZQ_PROBE_SPEED, "too-slow", N_ ("Too slow even for sound: telephone instead") },
  { ZQ_PROBE_RELAY, "none", N_ ("The hospital has no relay: a call goes only where a direct way is open") },
  { ZQ_PROBE_RELAY, "dead", N_ ("A part that calls need is missing on this computer") },
  { ZQ_PROBE_RELAY, "no-network", N_ ("This computer has no network: check the cable or the wireless network") },
  { ZQ_PROBE_RELAY, "refused", N_ ("The hospital’s relay is not running: tell the hospital") },
  { ZQ_PROBE_RELAY, "denied", N_ ("The hospital’s relay gives no place: tell the hospital") },
  { ZQ_PROBE_RELAY, "blocked", N_ ("A firewall blocks the way to the relay: ask who runs the network") },
};

const char *
zq_check_item_words (ZqProbeItem item)
{
  static const char *const words[] = { N_ ("Camera"),   N_ ("Microphone"), N_ ("Speaker"),
                                       N_ ("Hospital"), N_ ("Speed"),      N_ ("Relay") };

  return _ (words[item]);
}

const char *
zq_check_side_words (ZqProbeSide side)
{
  static const char *const words[] = { NULL, N_ ("this computer"), N_ ("the network"), N_ ("the hospital") };

  return words[side] != NULL ? _ (words[side]) : NULL;
}

static char *
say_measured (ZqProbeItem item, const ZqProbeResult *result)
{
  gboolean is_ok = result->verdict == ZQ_PROBE_PASS;

  switch (item)
    {
    case ZQ_PROBE_HOSPITAL:
      return g_strdup_printf (is_ok ? _ ("Answers within %.0f ms") : _ ("Answers only within %.0f ms: talk in turns"),
                              result->value);
    case ZQ_PROBE_SPEED:
      return g_strdup_printf (is_ok ? _ ("%.1f Mbit/s down, %.1f up")
                              : g_strcmp0 (result->code, "slow") == 0
                                  ? _ ("%.1f Mbit/s down, %.1f up: the picture will be small")
                                  : _ ("%.1f Mbit/s down, %.1f up: sound goes, a picture hardly"),
                              result->value / 1e6, result->other / 1e6);
    case ZQ_PROBE_RELAY:
      return g_strdup (_ ("A call goes through the hospital’s relay"));
    default:
      return g_strdup ("");
    }
}

char *
zq_check_result_words (ZqProbeItem item, const ZqProbeResult *result)
{
  if (result->verdict == ZQ_PROBE_RUNNING)
    return g_strdup (item == ZQ_PROBE_MICROPHONE ? _ ("Say something…") : _ ("Looking…"));
  if (result->verdict == ZQ_PROBE_NONE)
    return g_strdup (item == ZQ_PROBE_SPEAKER ? _ ("Play the tone") : _ ("Not looked at"));
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    if (WORDS[i].item == item && g_strcmp0 (WORDS[i].code, result->code) == 0)
      return g_strdup (_ (WORDS[i].words));

  return say_measured (item, result);
}
