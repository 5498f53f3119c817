/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor writes beside a plain reply: notes, corrections, files; what stands between a reply and its way. */
#include "ui/fixture.h"

#include "store/attachments.h"
#include "store/draft.h"
#include "ui/consult/bubble.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_MESSAGES "SELECT count(*) FROM intent WHERE action = 'send-message' AND ?"
#define N_ALL      "SELECT count(*) FROM intent WHERE action <> 'mark-read' AND ?"

static gboolean
is_committed (gpointer data)
{
  return ui_count (data, N_ALL) > 0;
}

/* --- notes ------------------------------------------------------------------------------------ */

static void
test_note (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_act (ui, "consult.note", 0);
  ui_expect (ui, "Internal note – only colleagues see it");
  g_assert_null (ui_button (ui, "Send"));
  ui_type (ui, "seems worried");
  ui_keep_picture (ui, "note");
  /* Also with the keys that send a reply and close. */
  zq_composer_request_send (ui_composer (ui), TRUE);
  ui_expect (ui, "Internal note – the patient cannot see this");
  ui_expect (ui, "seems worried");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  g_assert_cmpint (ui_count (ui, "SELECT count(*) FROM intent WHERE action = 'close' AND ?"), ==, 0);
  g_assert_true (zq_test_wait_until (is_committed, ui, 10));
  g_assert_cmpint (ui_count (ui, N_ALL), ==, 1);
  ui_expect (ui, "Reply to Wang Fang");
  ui_expect_typed (ui, "");
}

static void
test_apart (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_type (ui, "for the patient");
  ui_act (ui, "consult.note", 0);
  ui_expect_typed (ui, "");
  ui_type (ui, "for colleagues");
  ui_act (ui, "consult.note", 0);
  ui_expect_typed (ui, "for the patient");
  ui_open (ui, "2");
  ui_expect_typed (ui, "");
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect_typed (ui, "for the patient");
  ui_act (ui, "consult.note", 0);
  ui_expect_typed (ui, "for colleagues");
}

/* --- corrections and quotes ------------------------------------------------------------------- */

static void
read_by_patient (Ui *ui, int n, int minute)
{
  fixture_take (
      &ui->clinic,
      "{'resourceType':'Basic','id':'pm%d','meta':{'versionId':'1','lastUpdated':'%s'},'code':{'coding':[{"
      "'system':'https://zhenqiao.org/fhir/CodeSystem/read-mark','code':'read-mark'}]},'subject':{'reference':"
      "'Communication/t%d'},'author':{'reference':'Patient/%d'},'extension':[{'url':"
      "'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'}]}",
      n, at_minute (minute), n, n, at_minute (minute));
}

static gboolean
is_bubble_of (GtkWidget *widget, gconstpointer key)
{
  ZqMessage *message = zq_bubble_get_message (ZQ_BUBBLE (widget));

  return message != NULL && zq_message_get_key (message) == *(const gint64 *)key;
}

static ZqBubble *
bubble (Ui *ui, gint64 key)
{
  GtkWidget *found = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_BUBBLE, is_bubble_of, &key);

  g_assert_nonnull (found);
  return ZQ_BUBBLE (found);
}

static void
test_menu (Ui *ui, gconstpointer data)
{
  fixture_message (&ui->clinic, 1, "mine", "Practitioner/me", -40, "take five of them");
  ui_open (ui, "1");
  zq_bubble_popup_menu (bubble (ui, ui_message (ui, "mine")), 20, 20);
  ui_expect (ui, "Quote");
  ui_expect (ui, "Withdraw…");
  g_assert_false (ui_shows (ui, "Correct…"));
  ui_keep_picture (ui, "menu");
  ui_xdotool (ui, "key Escape");
  ui_expect_gone (ui, "Withdraw…");
  read_by_patient (ui, 1, -10);
  ui_frames (ui, 4);
  zq_bubble_popup_menu (bubble (ui, ui_message (ui, "mine")), 20, 20);
  ui_expect (ui, "Correct…");
  g_assert_false (ui_shows (ui, "Withdraw…"));
  ui_xdotool (ui, "key Escape");
  ui_expect_gone (ui, "Correct…");
}

static void
test_correction (Ui *ui, gconstpointer data)
{
  fixture_message (&ui->clinic, 1, "mine", "Practitioner/me", -40, "take five of them");
  read_by_patient (ui, 1, -10);
  ui_open (ui, "1");
  ui_read_all (ui);
  ui_type (ui, "a reply");
  ui_act (ui, "consult.correct", ui_message (ui, "mine"));
  ui_expect_typed (ui, "take five of them");
  ui_expect (ui, "Correction of a message");
  ui_type (ui, " a day");
  ui_click (ui, "Send Correction");
  ui_expect (ui, "A correction says why");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  gtk_editable_set_text (
      GTK_EDITABLE (gtk_widget_get_parent (ui_find (GTK_WIDGET (ui_composer (ui)), GTK_TYPE_TEXT, NULL, NULL))),
      "a word was missing");
  ui_keep_picture (ui, "correcting");
  ui_click (ui, "Send Correction");
  ui_expect (ui, "Correction: a word was missing");
  ui_keep_picture (ui, "corrected");
  ui_expect_typed (ui, "a reply");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 1);
}

static void
test_quote (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_act (ui, "consult.quote", ui_message (ui, "m1"));
  ui_expect (ui, "In reply to Wang Fang: my sugar is");
  ui_open (ui, "2");
  ui_expect_gone (ui, "In reply to Wang Fang");
  ui_open (ui, "1");
  ui_expect (ui, "In reply to Wang Fang");
  ui_type (ui, "drink water");
  ui_click (ui, "Send");
  ui_expect_gone (ui, "In reply to Wang Fang: my sugar is");
  g_assert_nonnull (ui_button (ui, "Go to the message that this answers"));
  ui_keep_picture (ui, "quoted");
}

static gboolean
has_key (GtkWidget *widget, gconstpointer key)
{
  ZqMessage *message = zq_bubble_get_message (ZQ_BUBBLE (widget));

  return message != NULL && zq_message_get_key (message) == *(const gint64 *)key;
}

/* The message @key gets the focus, as by Up and Down. */
static void
focus_message (Ui *ui, gint64 key)
{
  GtkWidget *bubble = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_BUBBLE, has_key, &key);

  g_assert_nonnull (bubble);
  g_assert_true (gtk_widget_grab_focus (gtk_widget_get_parent (bubble)));
  ui_frames (ui, 3);
}

static void
test_message_keys (Ui *ui, gconstpointer data)
{
  gint64 note;

  ui_open (ui, "1");
  ui_act (ui, "consult.reply", 0);
  ui_xdotool (ui, "key Escape"); /* out of the text, to the message that is read */
  ui_frames (ui, 3);
  ui_xdotool (ui, "key q");
  ui_expect (ui, "In reply to Wang Fang: my sugar is");
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (ui->window))));

  /* What colleagues wrote for each other is not quoted to a patient. */
  ui_open (ui, "2");
  ui_act (ui, "consult.note", 0);
  ui_type (ui, "seems worried");
  ui_click (ui, "Save Note");
  ui_expect (ui, "Internal note – the patient cannot see this");
  g_assert_true (zq_test_wait_until (is_committed, ui, 10));
  note = ui_count (ui, "SELECT max (id) FROM message WHERE note AND ?");
  focus_message (ui, note);
  ui_xdotool (ui, "key q");
  ui_act (ui, "consult.quote", note);
  ui_frames (ui, 5);
  ui_expect_gone (ui, "In reply to Me");
}

/* --- before and after it goes ----------------------------------------------------------------- */

static void
test_guard (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_type (ui, "\n call me: 13812345678");
  ui_click (ui, "Send");
  ui_expect (ui, "A private telephone number stands in the reply");
  ui_keep_picture (ui, "guard");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  ui_type (ui, "!");
  ui_expect_gone (ui, "A private telephone number stands in the reply");
  ui_click (ui, "Send");
  ui_expect (ui, "A private telephone number stands in the reply");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  ui_click (ui, "Send Anyway");
  ui_expect (ui, "kept here, waiting to be sent");
  ui_expect_gone (ui, "A private telephone number stands in the reply");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 1);
}

static void
test_other_name (Ui *ui, gconstpointer data)
{
  ui_open (ui, "2");
  ui_open (ui, "1");
  ui_type (ui, "Dear Li Lei, drink water");
  ui_click (ui, "Send");
  ui_expect (ui, "“Li Lei” is the name of another patient of yours");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
}

static void
test_undo_send (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  g_object_set (ui_composer (ui), "undo-send", 5, NULL);
  ui_type (ui, "drink water");
  ui_click (ui, "Send");
  ui_expect (ui, "Goes out in 5 s");
  ui_keep_picture (ui, "undo-send");
  ui_pass (ui, 2 * G_USEC_PER_SEC);
  ui_expect (ui, "Goes out in 3 s");
  ui_type (ui, "and more");
  ui_click (ui, "Undo");
  ui_expect_typed (ui, "drink water\nand more");
  ui_expect_gone (ui, "Goes out in");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  ui_click (ui, "Send");
  ui_expect (ui, "Goes out in 5 s");
  ui_pass (ui, 6 * G_USEC_PER_SEC);
  ui_expect_gone (ui, "Goes out in");
}

/* By keys too, but not out of what is being written then, and not later. */
static void
test_undo_keys (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  g_object_set (ui_composer (ui), "undo-send", 5, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (ui_composer (ui)));
  ui_type (ui, "drink water");
  ui_xdotool (ui, "key ctrl+Return");
  ui_expect (ui, "Goes out in 5 s");
  ui_xdotool (ui, "key ctrl+z");
  ui_expect_typed (ui, "drink water");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);

  ui_xdotool (ui, "key ctrl+Return");
  ui_expect (ui, "Goes out in 5 s");
  ui_xdotool (ui, "key Escape");
  ui_expect_typed (ui, "drink water");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);

  ui_xdotool (ui, "key ctrl+Return");
  ui_expect (ui, "Goes out in 5 s");
  ui_type (ui, "and more");
  ui_xdotool (ui, "key Escape");
  ui_frames (ui, 5);
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 1);
  ui_pass (ui, 6 * G_USEC_PER_SEC);
  ui_act (ui, "consult.reply", 0);
  ui_xdotool (ui, "key ctrl+z");
  ui_frames (ui, 5);
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 1);
}

static void
on_next (guint *n)
{
  (*n)++;
}

static void
test_send_next (Ui *ui, gconstpointer data)
{
  guint n_next = 0;
  ZqConsultPage *page = zq_window_get_page (ui->window);

  g_signal_connect_swapped (page, "next", G_CALLBACK (on_next), &n_next);
  ui_open (ui, "1");
  ui_type (ui, "drink water");
  ui_act (ui, "consult.send-next", 0);
  g_assert_true (zq_test_wait_count (&n_next, 1, 10));
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 1);
  g_assert_cmpint (ui_count (ui, "SELECT count(*) FROM intent WHERE action = 'close' AND ?"), ==, 1);
  ui_expect (ui, "Sent and closed");
  ui_click (ui, "Undo");
  ui_open (ui, "1");
  ui_expect_typed (ui, "drink water");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  g_assert_cmpint (ui_count (ui, "SELECT count(*) FROM intent WHERE action = 'close' AND ?"), ==, 0);
  g_signal_handlers_disconnect_by_data (page, &n_next);
}

/* "Send Anyway" is what was asked for: to send, close and go on. */
static void
test_guard_next (Ui *ui, gconstpointer data)
{
  guint n_next = 0;
  ZqConsultPage *page = zq_window_get_page (ui->window);

  g_signal_connect_swapped (page, "next", G_CALLBACK (on_next), &n_next);
  ui_open (ui, "1");
  ui_type (ui, "\n call me: 13812345678");
  ui_act (ui, "consult.send-next", 0);
  ui_expect (ui, "A private telephone number stands in the reply");
  g_assert_cmpuint (n_next, ==, 0);
  ui_click (ui, "Send Anyway");
  g_assert_true (zq_test_wait_count (&n_next, 1, 10));
  g_assert_cmpint (ui_count (ui, "SELECT count(*) FROM intent WHERE action = 'close' AND ?"), ==, 1);
  g_signal_handlers_disconnect_by_data (page, &n_next);
}

/* --- files ------------------------------------------------------------------------------------ */

static GdkTexture *
make_texture (void)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 48);

  gdk_pixbuf_fill (pixbuf, 0x3070b0ff);
  return gdk_texture_new_for_pixbuf (pixbuf);
}

static void
test_paste (Ui *ui, gconstpointer data)
{
  g_autoptr (GdkTexture) texture = make_texture ();

  ui_open (ui, "1");
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (ui->window)), texture);
  gtk_widget_grab_focus (GTK_WIDGET (ui_composer (ui)));
  ui_xdotool (ui, "key ctrl+v");
  ui_expect (ui, "Pasted picture");
  ui_frames (ui, 10);
  ui_keep_picture (ui, "pasted");
  ui_open (ui, "2");
  ui_expect_gone (ui, "Pasted picture");
  ui_reopen (ui);
  ui_open (ui, "1");
  ui_expect (ui, "Pasted picture");
  /* A note takes none with it. */
  ui_act (ui, "consult.note", 0);
  ui_expect_gone (ui, "Pasted picture");
  ui_act (ui, "consult.note", 0);
  ui_expect (ui, "Pasted picture");
  ui_click (ui, "Send");
  ui_expect_gone (ui, "Pasted picture");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 1);
  g_assert_cmpint (ui_count (ui, "SELECT count(*) FROM intent WHERE kind = 'binary' AND ?"), ==, 1);
  ui_frames (ui, 10);
  ui_keep_picture (ui, "picture-sent");
  ui_click (ui, "Pasted picture");
  g_assert_nonnull (ui_find (GTK_WIDGET (ui->window), g_type_from_name ("ZqViewer"), NULL, NULL));
  ui_frames (ui, 10);
  ui_keep_picture (ui, "viewer");
  ui_xdotool (ui, "key Escape");
  g_assert_null (ui_find (GTK_WIDGET (ui->window), g_type_from_name ("ZqViewer"), NULL, NULL));
  ui_expect (ui, "my sugar is");
}

static GFile *
make_file (const char *dir, const char *name, const char *bytes, goffset size)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileIOStream) stream = g_file_create_readwrite (file, G_FILE_CREATE_NONE, NULL, NULL);

  g_assert_nonnull (stream);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)), bytes, strlen (bytes),
                                            NULL, NULL, NULL));
  if (size > 0)
    g_assert_true (g_seekable_truncate (G_SEEKABLE (stream), size, NULL, NULL));
  return g_steal_pointer (&file);
}

/* What is too large, or of a kind that nobody can look at, is said by its name; the others are taken. */
static void
test_refused_files (Ui *ui, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("zq-files-XXXXXX", NULL);
  g_autoptr (GFile) large = make_file (dir, "large.txt", "text", 21 * 1024 * 1024);
  g_autoptr (GFile) text = make_file (dir, "values.txt", "7.8", 0);
  g_autoptr (GFile) program = make_file (dir, "picture.jpg",
                                         "\x7f"
                                         "ELF\2\1\1\3",
                                         0);
  GFile *files[] = { large, program, text };
  GdkFileList *list = gdk_file_list_new_from_array (files, G_N_ELEMENTS (files));

  ui_open (ui, "1");
  gdk_clipboard_set (gtk_widget_get_clipboard (GTK_WIDGET (ui->window)), GDK_TYPE_FILE_LIST, list);
  gtk_widget_grab_focus (GTK_WIDGET (ui_composer (ui)));
  ui_xdotool (ui, "key ctrl+v");
  ui_expect (ui, "values.txt");
  ui_expect (ui, "large.txt is larger than 20 MB and was not attached");
  ui_expect (ui, "picture.jpg is no picture, PDF or text and was not attached");
  g_assert_cmpint (ui_count (ui, "SELECT count(*) FROM draft_file WHERE ?"), ==, 1);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_assert_true (g_file_delete (files[i], NULL, NULL));
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
test_remove_file (Ui *ui, gconstpointer data)
{
  g_autoptr (GdkTexture) texture = make_texture ();

  ui_open (ui, "1");
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (ui->window)), texture);
  gtk_widget_grab_focus (GTK_WIDGET (ui_composer (ui)));
  ui_xdotool (ui, "key ctrl+v");
  ui_expect (ui, "Pasted picture");
  ui_click (ui, "Do not send");
  ui_expect_gone (ui, "Pasted picture");
  ui_reopen (ui);
  ui_open (ui, "1");
  g_assert_false (ui_shows (ui, "Pasted picture"));
}

static void
paste_picture (Ui *ui)
{
  g_autoptr (GdkTexture) texture = make_texture ();

  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (ui->window)), texture);
  gtk_widget_grab_focus (GTK_WIDGET (ui_composer (ui)));
  ui_xdotool (ui, "key ctrl+v");
}

static gboolean
has_two_files (gpointer ui)
{
  return ui_count (ui, "SELECT count(*) FROM draft_file WHERE ?") == 2;
}

static int
state_of_file (Ui *ui, const char *key)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (zq_store_get_attachments (ui->clinic.store), key, &info);
  return info.state;
}

typedef struct
{
  Ui *ui;
  char *key;
} Dropped;

static gboolean
is_dropped (gpointer data)
{
  const Dropped *dropped = data;

  return state_of_file (dropped->ui, dropped->key) == ZQ_ATTACHMENT_NONE;
}

#define FIRST_KEY "SELECT key FROM draft_file WHERE ? ORDER BY place"

/* Where it was, with its bytes, also from another consultation; they go when the time to undo is over. */
static void
test_removed_file_comes_back (Ui *ui, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *back = NULL;
  Dropped dropped;

  ui_open (ui, "1");
  paste_picture (ui);
  ui_expect (ui, "Pasted picture");
  first = fixture_text (&ui->clinic, FIRST_KEY, 1);
  paste_picture (ui);
  g_assert_true (zq_test_wait_until (has_two_files, ui, 10));
  ui_frames (ui, 3);
  ui_click (ui, "Do not send");
  ui_expect (ui, "was removed");
  g_assert_cmpint (ui_count (ui, "SELECT count(*) FROM draft_file WHERE ?"), ==, 1);
  g_assert_cmpint (state_of_file (ui, first), ==, ZQ_ATTACHMENT_HELD);
  ui_keep_picture (ui, "removed-file");
  ui_open (ui, "2");
  ui_click (ui, "Undo");
  g_assert_true (zq_test_wait_until (has_two_files, ui, 10));
  back = fixture_text (&ui->clinic, FIRST_KEY, 1);
  g_assert_cmpstr (back, ==, first);
  ui_frames (ui, 3);
  g_assert_false (ui_shows (ui, "Pasted picture"));

  ui_open (ui, "1");
  ui_expect (ui, "Pasted picture");
  ui_click (ui, "Do not send");
  ui_expect (ui, "was removed");
  dropped = (Dropped){ ui, first };
  g_assert_true (zq_test_wait_until (is_dropped, &dropped, 30));
}

/* --- a long thread ---------------------------------------------------------------------------- */

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) taken = zq_store_ingest_finish (ZQ_STORE (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (taken->unreadable, ==, 0);
  *(gboolean *)data = TRUE;
}

static gboolean
is_set (gpointer data)
{
  return *(gboolean *)data;
}

/* Lines @from to @from + @n of thread t2 as one page of the hospital's; the first hundred are mine. */
static void
take_lines (Ui *ui, int from, int n)
{
  g_autoptr (GString) text = g_string_new ("{'resourceType':'Bundle','type':'searchset','entry':[");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ZqBundle) bundle = NULL;
  gboolean taken = FALSE;

  for (int i = from; i < from + n; i++)
    g_string_append_printf (
        text,
        "%s{'resource':{'resourceType':'Communication','id':'long%d','meta':{'versionId':'1','lastUpdated':'%s'},"
        "'status':'completed','category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/"
        "communication-category','code':'message'}]}],'partOf':[{'reference':'Communication/t2'}],'subject':{"
        "'reference':'Patient/2'},'sender':{'reference':'%s'},'sent':'%s','payload':[{'contentString':'line %d'}]}}",
        i > from ? "," : "", i, at_minute (i - 20000), i < 100 ? "Practitioner/me" : "Patient/2", at_minute (i - 20000),
        i);
  g_string_append (text, "]}");
  g_strdelimit (text->str, "'", '"');
  bytes = g_bytes_new (text->str, text->len);
  bundle = zq_bundle_read (bytes, NULL);
  g_assert_nonnull (bundle);
  zq_store_ingest_async (ui->clinic.store, bundle, ZQ_PRIORITY_SYNC, NULL, NULL, NULL, on_taken, &taken);
  g_assert_true (zq_test_wait_until (is_set, &taken, 30));
}

static guint
count_bubbles (GtkWidget *widget)
{
  guint n = ZQ_IS_BUBBLE (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    n += count_bubbles (child);
  return n;
}

/* Ten thousand of them: at the first that was not read, and no more is made than for a few. */
static void
test_long (Ui *ui, gconstpointer data)
{
  for (int i = 0; i < 10000; i += 500)
    take_lines (ui, i, 500);
  fixture_mark_read (&ui->clinic, ui_task (ui, "2"), ui_message (ui, "long6150"), NULL);
  ui_open (ui, "2");
  ui_expect (ui, "line 6151");
  ui_frames (ui, 20);
  ui_expect (ui, "line 6151");
  ui_expect (ui, "New since you last read");
  g_assert_cmpuint (g_list_model_get_n_items (zq_consult_page_get_messages (zq_window_get_page (ui->window))), >=,
                    10000);
  g_assert_cmpuint (count_bubbles (GTK_WIDGET (ui->window)), <, 300);
  zq_consult_page_show_message (zq_window_get_page (ui->window), ui_message (ui, "long20"));
  ui_frames (ui, 20);
  ui_expect (ui, "line 20");
  g_assert_cmpuint (count_bubbles (GTK_WIDGET (ui->window)), <, 300);
  ui_keep_picture (ui, "gone-to");
}

static gboolean
says (GtkWidget *widget, gconstpointer text)
{
  return g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;
}

/* Whether words stand out in the message that says @text. */
static gboolean
is_marked (Ui *ui, const char *text)
{
  GtkWidget *label = ui_find (GTK_WIDGET (ui->window), GTK_TYPE_LABEL, says, text);
  PangoAttrList *marks = label != NULL ? gtk_label_get_attributes (GTK_LABEL (label)) : NULL;

  return marks != NULL;
}

static void
test_find (Ui *ui, gconstpointer data)
{
  for (int i = 0; i < 120; i++)
    {
      g_autofree char *id = g_strdup_printf ("long%d", i);
      g_autofree char *text = g_strdup_printf (i % 50 == 10 ? "a rash on the arm %d" : "line %d", i);

      fixture_message (&ui->clinic, 2, id, "Patient/2", -1000 + i, text);
    }
  ui_open (ui, "2");
  ui_act (ui, "consult.find", 0);
  ui_xdotool (ui, "type --delay 5 rash");
  ui_expect (ui, "1 of 3");
  ui_frames (ui, 15);
  ui_expect (ui, "a rash on the arm 110");
  g_assert_true (is_marked (ui, "a rash on the arm 110"));
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "2 of 3");
  ui_frames (ui, 15);
  ui_expect (ui, "a rash on the arm 60");
  ui_keep_picture (ui, "find");
  ui_xdotool (ui, "key Escape");
  ui_expect_gone (ui, "2 of 3");
  ui_frames (ui, 5);
  g_assert_false (is_marked (ui, "a rash on the arm 60"));
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/writing/a-note-never-becomes-a-message", test_note);
  ADD ("/writing/drafts-of-note-and-reply-are-apart", test_apart);
  ADD ("/writing/a-correction-needs-a-reason", test_correction);
  ADD ("/writing/a-message-says-what-can-be-done-with-it", test_menu);
  ADD ("/writing/a-quote-stays-with-its-reply", test_quote);
  ADD ("/writing/keys-of-a-message", test_message_keys);
  ADD ("/writing/the-guard-warns-once-and-again-after-a-change", test_guard);
  ADD ("/writing/another-patients-name-is-found", test_other_name);
  ADD ("/writing/a-reply-can-be-taken-back-for-some-seconds", test_undo_send);
  ADD ("/writing/and-by-keys", test_undo_keys);
  ADD ("/writing/send-close-and-on", test_send_next);
  ADD ("/writing/send-close-and-on-although-the-guard-warned", test_guard_next);
  ADD ("/writing/a-pasted-picture-is-kept-with-the-draft", test_paste);
  ADD ("/writing/files-that-cannot-go-are-said-by-name", test_refused_files);
  ADD ("/writing/a-file-can-be-taken-out-again", test_remove_file);
  ADD ("/writing/a-file-that-was-taken-out-comes-back", test_removed_file_comes_back);
  ADD ("/writing/a-long-thread-opens-at-the-first-unread", test_long);
  ADD ("/writing/words-are-found-in-the-thread", test_find);
  return g_test_run ();
}
