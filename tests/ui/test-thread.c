/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"

static gboolean
is_thread (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_get_ancestor (widget, g_type_from_name ("ZqThread")) != NULL;
}

static void
assert_beside (Ui *ui)
{
  GtkWidget *scroller = ui_find (GTK_WIDGET (ui->window), GTK_TYPE_SCROLLED_WINDOW, is_thread, NULL);
  GtkWidget *news = ui_button (ui, "Go to what you have not seen");
  graphene_rect_t of_scroller, of_news;

  g_assert_true (gtk_widget_compute_bounds (scroller, GTK_WIDGET (ui->window), &of_scroller));
  g_assert_nonnull (news);
  g_assert_true (gtk_widget_compute_bounds (news, GTK_WIDGET (ui->window), &of_news));
  g_assert_false (graphene_rect_intersection (&of_scroller, &of_news, NULL));
}

/* What tells of more lies on no message. */
static void
test_news_beside (Ui *ui, gconstpointer data)
{
  for (int i = 0; i < 25; i++)
    {
      g_autofree char *id = g_strdup_printf ("many%d", i);

      fixture_message (&ui->clinic, 1, id, "Patient/1", -29 + i,
                       "昨天开始头晕，今天早上测了三次血压，都偏高，请问药要不要加量？");
    }
  ui_open (ui, "1");
  ui_expect (ui, "new messages");
  ui_frames (ui, 12);
  ui_keep_picture (ui, "news");
  assert_beside (ui);
  ui_read_all (ui);
  ui_frames (ui, 12);
  ui_keep_picture (ui, "news-end");
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/thread/news-lie-on-no-message", test_news_beside);
  return g_test_run ();
}
