/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed is never lost: while something comes back, while files are read, over a restart; and files in and out.
 */
#include "ui/fixture.h"

#include "media/media.h"
#include "store/attachments.h"
#include "ui/consult/page-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_MESSAGES "SELECT count(*) FROM intent WHERE action = 'send-message' AND ?"
#define N_UPLOADS  "SELECT count(*) FROM intent WHERE action = 'upload' AND ?"

typedef struct
{
  Ui *ui;
  const char *sql;
  gint64 n;
} Counted;

static gboolean
is_counted (gpointer data)
{
  Counted *counted = data;

  return ui_count (counted->ui, counted->sql) == counted->n;
}

static void
expect_count (Ui *ui, const char *sql, gint64 n)
{
  Counted counted = { ui, sql, n };

  if (!zq_test_wait_until (is_counted, &counted, 10))
    ui_keep_picture (ui, "failed");
  g_assert_cmpint (ui_count (ui, sql), ==, n);
}

/* --- files ----------------------------------------------------------------------------------- */

static GFile *
make_file (const char *dir, const char *name, const char *bytes, gsize repeated)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < repeated; i++)
    g_string_append (all, bytes);
  g_assert_true (g_file_set_contents (path, all->str, (gssize)all->len, &error));
  return g_file_new_for_path (path);
}

/* As the display does when something is let go over the composer. FALSE: not taken. */
static gboolean
drop (Ui *ui, GFile **files, gsize n)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (ui_composer (ui)));
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE, found = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (files, n));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_DROP_TARGET (controller))
        continue;
      found = TRUE;
      g_assert_true (gdk_content_formats_contain_gtype (gtk_drop_target_get_formats (GTK_DROP_TARGET (controller)),
                                                        GDK_TYPE_FILE_LIST));
      g_assert_true (gtk_drop_target_get_actions (GTK_DROP_TARGET (controller)) & GDK_ACTION_COPY);
      g_signal_emit_by_name (controller, "drop", &value, 20.0, 20.0, &taken);
    }
  g_assert_true (found);
  return taken;
}

/* --- while it comes back ---------------------------------------------------------------------- */

static void
send_slowly (Ui *ui, const char *words)
{
  ui_open (ui, "1");
  g_object_set (ui_composer (ui), "undo-send", 5, NULL);
  ui_type (ui, words);
  ui_click (ui, "Send");
  ui_expect (ui, "Goes out in 5 s");
}

static void
test_typed_while_undone (Ui *ui, gconstpointer data)
{
  send_slowly (ui, "drink water");
  ui_press (ui, "Undo");
  ui_type (ui, "and more");
  ui_expect_typed (ui, "drink water\nand more");
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect_typed (ui, "drink water\nand more");
}

static void
test_typed_before_and_while_undone (Ui *ui, gconstpointer data)
{
  send_slowly (ui, "drink water");
  ui_type (ui, "and ");
  ui_press (ui, "Undo");
  ui_type (ui, "more");
  ui_expect_typed (ui, "drink water\nand more");
}

/* What is kept at once, and what is changed after that. */
static void
test_kept_while_undone (Ui *ui, gconstpointer data)
{
  send_slowly (ui, "drink water");
  ui_type (ui, "and ");
  ui_press (ui, "Undo");
  ui_type (ui, "mo");
  zq_composer_flush (ui_composer (ui));
  ui_type (ui, "re");
  ui_expect_typed (ui, "drink water\nand more");
  zq_composer_flush (ui_composer (ui));
  zq_test_settle ();
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect_typed (ui, "drink water\nand more");
}

static void
test_left_while_undone (Ui *ui, gconstpointer data)
{
  send_slowly (ui, "drink water");
  ui_type (ui, "and ");
  ui_press (ui, "Undo");
  ui_type (ui, "more");
  ui_open (ui, "2");
  ui_expect_typed (ui, "");
  ui_open (ui, "1");
  ui_expect_typed (ui, "drink water\nand more");
  expect_count (ui, N_MESSAGES, 0);
}

static void
on_discarded (GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zq_consult_intent_finish (ZQ_STORE (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *)done = TRUE;
}

/* Not by the page: Diagnostics lets a file go, and its reply is a draft again. */
static void
test_typed_while_discarded (Ui *ui, gconstpointer data)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (GFile) text = make_file (dir, "values.txt", "7.8", 1);
  gboolean done = FALSE;

  ui_open (ui, "1");
  ui_type (ui, "see here");
  g_assert_true (drop (ui, &text, 1));
  ui_expect (ui, "values.txt");
  ui_click (ui, "Send");
  expect_count (ui, N_UPLOADS, 1);
  ui_type (ui, "and ");
  zq_composer_flush (ui_composer (ui));
  ui_type (ui, "more");
  zq_consult_discard_async (ui->clinic.store, ui_count (ui, "SELECT seq FROM intent WHERE action = 'upload' AND ?"),
                            on_discarded, &done);
  zq_composer_flush (ui_composer (ui));
  ui_type (ui, "!");
  g_assert_true (zq_test_wait_flag (&done, 10));
  ui_expect_typed (ui, "see here\nand more!");
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect_typed (ui, "see here\nand more!");
  expect_count (ui, N_MESSAGES, 0);
}

/* --- corrections ------------------------------------------------------------------------------ */

static void
read_by_patient (Ui *ui)
{
  fixture_message (&ui->clinic, 1, "mine", "Practitioner/me", -40, "take five of them");
  fixture_take (&ui->clinic,
                "{'resourceType':'Basic','id':'pm1','meta':{'versionId':'1','lastUpdated':'%s'},'code':{'coding':[{"
                "'system':'https://zhenqiao.org/fhir/CodeSystem/read-mark','code':'read-mark'}]},'subject':{'reference'"
                ":'Communication/t1'},'author':{'reference':'Patient/1'},'extension':[{'url':"
                "'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'}]}",
                at_minute (-10), at_minute (-10));
}

static GtkEditable *
reason (Ui *ui)
{
  GtkWidget *text = ui_find (GTK_WIDGET (ui_composer (ui)), GTK_TYPE_TEXT, NULL, NULL);

  if (text == NULL)
    ui_keep_picture (ui, "failed");
  g_assert_nonnull (text);
  return GTK_EDITABLE (gtk_widget_get_parent (text));
}

static void
expect_correcting (Ui *ui, const char *words, const char *why)
{
  ui_expect (ui, "Correction of a message");
  ui_expect_typed (ui, words);
  g_assert_cmpstr (gtk_editable_get_text (reason (ui)), ==, why);
}

static void
correct (Ui *ui)
{
  read_by_patient (ui);
  ui_open (ui, "1");
  ui_read_all (ui);
  ui_act (ui, "consult.correct", ui_message (ui, "mine"));
  ui_type (ui, " a day");
  gtk_editable_set_text (reason (ui), "a word was missing");
}

static void
test_reason_is_kept (Ui *ui, gconstpointer data)
{
  correct (ui);
  /* By itself, as before a kill. */
  ui_pass (ui, G_USEC_PER_SEC / 2);
  expect_count (ui, "SELECT count(*) FROM draft_about WHERE reason = 'a word was missing' AND ?", 1);
  gtk_editable_set_text (reason (ui), "a word is missing");
  ui_open (ui, "2");
  ui_open (ui, "1");
  ui_act (ui, "consult.correct", ui_message (ui, "mine"));
  expect_correcting (ui, "take five of them a day", "a word is missing");
  gtk_editable_set_text (reason (ui), "two words are missing");
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect_typed (ui, "");
  ui_act (ui, "consult.correct", ui_message (ui, "mine"));
  expect_correcting (ui, "take five of them a day", "two words are missing");
  /* Given up: both are gone. */
  gtk_widget_activate_action (GTK_WIDGET (ui_composer (ui)), "composer.uncorrect", NULL);
  ui_act (ui, "consult.correct", ui_message (ui, "mine"));
  expect_correcting (ui, "take five of them", "");
}

/* The patient reads it as well. */
static void
test_reason_is_guarded (Ui *ui, gconstpointer data)
{
  correct (ui);
  gtk_editable_set_text (reason (ui), "a digit of 13812345678 was missing");
  ui_click (ui, "Send Correction");
  ui_expect (ui, "Reason: A private telephone number stands in the reply");
  ui_keep_picture (ui, "reason-guard");
  expect_count (ui, N_MESSAGES, 0);
  gtk_editable_set_text (reason (ui), "call 13812345679 about it");
  ui_expect_gone (ui, "Reason: A private telephone number stands in the reply");
  ui_click (ui, "Send Correction");
  ui_expect (ui, "Reason: A private telephone number stands in the reply");
  gtk_editable_set_text (reason (ui), "a word was missing");
  ui_click (ui, "Send Correction");
  ui_expect_gone (ui, "Correction of a message");
  expect_count (ui, N_MESSAGES, 1);
}

static void
test_correction_undone (Ui *ui, gconstpointer data)
{
  correct (ui);
  g_object_set (ui_composer (ui), "undo-send", 5, NULL);
  ui_click (ui, "Send Correction");
  ui_expect (ui, "Goes out in 5 s");
  ui_press (ui, "Undo");
  ui_type (ui, "!");
  expect_correcting (ui, "take five of them a day\n!", "a word was missing");
  expect_count (ui, N_MESSAGES, 0);
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect_typed (ui, "");
  ui_act (ui, "consult.correct", ui_message (ui, "mine"));
  expect_correcting (ui, "take five of them a day\n!", "a word was missing");
}

/* What cannot be kept stands where it was written. */
static void
test_correction_failed (Ui *ui, gconstpointer data)
{
  correct (ui);
  fixture_take (&ui->clinic,
                "{'resourceType':'Communication','id':'mine','meta':{'versionId':'2','lastUpdated':'%s'},"
                "'status':'entered-in-error','category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/"
                "communication-category','code':'message'}]}],'partOf':[{'reference':'Communication/t1'}],"
                "'sender':{'reference':'Practitioner/me'},'sent':'%s'}",
                at_minute (-1), at_minute (-40));
  ui_frames (ui, 4);
  ui_click (ui, "Send Correction");
  expect_correcting (ui, "take five of them a day", "a word was missing");
  expect_count (ui, N_MESSAGES, 0);
}

static void
test_correction_failed_later (Ui *ui, gconstpointer data)
{
  correct (ui);
  fixture_take (&ui->clinic,
                "{'resourceType':'Communication','id':'mine','meta':{'versionId':'2','lastUpdated':'%s'},"
                "'status':'entered-in-error','category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/"
                "communication-category','code':'message'}]}],'partOf':[{'reference':'Communication/t1'}],"
                "'sender':{'reference':'Practitioner/me'},'sent':'%s'}",
                at_minute (-1), at_minute (-40));
  ui_frames (ui, 4);
  ui_press (ui, "Send Correction");
  ui_type (ui, "a reply");
  ui_expect (ui, "The correction is kept");
  ui_expect_typed (ui, "a reply");
  ui_frames (ui, 4);
  ui_keep_picture (ui, "correction-kept");
  expect_count (ui,
                "SELECT count(*) FROM draft d JOIN draft_about USING (scope) WHERE d.body = 'take five of them a day'"
                " AND reason = 'a word was missing' AND ?",
                1);
}

/* --- quotes ----------------------------------------------------------------------------------- */

static void
test_quote_is_kept (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_act (ui, "consult.quote", ui_message (ui, "m1"));
  ui_pass (ui, G_USEC_PER_SEC / 2);
  expect_count (ui, "SELECT count(*) FROM draft_about WHERE quote <> 0 AND ?", 1);
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect (ui, "In reply to Wang Fang: my sugar is");
  ui_act (ui, "consult.note", 0);
  ui_expect_gone (ui, "In reply to Wang Fang: my sugar is");
  ui_type (ui, "a note");
  ui_act (ui, "consult.note", 0);
  ui_expect (ui, "In reply to Wang Fang: my sugar is");
  g_object_set (ui_composer (ui), "undo-send", 5, NULL);
  ui_type (ui, "drink water");
  ui_click (ui, "Send");
  ui_expect_gone (ui, "In reply to Wang Fang: my sugar is");
  expect_count (ui, "SELECT count(*) FROM draft_about WHERE ?", 0);
  ui_click (ui, "Undo");
  ui_expect_typed (ui, "drink water");
  ui_expect (ui, "In reply to Wang Fang: my sugar is");
  gtk_widget_activate_action (GTK_WIDGET (ui_composer (ui)), "composer.unquote", NULL);
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect_typed (ui, "drink water");
  g_assert_false (ui_shows (ui, "In reply to Wang Fang: my sugar is"));
}

/* --- files in --------------------------------------------------------------------------------- */

static void
test_drop (Ui *ui, gconstpointer data)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (GFile) one = make_file (dir, "values.txt", "7.8", 1);
  g_autoptr (GFile) two = make_file (dir, "diet.txt", "rice", 1);
  GFile *files[] = { one, two };

  ui_open (ui, "1");
  g_assert_true (drop (ui, files, 2));
  ui_expect (ui, "values.txt");
  ui_expect (ui, "diet.txt");
  ui_keep_picture (ui, "dropped");
  /* Nobody's note takes one, and it is said. */
  ui_act (ui, "consult.note", 0);
  g_assert_false (drop (ui, files, 1));
  ui_expect (ui, "Files go with a reply only");
  ui_act (ui, "consult.note", 0);
  ui_click (ui, "Send");
  expect_count (ui, N_MESSAGES, 1);
  expect_count (ui, N_UPLOADS, 2);
}

/* Ctrl+Enter before anything of it has been read. */
static void
test_send_waits (Ui *ui, gconstpointer data)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (GFile) large = make_file (dir, "large.txt", "0123456789abcdef", 18 * 1024 * 1024 / 16);

  ui_open (ui, "1");
  ui_type (ui, "see here");
  g_assert_true (drop (ui, &large, 1));
  zq_composer_request_send (ui_composer (ui), FALSE);
  g_assert_true (ui_shows (ui, "A file is still being read"));
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  expect_count (ui, N_MESSAGES, 1);
  g_assert_cmpint (ui_count (ui, N_UPLOADS), ==, 1);
  ui_expect_typed (ui, "");
  ui_expect_gone (ui, "A file is still being read");
}

/* One that nobody can read: nothing goes, and it says why. */
static void
test_send_refused (Ui *ui, gconstpointer data)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autofree char *path = zq_test_dir_path (dir, "pipe.txt");
  g_autoptr (GFile) text = make_file (dir, "values.txt", "7.8", 1);
  g_autoptr (GFile) pipe = g_file_new_for_path (path);
  GFile *files[] = { pipe, text };

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  ui_open (ui, "1");
  ui_type (ui, "see here");
  g_assert_true (drop (ui, files, 2));
  zq_composer_request_send (ui_composer (ui), FALSE);
  ui_expect (ui, "pipe.txt cannot be read and was not attached · The reply was not sent");
  ui_expect (ui, "values.txt");
  ui_expect_typed (ui, "see here");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  ui_frames (ui, 4);
  ui_keep_picture (ui, "file-refused");
  ui_click (ui, "Send");
  expect_count (ui, N_MESSAGES, 1);
  g_assert_cmpint (ui_count (ui, N_UPLOADS), ==, 1);
}

/* Another word, another consultation: then it does not go by itself. */
static void
test_send_not_any_more (Ui *ui, gconstpointer data)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (GFile) large = make_file (dir, "large.txt", "0123456789abcdef", 18 * 1024 * 1024 / 16);

  ui_open (ui, "1");
  ui_type (ui, "see here");
  g_assert_true (drop (ui, &large, 1));
  zq_composer_request_send (ui_composer (ui), FALSE);
  ui_type (ui, " an");
  g_assert_true (ui_shows (ui, "not sent yet"));
  ui_expect (ui, "large.txt");
  ui_expect_typed (ui, "see here an");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  ui_frames (ui, 4);
  ui_keep_picture (ui, "not-sent-yet");
  ui_click (ui, "Do not send");
  ui_expect_gone (ui, "large.txt");

  g_assert_true (drop (ui, &large, 1));
  zq_composer_request_send (ui_composer (ui), FALSE);
  ui_open (ui, "2");
  ui_expect (ui, "The reply before was not sent");
  ui_frames (ui, 4);
  ui_keep_picture (ui, "not-sent-before");
  expect_count (ui, "SELECT count(*) FROM draft_file WHERE ?", 1);
  ui_open (ui, "1");
  ui_expect (ui, "large.txt");
  ui_expect_typed (ui, "see here an");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
}

/* --- files out -------------------------------------------------------------------------------- */

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

/* The bytes of @key, as if they had been fetched. */
static void
keep (Ui *ui, const char *key, GBytes *bytes, const char *type)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GAsyncResult) result = NULL;
  ZqAttachments *attachments = zq_store_get_attachments (ui->clinic.store);

  zq_attachments_keep_async (attachments, key, stream, type, 64 * 1024 * 1024, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  g_assert_true (zq_attachments_keep_finish (attachments, result, NULL, NULL, NULL));
}

static GBytes *
make_bytes (gsize n)
{
  guint8 *bytes = g_malloc (n);

  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8)(i * 31 + i / 257);
  return g_bytes_new_take (bytes, n);
}

static void
test_save (Ui *ui, gconstpointer data)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autofree char *path = zq_test_dir_path (dir, "report.pdf");
  g_autofree char *nowhere = g_build_filename (dir, "gone", "report.pdf", NULL);
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (GFile) to_nowhere = g_file_new_for_path (nowhere);
  g_autoptr (GBytes) bytes = make_bytes (700 * 1000);
  g_autofree char *contents = NULL;
  g_autoptr (GDir) left = NULL;
  char before[4] = "";
  GStatBuf stats;
  gsize length;
  int fd;

  keep (ui, "Binary/report", bytes, "application/pdf");
  ui_open (ui, "1");
  zq_test_write (dir, "report.pdf", "old");
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  zq_consult_page_save_to (zq_window_get_page (ui->window), "Binary/report", to);
  ui_expect (ui, "Saved");
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  /* Another file has taken its name: whoever had the old one open has it whole. */
  g_assert_cmpint (read (fd, before, 3), ==, 3);
  g_assert_cmpstr (before, ==, "old");
  close (fd);
  g_assert_cmpint (g_stat (path, &stats), ==, 0);
  g_assert_cmpint (stats.st_mode & 0077, ==, 0);
  left = g_dir_open (dir, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (left), ==, "report.pdf");
  g_assert_null (g_dir_read_name (left));

  zq_consult_page_save_to (zq_window_get_page (ui->window), "Binary/report", to_nowhere);
  ui_expect (ui, "The file could not be saved there");
  zq_consult_page_save_to (zq_window_get_page (ui->window), "Binary/none", to);
  ui_expect (ui, "The file could not be read");
  g_assert_cmpint (g_stat (path, &stats), ==, 0);
  g_assert_cmpint (stats.st_size, ==, 700 * 1000);
}

/* Root may write everywhere, but for a file system of the kernel's where there is one. (nullable) */
static const char *
unwritable_by_root (void)
{
  int fd = open ("/sys/report.pdf", O_WRONLY | O_CREAT | O_EXCL, 0600);

  if (fd < 0)
    return errno == EACCES || errno == EPERM || errno == EROFS ? "/sys/report.pdf" : NULL;
  close (fd);
  unlink ("/sys/report.pdf");
  return NULL;
}

/* In words, and what to do. */
static void
test_save_unwritable (Ui *ui, gconstpointer data)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autofree char *path = zq_test_dir_path (dir, "report.pdf");
  g_autoptr (GFile) to = NULL;
  g_autoptr (GBytes) bytes = make_bytes (700 * 1000);

  keep (ui, "Binary/report", bytes, "application/pdf");
  ui_open (ui, "1");
  g_assert_cmpint (g_chmod (dir, 0500), ==, 0);
  if (g_access (dir, W_OK) == 0 && unwritable_by_root () == NULL)
    {
      g_test_skip ("root may write everywhere here");
      return;
    }
  to = g_file_new_for_path (g_access (dir, W_OK) == 0 ? unwritable_by_root () : path);
  zq_consult_page_save_to (zq_window_get_page (ui->window), "Binary/report", to);
  ui_expect (ui, "Nothing can be saved in this folder");
  ui_keep_picture (ui, "unwritable");
  g_assert_false (g_file_query_exists (to, NULL));
  g_assert_cmpint (g_chmod (dir, 0700), ==, 0);
}

/* --- pictures that are not here --------------------------------------------------------------- */

static void
take_picture_message (Ui *ui)
{
  fixture_take (
      &ui->clinic,
      "{'resourceType':'Communication','id':'p1','meta':{'versionId':'1','lastUpdated':'%s'},'status':"
      "'completed','category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/"
      "communication-category','code':'message'}]}],'partOf':[{'reference':'Communication/t1'}],'subject':{"
      "'reference':'Patient/1'},'sender':{'reference':'Patient/1'},'sent':'%s','payload':[{'contentAttachment'"
      ":{'contentType':'image/png','url':'Binary/b1','title':'foot.png','size':4000}}]}",
      at_minute (-5), at_minute (-5));
}

static ZqAttachmentState
state_of (Ui *ui, const char *key)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (zq_store_get_attachments (ui->clinic.store), key, &info);
  return info.state;
}

static void
test_picture_comes (Ui *ui, gconstpointer data)
{
  ZqAttachments *attachments = zq_store_get_attachments (ui->clinic.store);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 320, 240);
  g_autoptr (GBytes) half = make_bytes (2000);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *type;

  take_picture_message (ui);
  ui_open (ui, "1");
  ui_expect (ui, "Waiting to be fetched");
  g_assert_cmpint (state_of (ui, "Binary/b1"), ==, ZQ_ATTACHMENT_WANTED);
  g_assert_null (ui_button (ui, "Try Again"));
  ui_keep_picture (ui, "picture-waits");
  zq_attachments_begin (attachments, "Binary/b1", 4000);
  zq_attachments_append_async (attachments, "Binary/b1", half, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  ui_expect (ui, "On its way");
  ui_keep_picture (ui, "picture-comes");
  zq_attachments_cancel (attachments, "Binary/b1");
  gdk_pixbuf_fill (pixbuf, 0x2060a0ff);
  bytes = zq_media_encode (pixbuf, &type, NULL);
  keep (ui, "Binary/b1", bytes, type);
  ui_expect_gone (ui, "On its way");
  ui_frames (ui, 10);
  g_assert_nonnull (ui_button (ui, "foot"));
  ui_keep_picture (ui, "picture-here");
}

static void
test_picture_refused (Ui *ui, gconstpointer data)
{
  ZqAttachments *attachments = zq_store_get_attachments (ui->clinic.store);

  take_picture_message (ui);
  ui_open (ui, "1");
  ui_expect (ui, "Waiting to be fetched");
  zq_attachments_refuse (attachments, "Binary/b1", "The hospital does not show this file to you");
  ui_expect (ui, "The hospital does not show this file to you");
  ui_keep_picture (ui, "picture-refused");
  ui_click (ui, "Try Again");
  ui_expect (ui, "Waiting to be fetched");
  ui_expect_gone (ui, "The hospital does not show this file to you");
  g_assert_cmpint (state_of (ui, "Binary/b1"), ==, ZQ_ATTACHMENT_WANTED);
  g_assert_null (ui_button (ui, "Try Again"));
}

/* What came is no picture: it says so and can still be saved. */
static void
test_picture_broken (Ui *ui, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (4000);

  keep (ui, "Binary/b1", bytes, "image/png");
  take_picture_message (ui);
  ui_open (ui, "1");
  ui_expect (ui, "This picture cannot be shown. It can be saved");
  ui_frames (ui, 4);
  ui_keep_picture (ui, "picture-broken");
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/drafts/typed-while-a-reply-comes-back", test_typed_while_undone);
  ADD ("/drafts/typed-before-and-while-it-comes-back", test_typed_before_and_while_undone);
  ADD ("/drafts/kept-while-it-comes-back", test_kept_while_undone);
  ADD ("/drafts/left-while-it-comes-back", test_left_while_undone);
  ADD ("/drafts/typed-while-it-is-let-go-elsewhere", test_typed_while_discarded);
  ADD ("/drafts/the-reason-of-a-correction-is-kept", test_reason_is_kept);
  ADD ("/drafts/the-reason-of-a-correction-is-guarded", test_reason_is_guarded);
  ADD ("/drafts/a-correction-comes-back-as-one", test_correction_undone);
  ADD ("/drafts/a-correction-that-failed-stands-where-it-was", test_correction_failed);
  ADD ("/drafts/a-correction-that-failed-takes-no-letters-of-a-reply", test_correction_failed_later);
  ADD ("/drafts/what-is-answered-is-kept", test_quote_is_kept);
  ADD ("/drafts/dropped-files-are-taken", test_drop);
  ADD ("/drafts/sending-waits-for-a-file", test_send_waits);
  ADD ("/drafts/sending-is-refused-without-a-file", test_send_refused);
  ADD ("/drafts/sending-waits-no-more-after-a-change", test_send_not_any_more);
  ADD ("/drafts/a-file-is-saved-whole-in-place-of-another", test_save);
  ADD ("/drafts/a-folder-that-cannot-be-written-to", test_save_unwritable);
  ADD ("/drafts/a-picture-on-its-way", test_picture_comes);
  ADD ("/drafts/a-picture-that-was-refused-is-tried-again", test_picture_refused);
  ADD ("/drafts/a-picture-that-is-none", test_picture_broken);
  return g_test_run ();
}
