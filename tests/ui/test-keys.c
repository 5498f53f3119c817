/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/bubble.h"
#include "ui/fixture.h"

static gboolean
is_in_thread (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_get_ancestor (widget, g_type_from_name ("ZqThread")) != NULL;
}

static void
test_reading (Ui *ui, gconstpointer data)
{
  GtkAdjustment *v;
  double before;

  for (int i = 0; i < 50; i++)
    {
      g_autofree char *id = g_strdup_printf ("many%d", i);

      fixture_message (&ui->clinic, 1, id, "Patient/1", -29 + i / 4, "a line");
    }
  ui_open (ui, "1");
  v = gtk_scrolled_window_get_vadjustment (
      GTK_SCROLLED_WINDOW (ui_find (GTK_WIDGET (ui->window), GTK_TYPE_SCROLLED_WINDOW, is_in_thread, NULL)));
  before = gtk_adjustment_get_value (v);
  ui_xdotool (ui, "key space");
  g_assert_cmpfloat (gtk_adjustment_get_value (v), >, before + gtk_adjustment_get_page_size (v) / 3);
  before = gtk_adjustment_get_value (v);
  zq_consult_page_focus_thread (zq_window_get_page (ui->window));
  ui_xdotool (ui, "key space");
  g_assert_cmpfloat (gtk_adjustment_get_value (v), >, before + gtk_adjustment_get_page_size (v) / 3);
  for (int i = 0; i < 30 && ui_shows (ui, "new message"); i++)
    {
      ui_xdotool (ui, "key End");
      ui_frames (ui, 12);
    }
  g_assert_false (ui_shows (ui, "new message"));
  g_assert_cmpfloat (gtk_adjustment_get_value (v) + gtk_adjustment_get_page_size (v), >,
                     gtk_adjustment_get_upper (v) - 2);
}

/* A warning of GTK, as of a second page's buttons, ends the test. */
static void
test_shortcuts (Ui *ui, gconstpointer data)
{
  guint before = g_list_model_get_n_items (gtk_window_get_toplevels ());

  ui_xdotool (ui, "key question");
  ui_frames (ui, 20);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, before + 1);
  ui_xdotool (ui, "key Escape");
  ui_frames (ui, 5);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, before);
}

static gint64
n_intents (Ui *ui, const char *action)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM intent WHERE action = '%s' AND ?", action);

  return fixture_number (&ui->clinic, g_intern_string (sql), 1);
}

static void
test_step (Ui *ui, gconstpointer data)
{
  ZqConsultPage *page = zq_window_get_page (ui->window);
  gint64 first, second;

  ui_xdotool (ui, "key j");
  first = zq_consult_page_get_key (page);
  g_assert_cmpint (first, !=, 0);
  ui_xdotool (ui, "key j");
  second = zq_consult_page_get_key (page);
  g_assert_cmpint (second, !=, first);
  ui_xdotool (ui, "key k");
  g_assert_cmpint (zq_consult_page_get_key (page), ==, first);
}

static void
test_letters_in_text (Ui *ui, gconstpointer data)
{
  gint64 open;

  ui_xdotool (ui, "key j Return r");
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (ui->window))));
  open = zq_consult_page_get_key (zq_window_get_page (ui->window));
  ui_xdotool (ui, "type --delay 15 'jerk! nice?'");
  ui_expect_typed (ui, "jerk! nice?");
  g_assert_cmpint (zq_consult_page_get_key (zq_window_get_page (ui->window)), ==, open);
  g_assert_cmpint (n_intents (ui, "close"), ==, 0);
  g_assert_cmpint (n_intents (ui, "set-priority"), ==, 0);
  /* Out of it they are keys again. */
  ui_xdotool (ui, "key Escape exclam");
  ui_expect (ui, "Marked as urgent");
}

static void
test_close (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_xdotool (ui, "key e");
  g_assert_cmpint (n_intents (ui, "close"), ==, 0);
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "Closed");
  ui_expect (ui, "This consultation is over.");
  g_assert_cmpint (n_intents (ui, "close"), ==, 1);
  g_signal_emit_by_name (ui_button (ui, "Undo"), "clicked");
  ui_expect_gone (ui, "This consultation is over.");
  g_assert_cmpint (n_intents (ui, "close"), ==, 0);
}

/* --- an answer, by keyboard only, and what is then on the glass --------------------------------- */

typedef struct
{
  guint8 r, g, b;
} Pixel;

static Pixel
pixel_at (GdkTexture *texture, int x, int y)
{
  int width = gdk_texture_get_width (texture);
  g_autofree guint32 *pixels = g_new (guint32, (gsize)width * gdk_texture_get_height (texture));
  guint32 p;

  gdk_texture_download (texture, (guchar *)pixels, width * 4);
  p = pixels[y * width + x];
  return (Pixel){ p >> 16 & 0xff, p >> 8 & 0xff, p & 0xff };
}

static gboolean
is_mine (GtkWidget *widget, gconstpointer text)
{
  g_autofree char *has = NULL;
  ZqMessage *message = zq_bubble_get_message (ZQ_BUBBLE (widget));

  if (message != NULL)
    g_object_get (message, "text", &has, NULL);
  return g_strcmp0 (has, text) == 0;
}

static gboolean
has_class (GtkWidget *widget, gconstpointer css_class)
{
  return gtk_widget_has_css_class (widget, css_class);
}

static void
test_answer (Ui *ui, gconstpointer data)
{
  g_autoptr (GdkTexture) screen = NULL;
  GtkWidget *bubble, *box;
  graphene_rect_t bounds;
  Pixel edge, outside;
  double dx, dy;

  gtk_window_fullscreen (GTK_WINDOW (ui->window)); /* so that its corner is the display's */
  ui_frames (ui, 10);
  ui_xdotool (ui, "key j Return r");
  ui_xdotool (ui, "type --delay 15 'drink water'");
  ui_xdotool (ui, "key ctrl+Return");
  ui_expect (ui, "kept here, waiting to be sent");
  ui_frames (ui, 12);
  g_assert_cmpint (n_intents (ui, "send-message"), ==, 1);
  {
    g_autofree char *left = ui_typed (ui);

    g_assert_cmpstr (left, ==, "");
  }

  bubble = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_BUBBLE, is_mine, "drink water");
  g_assert_nonnull (bubble);
  box = ui_find (bubble, GTK_TYPE_BOX, has_class, "bubble");
  g_assert_nonnull (box);
  g_assert_true (gtk_widget_compute_bounds (box, GTK_WIDGET (ui->window), &bounds));
  gtk_native_get_surface_transform (GTK_NATIVE (ui->window), &dx, &dy);
  graphene_rect_offset (&bounds, dx, dy);
  screen = ui_screen (ui);
  ui_keep_picture (ui, "answer");
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <, gdk_texture_get_height (screen));
  /* A reply that waits has an outline in the accent's blue: in the middle of its left edge. */
  edge = pixel_at (screen, (int)bounds.origin.x, (int)(bounds.origin.y + bounds.size.height / 2));
  outside = pixel_at (screen, (int)bounds.origin.x - 6, (int)(bounds.origin.y + bounds.size.height / 2));
  g_assert_cmpint (edge.b - edge.r, >, 60);
  g_assert_cmpint (ABS (outside.b - outside.r), <, 20);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/keys/j-and-k-go-through-the-inbox", test_step);
  ADD ("/keys/space-and-end-go-on-in-the-messages", test_reading);
  ADD ("/keys/shortcuts-come-without-a-warning", test_shortcuts);
  ADD ("/keys/letters-in-text-are-text", test_letters_in_text);
  ADD ("/keys/e-closes-and-undo-opens-again", test_close);
  ADD ("/keys/answer-by-keyboard-only-stands-on-the-screen", test_answer);
  return g_test_run ();
}
