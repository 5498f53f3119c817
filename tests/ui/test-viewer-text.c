/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments.h"
#include "ui/fixture.h"
#include "ui/viewer/pdf-text.h"
#include "ui/viewer/picture-view.h"
#include "ui/viewer/viewer.h"

#include <cairo-pdf.h>
#include <string.h>

/* --- the text alone ---------------------------------------------------------------------------- */

/* Lines of ten characters of 10 × 10 on a page of 100 × 100. */
static ZqPdfText *
lines (const char *text)
{
  graphene_rect_t boxes[100];
  guint n = (guint)g_utf8_strlen (text, -1);

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (boxes));
  for (guint i = 0; i < n; i++)
    boxes[i] = GRAPHENE_RECT_INIT ((float)(i % 10) * 10, (float)(i / 10) * 10, 10, 10);

  return zq_pdf_text_new (text, boxes, n, 100, 100);
}

static void
assert_found (const char *text, const char *words, guint n, guint start, guint end)
{
  g_autoptr (ZqPdfText) page = lines (text);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (ZqPdfSpan));

  zq_pdf_text_find (page, words, 3, spans);
  g_assert_cmpuint (spans->len, ==, n);
  if (n == 0)
    return;
  g_assert_cmpuint (g_array_index (spans, ZqPdfSpan, 0).page, ==, 3);
  g_assert_cmpuint (g_array_index (spans, ZqPdfSpan, 0).start, ==, start);
  g_assert_cmpuint (g_array_index (spans, ZqPdfSpan, 0).end, ==, end);
}

static void
test_find (void)
{
  assert_found ("Potassium potassium", "POTASSIUM", 2, 0, 9);
  assert_found ("血常规 检查\n报告", "检查报告", 1, 4, 9);
  assert_found ("aaaa", "aa", 2, 0, 2);
  assert_found ("abc", "", 0, 0, 0);
  assert_found ("abc", "  \n", 0, 0, 0);
  assert_found ("", "a", 0, 0, 0);
  assert_found ("ab", "abc", 0, 0, 0);
}

static void
test_places (void)
{
  g_autoptr (ZqPdfText) page = lines ("0123456789abcdefghij");
  g_autoptr (GArray) boxes = NULL;
  g_autofree char *copied = NULL;
  const graphene_rect_t *first, *second;

  g_assert_cmpuint (zq_pdf_text_at (page, 0.01, 0.05), ==, 0);
  g_assert_cmpuint (zq_pdf_text_at (page, 0.29, 0.05), ==, 3);
  g_assert_cmpuint (zq_pdf_text_at (page, 0.95, 0.9), ==, 20); /* below: the last line */
  g_assert_true (zq_pdf_text_hits (page, 0.5, 0.1));
  g_assert_false (zq_pdf_text_hits (page, 0.5, 0.5));
  copied = zq_pdf_text_copy (page, 8, 12);
  g_assert_cmpstr (copied, ==, "89ab");
  boxes = zq_pdf_text_boxes (page, 8, 12);
  g_assert_cmpuint (boxes->len, ==, 2);
  first = &g_array_index (boxes, graphene_rect_t, 0);
  second = &g_array_index (boxes, graphene_rect_t, 1);
  g_assert_cmpfloat_with_epsilon (first->origin.x, 0.8, 1e-4);
  g_assert_cmpfloat_with_epsilon (first->size.width, 0.2, 1e-4);
  g_assert_cmpfloat_with_epsilon (second->size.width, 0.2, 1e-4);
}

static void
test_hostile_text (void)
{
  const graphene_rect_t wild[3] = { GRAPHENE_RECT_INIT (NAN, 0, 1, 1), GRAPHENE_RECT_INIT (-1e30f, 0, 1e30f, 1),
                                    GRAPHENE_RECT_INIT (0, 0, INFINITY, 1) };
  g_autoptr (ZqPdfText) odd = zq_pdf_text_new ("a\xff"
                                               "b",
                                               wild, 3, 10, 10);
  g_autoptr (ZqPdfText) none = zq_pdf_text_new ("abc", wild, 3, 0, 10);
  g_autoptr (ZqPdfText) fewer = zq_pdf_text_new ("abc", wild, 1, 10, 10);
  g_autofree char *copied = zq_pdf_text_copy (odd, 0, 100);
  g_autoptr (GArray) boxes = zq_pdf_text_boxes (odd, 0, 3);

  g_assert_cmpuint (none->n, ==, 0);
  g_assert_cmpuint (fewer->n, ==, 1);
  g_assert_true (g_utf8_validate (copied, -1, NULL));
  for (guint i = 0; i < boxes->len; i++)
    g_assert_cmpfloat (g_array_index (boxes, graphene_rect_t, i).size.width, <=, 1);
  g_assert_cmpuint (zq_pdf_text_at (none, 0.5, 0.5), ==, 0);
}

/* --- in the viewer ----------------------------------------------------------------------------- */

typedef struct
{
  Ui ui;
  GtkWindow *window;
  ZqViewer *viewer;
} View;

static cairo_status_t
take (void *data, const unsigned char *bytes, unsigned int length)
{
  g_byte_array_append (data, bytes, length);

  return CAIRO_STATUS_SUCCESS;
}

/* A page for each text. */
static GBytes *
document (const char *const *texts)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (take, bytes, 300, 400);
  cairo_t *cr = cairo_create (surface);

  cairo_select_font_face (cr, "sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, 20);
  for (guint i = 0; texts[i] != NULL; i++)
    {
      cairo_move_to (cr, 20, 50);
      cairo_show_text (cr, texts[i]);
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return g_byte_array_free_to_bytes (bytes);
}

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

static void
keep (View *view, const char *key, GBytes *bytes)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ZqAttachments *attachments = zq_store_get_attachments (view->ui.clinic.store);

  zq_attachments_keep_async (attachments, key, stream, "application/pdf", 64 * 1024 * 1024, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  g_assert_true (zq_attachments_keep_finish (attachments, result, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
set_up (View *view, gconstpointer data)
{
  ui_set_up (&view->ui, NULL);
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
open_document (View *view, const char *key, GBytes *bytes)
{
  g_autofree char *name = g_strdup (key);
  ZqFile file = { .key = name, .is_pdf = TRUE };

  keep (view, key, bytes);
  zq_viewer_open_file (view->viewer, view->ui.clinic.store, ZQ_TEST_START_US, view->ui.clinic.context->zone, &file, 0);
}

typedef struct
{
  View *view;
  const char *wanted;
} Wanted;

static gboolean
is_at (gpointer data)
{
  const Wanted *wanted = data;

  ui_frames (&wanted->view->ui, 1);
  return g_strcmp0 (zq_viewer_get_place (wanted->view->viewer), wanted->wanted) == 0;
}

static void
expect_place (View *view, const char *place)
{
  Wanted wanted = { view, place };

  zq_test_wait_until (is_at, &wanted, 20);
  g_assert_cmpstr (zq_viewer_get_place (view->viewer), ==, place);
}

static gboolean
has_label (GtkWidget *widget, gconstpointer text)
{
  return strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

static gboolean
is_said (gpointer data)
{
  const Wanted *wanted = data;

  ui_frames (&wanted->view->ui, 1);
  return ui_find (GTK_WIDGET (wanted->view->viewer), GTK_TYPE_LABEL, has_label, wanted->wanted) != NULL;
}

static void
expect (View *view, const char *text)
{
  Wanted wanted = { view, text };

  g_assert_true (zq_test_wait_until (is_said, &wanted, 10));
}

static ZqPictureView *
page_view (View *view)
{
  return ZQ_PICTURE_VIEW (ui_find (GTK_WIDGET (view->viewer), ZQ_TYPE_PICTURE_VIEW, NULL, NULL));
}

static gboolean
has_marks (gpointer data)
{
  ui_frames (&((View *)data)->ui, 1);
  return zq_picture_view_get_n_marks (page_view (data)) > 0;
}

static gboolean
can_select (gpointer data)
{
  View *view = data;
  g_autofree char *selected = NULL;

  ui_frames (&view->ui, 1);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.select-all", NULL);
  selected = zq_viewer_get_selected (view->viewer);
  return *selected != '\0';
}

static void
test_find_in_document (View *view, gconstpointer data)
{
  static const char *const texts[] = { "first page", "potassium 5.9", "nothing", "POTASSIUM again", NULL };
  g_autoptr (GBytes) bytes = document (texts);
  GtkWidget *entry;

  open_document (view, "Binary/t", bytes);
  expect_place (view, "pdf");
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.find", NULL);
  entry = ui_find (GTK_WIDGET (view->viewer), GTK_TYPE_SEARCH_ENTRY, NULL, NULL);
  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), "potassium");
  expect (view, "1 of 2");
  expect (view, "page 2 of 4");
  g_assert_true (zq_test_wait_until (has_marks, view, 10));
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.find-next", NULL);
  expect (view, "2 of 2");
  expect (view, "page 4 of 4");
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.find-next", NULL);
  expect (view, "page 2 of 4");
  gtk_editable_set_text (GTK_EDITABLE (entry), "sodium");
  expect (view, "Not in this document");
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **)data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static gboolean
has_text (gpointer data)
{
  return *(char **)data != NULL;
}

static void
test_copy (View *view, gconstpointer data)
{
  static const char *const texts[] = { "glucose 11.1 mmol/L", "second", NULL };
  g_autoptr (GBytes) bytes = document (texts);
  g_autofree char *selected = NULL, *copied = NULL, *after = NULL;

  open_document (view, "Binary/c", bytes);
  expect_place (view, "pdf");
  g_assert_true (zq_test_wait_until (can_select, view, 10));
  selected = zq_viewer_get_selected (view->viewer);
  g_assert_true (strstr (selected, "glucose 11.1 mmol/L") != NULL);
  gtk_widget_activate_action (GTK_WIDGET (view->viewer), "viewer.copy", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (view->viewer)), NULL, on_text, &copied);
  g_assert_true (zq_test_wait_until (has_text, &copied, 10));
  g_assert_cmpstr (copied, ==, selected);
  /* What is selected is of this page. */
  g_assert_true (zq_viewer_step (view->viewer, 1));
  expect (view, "page 2 of 2");
  after = zq_viewer_get_selected (view->viewer);
  g_assert_true (strstr (after, "glucose") == NULL);
}

static void
test_select_by_hand (View *view, gconstpointer data)
{
  static const char *const texts[] = { "glucose 11.1 mmol/L", NULL };
  g_autoptr (GBytes) bytes = document (texts);
  const graphene_rect_t line = GRAPHENE_RECT_INIT (20 / 300.0f, 43 / 400.0f, 60 / 300.0f, 4 / 400.0f);
  graphene_rect_t bounds;
  graphene_point_t in_window;
  double dx, dy;
  g_autofree char *from = NULL, *to = NULL, *selected = NULL;

  open_document (view, "Binary/h", bytes);
  expect_place (view, "pdf");
  g_assert_true (zq_test_wait_until (can_select, view, 10));
  ui_frames (&view->ui, 3);
  g_assert_true (zq_picture_view_place (page_view (view), &line, &bounds));
  g_assert_true (
      gtk_widget_compute_point (GTK_WIDGET (page_view (view)), GTK_WIDGET (view->window), &bounds.origin, &in_window));
  gtk_native_get_surface_transform (GTK_NATIVE (view->window), &dx, &dy);
  from = g_strdup_printf ("getactivewindow mousemove --window %%1 %d %d", (int)(in_window.x + dx) + 2,
                          (int)(in_window.y + dy) + 2);
  to = g_strdup_printf ("mousemove_relative %d 0", (int)bounds.size.width);
  ui_xdotool (&view->ui, from);
  ui_xdotool (&view->ui, "mousedown 1");
  ui_xdotool (&view->ui, to);
  ui_xdotool (&view->ui, "mouseup 1");
  ui_frames (&view->ui, 3);
  selected = zq_viewer_get_selected (view->viewer);
  g_assert_true (g_str_has_prefix (selected, "gluc"));
  g_assert_cmpuint (strlen (selected), <, 15);
}

/* --- what is none ------------------------------------------------------------------------------ */

/* A page of 300 × 400, or another size, with these operators. */
static GBytes *
raw_document (const char *box, const char *count, const char *filter, GBytes *content)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree char *head = g_strdup_printf (
      "%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count "
      "%s>>\nendobj\n"
      "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Length %zu%s>>\nstream\n",
      count, box, g_bytes_get_size (content), filter);
  static const char tail[] = "\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n";

  g_byte_array_append (all, (const guint8 *)head, (guint)strlen (head));
  g_byte_array_append (all, g_bytes_get_data (content, NULL), (guint)g_bytes_get_size (content));
  g_byte_array_append (all, (const guint8 *)tail, (guint)strlen (tail));

  return g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

/* Fifty million operators in a file of some hundred kilobytes. */
static GBytes *
bomb (void)
{
  g_autoptr (GZlibCompressor) zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) out = g_converter_output_stream_new (memory, G_CONVERTER (zlib));
  g_autoptr (GString) some = g_string_new (NULL);
  g_autoptr (GBytes) content = NULL;

  for (int i = 0; i < 1000; i++)
    g_string_append (some, "0 0 300 400 re f\n");
  for (int i = 0; i < 3000; i++)
    g_assert_true (g_output_stream_write_all (out, some->str, some->len, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (out, NULL, NULL));
  content = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));

  return raw_document ("0 0 300 400", "1", "/Filter/FlateDecode", content);
}

static gboolean
is_given_up (gpointer data)
{
  View *view = data;

  ui_frames (&view->ui, 1);
  zq_clock_advance (view->ui.clinic.clock, 10 * G_USEC_PER_SEC);
  return g_strcmp0 (zq_viewer_get_place (view->viewer), "problem") == 0;
}

/* It is given up in time, and what is opened next is shown meanwhile. */
static void
test_bomb (View *view, gconstpointer data)
{
  static const char *const texts[] = { "harmless", NULL };
  g_autoptr (GBytes) bytes = bomb ();
  g_autoptr (GBytes) other = document (texts);

  open_document (view, "Binary/bomb", bytes);
  expect_place (view, "opening");
  g_assert_true (zq_test_wait_until (is_given_up, view, 10));
  expect (view, "takes too long to draw");
  open_document (view, "Binary/other", other);
  expect_place (view, "pdf");
}

static void
test_odd_pages (View *view, gconstpointer data)
{
  static const char *const boxes[] = { "0 0 100000000 100000000", "0 0 0 0", "0 0 -5 1e30", "0 0 1 99999999" };
  g_autoptr (GBytes) content = g_bytes_new_static ("0 0 10 10 re f", 14);
  g_autoptr (GBytes) lying = raw_document ("0 0 300 400", "2000000000", "", content);
  g_autoptr (GBytes) empty = raw_document ("0 0 300 400", "0", "", content);

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      g_autoptr (GBytes) bytes = raw_document (boxes[i], "1", "", content);
      g_autofree char *key = g_strdup_printf ("Binary/odd%u", i);
      GdkTexture *texture;

      open_document (view, key, bytes);
      expect_place (view, "pdf");
      texture = zq_picture_view_get_texture (page_view (view));
      g_assert_cmpint (gdk_texture_get_width (texture), <=, 4096);
      g_assert_cmpint (gdk_texture_get_height (texture), <=, 4096);
    }
  open_document (view, "Binary/lying", lying);
  expect_place (view, "problem");
  open_document (view, "Binary/empty", empty);
  expect_place (view, "problem");
}

#define ADD(path, func) g_test_add (path, View, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/pdf-text/is-found-over-lines-and-whatever-the-case", test_find);
  g_test_add_func ("/pdf-text/places-and-lines", test_places);
  g_test_add_func ("/pdf-text/hostile-places-stay-on-the-page", test_hostile_text);
  ADD ("/viewer-text/found-in-all-pages-one-after-the-other", test_find_in_document);
  ADD ("/viewer-text/selected-and-copied", test_copy);
  ADD ("/viewer-text/selected-by-hand", test_select_by_hand);
  ADD ("/viewer-text/a-bomb-is-given-up-and-nothing-else-disturbed", test_bomb);
  ADD ("/viewer-text/odd-pages-are-bounded", test_odd_pages);

  return g_test_run ();
}
