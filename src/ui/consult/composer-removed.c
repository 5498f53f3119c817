/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that is taken out of a reply, and its way back. */
#include "ui/consult/composer-private.h"

#include "clinic/consult/commands.h"
#include "ui/consult/page-private.h"
#include "ui/widgets/problem.h"
#include "ui/widgets/toast.h"

#include <glib/gi18n.h>

#define UNDO_S 8

typedef struct
{
  ZqComposer *composer;
  ZqStore *store;
  gint64 consult; /* whose reply it belonged to, whatever is open now */
  ZqDraftFile *file;
  gboolean undone;
} Removed;

static void
removed_clear (gpointer data)
{
  Removed *self = data;

  g_object_unref (self->composer);
  g_object_unref (self->store);
  zq_draft_file_free (self->file);
}

static void
removed_unref (Removed *self)
{
  g_rc_box_release_full (self, removed_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removed, removed_unref)

static void
removed_closure_free (gpointer data, GClosure *closure)
{
  removed_unref (data);
}

/* The session may have ended since. */
static gboolean
is_open (const Removed *self)
{
  return self->composer->store == self->store;
}

static void
say_failed (ZqComposer *self, const GError *error)
{
  g_autofree char *words = zq_words_problem (error->message);

  zq_composer_warn (self, words);
}

/* --- and back --------------------------------------------------------------------------------- */

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Removed) removed = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = zq_draft_add_file_finish (ZQ_STORE (source), result, &error);

  if (!is_open (removed))
    return;
  if (!ok)
    say_failed (removed->composer, error);
  if (removed->composer->consult == removed->consult)
    zq_composer_load_files (removed->composer);
}

static void
on_undo (AdwToast *toast, Removed *removed)
{
  g_autofree char *scope = zq_consult_draft_scope (removed->consult);

  if (!is_open (removed) || !zq_composer_has_room (removed->composer, removed->consult))
    return;
  removed->undone = TRUE;
  zq_draft_add_file_async (removed->store, scope, removed->file, on_added, g_rc_box_acquire (removed));
}

static void
on_dismissed (AdwToast *toast, Removed *removed)
{
  if (!removed->undone && is_open (removed))
    zq_draft_forget_file (removed->store, removed->file->key);
}

static void
offer_undo (Removed *removed)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (removed->composer), ZQ_TYPE_CONSULT_PAGE);
  /* Translators: %s is the name of a file */
  g_autofree char *words = g_strdup_printf (_ ("%s was removed"), removed->file->name);
  AdwToast *toast = zq_toast_new (words);

  adw_toast_set_button_label (toast, _ ("Undo"));
  adw_toast_set_timeout (toast, UNDO_S);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH); /* the newest is the one to take back */
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo), g_rc_box_acquire (removed),
                         removed_closure_free, 0);
  g_signal_connect_data (toast, "dismissed", G_CALLBACK (on_dismissed), g_rc_box_acquire (removed),
                         removed_closure_free, 0);
  if (page == NULL || !zq_toast_present (zq_consult_page_place_of_toast (ZQ_CONSULT_PAGE (page)), toast))
    zq_draft_forget_file (removed->store, removed->file->key);
}

/* --- taking it out ---------------------------------------------------------------------------- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Removed) removed = data;
  g_autoptr (GError) error = NULL;
  gboolean was_there = FALSE;
  gboolean ok = zq_draft_remove_file_finish (ZQ_STORE (source), result, &was_there, &error);

  if (!is_open (removed))
    return;
  if (!ok)
    say_failed (removed->composer, error);
  zq_composer_load_files (removed->composer);
  /* What has left the draft by being sent meanwhile is not ours to bring back, or to drop. */
  if (ok && was_there)
    offer_undo (removed);
}

void
zq_composer_remove_file (ZqComposer *self, const ZqDraftFile *file)
{
  g_autofree char *scope = zq_consult_draft_scope (self->consult);
  Removed *removed = g_rc_box_new0 (Removed);

  removed->composer = g_object_ref (self);
  removed->store = g_object_ref (self->store);
  removed->consult = self->consult;
  removed->file = zq_draft_file_copy (file);
  zq_draft_remove_file_async (self->store, scope, file->key, on_removed, removed);
}
