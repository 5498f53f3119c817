/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/review/review.h"
#include "ui/fixture.h"
#include "ui/viewer/viewer.h"

typedef struct
{
  const char *id;
  const char *status;
  const char *section;
  const char *value;
  const char *more; /* members of the report */
} Report;

static void
take (Ui *ui, const Report *report, int minute)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'Observation','id':'k-%s','meta':{'versionId':'1','lastUpdated':'%s'},'status':'%s',"
                "'subject':{'reference':'Patient/1'},'effectiveDateTime':'2026-11-21T08:00:00+08:00','code':{'coding':"
                "[{'system':'http://loinc.org','code':'x-%s'}],'text':'test'},'valueQuantity':{'value':%s,'unit':"
                "'mmol/L'},'referenceRange':[{'low':{'value':3.5,'unit':'mmol/L'},'high':{'value':5.3,'unit':"
                "'mmol/L'}}]}",
                report->id, at_minute (minute), report->status, report->id, report->value);
  fixture_take (
      &ui->clinic,
      "{'resourceType':'DiagnosticReport','id':'%s','meta':{'versionId':'1','lastUpdated':'%s'},'status':'%s',"
      "'subject':{'reference':'Patient/1'},'category':[{'coding':[{'code':'%s'}]}],'code':{'text':"
      "'report %s'},'effectiveDateTime':'2026-11-21T08:00:00+08:00','result':[{'reference':"
      "'Observation/k-%s'}]%s}",
      report->id, at_minute (minute), report->status, report->section, report->id, report->id, report->more);
  fixture_take (&ui->clinic,
                "{'resourceType':'Task','id':'v-%s','meta':{'versionId':'1','tag':[{'system':"
                "'https://zhenqiao.org/fhir/department','code':'endo'}]},'status':'requested','intent':'order',"
                "'code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code','code':"
                "'result-review'}]},'owner':{'reference':'Practitioner/me'},'for':{'reference':'Patient/1'},"
                "'focus':{'reference':'DiagnosticReport/%s'},'authoredOn':'%s'}",
                report->id, report->id, at_minute (minute));
}

static ZqReview *
load (Ui *ui, const char *id)
{
  g_autofree char *task = g_strconcat ("v-", id, NULL);

  return zq_review_load (fixture_db (&ui->clinic), ui->clinic.context, fixture_row (&ui->clinic, "Task", task));
}

static ZqResultState
state_of (Ui *ui, const char *id)
{
  g_autoptr (ZqReview) review = load (ui, id);

  return review->state;
}

/* The patient has been answered: a message by the way hides nothing. */
static void
answer (Ui *ui)
{
  g_autoptr (ZqReview) review = NULL;

  ui_open (ui, "1");
  ui_read_all (ui);
  fixture_message (&ui->clinic, 1, "answered", "Practitioner/me", -5, "as before");
  review = load (ui, "a");
  g_assert_false (review->is_waiting);
}

/* Ten results by keys alone; those that one key must not tell go to the composer, which says why, and are told there.
 */
static void
test_ten_by_keys (Ui *ui, gconstpointer data)
{
  static const Report all[] = {
    { "a", "final", "CH", "4.1", "" }, { "b", "partial", "CH", "4.2", "" },
    { "c", "final", "CH", "4.3", "" }, { "d", "final", "CH", "5.9", "" },
    { "e", "final", "CH", "4.5", "" }, { "f", "final", "CH", "4.6", ",'conclusion':'some words'" },
    { "g", "final", "CH", "4.7", "" }, { "h", "final", "RAD", "4.8", "" },
    { "i", "final", "CH", "4.9", "" }, { "j", "final", "CH", "5.0", "" },
  };
  static const struct
  {
    const char *id, *why;
  } refused[] = { { "d", "A result is abnormal" },
                  { "b", "The report is not final" },
                  { "f", "The report has a text or a document" },
                  { "h", "Imaging is told in your own words" } };
  guint n_keys = 0, n_told = 0, n_next = 0;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    take (ui, &all[i], (int)i - 60);
  answer (ui);
  while (n_told < G_N_ELEMENTS (all))
    {
      ui_xdotool (ui, "key alt+2");
      n_keys++;
      ui_expect (ui, "report ");
      ui_pass (ui, G_USEC_PER_SEC);
      /* as long as one key is enough */
      do
        {
          guint before = (guint)ui_count (ui, "SELECT count (*) FROM intent WHERE action = 'told' AND 1 = ?");

          ui_xdotool (ui, "key t");
          n_keys++;
          ui_frames (ui, 10);
          n_told = (guint)ui_count (ui, "SELECT count (*) FROM intent WHERE action = 'told' AND 1 = ?");
          if (n_told == before)
            break;
        }
      while (n_told < G_N_ELEMENTS (all));
      if (n_told == G_N_ELEMENTS (all))
        break;
      g_assert_cmpuint (n_next, <, G_N_ELEMENTS (refused));
      ui_expect (ui, refused[n_next].why);
      ui_expect (ui, "Tells the result: report");
      g_assert_cmpint (state_of (ui, refused[n_next].id), <=, ZQ_RESULT_SEEN_UNTOLD);
      ui_xdotool (ui, "type --delay 10 seen");
      ui_expect_typed (ui, "seen");
      ui_xdotool (ui, "key ctrl+Return");
      n_keys++;
      ui_expect_typed (ui, "");
      ui_frames (ui, 10);
      g_assert_cmpint (state_of (ui, refused[n_next].id), ==, ZQ_RESULT_TOLD_UNREAD);
      n_told++;
      n_next++;
    }
  g_assert_cmpuint (n_next, ==, G_N_ELEMENTS (refused));
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_assert_cmpint (state_of (ui, all[i].id), ==, ZQ_RESULT_TOLD_UNREAD);
  g_test_message ("%u keys for %u results", n_keys, (guint)G_N_ELEMENTS (all));
  g_assert_cmpuint (n_keys, <=, 10 + 2 * G_N_ELEMENTS (refused) + 1);
}

/* What a draft tells is kept with it: over a kill, another consultation, a note, and sending that is undone. */
static void
test_told_is_kept (Ui *ui, gconstpointer data)
{
  static const Report report = { "a", "final", "CH", "5.9", "" };

  take (ui, &report, -60);
  ui_xdotool (ui, "key alt+2");
  ui_expect (ui, "report a");
  ui_xdotool (ui, "key t");
  ui_expect (ui, "Tells the result: report a");
  /* by itself, as before a kill */
  ui_pass (ui, G_USEC_PER_SEC / 2);
  g_assert_cmpint (ui_count (ui, "SELECT count (*) FROM draft_about WHERE tells <> 0 AND 1 = ?"), ==, 1);
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_read_all (ui);
  ui_expect (ui, "Tells the result: report a");
  ui_open (ui, "2");
  ui_expect_gone (ui, "Tells the result: report a");
  ui_open (ui, "1");
  ui_act (ui, "consult.note", 0);
  ui_expect_gone (ui, "Tells the result: report a");
  ui_act (ui, "consult.note", 0);
  ui_expect (ui, "Tells the result: report a");
  g_object_set (ui_composer (ui), "undo-send", 5, NULL);
  ui_type (ui, "it is high");
  ui_click (ui, "Send");
  ui_expect_gone (ui, "Tells the result: report a");
  g_assert_cmpint (state_of (ui, "a"), ==, ZQ_RESULT_TOLD_UNREAD);
  ui_click (ui, "Undo");
  ui_expect_typed (ui, "it is high");
  ui_expect (ui, "Tells the result: report a");
  g_assert_cmpint (state_of (ui, "a"), <=, ZQ_RESULT_SEEN_UNTOLD);
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect_typed (ui, "it is high");
  ui_click (ui, "Send");
  ui_expect_typed (ui, "");
  ui_frames (ui, 10);
  g_assert_cmpint (state_of (ui, "a"), ==, ZQ_RESULT_TOLD_UNREAD);
}

/* Findings that stand in the report's own text alone are no normal result. */
static void
test_text (Ui *ui, gconstpointer data)
{
  static const Report own = { "a", "final", "CH", "4.1",
                              ",'text':{'status':'additional','div':'<div>a word of its own</div>'}" };

  take (ui, &own, -60);
  answer (ui);
  ui_xdotool (ui, "key alt+2");
  ui_expect (ui, "report a");
  ui_xdotool (ui, "key t");
  ui_expect (ui, "The report has a text or a document");
  g_assert_cmpint (state_of (ui, "a"), <=, ZQ_RESULT_SEEN_UNTOLD);
}

/* Something of the patient is unread: the key leads there instead. */
static void
test_unread_first (Ui *ui, gconstpointer data)
{
  static const Report report = { "a", "final", "CH", "4.1", "" };

  take (ui, &report, -60);
  answer (ui);
  fixture_message (&ui->clinic, 1, "late", "Patient/1", -1, "and my foot?");
  ui_xdotool (ui, "key alt+2");
  ui_expect (ui, "report a");
  ui_xdotool (ui, "key t");
  ui_expect (ui, "Something of this patient is unread or unanswered: look at it first");
  g_assert_cmpint (state_of (ui, "a"), <=, ZQ_RESULT_SEEN_UNTOLD);
}

/* Who passes by has not looked; who stays has. */
static void
test_seen (Ui *ui, gconstpointer data)
{
  static const Report first = { "a", "final", "CH", "6.1", "" }, second = { "b", "final", "CH", "6.2", "" };

  take (ui, &first, -60);
  take (ui, &second, -59);
  ui_xdotool (ui, "key alt+2");
  ui_expect (ui, "report a");
  ui_xdotool (ui, "key j");
  ui_frames (ui, 5);
  ui_pass (ui, G_USEC_PER_SEC);
  ui_frames (ui, 5);
  g_assert_cmpint (state_of (ui, "a"), ==, ZQ_RESULT_UNSEEN);
  g_assert_cmpint (state_of (ui, "b"), ==, ZQ_RESULT_SEEN_UNTOLD);
}

/* Received, not reached, contacted, handled: each with its words, and never by the fast key. */
static void
test_critical (Ui *ui, gconstpointer data)
{
  static const Report report = { "a", "final", "CH", "6.9", "" };
  g_autoptr (ZqReview) review = NULL;

  take (ui, &report, -60);
  fixture_take (&ui->clinic,
                "{'resourceType':'Observation','id':'k-a','meta':{'versionId':'2','lastUpdated':'%s'},'status':'final',"
                "'subject':{'reference':'Patient/1'},'code':{'text':'test'},'valueQuantity':{'value':6.9,'unit':"
                "'mmol/L'},'interpretation':[{'coding':[{'code':'HH'}]}]}",
                at_minute (-50));
  answer (ui);
  ui_xdotool (ui, "key alt+2");
  ui_expect (ui, "Critical value. This supplements the laboratory's call and does not replace it.");
  ui_xdotool (ui, "key c");
  ui_expect (ui, "received ");
  ui_xdotool (ui, "key x");
  ui_expect (ui, "How it was tried");
  ui_xdotool (ui, "type --delay 10 telephone");
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "(telephone)");
  ui_xdotool (ui, "key p");
  ui_expect (ui, "How, and who was spoken to");
  /* nothing is no answer */
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "How, and who was spoken to");
  ui_xdotool (ui, "type --delay 10 daugh");
  /* what arrives meanwhile takes no word away */
  fixture_message (&ui->clinic, 2, "meanwhile", "Patient/2", -1, "hello");
  ui_frames (ui, 10);
  ui_xdotool (ui, "type --delay 10 ter");
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "(daughter)");
  ui_keep_picture (ui, "critical");
  ui_xdotool (ui, "key h");
  ui_expect (ui, "What was done, or arranged");
  ui_xdotool (ui, "type --delay 10 ambulance");
  ui_xdotool (ui, "key Return");
  ui_frames (ui, 10);
  review = load (ui, "a");
  g_assert_cmpint (review->state, ==, ZQ_RESULT_HANDLED);
  g_assert_cmpstr (review->handled, ==, "ambulance");
  g_assert_cmpstr (review->contacted, ==, "daughter");
}

/* The count is in sight from everywhere, and what the row shows is said to a screen reader. */
static void
test_count (Ui *ui, gconstpointer data)
{
  static const Report report = { "a", "corrected", "CH", "6.1", "" };

  take (ui, &report, -60);
  ui_expect (ui, "1");
  ui_xdotool (ui, "key alt+2");
  ui_expect (ui, "abnormal · corrected · not seen yet");
  ui_expect (ui, "Corrected: an earlier version was wrong");
  ui_xdotool (ui, "key Escape");
  ui_expect_gone (ui, "Corrected: an earlier version was wrong");
}

/* Who reviews a report has its own words and its files before him; Escape leads back from one of them. */
static void
test_text_and_file (Ui *ui, gconstpointer data)
{
  static const Report report = {
    "a", "final", "CH", "4.1",
    ",'text':{'status':'additional','div':'<p>haemolysed <b>slightly</b></p>'},'presentedForm':[{'contentType':"
    "'text/plain','title':'sheet.txt','data':'aGVsbG8='}]"
  };

  take (ui, &report, -60);
  ui_xdotool (ui, "key alt+2");
  ui_expect (ui, "report a");
  ui_expect (ui, "haemolysed slightly");
  ui_click (ui, "sheet.txt");
  ui_expect_gone (ui, "haemolysed slightly");
  g_assert_nonnull (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_VIEWER, NULL, NULL));
  ui_xdotool (ui, "key Escape");
  ui_expect (ui, "haemolysed slightly");
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(name, func) g_test_add ("/review-page/" name, Ui, NULL, ui_set_up, func, ui_tear_down)
  ADD ("ten-results-by-keys-of-which-four-must-not-take-the-fast-one", test_ten_by_keys);
  ADD ("what-a-draft-tells-is-kept-with-it", test_told_is_kept);
  ADD ("a-text-of-its-own-is-no-normal-result", test_text);
  ADD ("what-is-unread-goes-first", test_unread_first);
  ADD ("who-passes-by-has-not-looked", test_seen);
  ADD ("a-critical-value-is-received-and-its-patient-contacted", test_critical);
  ADD ("the-count-is-in-sight", test_count);
  ADD ("its-own-words-and-files", test_text_and_file);
#undef ADD
  return g_test_run ();
}
