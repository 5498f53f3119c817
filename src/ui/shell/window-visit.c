/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

#include "clinic/visit/visit.h"
#include "store/changes.h"

#include <glib/gi18n.h>

void
zq_window_set_visits (ZqWindow *self, ZqVisitPageFunc make, GObject *client, GSettings *settings, gpointer data)
{
  self->make_visit = make;
  self->make_visit_data = data;
  g_set_object (&self->client, client);
  g_set_object (&self->settings, settings);
}

gboolean
zq_window_is_visiting (ZqWindow *self)
{
  return self->visit != NULL && zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER &&
         gtk_stack_get_visible_child (self->others) == self->visit;
}

/* --- a window of its own ------------------------------------------------------------------------ */

/* Its window is closed by the desktop: the page comes back, and the call with it. */
static gboolean
on_close_request (GtkWindow *window, ZqWindow *self)
{
  gtk_widget_activate_action (self->visit, "visit.window", NULL);

  return TRUE;
}

static void
attach (ZqWindow *self)
{
  GtkWindow *window = g_steal_pointer (&self->visit_window);

  gtk_window_set_focus (window, NULL);
  g_object_ref (self->visit);
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (self->visit)), self->visit);
  gtk_stack_add_child (self->others, self->visit);
  g_object_unref (self->visit);
  gtk_window_destroy (window);
  zq_window_show_other (self, self->visit);
  gtk_window_present (GTK_WINDOW (self));
}

static void
detach (ZqWindow *self)
{
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->visit_window = GTK_WINDOW (window);
  gtk_window_set_title (self->visit_window, _ ("Video Visit"));
  gtk_window_set_default_size (self->visit_window, 1100, 680);
  gtk_window_set_application (self->visit_window, gtk_window_get_application (GTK_WINDOW (self)));
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  g_object_ref (self->visit);
  if (zq_window_is_visiting (self))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
  gtk_stack_remove (self->others, self->visit);
  gtk_widget_set_vexpand (self->visit, TRUE);
  gtk_box_append (GTK_BOX (box), self->visit);
  g_object_unref (self->visit);
  adw_window_set_content (ADW_WINDOW (window), box);
  g_signal_connect_object (window, "close-request", G_CALLBACK (on_close_request), self, 0);
  gtk_window_present (self->visit_window);
}

static void
on_detach (ZqWindow *self)
{
  if (self->visit_window != NULL)
    attach (self);
  else
    detach (self);
}

static void
on_close (ZqWindow *self)
{
  GtkWidget *visit;

  if (self->visit_window != NULL)
    attach (self);
  visit = g_steal_pointer (&self->visit);
  if (visit == NULL)
    return;
  if (gtk_stack_get_visible_child (self->others) == visit)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
  gtk_stack_remove (self->others, visit);
}

static void
on_open (ZqWindow *self, gint64 consult)
{
  zq_window_open_consult (self, consult);
}

static gint64
visit_of (GtkWidget *page)
{
  gint64 visit = 0;

  g_object_get (page, "visit", &visit, NULL);

  return visit;
}

static gboolean
make_page (ZqWindow *self, gint64 visit)
{
  ZqVisitHost host = { self->store, self->ticker, self->client, self->settings, visit };
  g_autoptr (GError) error = NULL;
  GtkWidget *page = self->make_visit != NULL ? self->make_visit (&host, self->make_visit_data, &error) : NULL;

  if (page == NULL)
    {
      zq_window_toast (self, error != NULL ? error->message : _ ("Video visits are not installed on this computer"));
      return FALSE;
    }
  self->visit = page;
  g_signal_connect_object (page, "close", G_CALLBACK (on_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "detach", G_CALLBACK (on_detach), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "open", G_CALLBACK (on_open), self, G_CONNECT_SWAPPED);
  gtk_stack_add_child (self->others, page);

  return TRUE;
}

void
zq_window_open_visit (ZqWindow *self, gint64 visit)
{
  if (self->store == NULL)
    return;
  /* One at a time: a doctor speaks with one patient. */
  if (self->visit != NULL && visit_of (self->visit) != visit)
    on_close (self);
  if (self->visit_window != NULL)
    gtk_window_present (self->visit_window);
  else if (self->visit != NULL || make_page (self, visit))
    zq_window_show_other (self, self->visit);
}

/* --- the schedule ------------------------------------------------------------------------------- */

gboolean
zq_window_shows_visits (ZqWindow *self)
{
  return self->visits != NULL && zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER &&
         gtk_stack_get_visible_child (self->others) == GTK_WIDGET (self->visits);
}

/* Who waits has a count in sight wherever the doctor is. */
static void
show_counts (ZqWindow *self)
{
  ZqVisitCounts counts;
  g_autofree char *words = NULL, *label = NULL;

  zq_visit_count (zq_store_get_main_db (self->store), zq_store_get_context (self->store),
                  zq_clock_now (zq_store_get_clock (self->store)), &counts);
  words = g_strdup_printf ("%u", counts.arrived);
  /* Translators: page of video visits, how many patients wait now, how many visits are left today */
  label = g_strdup_printf (_ ("Video visits, %1$u waiting, %2$u today"), counts.arrived, counts.today);
  gtk_label_set_label (self->n_arrived, words);
  gtk_widget_set_visible (GTK_WIDGET (self->n_arrived), counts.arrived > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->n_arrived), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->visits_page), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_changed (ZqWindow *self, ZqChanges *changes)
{
  if (zq_changes_has (changes, "visit"))
    show_counts (self);
}

void
zq_window_begin_visits (ZqWindow *self)
{
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  show_counts (self);
}

static void
on_open_visit (ZqWindow *self, gint64 visit)
{
  zq_window_open_visit (self, visit);
}

static void
visits_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (self->store == NULL)
    return;
  if (self->visits == NULL)
    {
      self->visits = zq_visits_page_new (self->store, self->ticker);
      g_signal_connect_object (self->visits, "open-visit", G_CALLBACK (on_open_visit), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->visits, "open", G_CALLBACK (on_open), self, G_CONNECT_SWAPPED);
      gtk_stack_add_child (self->others, GTK_WIDGET (self->visits));
    }
  zq_window_show_other (self, GTK_WIDGET (self->visits));
  zq_visits_page_focus (self->visits);
}

static void
visit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_window_open_visit (ZQ_WINDOW (widget), g_variant_get_int64 (parameter));
}

void
zq_window_install_visit (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.visits", NULL, visits_action);
  gtk_widget_class_install_action (klass, "win.open-visit", "x", visit_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_3, GDK_ALT_MASK, "win.visits", NULL);
}
