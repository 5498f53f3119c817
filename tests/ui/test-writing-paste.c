/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is pasted, at once or never. */
#include "ui/fixture.h"

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

/* By the clipboard too, and a picture alone. */
static void
test_paste_and_send (Ui *ui, gconstpointer data)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 1200, 900);
  g_autoptr (GdkTexture) texture = NULL;
  gboolean taken = FALSE;

  gdk_pixbuf_fill (pixbuf, 0x3070b0ff);
  texture = gdk_texture_new_for_pixbuf (pixbuf);
  ui_open (ui, "1");
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (ui->window)), texture);
  g_signal_emit_by_name (ui_text_view (ui), "paste-clipboard", &taken);
  zq_composer_request_send (ui_composer (ui), FALSE);
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  expect_count (ui, N_MESSAGES, 1);
  g_assert_cmpint (ui_count (ui, N_UPLOADS), ==, 1);
}

/* Of a program that hangs: it offers a picture and never hands it out. */
typedef GdkContentProvider Silent;
typedef GdkContentProviderClass SilentClass;
static GType silent_get_type (void);
G_DEFINE_TYPE (Silent, silent, GDK_TYPE_CONTENT_PROVIDER)

static GdkContentFormats *
silent_ref_formats (GdkContentProvider *provider)
{
  const char *types[] = { "image/png" };
  g_autoptr (GdkContentFormats) formats = gdk_content_formats_new (types, 1);

  return gdk_content_formats_union_deserialize_gtypes (g_steal_pointer (&formats));
}

static void
silent_write_async (GdkContentProvider *provider,
                    const char *type,
                    GOutputStream *stream,
                    int priority,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
}

static void
silent_class_init (SilentClass *klass)
{
  klass->ref_formats = silent_ref_formats;
  klass->write_mime_type_async = silent_write_async;
}

static void
silent_init (Silent *self)
{
}

static void
paste_from_silent (Ui *ui)
{
  g_autoptr (GdkContentProvider) silent = g_object_new (silent_get_type (), NULL);
  gboolean taken = FALSE;

  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (ui->window)), silent);
  g_signal_emit_by_name (ui_text_view (ui), "paste-clipboard", &taken);
}

static void
test_paste_never_comes (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_type (ui, "see here");
  paste_from_silent (ui);
  g_assert_false (ui_shows (ui, "Waiting for what was copied"));
  zq_composer_request_send (ui_composer (ui), FALSE);
  ui_pass (ui, 2 * G_USEC_PER_SEC);
  g_assert_true (ui_shows (ui, "Waiting for what was copied"));
  ui_keep_picture (ui, "paste-waits");
  ui_pass (ui, 7 * G_USEC_PER_SEC);
  g_assert_true (ui_shows (ui, "Waiting for what was copied"));
  ui_pass (ui, 2 * G_USEC_PER_SEC);
  ui_expect (ui, "What was copied did not come within ten seconds and was not attached · The reply was not sent");
  g_assert_false (ui_shows (ui, "Waiting for what was copied"));
  ui_expect_typed (ui, "see here");
  g_assert_cmpint (ui_count (ui, N_MESSAGES), ==, 0);
  zq_composer_request_send (ui_composer (ui), FALSE);
  expect_count (ui, N_MESSAGES, 1);
}

static void
test_paste_cancelled (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_type (ui, "see here");
  paste_from_silent (ui);
  ui_pass (ui, 2 * G_USEC_PER_SEC);
  ui_click (ui, "Do not wait for it");
  g_assert_false (ui_shows (ui, "Waiting for what was copied"));
  g_assert_false (ui_shows (ui, "was not attached"));
  zq_composer_request_send (ui_composer (ui), FALSE);
  expect_count (ui, N_MESSAGES, 1);
  /* One that is still awaited when the window goes keeps nothing. */
  paste_from_silent (ui);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/paste/sending-waits-for-what-is-pasted", test_paste_and_send);
  ADD ("/paste/what-was-copied-and-never-comes-is-given-up", test_paste_never_comes);
  ADD ("/paste/what-was-copied-is-waited-for-no-more", test_paste_cancelled);
  return g_test_run ();
}
