/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

#include "clinic/visit/visit.h"
#include "ui/consult/inbox-choice.h"
#include "ui/visit/invite.h"
#include "ui/visit/when.h"
#include "ui/widgets/problem.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

#define MINUTE (60 * (gint64)G_USEC_PER_SEC)
#define DAY    (24 * 60 * MINUTE)
#define OTHER  "other"
/* A visit that begins so soon is gone to, not made again. */
#define SOON (30 * MINUTE)

/* What may be proposed: now; a quarter that can be kept; the same tomorrow and in a week. */
static const gint64 later[] = { 0, 30 * MINUTE, DAY, 7 * DAY };

static gint64
proposal (ZqWindow *self, guint n)
{
  gint64 at = zq_clock_now (zq_store_get_clock (self->store)) + later[n];
  gint64 step = n == 0 ? 5 * MINUTE : 15 * MINUTE;

  return (at + step - 1) / step * step;
}

static void
on_made (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (zq_visit_make_finish (ZQ_STORE (object), result, &error) != 0)
    zq_window_toast (self, _ ("The patient is invited"));
  else
    {
      g_autofree char *words = zq_words_problem (error->message);

      zq_window_toast (self, words);
    }
}

static void
on_time (ZqWindow *self, gint64 start, guint minutes, const char *reason)
{
  zq_visit_invite (self->store, self->invited, start, minutes, reason, on_made, g_object_ref (self));
}

static void
on_chosen (ZqWindow *self, const char *code)
{
  ZqVisitWhen *when;

  if (!g_str_equal (code, OTHER))
    {
      /* What was shown, however long it was looked at. */
      on_time (self, g_ascii_strtoll (code, NULL, 10), zq_visit_minutes (self->store), NULL);
      return;
    }
  when = zq_visit_when_new (self->store, 0, proposal (self, 2), zq_visit_minutes (self->store), "",
                            _ ("Invite to the Visit"));
  g_signal_connect_object (when, "chosen", G_CALLBACK (on_time), self, G_CONNECT_SWAPPED);
  zq_visit_when_ask (when, GTK_WIDGET (self->heading));
}

static void
add_choice (GPtrArray *choices, char *code, char *title)
{
  ZqChoice *choice = g_new0 (ZqChoice, 1);

  choice->code = code;
  choice->title = title;
  g_ptr_array_add (choices, choice);
}

static GPtrArray *
list_proposals (ZqWindow *self)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_choice_free);

  for (guint i = 0; i < G_N_ELEMENTS (later); i++)
    {
      gint64 at = proposal (self, i);
      g_autofree char *when = zq_visit_when_words (self->store, at);

      add_choice (choices, g_strdup_printf ("%" G_GINT64_FORMAT, at),
                  /* Translators: a visit at once; the time stands behind it */
                  i == 0 ? g_strdup_printf (_ ("Now (%s)"), when) : g_strdup (when));
    }
  add_choice (choices, g_strdup (OTHER), g_strdup (_ ("Another time…")));

  return choices;
}

/* What is near is gone to; else the patient of the consultation that is open is invited, in two keys. */
static void
invite_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);
  gint64 patient = self->store != NULL ? zq_consult_page_get_patient (self->page) : 0;
  g_autoptr (ZqVisit) next = NULL;
  g_autoptr (GPtrArray) choices = NULL;
  ZqInboxChoice *choice;

  if (patient == 0)
    return;
  next = zq_visit_load_next (zq_store_get_main_db (self->store), zq_store_get_context (self->store), patient);
  if (next != NULL && (next->state == ZQ_VISIT_ARRIVED || next->state == ZQ_VISIT_IN_PROGRESS ||
                       next->start - zq_clock_now (zq_store_get_clock (self->store)) < SOON))
    {
      zq_window_open_visit (self, next->key);
      return;
    }
  self->invited = zq_consult_page_get_key (self->page);
  choices = list_proposals (self);
  choice = zq_inbox_choice_new (_ ("Video visit"), choices, "");
  g_signal_connect_object (choice, "chosen", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  zq_inbox_choice_ask (choice, GTK_WIDGET (self->heading));
}

void
zq_window_install_invite (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.invite", NULL, invite_action);
}
