/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/sound.h"
#include "support/support.h"

typedef struct
{
  char *chosen[ZQ_CALL_N_DEVICES];
  ZqCallDevices *devices;
  guint n_switched[ZQ_CALL_N_DEVICES];
  guint n_lost;
  char *gone, *now;
} Fixture;

static char *
get_chosen (ZqCallDevice kind, gpointer data)
{
  return g_strdup (((Fixture *)data)->chosen[kind]);
}

static void
set_chosen (ZqCallDevice kind, const char *id, gpointer data)
{
  Fixture *self = data;

  g_free (self->chosen[kind]);
  self->chosen[kind] = g_strdup (id);
}

static void
on_switched (ZqCallDevices *devices, guint kind, Fixture *self)
{
  self->n_switched[kind]++;
}

static void
on_lost (ZqCallDevices *devices, guint kind, const char *gone, const char *now, Fixture *self)
{
  self->n_lost++;
  g_free (self->gone);
  self->gone = g_strdup (gone);
  g_free (self->now);
  self->now = g_strdup (now);
}

static gboolean
is_ready (gpointer data)
{
  return zq_call_devices_is_ready (data);
}

static void
open_devices (Fixture *self)
{
  ZqCallMemory memory = { get_chosen, set_chosen, self };

  self->devices = zq_call_devices_new (&memory);
  g_signal_connect (self->devices, "switched", G_CALLBACK (on_switched), self);
  g_signal_connect (self->devices, "lost", G_CALLBACK (on_lost), self);
  g_assert_true (zq_test_wait_until (is_ready, self->devices, 60));
}

static void
close_devices (Fixture *self)
{
  zq_test_last_unref (self->devices);
  self->devices = NULL;
}

static void
fixture_clear (Fixture *self)
{
  if (self->devices != NULL)
    close_devices (self);
  for (guint i = 0; i < ZQ_CALL_N_DEVICES; i++)
    g_clear_pointer (&self->chosen[i], g_free);
  g_clear_pointer (&self->gone, g_free);
  g_clear_pointer (&self->now, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static char *
join (Fixture *self, ZqCallDevice kind)
{
  GPtrArray *list = zq_call_devices_list (self->devices, kind);
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (words, "%s%s", i > 0 ? " " : "", ((ZqCallDeviceInfo *)g_ptr_array_index (list, i))->words);

  return g_string_free (g_steal_pointer (&words), FALSE);
}

static const char *
id_of (Fixture *self, ZqCallDevice kind, const char *words)
{
  GPtrArray *list = zq_call_devices_list (self->devices, kind);

  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((ZqCallDeviceInfo *)g_ptr_array_index (list, i))->words, words))
      return ((ZqCallDeviceInfo *)g_ptr_array_index (list, i))->id;
  g_error ("there is no %s", words);
}

static const char *
current (Fixture *self, ZqCallDevice kind)
{
  const ZqCallDeviceInfo *info = zq_call_devices_get_current (self->devices, kind);

  return info != NULL ? info->words : NULL;
}

/* --- cases -------------------------------------------------------------------------------------- */

/* What a speaker plays is not offered as a microphone. */
static void
test_lists (void)
{
  g_auto (Fixture) self = { 0 };
  g_autofree char *microphones = NULL, *speakers = NULL;

  open_devices (&self);
  microphones = join (&self, ZQ_CALL_MICROPHONE);
  speakers = join (&self, ZQ_CALL_SPEAKER);
  g_assert_cmpstr (microphones, ==, "ear-left ear-right");
  g_assert_cmpstr (speakers, ==, "left right");
  g_assert_cmpstr (current (&self, ZQ_CALL_MICROPHONE), ==, "ear-left");
  g_assert_cmpstr (current (&self, ZQ_CALL_SPEAKER), ==, "left");
  g_assert_null (zq_call_devices_get_current (self.devices, ZQ_CALL_CAMERA));
  g_assert_null (zq_call_devices_make (self.devices, ZQ_CALL_CAMERA));
}

static void
test_choice_is_kept (void)
{
  g_auto (Fixture) self = { 0 };

  open_devices (&self);
  g_assert_cmpuint (self.n_switched[ZQ_CALL_MICROPHONE], ==, 1);
  g_assert_true (
      zq_call_devices_choose (self.devices, ZQ_CALL_MICROPHONE, id_of (&self, ZQ_CALL_MICROPHONE, "ear-right")));
  g_assert_cmpuint (self.n_switched[ZQ_CALL_MICROPHONE], ==, 2);
  g_assert_cmpstr (current (&self, ZQ_CALL_MICROPHONE), ==, "ear-right");
  g_assert_false (zq_call_devices_choose (self.devices, ZQ_CALL_MICROPHONE, "sound:of-somebody-else"));
  close_devices (&self);
  open_devices (&self);
  g_assert_cmpstr (current (&self, ZQ_CALL_MICROPHONE), ==, "ear-right");
  g_assert_cmpuint (self.n_lost, ==, 0);
}

/* A choice of another computer's, or of what is not there today, falls back and is not forgotten. */
static void
test_choice_is_absent (void)
{
  g_auto (Fixture) self = { 0 };

  set_chosen (ZQ_CALL_SPEAKER, "sound:headset", &self);
  open_devices (&self);
  g_assert_cmpstr (current (&self, ZQ_CALL_SPEAKER), ==, "left");
  g_assert_cmpstr (self.chosen[ZQ_CALL_SPEAKER], ==, "sound:headset");
}

static gboolean
was_lost (gpointer data)
{
  return ((Fixture *)data)->n_lost > 0;
}

static gboolean
is_right_again (gpointer data)
{
  return g_strcmp0 (current (data, ZQ_CALL_MICROPHONE), "ear-right") == 0;
}

static void
test_unplugged (void)
{
  g_auto (Fixture) self = { 0 };

  open_devices (&self);
  zq_call_devices_choose (self.devices, ZQ_CALL_MICROPHONE, id_of (&self, ZQ_CALL_MICROPHONE, "ear-right"));
  zq_sound_unplug ("ear-right");
  g_assert_true (zq_test_wait_until (was_lost, &self, 10));
  g_assert_cmpuint (self.n_lost, ==, 1);
  g_assert_cmpstr (self.gone, ==, "ear-right");
  g_assert_cmpstr (self.now, ==, "ear-left");
  g_assert_cmpstr (current (&self, ZQ_CALL_MICROPHONE), ==, "ear-left");
  zq_sound_plug_ear ("right");
  g_assert_true (zq_test_wait_until (is_right_again, &self, 10));
  g_assert_cmpuint (self.n_lost, ==, 1);
}

/* What is not in use goes without a word. */
static gboolean
has_one_ear (gpointer data)
{
  return zq_call_devices_list (((Fixture *)data)->devices, ZQ_CALL_MICROPHONE)->len == 1;
}

static void
test_other_unplugged (void)
{
  g_auto (Fixture) self = { 0 };

  open_devices (&self);
  g_assert_cmpstr (current (&self, ZQ_CALL_MICROPHONE), ==, "ear-left");
  zq_sound_unplug ("ear-right");
  g_assert_true (zq_test_wait_until (has_one_ear, &self, 10));
  g_assert_cmpuint (self.n_lost, ==, 0);
  g_assert_cmpuint (self.n_switched[ZQ_CALL_MICROPHONE], ==, 1);
  zq_sound_plug_ear ("right");
}

static void
test_tone (void)
{
  g_auto (Fixture) self = { 0 };
  GstElement *tone = gst_parse_bin_from_description ("audiotestsrc is-live=true freq=660 volume=0.5", TRUE, NULL);
  GstElement *player;
  ZqSoundHeard right, left;

  open_devices (&self);
  zq_call_devices_choose (self.devices, ZQ_CALL_SPEAKER, id_of (&self, ZQ_CALL_SPEAKER, "right"));
  zq_call_devices_choose (self.devices, ZQ_CALL_MICROPHONE, id_of (&self, ZQ_CALL_MICROPHONE, "ear-right"));
  player = zq_sound_run (tone, "audioconvert ! audioresample", zq_call_devices_make (self.devices, ZQ_CALL_SPEAKER));
  zq_sound_hear (zq_call_devices_make (self.devices, ZQ_CALL_MICROPHONE), 1);
  right = zq_sound_hear (zq_call_devices_make (self.devices, ZQ_CALL_MICROPHONE), 1);
  zq_call_devices_choose (self.devices, ZQ_CALL_MICROPHONE, id_of (&self, ZQ_CALL_MICROPHONE, "ear-left"));
  left = zq_sound_hear (zq_call_devices_make (self.devices, ZQ_CALL_MICROPHONE), 0.5);
  g_test_message ("right %.1f Hz, peak %.3f; left peak %.3f", right.hz, right.peak, left.peak);
  g_assert_cmpfloat_with_epsilon (right.hz, 660, 15);
  g_assert_cmpfloat_with_epsilon (right.peak, 0.5, 0.15);
  g_assert_cmpfloat (left.peak, <, 0.001);
  zq_sound_stop (player);
}

static void
test_monitor (void)
{
  g_auto (Fixture) self = { 0 };
  GstElement *tone = gst_parse_bin_from_description ("audiotestsrc is-live=true freq=440 volume=0.5", TRUE, NULL);
  GstElement *player;
  ZqSoundHeard heard;

  open_devices (&self);
  player = zq_sound_run (tone, "audioconvert ! audioresample", zq_call_devices_make (self.devices, ZQ_CALL_SPEAKER));
  zq_sound_hear (zq_call_devices_make_monitor (self.devices), 0.5);
  heard = zq_sound_hear (zq_call_devices_make_monitor (self.devices), 0.5);
  g_assert_cmpfloat_with_epsilon (heard.hz, 440, 15);
  zq_sound_stop (player);
}

/* Gone while it is still being looked for: nothing comes back. */
static void
test_gone_at_once (void)
{
  for (guint i = 0; i < 5; i++)
    {
      ZqCallDevices *devices = zq_call_devices_new (NULL);

      if (i % 2 == 0)
        g_main_context_iteration (NULL, FALSE);
      zq_test_last_unref (devices);
    }
  zq_test_settle ();
}

static void
assert_format (const char *offered, const char *wanted)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (offered);
  g_autoptr (GstCaps) picked = zq_call_devices_pick_format (caps);
  g_autoptr (GstCaps) both = gst_caps_fixate (gst_caps_intersect (caps, picked));
  g_autoptr (GstCaps) expected = gst_caps_from_string (wanted);

  g_assert_true (gst_caps_is_subset (both, expected));
}

static void
test_format (void)
{
  assert_format ("video/x-raw,format=YUY2,width=640,height=480,framerate=30/1;"
                 "image/jpeg,width=1280,height=720,framerate=30/1",
                 "video/x-raw,width=640,height=480");
  assert_format ("video/x-raw,format=YUY2,width=640,height=480,framerate=10/1;"
                 "image/jpeg,width=640,height=480,framerate=30/1",
                 "image/jpeg,width=640");
  assert_format ("video/x-raw,format=YUY2,width=1920,height=1080,framerate=5/1;"
                 "image/jpeg,width=1280,height=720,framerate=30/1",
                 "image/jpeg,width=1280");
  assert_format ("video/x-raw,format=GRAY8,width=160,height=120,framerate=7/1", "video/x-raw,width=160");
}

static void
test_test_devices (void)
{
  g_auto (Fixture) self = { 0 };
  ZqSoundHeard heard;

  g_setenv ("ZHENQIAO_CALL_TEST", "1", TRUE);
  open_devices (&self);
  g_unsetenv ("ZHENQIAO_CALL_TEST");
  g_assert_cmpstr (zq_call_devices_get_current (self.devices, ZQ_CALL_CAMERA)->id, ==, "test:ball");
  g_assert_cmpstr (zq_call_devices_get_current (self.devices, ZQ_CALL_SPEAKER)->id, ==, "test:nobody");
  heard = zq_sound_hear (zq_call_devices_make (self.devices, ZQ_CALL_MICROPHONE), 0.5);
  g_assert_cmpfloat_with_epsilon (heard.hz, 440, 15);
  g_assert_true (zq_call_devices_choose (self.devices, ZQ_CALL_MICROPHONE, "test:silence"));
  heard = zq_sound_hear (zq_call_devices_make (self.devices, ZQ_CALL_MICROPHONE), 0.2);
  g_assert_cmpfloat (heard.peak, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/call/devices/lists-without-monitors", test_lists);
  g_test_add_func ("/call/devices/choice-is-kept", test_choice_is_kept);
  g_test_add_func ("/call/devices/absent-choice-falls-back", test_choice_is_absent);
  g_test_add_func ("/call/devices/unplugged-is-said-and-switched", test_unplugged);
  g_test_add_func ("/call/devices/another-unplugged-changes-nothing", test_other_unplugged);
  g_test_add_func ("/call/devices/tone-on-the-chosen-speaker", test_tone);
  g_test_add_func ("/call/devices/monitor-hears-the-speaker", test_monitor);
  g_test_add_func ("/call/devices/gone-while-looking", test_gone_at_once);
  g_test_add_func ("/call/devices/camera-format", test_format);
  g_test_add_func ("/call/devices/test-devices", test_test_devices);

  return g_test_run ();
}
