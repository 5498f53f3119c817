/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with what comes: shown in no wrong place, counted where it cannot be shown, nothing else disturbed. */
#include "clinic/fixture.h"
#include "resource/json.h"

#include <string.h>

#define ME    "Practitioner/me"
#define OTHER "Practitioner/other"

#define CATEGORY                                                                                                       \
  "'category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'%s'}]}]"

static gint64
task (Fixture *fixture, int n)
{
  g_autofree char *id = g_strdup_printf ("%d", n);

  return fixture_row (fixture, "Task", id);
}

static gint64
row (Fixture *fixture, const char *id)
{
  return fixture_row (fixture, "Communication", id);
}

static guint
n_unreadable (Fixture *fixture)
{
  ZqSessionCounts counts = { 0 };

  g_assert_true (zq_store_count_session (fixture_db (fixture), &counts, NULL));

  return counts.unreadable;
}

/* Whether it could be read. */
static gboolean
take (Fixture *fixture, const char *category, const char *id, const char *more)
{
  g_autofree char *text = g_strdup_printf ("{'resourceType':'Communication','id':'%s','status':'completed'," CATEGORY
                                           ",'sender':{'reference':'Patient/1'},'sent':'%s',"
                                           "'payload':[{'contentString':'words'}],%s}",
                                           id, category, at_minute (-3), more);

  return fixture_take_raw (fixture, g_strdelimit (text, "'", '"'));
}

static void
take_header (Fixture *fixture, const char *id, const char *patient)
{
  g_autofree char *subject =
      patient != NULL ? g_strdup_printf (",'subject':{'reference':'%s'}", patient) : g_strdup ("");

  fixture_take (fixture, "{'resourceType':'Communication','id':'%s','status':'in-progress'," CATEGORY "%s}", id,
                "thread", subject);
}

static void
expect_messages (Fixture *fixture, int n, guint count)
{
  g_autoptr (ZqConsult) consult = zq_consult_load (fixture_db (fixture), fixture->context, task (fixture, n), NULL);
  g_autoptr (ZqList) list = zq_message_list_new (fixture->store, consult->thread_id);

  while (!zq_list_is_complete (list))
    g_main_context_iteration (NULL, TRUE);
  expect_items (list, count);
}

/* --- messages without a place ------------------------------------------------------------------- */

static void
test_no_thread (Fixture *fixture, gconstpointer data)
{
  static const char *const places[] = {
    "'partOf':[]",
    "'partOf':[{}]",
    "'partOf':'Communication/t1'",
    "'partOf':[{'reference':'#t1'}]",
    "'partOf':[{'reference':'https://other.test/fhir/Communication/t1'}]",
    "'partOf':[{'reference':'Appointment/t1'}]",
    "'partOf':[{'identifier':{'value':'t1'}}]",
    "'language':'zh'",
  };

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *id = g_strdup_printf ("bad%d", (int)i);

      g_assert_false (take (fixture, "message", id, places[i]));
    }
  g_assert_cmpuint (n_unreadable (fixture), ==, G_N_ELEMENTS (places));
  expect_messages (fixture, 1, 1);
  fixture_check_counts (fixture);

  /* One that can be followed is enough; and what is put right is shown. */
  g_assert_true (
      take (fixture, "message", "bad0", "'partOf':[{'reference':'Appointment/7'},{'reference':'Communication/t1'}]"));
  g_assert_cmpuint (n_unreadable (fixture), ==, G_N_ELEMENTS (places) - 1);
  expect_messages (fixture, 1, 2);
}

static void
test_note_without_task (Fixture *fixture, gconstpointer data)
{
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  g_assert_false (take (fixture, "internal-note", "n1", "'partOf':[{'reference':'Communication/t1'}]"));
  g_assert_cmpuint (n_unreadable (fixture), ==, 1);
  expect_messages (fixture, 1, 0);
}

static void
test_circles (Fixture *fixture, gconstpointer data)
{
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  g_assert_false (take (fixture, "message", "self", "'partOf':[{'reference':'Communication/self'}]"));
  g_assert_true (take (fixture, "message", "a", "'partOf':[{'reference':'Communication/b'}]"));
  g_assert_true (take (fixture, "message", "b", "'partOf':[{'reference':'Communication/a'}]"));
  /* A header that is part of its own message is a header all the same. */
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'t1','status':'in-progress'," CATEGORY
                ",'partOf':[{'reference':'Communication/m1'}]}",
                "thread");
  expect_messages (fixture, 1, 1);
  g_assert_cmpuint (n_unreadable (fixture), ==, 1);
  fixture_check_counts (fixture);
}

/* Quotes and corrections of themselves, in a circle, of another's words, of another thread's. */
static void
test_crooked_answers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (GObject) self = NULL;
  g_autoptr (GObject) doctor = NULL;
  g_autoptr (GObject) patients = NULL;
  g_autoptr (GObject) far = NULL;
  g_autoptr (GObject) one = NULL;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_consult (fixture, 2, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "mine", ME, -9, "one a day");
  fixture_message (fixture, 2, "theirs", "Patient/2", -8, "a secret of patient 2");
  take (fixture, "correction", "self",
        "'partOf':[{'reference':'Communication/t1'}],'inResponseTo':[{'reference':'Communication/self'}]");
  take (fixture, "correction", "strike",
        "'partOf':[{'reference':'Communication/t1'}],'inResponseTo':[{'reference':'Communication/mine'}]");
  take (fixture, "message", "far",
        "'partOf':[{'reference':'Communication/t1'}],'inResponseTo':[{'reference':'Communication/theirs'}]");
  take (fixture, "correction", "c1",
        "'partOf':[{'reference':'Communication/t1'}],'inResponseTo':[{'reference':'Communication/c2'}]");
  take (fixture, "correction", "c2",
        "'partOf':[{'reference':'Communication/t1'}],'inResponseTo':[{'reference':'Communication/c1'}]");

  list = zq_message_list_new (fixture->store, row (fixture, "t1"));
  self = fixture_item (fixture, list, row (fixture, "self"));
  expect_int (self, "corrected-by", 0);
  expect_text (self, "old-text", NULL);
  doctor = fixture_item (fixture, list, row (fixture, "mine"));
  expect_int (doctor, "corrected-by", 0);
  patients = fixture_item (fixture, list, row (fixture, "strike"));
  expect_text (patients, "old-text", NULL);
  expect_text (patients, "quote-text", "one a day");
  far = fixture_item (fixture, list, row (fixture, "far"));
  expect_text (far, "quote-text", NULL);
  one = fixture_item (fixture, list, row (fixture, "c1"));
  expect_int (one, "corrected-by", row (fixture, "c2"));
}

/* --- headers ------------------------------------------------------------------------------------ */

/* The header has not come, or does not exist: notes are seen, the patient's words wait for it. */
static void
test_no_header (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqConsult) consult = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *scope = NULL;

  fixture_take (fixture, "{'resourceType':'Task','id':'1','status':'in-progress','code':{'coding':[{'code':'advice'}]},"
                         "'for':{'reference':'Patient/1'},'owner':{'reference':'Practitioner/me'}}");
  fixture_take (fixture, "{'resourceType':'Task','id':'2','status':'in-progress','code':{'coding':[{'code':'advice'}]},"
                         "'for':{'reference':'Patient/2'},'owner':{'reference':'Practitioner/me'}}");
  consult = zq_consult_load (fixture_db (fixture), fixture->context, task (fixture, 1), NULL);
  g_assert_cmpint (consult->thread_id, <, 0);
  g_assert_false (consult->can_reply);
  g_assert_true (consult->can_note);
  g_assert_cmpint (fixture_send (fixture, task (fixture, 1), "x", 0, &error), ==, 0);
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);

  g_assert_true (fixture_note (fixture, task (fixture, 1), "has anybody seen her?", NULL));
  g_assert_true (take (fixture, "internal-note", "n1", "'partOf':[{'reference':'Task/1'}]"));
  g_assert_true (take (fixture, "internal-note", "n2", "'partOf':[{'reference':'Task/2'}]"));
  expect_messages (fixture, 1, 2);
  expect_messages (fixture, 2, 1);
  g_assert_cmpint (fixture_number (fixture, "SELECT sum (unread) FROM consult_summary WHERE ? = 0", 0), ==, 0);
  g_assert_cmpint (zq_message_first_unread (fixture_db (fixture), consult->thread_id), ==, 0);

  fixture_consult (fixture, 1, ME, "in-consultation", "2");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  expect_messages (fixture, 1, 3);
  expect_messages (fixture, 2, 1);
  fixture_check_counts (fixture);
}

static void
test_two_headers (Fixture *fixture, gconstpointer data)
{
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  take_header (fixture, "t1", "Patient/1");
  take_header (fixture, "t1b", "Patient/1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  take (fixture, "message", "m2", "'partOf':[{'reference':'Communication/t1b'}]");
  expect_messages (fixture, 1, 1);
  /* A second Task of the same thread shows the same. */
  fixture_take (fixture, "{'resourceType':'Task','id':'2','status':'in-progress','code':{'coding':[{'code':'advice'}]},"
                         "'for':{'reference':'Patient/1'},'owner':{'reference':'Practitioner/me'},'focus':{'reference':"
                         "'Communication/t1'}}");
  expect_messages (fixture, 2, 1);
  fixture_check_counts (fixture);
}

/* Nobody knows whose it is: shown with a gap; the conversation says to whom an answer goes. */
static void
test_no_patient (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (GObject) item = NULL;
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (JsonNode) body = NULL;
  gint64 seq;

  fixture_take (fixture, "{'resourceType':'Task','id':'1','status':'in-progress','code':{'coding':[{'code':'advice'}]},"
                         "'owner':{'reference':'Practitioner/me'},'focus':{'reference':'Communication/t1'}}");
  take_header (fixture, "t1", NULL);
  fixture_message (fixture, 1, "m1", "Patient/9", -5, "q");
  list = zq_consult_list_new (fixture->store, ZQ_VIEW_WAITING_FOR_ME);
  item = fixture_item (fixture, list, task (fixture, 1));
  expect_text (item, "name", "—");
  expect_messages (fixture, 1, 1);

  take_header (fixture, "t1", "Patient/9");
  seq = fixture_send (fixture, task (fixture, 1), "answer", row (fixture, "m1"), NULL);
  push = fixture_prepare (fixture, seq);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  body = zq_json_read (g_bytes_get_data (push->body, NULL), (gssize)g_bytes_get_size (push->body), NULL);
  g_assert_cmpstr (zq_json_get_string (body, "subject.reference"), ==, "Patient/9");
  g_assert_cmpstr (zq_json_get_string (body, "recipient[0].reference"), ==, "Patient/9");
}

/* The consultation is of patient 1, its conversation of patient 2: what one was told may not reach the other. */
static void
test_two_patients (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqPush) push = NULL;
  g_autofree char *body = NULL;
  gint64 seq;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  take_header (fixture, "t1", "Patient/2");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  seq = fixture_send (fixture, task (fixture, 1), "answer", row (fixture, "m1"), &error);
  if (seq == 0)
    {
      g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
      return;
    }
  push = fixture_prepare (fixture, seq);
  if (push->body != NULL)
    body = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  g_test_message ("verdict %d: %s", push->verdict, body);
  g_assert_cmpint (push->verdict, !=, ZQ_VERDICT_GO);
}

/* What a Task names as its conversation may be a message, a patient, itself. */
static void
test_no_header_at_all (Fixture *fixture, gconstpointer data)
{
  static const char *const focuses[] = { "Communication/m1", "Patient/1", "Task/11", "#t1", "Communication/" };
  guint n = fixture_number (fixture, "SELECT count(*) FROM consult WHERE ? = 0", 0);

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  take_header (fixture, "t1", "Patient/1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  for (guint i = 0; i < G_N_ELEMENTS (focuses); i++)
    fixture_take (fixture,
                  "{'resourceType':'Task','id':'1%d','status':'in-progress','code':{'coding':[{'code':'advice'}]},"
                  "'for':{'reference':'Patient/1'},'owner':{'reference':'Practitioner/me'},'focus':{'reference':'%s'}}",
                  (int)i, focuses[i]);
  g_assert_cmpint (fixture_number (fixture, "SELECT count(*) FROM consult WHERE ? = 0", 0), ==,
                   n + 1 + G_N_ELEMENTS (focuses));
  for (guint i = 0; i < G_N_ELEMENTS (focuses); i++)
    expect_messages (fixture, 10 + (int)i, 0);
  expect_messages (fixture, 1, 1);
  fixture_check_counts (fixture);
}

/* --- times, ids, names -------------------------------------------------------------------------- */

static void
test_future (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqConsult) consult = NULL;

  fixture_take (fixture,
                "{'resourceType':'Task','id':'1','meta':{'versionId':'1','lastUpdated':'%s'},'status':'in-progress',"
                "'code':{'coding':[{'code':'advice'}]},'owner':{'reference':'Practitioner/me'},'authoredOn':"
                "'2999-01-01T00:00:00Z','focus':{'reference':'Communication/t1'},'for':{'reference':'Patient/1'}}",
                at_minute (-1));
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'m1','meta':{'versionId':'1','lastUpdated':'%s'},'status':"
                "'completed'," CATEGORY ",'partOf':[{'reference':'Communication/t1'}],'sender':{'reference':"
                "'Patient/1'},'sent':'2998-01-01T00:00:00Z','payload':[{'contentString':'q'}]}",
                at_minute (-2), "message");
  g_assert_cmpint (fixture_number (fixture, "SELECT sent FROM message WHERE ? = 0", 0), ==,
                   ZQ_TEST_START_US - 2 * ZQ_TEST_MINUTE_US);
  consult = zq_consult_load (fixture_db (fixture), fixture->context, task (fixture, 1), NULL);
  g_assert_cmpint (consult->due, <, ZQ_TEST_START_US + 25 * ZQ_TEST_HOUR_US);
  g_assert_cmpint (fixture_send (fixture, task (fixture, 1), "answer", row (fixture, "m1"), NULL), >, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, task (fixture, 1)));
  fixture_check_counts (fixture);
}

static void
test_odd_ids (Fixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "../x", "a b", "a'b", "a%%2Fb", "一", "<b>", "", "A-1.b_2" };
  guint n = n_unreadable (fixture);

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "{\"resourceType\":\"Communication\",\"id\":\"%s\",\"category\":[{\"coding\":[{\"system\":"
          "\"https://zhenqiao.org/fhir/CodeSystem/communication-category\",\"code\":\"message\"}]}],\"partOf\":[{"
          "\"reference\":\"Communication/t1\"}],\"sent\":\"2026-11-22T01:00:00Z\"}",
          ids[i]);

      fixture_take_raw (fixture, text);
    }
  g_assert_cmpuint (n_unreadable (fixture), >, n);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE ? = 0", 0) + n_unreadable (fixture) -
                       n,
                   ==, G_N_ELEMENTS (ids));
  fixture_check_counts (fixture);
}

static void
expect_name (Fixture *fixture, const char *given, const char *shown)
{
  g_autofree char *name = NULL;

  fixture_take (fixture, "{'resourceType':'Patient','id':'1','name':[{'text':'%s'}]}", given);
  name = fixture_text (fixture, "SELECT name FROM patient WHERE id = ?", fixture_row (fixture, "Patient", "1"));
  g_assert_cmpstr (name, ==, shown);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  GString *lengthy = g_string_new (NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append (lengthy, "王");
  expect_name (fixture, lengthy->str, lengthy->str);
  g_string_free (lengthy, TRUE);
  expect_name (fixture, "𠮷\xee\xa0\x96", "𠮷\xee\xa0\x96"); /* beyond the first plane; of private use */
  expect_name (fixture, "محمد", "محمد");
  /* Turned around, and with what nobody sees. */
  expect_name (fixture, "\xe2\x80\xae王\xe2\x80\xac小\xe2\x81\xa6明\xe2\x81\xa9", "王小明");
  expect_name (fixture, "王\xe2\x80\x8b小\xef\xbb\xbf明\xe2\x80\x8f", "王小明");
  expect_name (fixture, "王\\n小\\t明", "王 小 明");

  /* What was said stays as it was said. */
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5,
                   "a\xe2\x80\xae"
                   "b\xe2\x80\x8b"
                   "c");
  text = fixture_text (fixture, "SELECT text FROM message WHERE id = ?", row (fixture, "m1"));
  g_assert_cmpstr (text, ==,
                   "a\xe2\x80\xae"
                   "b\xe2\x80\x8b"
                   "c");
}

/* --- size --------------------------------------------------------------------------------------- */

#define HUGE (50 * 1024 * 1024)

/* A text of so many bytes; each tenth character a line. */
static char *
huge_text (gsize size, const char *end)
{
  static const char line[] = "痛痛痛痛痛痛痛痛痛\\n";
  GString *text = g_string_sized_new (size + 64);

  while (text->len < size)
    g_string_append (text, line);
  g_string_append (text, end);

  return g_string_free (text, FALSE);
}

/* What comes with it is there; of it so much that it can be shown, and one more character to tell by. */
static void
test_huge (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = huge_text (HUGE, "终");
  g_autofree char *shown = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *more = g_strconcat ("'partOf':[{'reference':'Communication/t1'}],'payload':[{'contentString':'",
                                       words, "'},{'contentString':'after'}]", NULL);

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  g_assert_true (take (fixture, "message", "huge", more));
  fixture_message (fixture, 1, "m2", "Patient/1", -2, "do you see this?");
  g_assert_cmpuint (n_unreadable (fixture), ==, 0);
  expect_messages (fixture, 1, 3);
  shown = fixture_text (fixture, "SELECT text FROM message WHERE id = ?", row (fixture, "huge"));
  g_assert_cmpint (g_utf8_strlen (shown, -1), ==, ZQ_MESSAGE_MAX_TEXT + 1);
  g_assert_true (g_utf8_validate (shown, -1, NULL));
  g_assert_true (g_str_has_prefix (shown, "痛痛痛痛痛痛痛痛痛\n痛"));
  /* The text as it came loses nothing. */
  kept = fixture_text (fixture, "SELECT substr (zq_text (server_json), -240) FROM resource_text WHERE id = ?",
                       row (fixture, "huge"));
  g_assert_nonnull (strstr (kept, "终"));
  g_assert_nonnull (strstr (kept, "after"));
  fixture_check_counts (fixture);
}

/* A text that is just short enough is whole. */
static void
test_longest (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = g_strnfill (ZQ_MESSAGE_MAX_TEXT - 2, 'w');
  g_autofree char *all = g_strconcat (words, "\\nz", NULL);
  g_autofree char *shown = NULL;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, all);
  shown = fixture_text (fixture, "SELECT text FROM message WHERE id = ?", row (fixture, "m1"));
  g_assert_cmpuint (strlen (shown), ==, ZQ_MESSAGE_MAX_TEXT);
  g_assert_true (g_str_has_suffix (shown, "\nz"));
}

/* What cannot even be read is refused as a whole, and told: nothing of it is in the store. */
static void
test_too_huge (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = huge_text (65 * 1024 * 1024, "");
  g_autofree char *text =
      g_strdup_printf ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":"
                       "{\"resourceType\":\"Communication\",\"id\":\"x\",\"payload\":[{"
                       "\"contentString\":\"%s\"}]}}]}",
                       words);
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;

  g_assert_null (zq_bundle_read (bytes, &error));
  g_assert_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TOO_LARGE);
  g_assert_null (strstr (error->message, "痛"));
}

/* A name, a complaint of a megabyte are a line of the screen like others. */
static void
test_huge_lines (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = huge_text (1024 * 1024, "");
  g_autoptr (ZqConsult) consult = NULL;
  g_autofree char *name = NULL;

  fixture_take (fixture, "{'resourceType':'Patient','id':'1','name':[{'text':'%s'}]}", words);
  fixture_take (fixture,
                "{'resourceType':'Task','id':'1','status':'in-progress','code':{'coding':[{'code':'advice'}]},"
                "'for':{'reference':'Patient/1'},'owner':{'reference':'Practitioner/me'},'reasonCode':{'text':'%s'}}",
                words);
  name = fixture_text (fixture, "SELECT name FROM patient WHERE id = ?", fixture_row (fixture, "Patient", "1"));
  g_assert_cmpint (g_utf8_strlen (name, -1), <=, 2001);
  g_assert_true (g_str_has_suffix (name, "…"));
  consult = zq_consult_load (fixture_db (fixture), fixture->context, task (fixture, 1), NULL);
  g_assert_cmpint (g_utf8_strlen (consult->complaint, -1), <=, 2001);
}

/* --- files -------------------------------------------------------------------------------------- */

static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = NULL;
  const ZqFile *file;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_take (
      fixture,
      "{'resourceType':'Communication','id':'m1','status':'completed'," CATEGORY ",'partOf':[{'reference':"
      "'Communication/t1'}],'sender':{'reference':'Patient/1'},'sent':'%s','payload':["
      "{'contentAttachment':{'contentType':'image/jpeg','url':'https://hospital.test/fhir/Binary/b1','title':"
      "'..\\\\..\\\\etc/passwd','size':-1}},{'contentAttachment':{}},"
      "{'contentAttachment':{'contentType':'IMAGE/PNG','url':'file:///etc/passwd','size':99999999999999999999}},"
      "{'contentAttachment':{'contentType':'text/html','url':'javascript:alert(1)','size':'12'}},"
      "{'contentAttachment':'x'},{'contentReference':{'reference':'DiagnosticReport/1'}},"
      "{'contentReference':{'reference':'Media/1'}}]}",
      "message", at_minute (-3));
  files = zq_files_load (fixture_db (fixture), row (fixture, "m1"));
  g_assert_cmpuint (files->len, ==, 5);
  file = g_ptr_array_index (files, 0);
  g_assert_cmpstr (file->key, ==, "Binary/b1");
  g_assert_cmpstr (file->title, ==, "..\\..\\etc/passwd");
  g_assert_cmpint (file->size, ==, 0);
  file = g_ptr_array_index (files, 1);
  g_assert_cmpstr (file->key, ==, "");
  file = g_ptr_array_index (files, 2);
  g_assert_true (file->is_picture);
  g_assert_cmpint (file->size, >=, 0);
  file = g_ptr_array_index (files, 3);
  g_assert_false (file->is_picture || file->is_pdf || file->is_voice);
  g_assert_cmpint (fixture_number (fixture, "SELECT n_results FROM message WHERE ? = 0", 0), ==, 1);
  g_assert_cmpint (fixture_number (fixture, "SELECT n_pictures FROM message WHERE ? = 0", 0), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/bad/message-of-no-conversation-is-counted", test_no_thread);
  ADD ("/bad/note-of-no-task-is-counted", test_note_without_task);
  ADD ("/bad/circles-end", test_circles);
  ADD ("/bad/nobody-strikes-anothers-words", test_crooked_answers);
  ADD ("/bad/without-a-header-notes-are-seen", test_no_header);
  ADD ("/bad/of-two-headers-the-tasks-counts", test_two_headers);
  ADD ("/bad/whose-it-is-may-be-unknown", test_no_patient);
  ADD ("/bad/nothing-goes-to-another-patient", test_two_patients);
  ADD ("/bad/what-is-no-conversation-is-none", test_no_header_at_all);
  ADD ("/bad/from-the-future", test_future);
  ADD ("/bad/odd-ids", test_odd_ids);
  ADD ("/bad/names-long-rare-turned-and-unseen", test_names);
  ADD ("/bad/fifty-megabytes-are-a-message-cut-short", test_huge);
  ADD ("/bad/the-longest-that-is-whole", test_longest);
  ADD ("/bad/what-is-too-large-to-be-read-is-refused", test_too_huge);
  ADD ("/bad/a-megabyte-is-no-name-and-no-complaint", test_huge_lines);
  ADD ("/bad/files-that-lie", test_files);

  return g_test_run ();
}
