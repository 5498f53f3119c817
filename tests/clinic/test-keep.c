/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/reasons.h"
#include "clinic/document/file-row.h"
#include "clinic/document/keep.h"
#include "clinic/document/recording.h"
#include "clinic/fixture.h"
#include "store/attachments.h"

#include <string.h>

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

#define WAIT(result) g_assert_true (zq_test_wait_until (has_result, &(result), 10))

/* --- files of one's own -------------------------------------------------------------------------- */

static gboolean
keep (Fixture *fixture, gint64 encounter, ZqKeptKind kind, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_draft_file_free);
  g_autoptr (GAsyncResult) result = NULL;
  ZqDraftFile *file = zq_kept_file_new ("a \"b\".png", "image/png");
  const ZqKeptDocument document = { .kind = kind,
                                    .encounter = encounter,
                                    .title = "Picture",
                                    .description = "left foot",
                                    .from = ZQ_TEST_START_US,
                                    .related = "Consent/7",
                                    .files = files };

  file->size = 123;
  file->hash = g_strdup ("aGFzaA==");
  g_ptr_array_add (files, file);
  zq_document_keep_async (fixture->store, &document, on_ready, &result);
  WAIT (result);

  return zq_document_keep_finish (fixture->store, result, error);
}

/* The file goes up first, then the document that names it; in the record it stands at once. */
static void
test_a_picture_is_kept (Fixture *fixture, gconstpointer data)
{
  gint64 encounter = fixture_begin_visit (fixture), row;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autofree char *actions = NULL, *key = NULL, *size = NULL;

  g_assert_true (keep (fixture, encounter, ZQ_KEPT_PICTURE, &error));
  g_assert_no_error (error);
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.type.coding[0].code'", "visit-picture");
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.subject.reference'", "Patient/1");
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.description'", "left foot");
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.context.related[0].reference'", "Consent/7");
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.content[0].attachment.title'", "a \"b\".png");
  fixture_assert_local (fixture, "'Binary'", 0, "'$.securityContext.reference'", "Patient/1");
  size = fixture_text (fixture,
                       "SELECT json_type (t.local_json, '$.content[0].attachment.size') FROM resource_text t JOIN"
                       " resource r ON r.id = t.id WHERE r.type = 'DocumentReference' AND ? = 0",
                       0);
  g_assert_cmpstr (size, ==, "integer");
  actions = fixture_text (fixture,
                          "SELECT group_concat (action, ' ') FROM (SELECT action FROM intent WHERE chain LIKE"
                          " 'document/%' AND ? = 0 ORDER BY seq)",
                          0);
  g_assert_cmpstr (actions, ==, "upload keep");
  row = g_ascii_strtoll (
      (key = fixture_text (fixture, "SELECT id FROM record_item WHERE title = 'left foot' AND ? = 0", 0)), NULL, 10);
  files = zq_record_files_load (fixture_db (fixture), row);
  g_assert_cmpuint (files->len, ==, 1);
}

/* Of a recording the files are the doctor's of the visit alone. */
static void
test_a_recording_is_the_doctors (Fixture *fixture, gconstpointer data)
{
  gint64 encounter = fixture_begin_visit (fixture);
  g_autoptr (GError) error = NULL, gone = NULL;

  g_assert_true (keep (fixture, encounter, ZQ_KEPT_RECORDING, &error));
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.type.coding[0].code'", "visit-recording");
  fixture_assert_local (fixture, "'Binary'", 0, "'$.securityContext.reference'", "Practitioner/me");
  g_assert_false (keep (fixture, 12345, ZQ_KEPT_RECORDING, &gone));
  g_assert_error (gone, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE);
}

/* --- a recording --------------------------------------------------------------------------------- */

static void
add (ZqRecording *recording, guint file, const char *bytes)
{
  g_autofree char *name = g_strdup_printf ("part %u.mkv", file);
  g_autoptr (GBytes) packed = g_bytes_new (bytes, strlen (bytes));

  zq_recording_add (recording, file, name, "video/x-matroska", packed);
}

static void
on_finished (ZqRecording *recording, gboolean entered, guint *times)
{
  *times += entered ? 1 : 100;
}

static gboolean
is_entered (gpointer data)
{
  Fixture *fixture = data;

  return fixture_number (fixture, "SELECT count (*) FROM intent WHERE action = 'keep' AND ? = 0", 0) > 0;
}

static void
assert_file (Fixture *fixture, int n, const char *name, const char *bytes)
{
  g_autofree char *at_title = g_strdup_printf ("'$.content[%d].attachment.title'", n);
  g_autofree char *key = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) read = NULL;

  fixture_assert_local (fixture, "'DocumentReference'", 0, at_title, name);
  key = fixture_text (fixture,
                      "SELECT json_extract (t.local_json, '$.content[' || ? || '].attachment.url') FROM resource_text t"
                      " JOIN resource r ON r.id = t.id WHERE r.type = 'DocumentReference'",
                      n);
  zq_attachments_read_async (zq_store_get_attachments (fixture->store), key, NULL, on_ready, &result);
  WAIT (result);
  read = zq_attachments_read_finish (zq_store_get_attachments (fixture->store), result, NULL);
  g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), bytes, strlen (bytes));
}

/* Bytes of two files by turns, before and after the draft names them: each file has its own, in their order. */
static void
test_a_recording_grows (Fixture *fixture, gconstpointer data)
{
  gint64 encounter = fixture_begin_visit (fixture);
  g_autoptr (ZqRecording) recording = zq_recording_new (fixture->store, encounter, "Consent/7");
  guint times = 0;

  g_signal_connect (recording, "finished", G_CALLBACK (on_finished), &times);
  add (recording, 1, "b1");
  add (recording, 0, "a1");
  add (recording, 1, "b2");
  g_main_context_iteration (NULL, TRUE);
  add (recording, 0, "a2");
  zq_recording_finish (recording);
  zq_recording_finish (recording);
  g_assert_true (zq_test_wait_count (&times, 1, 10));
  g_assert_cmpuint (times, ==, 1);
  assert_file (fixture, 0, "part 0.mkv", "a1a2");
  assert_file (fixture, 1, "part 1.mkv", "b1b2");
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.context.related[0].reference'", "Consent/7");
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.description'", NULL);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM draft WHERE ? = 0", 0), ==, 0);
}

static void
on_gone (gpointer data, GObject *recording)
{
  *(gboolean *)data = TRUE;
}

/* Its process dies: what had come is entered by the next one, once, and says that it was cut off. */
static void
test_a_recording_outlives_its_process (Fixture *fixture, gconstpointer data)
{
  gint64 encounter = fixture_begin_visit (fixture);
  ZqRecording *recording = zq_recording_new (fixture->store, encounter, "Consent/7");
  gboolean is_gone = FALSE;

  add (recording, 0, "a1");
  add (recording, 1, "b1");
  /* What is on its way holds it. */
  g_object_weak_ref (G_OBJECT (recording), on_gone, &is_gone);
  g_object_unref (recording);
  g_assert_true (zq_test_wait_flag (&is_gone, 10));
  fixture_reopen (fixture);
  zq_recordings_recover (fixture->store);
  g_assert_true (zq_test_wait_until (is_entered, fixture, 10));
  assert_file (fixture, 0, "part 0.mkv", "a1");
  assert_file (fixture, 1, "part 1.mkv", "b1");
  fixture_assert_local (fixture, "'DocumentReference'", 0, "'$.description'",
                        "Cut off: the program ended while it was being recorded");
  fixture_reopen (fixture);
  zq_recordings_recover (fixture->store);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM draft WHERE ? = 0", 0), ==, 0);
}

static void
test_nothing_recorded_leaves_nothing (Fixture *fixture, gconstpointer data)
{
  gint64 encounter = fixture_begin_visit (fixture);
  g_autoptr (ZqRecording) recording = zq_recording_new (fixture->store, encounter, NULL);
  guint times = 0;

  g_signal_connect (recording, "finished", G_CALLBACK (on_finished), &times);
  zq_recording_finish (recording);
  g_assert_cmpuint (times, ==, 100);
  g_assert_false (is_entered (fixture));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

  ADD ("/keep/a-picture-is-kept", test_a_picture_is_kept);
  ADD ("/keep/a-recording-is-the-doctors", test_a_recording_is_the_doctors);
  ADD ("/keep/a-recording-grows", test_a_recording_grows);
  ADD ("/keep/a-recording-outlives-its-process", test_a_recording_outlives_its_process);
  ADD ("/keep/nothing-recorded-leaves-nothing", test_nothing_recorded_leaves_nothing);

  return g_test_run ();
}
