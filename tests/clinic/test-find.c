/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/search-text.h"
#include "clinic/find/find.h"
#include "clinic/fixture.h"
#include "clinic/kinds.h"

#include <locale.h>
#include <string.h>

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

typedef struct
{
  const char *typed;
  ZqFindKinds kinds;
  gint64 thread, from_us, before_us;
  const ZqFound *after;
  guint limit;
  ZqFindKinds more; /* out */
} Asked;

static GPtrArray *
ask (Fixture *fixture, Asked *asked)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *found;

  zq_find_async (fixture->store, asked->typed, asked->kinds != 0 ? asked->kinds : ZQ_FIND_ALL, asked->thread,
                 asked->from_us, asked->before_us, asked->after, asked->limit != 0 ? asked->limit : 20, NULL, on_found,
                 &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  found = zq_find_finish (fixture->store, result, &asked->more, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    {
      const ZqFound *one = g_ptr_array_index (found, i);
      const char *marked = one->in_name ? one->name : one->text;

      for (guint m = 0; m < one->marks->len; m++)
        g_assert_cmpuint (g_array_index (one->marks, ZqTextRange, m).end, <=, strlen (marked));
      g_assert_true (asked->typed == NULL || one->marks->len > 0);
    }

  return found;
}

static guint
count (Fixture *fixture, const char *typed)
{
  Asked asked = { .typed = typed };
  g_autoptr (GPtrArray) found = ask (fixture, &asked);

  return found->len;
}

/* What the first mark of @found says. */
static char *
marked (const ZqFound *found)
{
  const ZqTextRange *mark = &g_array_index (found->marks, ZqTextRange, 0);

  return g_strndup ((found->in_name ? found->name : found->text) + mark->start, mark->end - mark->start);
}

static void
assert_marked (const ZqFound *found, const char *expected)
{
  g_autofree char *text = marked (found);

  g_assert_cmpstr (text, ==, expected);
}

static void
take_patient (Fixture *fixture, int n, const char *name, const char *label)
{
  fixture_take (fixture,
                "{'resourceType':'Patient','id':'%d','meta':{'versionId':'%d','lastUpdated':'%s'%s},"
                "'name':[{'text':'%s'}],'identifier':[{'type':{'coding':[{'code':'MR'}]},'value':'MR%05d'}],"
                "'telecom':[{'system':'email','value':'139@x.test'},{'system':'phone','value':'138 0013 80%02d'},"
                "{'system':'phone','value':'0571-88%02d'}]}",
                n, label != NULL ? 2 : 1, at_minute (n), label != NULL ? label : "", name, n, n, n);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "单小明", "王小明", "曾国藩" };

  fixture_set_up (fixture, data);
  for (int n = 1; n <= 3; n++)
    {
      take_patient (fixture, n, names[n - 1], NULL);
      fixture_consult (fixture, n, "Practitioner/me", "in-consultation", "1");
      for (int m = 0; m < 5; m++)
        {
          g_autofree char *id = g_strdup_printf ("m%d-%d", n, m);
          g_autofree char *sender = g_strdup_printf ("Patient/%d", n);
          g_autofree char *text = g_strdup_printf ("第%d次头痛，吃了药", m);

          fixture_message (fixture, n, id, sender, 10 * n + m, text);
        }
    }
}

#define RESTRICTED ",'security':[{'system':'http://terminology.hl7.org/CodeSystem/v3-Confidentiality','code':'R'}]"

/* --- patients --------------------------------------------------------------------------------- */

static void
test_patients_by_name (Fixture *fixture, gconstpointer unused)
{
  Asked asked = { .typed = "shanxm", .kinds = ZQ_FIND_PATIENTS };
  g_autoptr (GPtrArray) found = ask (fixture, &asked);
  const ZqFound *one;

  g_assert_cmpuint (found->len, ==, 1);
  one = g_ptr_array_index (found, 0);
  g_assert_cmpint (one->kind, ==, ZQ_FIND_PATIENT);
  g_assert_cmpstr (one->name, ==, "单小明");
  g_assert_true (one->in_name);
  assert_marked (one, "单小明");
  g_assert_nonnull (strstr (one->detail, "MR00001"));
  g_assert_cmpint (one->patient, ==, fixture_row (fixture, "Patient", "1"));
  g_assert_cmpint (one->consult, ==, fixture_row (fixture, "Task", "1"));
  g_assert_cmpuint (count (fixture, "小明"), ==, 2);
  g_assert_cmpuint (count (fixture, "zgf"), ==, 1);
}

static void
test_patients_by_digits (Fixture *fixture, gconstpointer unused)
{
  Asked phone = { .typed = "00138002" }, record = { .typed = "00003" }, both = { .typed = "王 8002" };
  g_autoptr (GPtrArray) by_phone = NULL;
  g_autoptr (GPtrArray) by_record = NULL;
  g_autoptr (GPtrArray) by_both = NULL;
  const ZqFound *one;

  by_phone = ask (fixture, &phone);
  g_assert_cmpuint (by_phone->len, ==, 1);
  one = g_ptr_array_index (by_phone, 0);
  g_assert_false (one->in_name);
  g_assert_cmpstr (one->text, ==, "138 0013 8002");
  g_assert_cmpstr (one->detail, ==, "138 0013 8002");
  assert_marked (one, "0013 8002");

  by_record = ask (fixture, &record);
  g_assert_cmpuint (by_record->len, ==, 1);
  one = g_ptr_array_index (by_record, 0);
  g_assert_cmpstr (one->text, ==, "MR00003");
  assert_marked (one, "00003");

  by_both = ask (fixture, &both);
  g_assert_cmpuint (by_both->len, ==, 1);
  one = g_ptr_array_index (by_both, 0);
  g_assert_true (one->in_name);
  assert_marked (one, "王");
  /* Neither an address of mail nor two numbers side by side. */
  g_assert_cmpuint (count (fixture, "139"), ==, 0);
  g_assert_cmpuint (count (fixture, "80010571"), ==, 0);
}

/* --- messages --------------------------------------------------------------------------------- */

static void
test_messages_newest_first_a_page_at_a_time (Fixture *fixture, gconstpointer unused)
{
  Asked asked = { .typed = "头痛", .limit = 4 };
  guint n = 0;
  gint64 last = G_MAXINT64;
  g_autoptr (ZqFound) after = NULL;

  do
    {
      g_autoptr (GPtrArray) found = ask (fixture, &asked);

      for (guint i = 0; i < found->len; i++)
        {
          const ZqFound *one = g_ptr_array_index (found, i);

          g_assert_cmpint (one->kind, ==, ZQ_FIND_MESSAGE);
          g_assert_cmpint (one->at, <, last);
          g_assert_cmpint (one->consult, !=, 0);
          g_assert_nonnull (one->name);
          g_assert_nonnull (one->title);
          g_assert_nonnull (one->detail);
          assert_marked (one, "头痛");
          last = one->at;
          n++;
        }
      g_assert_cmpint (asked.more, ==, n < 15 ? ZQ_FIND_MESSAGES : 0);
      g_clear_pointer (&after, zq_found_free);
      after = g_ptr_array_steal_index (found, found->len - 1);
      asked.after = after;
    }
  while (asked.more != 0);
  g_assert_cmpuint (n, ==, 15);
}

static void
test_messages_of_one_thread (Fixture *fixture, gconstpointer unused)
{
  Asked asked = { .typed = "头痛", .kinds = ZQ_FIND_MESSAGES, .limit = 3 };
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;

  asked.thread = fixture_row (fixture, "Communication", "t2");
  first = ask (fixture, &asked);
  g_assert_cmpuint (first->len, ==, 3);
  g_assert_cmpint (asked.more, ==, ZQ_FIND_MESSAGES);
  asked.after = g_ptr_array_index (first, 2);
  second = ask (fixture, &asked);
  g_assert_cmpuint (second->len, ==, 2);
  g_assert_cmpint (asked.more, ==, 0);
  g_assert_cmpint (((ZqFound *)g_ptr_array_index (second, 1))->message, ==,
                   fixture_row (fixture, "Communication", "m2-0"));
}

static void
test_messages_by_date (Fixture *fixture, gconstpointer unused)
{
  Asked asked = { .typed = "头痛",
                  .from_us = ZQ_TEST_START_US + 21 * ZQ_TEST_MINUTE_US,
                  .before_us = ZQ_TEST_START_US + 23 * ZQ_TEST_MINUTE_US };
  g_autoptr (GPtrArray) found = ask (fixture, &asked);

  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpint (((ZqFound *)g_ptr_array_index (found, 0))->at, ==, asked.before_us - ZQ_TEST_MINUTE_US);
}

static void
test_long_text_is_cut_around_the_place (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Asked asked = { .typed = "罕见" };
  g_autoptr (GPtrArray) found = NULL;
  const ZqFound *one;

  for (guint i = 0; i < 100; i++)
    g_string_append (text, i == 60 ? "罕见" : "天天吃药");
  fixture_message (fixture, 1, "long", "Patient/1", 30, text->str);
  found = ask (fixture, &asked);
  g_assert_cmpuint (found->len, ==, 1);
  one = g_ptr_array_index (found, 0);
  assert_marked (one, "罕见");
  g_assert_cmpint (g_utf8_strlen (one->text, -1), <=, 82);
  g_assert_true (g_str_has_prefix (one->text, "…"));
  g_assert_true (g_str_has_suffix (one->text, "…"));
}

/* --- complaints ------------------------------------------------------------------------------- */

static void
test_complaints (Fixture *fixture, gconstpointer unused)
{
  Asked asked = { .typed = "compl" };
  g_autoptr (GPtrArray) found = ask (fixture, &asked);
  const ZqFound *one;

  g_assert_cmpuint (found->len, ==, 3);
  one = g_ptr_array_index (found, 0);
  g_assert_cmpint (one->kind, ==, ZQ_FIND_CONSULT);
  g_assert_cmpint (one->consult, ==, fixture_row (fixture, "Task", "3"));
  assert_marked (one, "complaint");
}

/* --- never ------------------------------------------------------------------------------------ */

static void
take_message (Fixture *fixture,
              const char *id,
              const char *status,
              const char *category,
              const char *part,
              const char *label,
              const char *text)
{
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'%s','meta':{'versionId':'2','lastUpdated':'%s'%s},"
                "'status':'%s','category':[{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'%s'}]}],"
                "'partOf':[{'reference':'%s'}],'sender':{'reference':'%s'},"
                "'sent':'%s','payload':[{'contentString':'%s'}]}",
                id, at_minute (40), label, status, category, part,
                g_str_equal (category, "message") ? "Patient/1" : "Practitioner/me", at_minute (10), text);
}

static void
test_withdrawn_is_not_found (Fixture *fixture, gconstpointer unused)
{
  Asked thread = { .typed = "第0次", .kinds = ZQ_FIND_MESSAGES };
  g_autoptr (GPtrArray) found = NULL;

  thread.thread = fixture_row (fixture, "Communication", "t1");
  g_assert_cmpuint (count (fixture, "第0次"), ==, 3);
  take_message (fixture, "m1-0", "entered-in-error", "message", "Communication/t1", "", "第0次头痛，吃了药");
  g_assert_cmpuint (count (fixture, "第0次"), ==, 2);
  found = ask (fixture, &thread);
  g_assert_cmpuint (found->len, ==, 0);
}

static void
test_restricted_message_is_not_found (Fixture *fixture, gconstpointer unused)
{
  Asked thread = { .typed = "第0次", .kinds = ZQ_FIND_MESSAGES };
  g_autoptr (GPtrArray) found = NULL;

  thread.thread = fixture_row (fixture, "Communication", "t1");
  take_message (fixture, "m1-0", "completed", "message", "Communication/t1", RESTRICTED, "第0次头痛，吃了药");
  g_assert_cmpuint (count (fixture, "第0次"), ==, 2);
  found = ask (fixture, &thread);
  g_assert_cmpuint (found->len, ==, 0);
}

static void
test_restricted_patient_is_not_found (Fixture *fixture, gconstpointer unused)
{
  take_patient (fixture, 1, "单小明", RESTRICTED);
  g_assert_cmpuint (count (fixture, "单"), ==, 0);
  g_assert_cmpuint (count (fixture, "MR00001"), ==, 0);
  g_assert_cmpuint (count (fixture, "头痛"), ==, 10);
  g_assert_cmpuint (count (fixture, "complaint"), ==, 2);
}

static void
test_note_is_found (Fixture *fixture, gconstpointer unused)
{
  take_message (fixture, "note", "completed", "internal-note", "Task/1", RESTRICTED, "请会诊看看");
  g_assert_cmpuint (count (fixture, "会诊"), ==, 1);
}

/* --- what was looked at ----------------------------------------------------------------------- */

static void
note_opened (Fixture *fixture, const char *task)
{
  zq_find_note_opened (fixture->store, fixture_row (fixture, "Task", task));
}

static void
test_empty_shows_what_was_looked_at_last (Fixture *fixture, gconstpointer unused)
{
  Asked asked = { .typed = NULL };
  g_autoptr (GPtrArray) none = ask (fixture, &asked);
  g_autoptr (GPtrArray) found = NULL;

  g_assert_cmpuint (none->len, ==, 0);
  note_opened (fixture, "1");
  note_opened (fixture, "3");
  note_opened (fixture, "1");
  fixture_reopen (fixture);
  found = ask (fixture, &asked);
  g_assert_cmpuint (found->len, ==, 4);
  g_assert_cmpstr (((ZqFound *)g_ptr_array_index (found, 0))->name, ==, "单小明");
  g_assert_cmpstr (((ZqFound *)g_ptr_array_index (found, 1))->name, ==, "曾国藩");
  g_assert_cmpint (((ZqFound *)g_ptr_array_index (found, 2))->consult, ==, fixture_row (fixture, "Task", "1"));
  g_assert_cmpint (((ZqFound *)g_ptr_array_index (found, 3))->consult, ==, fixture_row (fixture, "Task", "3"));
}

static void
test_cancelled_is_given_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_find_async (fixture->store, "头痛", ZQ_FIND_ALL, 0, 0, 0, NULL, 20, cancellable, on_found, &result);
  g_cancellable_cancel (cancellable);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  g_assert_null (zq_find_finish (fixture->store, result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, fixture_tear_down)
  ADD ("/find/patients-by-name", test_patients_by_name);
  ADD ("/find/patients-by-digits", test_patients_by_digits);
  ADD ("/find/messages-newest-first-a-page-at-a-time", test_messages_newest_first_a_page_at_a_time);
  ADD ("/find/messages-of-one-thread", test_messages_of_one_thread);
  ADD ("/find/messages-by-date", test_messages_by_date);
  ADD ("/find/long-text-is-cut-around-the-place", test_long_text_is_cut_around_the_place);
  ADD ("/find/complaints", test_complaints);
  ADD ("/find/withdrawn-is-not-found", test_withdrawn_is_not_found);
  ADD ("/find/restricted-message-is-not-found", test_restricted_message_is_not_found);
  ADD ("/find/restricted-patient-is-not-found", test_restricted_patient_is_not_found);
  ADD ("/find/note-is-found", test_note_is_found);
  ADD ("/find/empty-shows-what-was-looked-at-last", test_empty_shows_what_was_looked_at_last);
  ADD ("/find/cancelled-is-given-up", test_cancelled_is_given_up);

  return g_test_run ();
}
