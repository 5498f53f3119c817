/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/note/note.h"
#include "store/draft.h"
#include "store/txn.h"
#include "ui/fixture.h"
#include "ui/note/editor.h"

typedef struct
{
  Ui ui;
  gint64 encounter;
  GtkWidget *window;
  ZqNoteEditor *editor;
} Note;

static void
open_editor (Note *self)
{
  self->window = gtk_window_new ();
  self->editor = zq_note_editor_new (self->ui.clinic.store);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 500, 700);
  gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->editor));
  gtk_window_present (GTK_WINDOW (self->window));
  zq_note_editor_set_encounter (self->editor, self->encounter);
  ui_frames (&self->ui, 3);
}

static void
set_up (Note *self, gconstpointer data)
{
  ui_set_up (&self->ui, NULL);
  fixture_take (&self->ui.clinic,
                "{'resourceType':'Encounter','id':'e','meta':{'versionId':'1'},'status':'in-progress',"
                "'class':{'code':'VR'},'subject':{'reference':'Patient/1'}}");
  self->encounter = fixture_row (&self->ui.clinic, "Encounter", "e");
  open_editor (self);
}

static void
tear_down (Note *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  ui_tear_down (&self->ui, NULL);
}

/* Another one, as after a restart. */
static void
reopen (Note *self)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  zq_test_settle ();
  open_editor (self);
}

static gboolean
is_text (GtkWidget *widget, gconstpointer title)
{
  GtkWidget *label = gtk_widget_get_prev_sibling (gtk_widget_get_parent (widget));

  return gtk_widget_get_mapped (widget) && GTK_IS_LABEL (label) &&
         g_strcmp0 (gtk_label_get_label (GTK_LABEL (label)), title) == 0;
}

static GtkTextBuffer *
buffer (Note *self, const char *title)
{
  GtkWidget *view = ui_find (self->window, GTK_TYPE_TEXT_VIEW, is_text, title);

  g_assert_nonnull (view);

  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
}

static void
type (Note *self, const char *title, const char *words)
{
  gtk_text_buffer_set_text (buffer (self, title), words, -1);
  ui_frames (&self->ui, 2);
}

static char *
typed (Note *self, const char *title)
{
  char *words = NULL;

  g_object_get (buffer (self, title), "text", &words, NULL);

  return words;
}

static gboolean
has_label (GtkWidget *widget, gconstpointer words)
{
  return gtk_widget_get_mapped (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), words) != NULL;
}

typedef struct
{
  GtkWidget *window;
  const char *words;
} Wanted;

static gboolean
is_shown (gpointer data)
{
  const Wanted *wanted = data;

  return ui_find (wanted->window, GTK_TYPE_LABEL, has_label, wanted->words) != NULL;
}

static void
expect (Note *self, const char *words)
{
  Wanted wanted = { self->window, words };

  if (!zq_test_wait_until (is_shown, &wanted, 10))
    g_error ("not shown: %s", words);
}

static void
act (Note *self, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (self->editor), action, NULL);
  ui_frames (&self->ui, 3);
}

/* So that what is kept after a while is kept. */
static void
keep (Note *self)
{
  ui_pass (&self->ui, 2 * G_USEC_PER_SEC);
  expect (self, "Kept");
}

static void
test_kept_and_signed (Note *self, gconstpointer data)
{
  g_autofree char *back = NULL;

  type (self, "Chief complaint", "thirst");
  keep (self);
  reopen (self);
  back = typed (self, "Chief complaint");
  g_assert_cmpstr (back, ==, "thirst");
  act (self, "note.sign");
  expect (self, "Signed by");
  g_assert_true (zq_note_editor_is_signed (self->editor));
}

static void
test_addition_is_kept_and_signed (Note *self, gconstpointer data)
{
  g_autofree char *back = NULL, *left = NULL;

  type (self, "Chief complaint", "thirst");
  act (self, "note.sign");
  expect (self, "Signed by");
  type (self, "Addition", "drinks three litres\nsince Monday");
  keep (self);
  reopen (self);
  back = typed (self, "Addition");
  g_assert_cmpstr (back, ==, "drinks three litres\nsince Monday");
  act (self, "note.append");
  expect (self, "Added by");
  expect (self, "since Monday");
  left = typed (self, "Addition");
  g_assert_cmpstr (left, ==, "");
  reopen (self);
  g_clear_pointer (&left, g_free);
  left = typed (self, "Addition");
  g_assert_cmpstr (left, ==, "");
}

/* Another workstation signed while this one was writing: not a word is lost, none is taken for signed. */
static void
test_signed_elsewhere (Note *self, gconstpointer data)
{
  g_autofree char *words = NULL, *kept = NULL, *scope = zq_note_addition_scope (self->encounter);

  type (self, "Chief complaint", "hunger");
  fixture_take (
      &self->ui.clinic,
      "{'resourceType':'Composition','id':'c','meta':{'versionId':'1'},'status':'final','date':"
      "'2026-11-22T02:00:00Z','title':'Record','type':{'text':'Record'},'subject':{'reference':'Patient/1'},"
      "'encounter':{'reference':'Encounter/e'},'author':[{'reference':'Practitioner/me'}],'section':[{'code':"
      "{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/note-section','code':'plan'}]},'text':"
      "{'status':'additional','div':'<div xmlns=\\'http://www.w3.org/1999/xhtml\\'><p>more water</p></div>'}}]}");
  expect (self, "more water");
  expect (self, "Signed elsewhere meanwhile");
  words = typed (self, "Addition");
  g_assert_cmpstr (words, ==, "Chief complaint: hunger\n");
  zq_test_settle ();
  reopen (self);
  kept = zq_draft_load (fixture_db (&self->ui.clinic), scope);
  g_assert_cmpstr (kept, ==, "Chief complaint: hunger");
}

static gboolean
take_back (ZqTxn *txn, gpointer data, GError **error)
{
  gint64 seq = 0;

  zq_db_get_int (zq_txn_db (txn), &seq, NULL, "SELECT seq FROM intent WHERE action = 'sign'", "");

  return zq_txn_cancel_intent (txn, seq, error);
}

/* What was signed and not sent can be written on. */
static void
test_signature_taken_back (Note *self, gconstpointer data)
{
  g_autofree char *words = NULL, *kept = NULL, *scope = zq_note_scope (self->encounter);
  g_autoptr (GError) error = NULL;

  type (self, "Plan", "more water");
  act (self, "note.sign");
  expect (self, "Signed by");
  g_assert_true (zq_store_write (self->ui.clinic.store, ZQ_PRIORITY_DOCTOR, take_back, NULL, &error));
  expect (self, "Kept");
  words = typed (self, "Plan");
  g_assert_cmpstr (words, ==, "more water");
  zq_test_settle ();
  kept = zq_draft_load (fixture_db (&self->ui.clinic), scope);
  g_assert_nonnull (strstr (kept, "more water"));
}

static void
test_nothing_to_add (Note *self, gconstpointer data)
{
  type (self, "Plan", "more water");
  act (self, "note.sign");
  expect (self, "Signed by");
  type (self, "Addition", " \n ");
  act (self, "note.append");
  g_assert_cmpint (ui_count (&self->ui, "SELECT count (*) FROM intent WHERE action = 'append' AND ? = 1"), ==, 0);
}

static void
take_task (Note *self, const char *version, const char *code, const char *encounter)
{
  fixture_take (&self->ui.clinic,
                "{'resourceType':'Task','id':'1','meta':{'versionId':'%s','tag':[{'system':"
                "'https://zhenqiao.org/fhir/department','code':'endo'}]},'status':'in-progress','intent':'order',"
                "'code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code','code':'%s'}]},"
                "'focus':{'reference':'Communication/t1'},'for':{'reference':'Patient/1'},'owner':{'reference':"
                "'Practitioner/me'}%s}",
                version, code, encounter);
}

static GtkWidget *
find_record_window (Note *self)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *one = windows; one != NULL; one = one->next)
    if (one->data != self->window && ui_find (one->data, ZQ_TYPE_NOTE_EDITOR, NULL, NULL) != NULL)
      return one->data;

  return NULL;
}

/* A revisit by writing has a record too, in a window beside the conversation; an advice has none. */
static void
test_record_of_a_consultation (Note *self, gconstpointer data)
{
  GtkWidget *window;

  ui_open (&self->ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (self->ui.window), "win.consult-record", NULL);
  ui_expect (&self->ui, "Advice has no diagnosis");
  g_assert_null (find_record_window (self));
  take_task (self, "2", "revisit", "");
  gtk_widget_activate_action (GTK_WIDGET (self->ui.window), "win.consult-record", NULL);
  ui_expect (&self->ui, "The hospital has made no encounter");
  take_task (self, "3", "revisit", ",'encounter':{'reference':'Encounter/e'}");
  gtk_widget_activate_action (GTK_WIDGET (self->ui.window), "win.consult-record", NULL);
  ui_frames (&self->ui, 3);
  window = find_record_window (self);
  g_assert_nonnull (window);
  gtk_widget_activate_action (GTK_WIDGET (self->ui.window), "win.consult-record", NULL);
  g_assert_true (find_record_window (self) == window);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_null (find_record_window (self));
}

#define ADD(path, func) g_test_add (path, Note, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/note/kept-and-signed", test_kept_and_signed);
  ADD ("/note/addition-is-kept-and-signed", test_addition_is_kept_and_signed);
  ADD ("/note/signed-elsewhere", test_signed_elsewhere);
  ADD ("/note/signature-taken-back", test_signature_taken_back);
  ADD ("/note/nothing-to-add", test_nothing_to_add);
  ADD ("/note/record-of-a-consultation", test_record_of_a_consultation);

  return g_test_run ();
}
