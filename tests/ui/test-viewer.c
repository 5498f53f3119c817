/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/media.h"
#include "store/attachments.h"
#include "ui/fixture.h"
#include "ui/viewer/picture-view.h"
#include "ui/viewer/viewer.h"

#include <cairo-pdf.h>
#include <string.h>

typedef struct
{
  Ui ui;
  GtkWindow *window;
  ZqViewer *viewer;
  gint64 thread;
} View;

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
keep (View *view, const char *key, GBytes *bytes, const char *type)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ZqAttachments *attachments = zq_store_get_attachments (view->ui.clinic.store);

  zq_attachments_keep_async (attachments, key, stream, type, 64 * 1024 * 1024, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  g_assert_true (zq_attachments_keep_finish (attachments, result, NULL, NULL, &error));
  g_assert_no_error (error);
}

static GBytes *
picture (int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  const char *type;

  gdk_pixbuf_fill (pixbuf, 0x2060a0ff);

  return zq_media_encode (pixbuf, &type, NULL);
}

static cairo_status_t
take (void *data, const unsigned char *bytes, unsigned int length)
{
  g_byte_array_append (data, bytes, length);

  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
document (int n_pages)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (take, bytes, 300, 400);
  cairo_t *cr = cairo_create (surface);

  for (int i = 0; i < n_pages; i++)
    {
      cairo_rectangle (cr, 10, 10, 20 + 10 * i, 20);
      cairo_fill (cr);
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return g_byte_array_free_to_bytes (bytes);
}

static void
message_with (View *view, const char *id, const char *type, const char *key, int minute)
{
  fixture_take (
      &view->ui.clinic,
      "{'resourceType':'Communication','id':'%s','meta':{'versionId':'1','lastUpdated':'%s'},'status':'completed',"
      "'category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':"
      "'message'}]}],'partOf':[{'reference':'Communication/t1'}],'sender':{'reference':'Patient/1'},'sent':'%s',"
      "'payload':[{'contentAttachment':{'contentType':'%s','url':'%s','title':'x'}}]}",
      id, at_minute (minute), at_minute (minute), type, key);
}

static void
set_up (View *view, gconstpointer data)
{
  ui_set_up (&view->ui, NULL);
  view->thread = fixture_row (&view->ui.clinic, "Communication", "t1");
  view->viewer = g_object_new (ZQ_TYPE_VIEWER, NULL);
  view->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (view->window, 700, 500);
  gtk_window_set_child (view->window, GTK_WIDGET (view->viewer));
  gtk_window_present (view->window);
}

static void
tear_down (View *view, gconstpointer data)
{
  zq_viewer_close (view->viewer);
  gtk_window_destroy (view->window);
  ui_tear_down (&view->ui, NULL);
}

static void
open_file (View *view, const char *message, const char *key)
{
  zq_viewer_open (view->viewer, view->ui.clinic.store, ZQ_TEST_START_US, view->ui.clinic.context->zone, view->thread,
                  fixture_row (&view->ui.clinic, "Communication", message), key);
}

typedef struct
{
  View *view;
  const char *place;
  const char *key;
} Wanted;

static ZqPictureView *
first_view (View *view)
{
  return ZQ_PICTURE_VIEW (ui_find (GTK_WIDGET (view->viewer), ZQ_TYPE_PICTURE_VIEW, NULL, NULL));
}

static gboolean
is_shown (gpointer data)
{
  const Wanted *wanted = data;
  gboolean right = g_strcmp0 (zq_viewer_get_place (wanted->view->viewer), wanted->place) == 0 &&
                   (wanted->key == NULL || g_strcmp0 (zq_viewer_get_key (wanted->view->viewer), wanted->key) == 0);
  gboolean is_drawn = g_str_equal (wanted->place, "picture") || g_str_equal (wanted->place, "pdf");

  return right && (!is_drawn || zq_picture_view_get_texture (first_view (wanted->view)) != NULL);
}

static void
expect (View *view, const char *place, const char *key)
{
  Wanted wanted = { view, place, key };

  g_assert_true (zq_test_wait_until (is_shown, &wanted, 10));
}

static void
test_pictures (View *view, gconstpointer data)
{
  g_autoptr (GBytes) one = picture (400, 300);
  g_autoptr (GBytes) two = picture (300, 400);
  ZqPictureView *first;
  double zoom;

  message_with (view, "p1", "image/jpeg", "Binary/a", 1);
  message_with (view, "p2", "image/jpeg", "Binary/b", 2);
  keep (view, "Binary/a", one, "image/jpeg");
  keep (view, "Binary/b", two, "image/jpeg");
  open_file (view, "p1", "Binary/a");
  expect (view, "picture", "Binary/a");
  g_assert_true (zq_viewer_step (view->viewer, 1));
  expect (view, "picture", "Binary/b");
  g_assert_false (zq_viewer_step (view->viewer, 1));

  first = first_view (view);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.zoom-whole", NULL);
  g_assert_cmpfloat (zq_picture_view_get_zoom (first), ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.zoom-in", NULL);
  zoom = zq_picture_view_get_zoom (first);
  g_assert_cmpfloat (zoom, >, 1);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.turn-right", NULL);
  g_assert_cmpint (zq_picture_view_get_turns (first), ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.zoom-fit", NULL);
  g_assert_cmpfloat (zq_picture_view_get_zoom (first), ==, 0);

  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.turn-left", NULL);
  g_assert_cmpint (zq_picture_view_get_turns (first), ==, 0);
}

static gboolean
has_label (GtkWidget *widget, gconstpointer text)
{
  return strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

static gboolean
is_said (View *view, const char *text)
{
  return ui_find (GTK_WIDGET (view->viewer), GTK_TYPE_LABEL, has_label, text) != NULL;
}

static gboolean
is_left (GtkWidget *widget, gconstpointer data)
{
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (widget, GTK_WIDGET (((View *)data)->viewer), &bounds) && bounds.origin.x < 100;
}

/* The picture on the left, or on the right. */
static GdkTexture *
texture_at (View *view, gboolean left)
{
  GtkWidget *on_left = ui_find (GTK_WIDGET (view->viewer), ZQ_TYPE_PICTURE_VIEW, is_left, view);
  GtkWidget *first = GTK_WIDGET (first_view (view));
  GtkWidget *pair = gtk_widget_get_ancestor (first, GTK_TYPE_STACK);
  GtkWidget *other = on_left;

  g_assert_nonnull (pair);
  if (!left)
    for (GtkWidget *box = gtk_widget_get_last_child (gtk_stack_get_visible_child (GTK_STACK (pair))); box;
         box = gtk_widget_get_prev_sibling (box))
      if ((other = ui_find (box, ZQ_TYPE_PICTURE_VIEW, NULL, NULL)) != NULL)
        break;
  return zq_picture_view_get_texture (ZQ_PICTURE_VIEW (other));
}

static gboolean
both_are_shown (gpointer data)
{
  View *view = data;

  ui_frames (&view->ui, 1);
  return g_strcmp0 (zq_viewer_get_place (view->viewer), "compare") == 0 && texture_at (view, TRUE) != NULL &&
         texture_at (view, FALSE) != NULL;
}

static void
expect_widths (View *view, int left, int right)
{
  g_assert_true (zq_test_wait_until (both_are_shown, view, 10));
  g_assert_cmpint (gdk_texture_get_width (texture_at (view, TRUE)), ==, left);
  g_assert_cmpint (gdk_texture_get_width (texture_at (view, FALSE)), ==, right);
}

/* Three of one day and one of the day before. */
static void
test_compare (View *view, gconstpointer data)
{
  const int minutes[] = { -1500, 1, 2, 3 };

  for (int i = 0; i < 4; i++)
    {
      g_autofree char *id = g_strdup_printf ("c%d", i);
      g_autofree char *key = g_strdup_printf ("Binary/c%d", i);
      g_autoptr (GBytes) bytes = picture (300 + 10 * i, 200);

      message_with (view, id, "image/png", key, minutes[i]);
      keep (view, key, bytes, "image/png");
    }
  open_file (view, "c2", "Binary/c2");
  expect (view, "picture", "Binary/c2");
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.compare", NULL);
  expect_widths (view, 300, 320); /* the other day, not the neighbour */
  g_assert_true (is_said (view, "Pictures 1 and 3 of 4"));

  g_assert_false (zq_viewer_step (view->viewer, -1));
  g_assert_true (zq_viewer_step (view->viewer, 1));
  expect_widths (view, 310, 320);
  g_assert_true (zq_viewer_step (view->viewer, 1)); /* past the one that it is compared with */
  expect_widths (view, 320, 330);
  g_assert_false (zq_viewer_step (view->viewer, 1));
  g_assert_cmpstr (zq_viewer_get_key (view->viewer), ==, "Binary/c2");

  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.compare", NULL);
  expect (view, "picture", "Binary/c2");
}

/* What cannot be shown does not take the place of what can. */
static void
test_compare_with_broken (View *view, gconstpointer data)
{
  g_autoptr (GBytes) right = picture (300, 200);
  g_autoptr (GBytes) broken = g_bytes_new_static ("\xff\xd8\xff\xe0 nothing", 13);

  message_with (view, "b1", "image/jpeg", "Binary/b1", 1);
  keep (view, "Binary/b1", broken, "image/jpeg");
  message_with (view, "b2", "image/png", "Binary/b2", 2);
  keep (view, "Binary/b2", right, "image/png");
  open_file (view, "b2", "Binary/b2");
  expect (view, "picture", "Binary/b2");
  zq_viewer_set_compare (view->viewer, TRUE);
  while (!is_said (view, "It is broken, or no picture"))
    ui_frames (&view->ui, 1);
  g_assert_cmpstr (zq_viewer_get_place (view->viewer), ==, "compare");
  g_assert_nonnull (texture_at (view, FALSE));
  zq_viewer_set_compare (view->viewer, FALSE);
  expect (view, "picture", "Binary/b2");
}

/* What the pointer is at stays where it is. */
static void
test_zoom_at_pointer (View *view, gconstpointer data)
{
  g_autoptr (GBytes) bytes = picture (2000, 1500);
  GtkScrolledWindow *scroller;
  GtkAdjustment *h;

  message_with (view, "z1", "image/png", "Binary/z1", 1);
  keep (view, "Binary/z1", bytes, "image/png");
  open_file (view, "z1", "Binary/z1");
  expect (view, "picture", "Binary/z1");
  ui_frames (&view->ui, 3);
  scroller = GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (GTK_WIDGET (first_view (view)), GTK_TYPE_SCROLLED_WINDOW));
  h = gtk_scrolled_window_get_hadjustment (scroller);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.zoom-whole", NULL);
  ui_frames (&view->ui, 3);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_upper (h), 2000, 1);
  /* Keys are of the middle. */
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (h) + gtk_adjustment_get_page_size (h) / 2, 1000, 2);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.zoom-in", NULL);
  ui_frames (&view->ui, 3);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (h) + gtk_adjustment_get_page_size (h) / 2, 1250, 3);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.zoom-fit", NULL);
  ui_frames (&view->ui, 3);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_upper (h), gtk_adjustment_get_page_size (h), 1);
}

static void
test_document (View *view, gconstpointer data)
{
  g_autoptr (GBytes) pages = document (3);

  message_with (view, "d1", "application/pdf", "Binary/d", 1);
  keep (view, "Binary/d", pages, "application/pdf");
  open_file (view, "d1", "Binary/d");
  expect (view, "pdf", "Binary/d");
  g_assert_true (zq_viewer_step (view->viewer, 1));
  g_assert_true (zq_viewer_step (view->viewer, 1));
  g_assert_false (zq_viewer_step (view->viewer, 1));
  g_assert_true (is_said (view, "page 3 of 3"));
}

static gboolean
is_sharper (gpointer data)
{
  View *view = data;

  ui_frames (&view->ui, 1);
  return gdk_texture_get_width (zq_picture_view_get_texture (first_view (view))) > 500;
}

/* Letters are drawn at the size at which they are read, not blown up. */
static void
test_sharp (View *view, gconstpointer data)
{
  g_autoptr (GBytes) pages = document (1);
  double width;

  message_with (view, "s1", "application/pdf", "Binary/s", 1);
  keep (view, "Binary/s", pages, "application/pdf");
  open_file (view, "s1", "Binary/s");
  expect (view, "pdf", "Binary/s");
  ui_frames (&view->ui, 3);
  g_assert_cmpint (gdk_texture_get_width (zq_picture_view_get_texture (first_view (view))), ==, 480);
  for (int i = 0; i < 3; i++)
    gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.zoom-in", NULL);
  g_assert_true (zq_test_wait_until (is_sharper, view, 10));
  width = gdk_texture_get_width (zq_picture_view_get_texture (first_view (view)));
  g_assert_cmpfloat_with_epsilon (width * zq_picture_view_get_zoom (first_view (view)), 480 * 1.25 * 1.25 * 1.25, 8);
}

/* What it is called, and what it claims to be, is not what it is. */
static void
test_liars (View *view, gconstpointer data)
{
  static const char broken[] = "%PDF-1.7\n1 0 obj\n<< /Type /Cata";
  g_autoptr (GBytes) no_document = g_bytes_new_static (broken, strlen (broken));
  g_autoptr (GBytes) no_picture = g_bytes_new_static ("\xff\xd8\xff\xe0 nothing", 13);
  g_autoptr (GBytes) program = g_bytes_new_static ("\x7f"
                                                   "ELF\2\1\1\0\0\0\0\0\0\0\0\0",
                                                   16);

  message_with (view, "l1", "application/pdf", "Binary/l1", 1);
  keep (view, "Binary/l1", no_document, "application/pdf");
  open_file (view, "l1", "Binary/l1");
  expect (view, "problem", "Binary/l1");

  message_with (view, "l2", "image/jpeg", "Binary/l2", 2);
  keep (view, "Binary/l2", no_picture, "image/jpeg");
  open_file (view, "l2", "Binary/l2");
  expect (view, "problem", "Binary/l2");

  message_with (view, "l3", "application/pdf", "Binary/l3", 3);
  keep (view, "Binary/l3", program, "application/pdf");
  open_file (view, "l3", "Binary/l3");
  expect (view, "problem", "Binary/l3");
}

static void
test_not_here (View *view, gconstpointer data)
{
  g_auto (ZqAttachmentInfo) info = { 0 };
  g_autoptr (GBytes) bytes = picture (40, 30);

  message_with (view, "w1", "image/jpeg", "Binary/w", 1);
  open_file (view, "w1", "Binary/w");
  expect (view, "wait", "Binary/w");
  zq_attachments_peek (zq_store_get_attachments (view->ui.clinic.store), "Binary/w", &info);
  g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_WANTED);

  keep (view, "Binary/w", bytes, "image/jpeg");
  expect (view, "picture", "Binary/w");
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);

  g_test_add ("/viewer/pictures-one-after-the-other", View, NULL, set_up, test_pictures, tear_down);
  g_test_add ("/viewer/two-dates-beside-each-other-the-older-on-the-left", View, NULL, set_up, test_compare, tear_down);
  g_test_add ("/viewer/a-broken-one-beside-another-takes-its-own-place", View, NULL, set_up, test_compare_with_broken,
              tear_down);
  g_test_add ("/viewer/zoom-keeps-the-place", View, NULL, set_up, test_zoom_at_pointer, tear_down);
  g_test_add ("/viewer/document-is-drawn-larger-when-it-is-shown-larger", View, NULL, set_up, test_sharp, tear_down);
  g_test_add ("/viewer/document-page-by-page", View, NULL, set_up, test_document, tear_down);
  g_test_add ("/viewer/what-lies-is-said-and-not-shown", View, NULL, set_up, test_liars, tear_down);
  g_test_add ("/viewer/what-is-not-here-is-asked-for-and-shown-when-it-comes", View, NULL, set_up, test_not_here,
              tear_down);

  return g_test_run ();
}
