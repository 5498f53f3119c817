/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"
#include "clinic/note/diagnosis.h"
#include "clinic/note/note.h"
#include "resource/json.h"

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

static void
test_lines (void)
{
  static const struct
  {
    const char *typed, *words, *code;
    gboolean provisional;
  } cases[] = {
    { "2型糖尿病", "2型糖尿病", NULL, FALSE },
    { "1. 2型糖尿病 E11.9", "2型糖尿病", "E11.9", FALSE },
    { "2、高血压病 3级（I10.x00x002）", "高血压病 3级", "I10.x00x002", FALSE },
    { "（3）糖尿病肾病 (E11.2+)", "糖尿病肾病", "E11.2+", FALSE },
    { "糖尿病酮症酸中毒 E11.100x001", "糖尿病酮症酸中毒", "E11.100x001", FALSE },
    { "甲状腺结节？", "甲状腺结节？", NULL, TRUE },
    { "疑似肺结核", "疑似肺结核", NULL, TRUE },
    { "发热待查", "发热待查", NULL, TRUE },
    { "  10) Angina pectoris, considered  ", "Angina pectoris, considered", NULL, FALSE },
    { "高血压 I10", "高血压 I10", NULL, FALSE },
    { "高血压(I10)", "高血压", "I10", FALSE },
    { "E11.9", "E11.9", "E11.9", FALSE },
    { "1.5型糖尿病", "1.5型糖尿病", NULL, FALSE },
    { "vitamin B12", "vitamin B12", NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) read = zq_diagnosis_read (cases[i].typed);
      const ZqDiagnosis *one = g_ptr_array_index (read, 0);

      g_assert_cmpuint (read->len, ==, 1);
      g_assert_cmpstr (one->words, ==, cases[i].words);
      g_assert_cmpstr (one->code, ==, cases[i].code);
      g_assert_cmpint (one->provisional, ==, cases[i].provisional);
    }
}

static void
test_many_lines (void)
{
  g_autoptr (GPtrArray) none = zq_diagnosis_read (" \n ;；\n"), few = zq_diagnosis_read ("a；b\n\n2. c;d");
  g_autoptr (GString) long_text = g_string_new (NULL);
  g_autoptr (GPtrArray) many = NULL, null = zq_diagnosis_read (NULL);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (null->len, ==, 0);
  g_assert_cmpuint (few->len, ==, 4);
  g_assert_cmpstr (((ZqDiagnosis *)g_ptr_array_index (few, 2))->words, ==, "c");
  for (guint i = 0; i < 1000; i++)
    g_string_append (long_text, "line\n");
  many = zq_diagnosis_read (long_text->str);
  g_assert_cmpuint (many->len, ==, 20);
}

static void
sign (Fixture *fixture, gint64 encounter, const char *diagnosis)
{
  g_autoptr (ZqNoteText) text = zq_note_text_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_note_text_set (text, ZQ_NOTE_COMPLAINT, "thirst");
  zq_note_text_set (text, ZQ_NOTE_DIAGNOSIS, diagnosis);
  zq_note_sign_async (fixture->store, encounter, text, "Record", NULL, on_ready, &result);
  WAIT (result);
  g_assert_true (zq_note_finish (fixture->store, result, &error));
  g_assert_no_error (error);
}

/* What was diagnosed is data: a Condition a line, and the Encounter's diagnosis in their order. */
static void
test_diagnosis_is_data (Fixture *fixture, gconstpointer data)
{
  gint64 encounter = fixture_begin_visit (fixture);
  g_autofree char *first = NULL, *urn = NULL, *ranks = NULL;

  sign (fixture, encounter, "1. type 2 diabetes E11.9\n2. thyroid nodule?");
  fixture_assert_local (fixture, "'Condition'", 0, "'$.code.text'", "type 2 diabetes");
  fixture_assert_local (fixture, "'Condition'", 0, "'$.code.coding[0].code'", "E11.9");
  fixture_assert_local (fixture, "'Condition'", 0, "'$.verificationStatus.coding[0].code'", "confirmed");
  fixture_assert_local (fixture, "'Condition'", 1, "'$.verificationStatus.coding[0].code'", "provisional");
  fixture_assert_local (fixture, "'Condition'", 1, "'$.category[0].coding[0].code'", "encounter-diagnosis");
  first = fixture_text (
      fixture, "SELECT 'urn:uuid:' || local_id FROM resource WHERE type = 'Condition' AND ? = 0 ORDER BY id LIMIT 1",
      0);
  urn = fixture_text (fixture,
                      "SELECT json_extract (local_json, '$.diagnosis[0].condition.reference') FROM resource_text"
                      " WHERE id = ?",
                      encounter);
  ranks = fixture_text (fixture,
                        "SELECT json_extract (local_json, '$.diagnosis[0].rank') || ' ' || json_extract (local_json,"
                        " '$.diagnosis[1].rank') FROM resource_text WHERE id = ?",
                        encounter);
  g_assert_cmpstr (urn, ==, first);
  g_assert_cmpstr (ranks, ==, "1 2");
  g_assert_cmpint (
      fixture_number (
          fixture, "SELECT count (*) FROM record_item WHERE title IN ('type 2 diabetes', 'thyroid nodule?') AND ? = 0",
          0),
      ==, 2);
}

static void
test_no_diagnosis_no_condition (Fixture *fixture, gconstpointer data)
{
  gint64 encounter = fixture_begin_visit (fixture);

  sign (fixture, encounter, "");
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM resource WHERE type = 'Condition' AND ? = 0", 0), ==,
                   0);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM intent WHERE action = 'diagnose' AND ? = 0", 0), ==,
                   0);
}

/* --- how it is read again ------------------------------------------------------------------------ */

static char *
read_back (Fixture *fixture, gint64 encounter, ZqNoteSection section)
{
  g_autoptr (GPtrArray) notes = zq_note_list (fixture_db (fixture), encounter);

  g_assert_cmpuint (notes->len, ==, 1);

  return g_strdup (((ZqNote *)g_ptr_array_index (notes, 0))->text->sections[section]);
}

/* What was typed is what is read, to the letter. */
static void
test_signed_words_are_the_same (Fixture *fixture, gconstpointer data)
{
  static const char words[] = "the patient's \"pump\" <alarm> & 3 < 4\n\n  &amp; &lt;b&gt; 二行\nthird";
  gint64 encounter = fixture_begin_visit (fixture);
  g_autofree char *read = NULL;

  sign (fixture, encounter, words);
  read = read_back (fixture, encounter, ZQ_NOTE_DIAGNOSIS);
  g_assert_cmpstr (read, ==, words);
}

/* Of another program: of its markup the words are kept, of what is no text nothing, and the raw text whole. */
static void
test_hostile_narrative (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *div, *wanted;
  } cases[] = {
    { "<div><script>alert (1)</script><p>words</p></div>", "words" },
    { "<p onclick='x'>a</p><style>p { color: red }</style><p>b &#39;&#x4e8c;&nosuch;</p>", "a\nb '二&nosuch;" },
    { "<div><ul><li>one</li><li>two</li></ul></div>", "• one\n• two" },
    { "no markup", "no markup" },
    { "<p>never closed", "never closed" },
    { "</p></p></p><<<>>><p>x", NULL },
    { "", NULL },
    { "<div/>", NULL },
  };
  gint64 encounter = fixture_begin_visit (fixture);
  g_autofree char *deep = g_strnfill (20000, '<');

  for (guint i = 0; i <= G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *quoted = zq_json_quote (i < G_N_ELEMENTS (cases) ? cases[i].div : deep);
      g_autofree char *urn =
          fixture_text (fixture, "SELECT 'urn:uuid:' || local_id FROM resource WHERE id = ?", encounter);
      g_autofree char *text = g_strdup_printf (
          "{\"resourceType\":\"Composition\",\"id\":\"n\",\"meta\":{\"versionId\":\"%u\"},\"status\":"
          "\"final\",\"subject\":{\"reference\":\"Patient/1\"},\"encounter\":{\"reference\":\"%s\"},"
          "\"section\":[{\"code\":{\"coding\":[{\"system\":"
          "\"https://zhenqiao.org/fhir/CodeSystem/note-section\",\"code\":\"%s\"}]},\"text\":{\"div\":%s},"
          "\"section\":[{\"section\":[{}]}]},{},null]}",
          i + 1, urn, zq_note_section_code (ZQ_NOTE_PLAN), quoted);
      g_autofree char *read = NULL;

      g_assert_true (fixture_take_raw (fixture, text));
      read = read_back (fixture, encounter, ZQ_NOTE_PLAN);
      if (i < G_N_ELEMENTS (cases) && cases[i].wanted != NULL)
        g_assert_cmpstr (read, ==, cases[i].wanted);
      g_assert_true (read == NULL || (strchr (read, '\t') == NULL && g_utf8_validate (read, -1, NULL)));
    }
}

/* Two sections of one code: both are read. */
static void
test_a_section_twice (Fixture *fixture, gconstpointer data)
{
  gint64 encounter = fixture_begin_visit (fixture);
  g_autofree char *urn = fixture_text (fixture, "SELECT 'urn:uuid:' || local_id FROM resource WHERE id = ?", encounter);
  g_autofree char *read = NULL;

#define SECTION(words)                                                                                                 \
  "{'code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/note-section','code':'plan'}]},'text':{'div':"   \
  "'<p>" words "</p>'}}"
  fixture_take (
      fixture,
      "{'resourceType':'Composition','id':'n','meta':{'versionId':'1'},'status':'final','subject':{'reference':"
      "'Patient/1'},'encounter':{'reference':'%s'},'section':[" SECTION ("one") "," SECTION ("two") "]}",
      urn);
  read = read_back (fixture, encounter, ZQ_NOTE_PLAN);
  g_assert_cmpstr (read, ==, "one\ntwo");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/note/lines", test_lines);
  g_test_add_func ("/note/many-lines", test_many_lines);
  ADD ("/note/diagnosis-is-data", test_diagnosis_is_data);
  ADD ("/note/signed-words-are-the-same", test_signed_words_are_the_same);
  ADD ("/note/hostile-narrative", test_hostile_narrative);
  ADD ("/note/a-section-twice", test_a_section_twice);
  ADD ("/note/no-diagnosis-no-condition", test_no_diagnosis_no_condition);

  return g_test_run ();
}
