/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments-reasons.h"
#include "store/attachments.h"
#include "ui/diagnostics/page.h"
#include "ui/fixture.h"

#include <string.h>

static gint64
n_intents (Ui *ui, const char *action)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM intent WHERE action = '%s' AND ?", action);

  return fixture_number (&ui->clinic, g_intern_string (sql), 1);
}

static gint64
send (Ui *ui, const char *task, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 seq =
      fixture_send (&ui->clinic, ui_task (ui, task), text, fixture_row (&ui->clinic, "Communication", "m1"), &error);

  g_assert_no_error (error);
  return seq;
}

/* A reply that was written before something newer came. */
static gint64
hold_one (Ui *ui)
{
  gint64 seq = send (ui, "1", "drink <water>");
  g_autoptr (ZqPush) push = NULL;

  fixture_message (&ui->clinic, 1, "m9", "Patient/1", -1, "and now I feel faint");
  push = fixture_prepare (&ui->clinic, seq);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_HELD);
  return seq;
}

static void
show (Ui *ui)
{
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.diagnostics", NULL);
  ui_expect (ui, "https://hospital.test/fhir");
}

/* --- what is shown ---------------------------------------------------------------------------- */

static void
test_report (Ui *ui, gconstpointer data)
{
  send (ui, "1", "secret words");
  g_assert_false (fixture_take_raw (&ui->clinic, "{\"resourceType\":\"Task\"}"));
  show (ui);
  ui_expect (ui, "Doctor Me");
  ui_expect (ui, "Reply: Wang Fang");
  ui_expect (ui, "secret words");
  ui_expect (ui, "Task/–");
  ui_expect (ui, "strange.ini: no such setting");
  {
    GtkWidget *page = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_DIAGNOSTICS, NULL, NULL);
    g_autofree char *report = zq_diagnostics_dup_report (ZQ_DIAGNOSTICS (page));

    g_assert_nonnull (strstr (report, "#1 · Communication"));
    g_assert_nonnull (strstr (report, "Task/–"));
    g_assert_nonnull (strstr (report, "strange.ini: no such setting"));
    g_assert_nonnull (strstr (report, "https://hospital.test/fhir"));
    g_assert_null (strstr (report, "secret"));
    g_assert_null (strstr (report, "Wang"));
    g_assert_null (strstr (report, "Doctor Me"));
  }
  g_signal_emit_by_name (ui_button (ui, "Copy Report"), "clicked");
  ui_expect (ui, "The report is copied.");
  ui_frames (ui, 6);
  ui_keep_picture (ui, "diagnostics");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.back", NULL);
  ui_expect (ui, "complaint 2");
}

static void
test_held (Ui *ui, gconstpointer data)
{
  gint64 seq = hold_one (ui);

  show (ui);
  ui_expect (ui, "Reply: Wang Fang");
  ui_expect (ui, "drink <water>");
  ui_expect (ui, "A newer message came in: please look again");
  ui_expect (ui, "and now I feel faint");
  ui_frames (ui, 6);
  ui_keep_picture (ui, "held");
  g_signal_emit_by_name (ui_button (ui, "Send After All"), "clicked");
  ui_expect_gone (ui, "A newer message came in: please look again");
  g_assert_cmpint (fixture_number (&ui->clinic, "SELECT state FROM intent WHERE seq = ?", seq), ==, ZQ_INTENT_WAITING);
}

static void
test_edit (Ui *ui, gconstpointer data)
{
  hold_one (ui);
  ui_open (ui, "2");
  show (ui);
  ui_expect (ui, "drink <water>");
  g_signal_emit_by_name (ui_button (ui, "Edit"), "clicked");
  ui_expect (ui, "Reply to Wang Fang female 67");
  ui_expect_typed (ui, "drink <water>");
  g_assert_cmpint (n_intents (ui, "send-message"), ==, 0);
}

static void
test_refused (Ui *ui, gconstpointer data)
{
  gint64 seq = send (ui, "1", "drink water");
  g_autoptr (ZqPush) push = fixture_prepare (&ui->clinic, seq);

  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  fixture_settle (&ui->clinic, seq, ZQ_PUSH_REFUSED, NULL);
  show (ui);
  ui_expect (ui, "Refused by the Hospital");
  ui_expect (ui, "why");
  g_assert_nonnull (ui_button (ui, "Try Again"));
  g_assert_nonnull (ui_button (ui, "Open"));
}

/* --- files and the index ------------------------------------------------------------------------ */

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
is_ready (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

static void
wait_ready (GAsyncResult **result)
{
  g_assert_true (zq_test_wait_until (is_ready, result, 10));
}

static void
keep_file (ZqAttachments *files, const char *key, gsize size)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (g_malloc0 (size), size, g_free);
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_keep_async (files, key, stream, NULL, 0, NULL, on_ready, &result);
  wait_ready (&result);
  g_assert_true (zq_attachments_keep_finish (files, result, NULL, NULL, NULL));
}

static void
take_bytes (ZqAttachments *files, const char *key, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_append_async (files, key, bytes, on_ready, &result);
  wait_ready (&result);
  g_assert_true (zq_attachments_append_finish (files, result, NULL));
}

/* Bytes as they are counted in "MB" (no-break spaces by g_format_size()). */
static void
test_files (Ui *ui, gconstpointer data)
{
  ZqAttachments *files = zq_store_get_attachments (ui->clinic.store);

  show (ui);
  ui_expect (ui, "None is on its way");
  zq_attachments_want (files, "Binary/1", 4000000, NULL, NULL);
  zq_attachments_want (files, "Binary/2", 2000000, NULL, NULL);
  ui_pass (ui, G_USEC_PER_SEC);
  ui_expect (ui, "2 files come in: 0 bytes of 6.0\302\240MB");
  zq_attachments_begin (files, "Binary/1", 4000000);
  take_bytes (files, "Binary/1", 1500000);
  ui_pass (ui, G_USEC_PER_SEC);
  ui_expect (ui, "2 files come in: 1.5\302\240MB of 6.0\302\240MB");

  zq_attachments_refuse (files, "Binary/2", ZQ_ATTACHMENT_REASON_FORBIDDEN);
  ui_pass (ui, G_USEC_PER_SEC);
  ui_expect (ui, "1 file comes in: 1.5\302\240MB of 4.0\302\240MB");
  keep_file (files, "urn:uuid:a", 1000000);
  zq_attachments_note_sent (files, "urn:uuid:a", 250000);
  ui_pass (ui, G_USEC_PER_SEC);
  ui_expect (ui, "1 file goes out: 250.0\302\240kB of 1.0\302\240MB");
  ui_expect (ui, "1 file was not taken: The hospital does not show this file to you");

  zq_attachments_note_sent (files, "urn:uuid:a", -1);
  zq_attachments_cancel (files, "Binary/1");
  ui_pass (ui, G_USEC_PER_SEC);
  ui_expect (ui, "None is on its way");
  /* The reason outlives the program. */
  ui_reopen (ui);
  show (ui);
  ui_expect (ui, "1 file was not taken: The hospital does not show this file to you");
}

/* As far as a build has come that a kill has ended. */
static gboolean
unbuild (ZqTxn *txn, gpointer data, GError **error)
{
  zq_txn_changed (txn, "search", 0, 0, 0);
  return zq_db_exec (zq_txn_db (txn), error, "UPDATE search_index SET building = slot, done_to = 4", "");
}

static void
test_index (Ui *ui, gconstpointer data)
{
  GtkWidget *page;
  g_autofree char *report = NULL;
  g_autoptr (GError) error = NULL;

  show (ui);
  ui_expect (ui, "Complete: all that was fetched can be found");
  ui_expect (ui, "Version of the index: ");
  ui_expect (ui, "message ");
  page = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_DIAGNOSTICS, NULL, NULL);
  report = zq_diagnostics_dup_report (ZQ_DIAGNOSTICS (page));
  g_assert_nonnull (strstr (report, "Search: Complete"));
  g_assert_nonnull (strstr (report, "Files: None is on its way"));

  g_assert_true (zq_store_write (ui->clinic.store, ZQ_PRIORITY_DOCTOR, unbuild, NULL, &error));
  ui_expect (ui, " can be found so far; the others follow by themselves");
  ui_expect_gone (ui, "Complete: all that was fetched can be found");
}

/* --- for good ----------------------------------------------------------------------------------- */

static GtkWindow *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return window;
    }
  return NULL;
}

static gboolean
is_discarded (gpointer data)
{
  return n_intents (data, "send-message") == 0;
}

static void
test_discard (Ui *ui, gconstpointer data)
{
  AdwMessageDialog *dialog;
  GtkEditable *entry;

  hold_one (ui);
  show (ui);
  ui_expect (ui, "drink <water>");
  g_signal_emit_by_name (ui_button (ui, "Discard…"), "clicked");
  ui_frames (ui, 5);
  dialog = ADW_MESSAGE_DIALOG (find_dialog ());
  g_assert_nonnull (dialog);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), "drink <water>"));
  ui_keep_picture (ui, "discard");
  entry = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "discard"));
  gtk_editable_set_text (entry, "discar");
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "discard"));
  adw_message_dialog_response (dialog, "discard");
  gtk_window_destroy (GTK_WINDOW (dialog));
  ui_frames (ui, 5);
  g_assert_cmpint (n_intents (ui, "send-message"), ==, 1);
  g_signal_emit_by_name (ui_button (ui, "Discard…"), "clicked");
  ui_frames (ui, 5);
  dialog = ADW_MESSAGE_DIALOG (find_dialog ());
  gtk_editable_set_text (GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog)), "Discard ");
  g_assert_true (adw_message_dialog_get_response_enabled (dialog, "discard"));
  adw_message_dialog_response (dialog, "discard");
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_true (zq_test_wait_until (is_discarded, ui, 10));
  ui_expect_gone (ui, "drink <water>");
  ui_expect (ui, "Discarded");
}

/* --- much of it --------------------------------------------------------------------------------- */

static void
test_many (Ui *ui, gconstpointer data)
{
  for (int i = 0; i < 60; i++)
    {
      g_autofree char *text = g_strdup_printf ("reply %d", i);

      send (ui, "1", text);
    }
  show (ui);
  ui_expect (ui, "reply 0");
  ui_expect (ui, "And 11 more"); /* with the read mark */
}

static void
test_first_fetch (Ui *ui, gconstpointer data)
{
  zq_session_status_set_progress (ui->status, 0.43);
  zq_session_status_set_live (ui->status, ZQ_LIVE_DOWN);
  show (ui);
  ui_expect (ui, "First fetch");
  ui_expect (ui, "Not connected now");
  zq_session_status_set_live (ui->status, ZQ_LIVE_UP);
  ui_expect (ui, "Connected: what is new comes by itself");
  ui_expect (ui, "not finished yet");
  /* All rows are there, and something still hangs on them. */
  zq_session_status_set_progress (ui->status, 1);
  ui_expect (ui, "99 %");
  zq_session_status_set_progress (ui->status, -1);
  ui_expect_gone (ui, "First fetch");
  ui_expect_gone (ui, "not finished yet");
  /* The round has ended, and not all of it came. */
  zq_session_status_set_state (ui->status, ZQ_SESSION_SYNCED, 0);
  ui_expect (ui, "not everything fetched yet");
}

/* libadwaita measures a message dialog's large heading for widths at which it shows the small one, and GTK from 4.18 on
 * warns of it. Nothing comes of it, and a program has no say in it; every other warning ends the test. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && fields[i].length < 0 &&
        g_str_has_prefix (fields[i].value, "Trying to measure GtkLabel "))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, data);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_log_set_writer_func (write_log, NULL, NULL);
  ADD ("/waiting/report-has-reasons-and-no-words", test_report);
  ADD ("/waiting/held-reply-shows-what-is-new-beside-it", test_held);
  ADD ("/waiting/edit-brings-the-words-back-into-their-composer", test_edit);
  ADD ("/waiting/refused-says-the-hospitals-reason", test_refused);
  ADD ("/waiting/files-on-their-way-and-why-not", test_files);
  ADD ("/waiting/index-how-far-and-by-which-rules", test_index);
  ADD ("/waiting/discard-needs-the-word", test_discard);
  ADD ("/waiting/sixty-are-bounded", test_many);
  ADD ("/waiting/first-fetch-and-live-channel-in-words", test_first_fetch);
  return g_test_run ();
}
