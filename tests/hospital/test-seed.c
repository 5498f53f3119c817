/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "hospital/hospital.h"
#include "resource/json.h"

#include <string.h>

#define START           G_GINT64_CONSTANT (1795000000123000)
#define N_CONSULTATIONS 126

static ZqHospital *
seeded (ZqClock *clock)
{
  ZqHospitalOptions options = { .clock = clock };
  g_autoptr (GError) error = NULL;
  ZqHospital *hospital = zq_hospital_new (&options, &error);

  g_assert_no_error (error);
  g_assert_true (zq_hospital_is_empty (hospital));
  zq_hospital_seed (hospital, &error);
  g_assert_no_error (error);
  return hospital;
}

static JsonNode *
get (ZqHospital *hospital, const char *type, const char *format, int number)
{
  g_autofree char *digits = g_strdup_printf ("%03d", number);
  g_autofree char *id = g_strconcat (format, digits, NULL);
  g_autofree char *text = zq_hospital_get (hospital, type, id);

  return text != NULL ? zq_json_read (text, -1, NULL) : NULL;
}

static void
test_same_bytes (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (START);
  g_autoptr (ZqHospital) one = seeded (clock);
  g_autoptr (ZqHospital) other = seeded (clock);

  for (int i = 1; i <= N_CONSULTATIONS; i++)
    {
      static const char *const kinds[][2] = { { "Task", "task" },
                                              { "Communication", "thread" },
                                              { "Patient", "pat" },
                                              { "QuestionnaireResponse", "intake" },
                                              { "Encounter", "enc" } };

      for (gsize j = 0; j < G_N_ELEMENTS (kinds); j++)
        {
          g_autofree char *id = g_strdup_printf ("%s-%03d", kinds[j][1], i);
          g_autofree char *a = zq_hospital_get (one, kinds[j][0], id);
          g_autofree char *b = zq_hospital_get (other, kinds[j][0], id);

          g_assert_nonnull (a);
          g_assert_cmpstr (a, ==, b);
        }
    }
}

static void
test_every_state (void)
{
  static const char *const states[] = { "awaiting-acceptance",  "in-consultation", "awaiting-patient",
                                        "ended-questions-left", "completed",       "declined",
                                        "expired-refunded",     "sent-offline",    "transferred" };
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (START);
  g_autoptr (ZqHospital) hospital = seeded (clock);
  guint counts[G_N_ELEMENTS (states)] = { 0 };

  for (int i = 1; i <= N_CONSULTATIONS; i++)
    {
      g_autoptr (JsonNode) task = get (hospital, "Task", "task-", i);
      const char *state = zq_json_get_code (task, "businessStatus", ZQ_CODE_SYSTEM ("consultation-status"));
      gsize j = 0;

      while (j < G_N_ELEMENTS (states) && g_strcmp0 (states[j], state) != 0)
        j++;
      g_assert_cmpuint (j, <, G_N_ELEMENTS (states));
      counts[j]++;
      g_assert_nonnull (zq_json_get_tag (task, ZQ_SYSTEM_DEPARTMENT));
      g_assert_nonnull (zq_json_get_string (task, "status"));
    }
  for (gsize j = 0; j < G_N_ELEMENTS (states); j++)
    g_assert_cmpuint (counts[j], >, 0);
}

/* No text of the demo still has a {placeholder}, none is empty, none lies in the future. */
static void
test_messages_are_whole (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (START);
  g_autoptr (ZqHospital) hospital = seeded (clock);
  guint n = 0;

  for (int i = 1; i <= N_CONSULTATIONS; i++)
    for (int j = 1;; j++, n++)
      {
        g_autofree char *id = g_strdup_printf ("msg-%03d-%02d", i, j);
        g_autofree char *text = zq_hospital_get (hospital, "Communication", id);
        g_autoptr (JsonNode) message = text != NULL ? zq_json_read (text, -1, NULL) : NULL;

        if (message == NULL)
          {
            g_assert_cmpint (j, >, 1);
            break;
          }
        g_assert_nonnull (zq_json_get_tag (message, ZQ_SYSTEM_DEPARTMENT));
        g_assert_cmpuint (zq_json_get_length (message, "payload"), >, 0);
        g_assert_null (strstr (text, "{fbg}"));
        g_assert_null (strstr (text, "{a1c}"));
        g_assert_cmpstr (zq_json_get_string (message, "sent"), <, "2026-11-18T19:06:40.124+08:00");
      }
  g_assert_cmpuint (n, >, 400);
}

static void
test_notes_name_no_patient (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (START);
  g_autoptr (ZqHospital) hospital = seeded (clock);
  guint n = 0;

  for (int i = 1; i <= N_CONSULTATIONS; i++)
    {
      g_autoptr (JsonNode) note = get (hospital, "Communication", "note-", i);

      if (note == NULL)
        continue;
      n++;
      g_assert_null (zq_json_get (note, "subject"));
      g_assert_null (zq_json_get (note, "recipient"));
      g_assert_true (g_str_has_prefix (zq_json_get_string (note, "partOf[0].reference"), "Task/"));
      g_assert_cmpstr (zq_json_get_string (note, "meta.security[0].code"), ==, "R");
    }
  g_assert_cmpuint (n, >, 5);
}

static void
test_is_quick (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (START);
  gint64 before = zq_clock_monotonic (clock);
  g_autoptr (ZqClock) real = zq_clock_new_system ();
  gint64 began = zq_clock_monotonic (real);
  g_autoptr (ZqHospital) hospital = seeded (clock);

  g_assert_cmpint (zq_clock_monotonic (real) - began, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (zq_clock_monotonic (clock), ==, before);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/same-instant-same-bytes", test_same_bytes);
  g_test_add_func ("/seed/every-state-is-there", test_every_state);
  g_test_add_func ("/seed/messages-are-whole", test_messages_are_whole);
  g_test_add_func ("/seed/internal-notes-name-no-patient", test_notes_name_no_patient);
  g_test_add_func ("/seed/takes-less-than-two-seconds", test_is_quick);
  return g_test_run ();
}
