/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes back into a draft: a reply that was taken back, or one that could not be kept. */
#include "ui/consult/composer-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* --- taken back ------------------------------------------------------------------------------- */

/* What came back into the draft is put before what has been typed meanwhile: nothing of either is lost. */
void
zq_composer_take_over (ZqComposer *self)
{
  g_autofree char *scope = zq_composer_scope (self);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autoptr (ZqDraft) there = NULL;
  g_autofree char *before = NULL, *typed = NULL, *whole = NULL;
  GtkTextIter start;

  self->reload_due = scope != NULL && g_hash_table_contains (self->in_flight, scope);
  if (scope == NULL || self->reload_due)
    return;
  there = zq_draft_read (zq_store_get_main_db (self->store), scope);
  before = zq_draft_came_back (there->body, self->base);
  typed = zq_composer_dup_text (self);
  whole = before != NULL ? zq_draft_join (before, typed) : NULL;
  self->loading = TRUE;
  gtk_text_buffer_get_start_iter (buffer, &start);
  /* Before the text, so that the cursor and what an input method holds stay where they are. */
  if (whole != NULL)
    gtk_text_buffer_insert (buffer, &start, whole, (int)(strlen (whole) - strlen (typed)));
  if (self->mode == ZQ_COMPOSER_CORRECTION && *gtk_editable_get_text (self->reason) == '\0' && there->reason != NULL)
    gtk_editable_set_text (self->reason, there->reason);
  if (self->quote == 0)
    self->quote = there->quote;
  if (self->tells == 0)
    zq_composer_take_told (self, there->tells);
  self->loading = FALSE;
  g_free (self->base);
  self->base = g_steal_pointer (&there->body);
  zq_composer_load_files (self);
  if (before != NULL)
    {
      zq_composer_forget (self);
      zq_composer_say_of_draft (self, _ ("Draft kept on this computer"));
    }
  zq_composer_show_mode (self);
}

void
zq_composer_hold (ZqComposer *self)
{
  zq_composer_flush (self);
  self->n_held++;
}

void
zq_composer_reload (ZqComposer *self)
{
  if (self->n_held > 0)
    self->n_held--;
  if (self->store != NULL)
    zq_composer_take_over (self);
}

/* --- not kept --------------------------------------------------------------------------------- */

void
zq_composer_resync (ZqComposer *self)
{
  g_autofree char *scope = zq_composer_scope (self);
  g_autofree char *body = scope != NULL ? zq_draft_load (zq_store_get_main_db (self->store), scope) : NULL;

  g_free (self->base);
  self->base = g_strdup (body != NULL ? body : "");
}

static void
insert_before (ZqComposer *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start;

  gtk_text_buffer_get_start_iter (buffer, &start);
  if (zq_composer_has_words (self))
    gtk_text_buffer_insert (buffer, &start, "\n", 1);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_insert (buffer, &start, text, -1);
}

/* What was saved last while it was typed is the beginning of it. (transfer full) */
static char *
join_written (const ZqWritten *written, const char *draft)
{
  return g_str_has_prefix (written->text, draft) ? g_strdup (written->text) : zq_draft_join (written->text, draft);
}

/* Into its draft, which is not the one that is shown. */
static void
put_away (ZqComposer *self, const ZqWritten *written)
{
  g_autofree char *scope = zq_composer_scope_of (written->mode, written->consult, written->corrects);
  g_autoptr (ZqDraft) there = zq_draft_read (zq_store_get_main_db (self->store), scope);
  g_autofree char *body = join_written (written, there->body);
  ZqDraft draft = { body, there->quote != 0 ? there->quote : written->quote,
                    there->reason != NULL && *there->reason != '\0' ? there->reason : written->reason,
                    there->tells != 0 ? there->tells : written->tells };

  zq_draft_put_async (self->store, scope, &draft, NULL, NULL, NULL);
}

/* Here, where nothing else is being written. */
static void
put_here (ZqComposer *self, const ZqWritten *written)
{
  g_autofree char *typed = NULL, *whole = NULL;

  zq_composer_set_mode (self, written->mode, written->corrects);
  typed = zq_composer_dup_text (self);
  whole = join_written (written, typed);
  if (written->reason != NULL && *gtk_editable_get_text (self->reason) == '\0')
    gtk_editable_set_text (self->reason, written->reason);
  zq_composer_set_text (self, whole);
  zq_composer_touch (self);
  zq_composer_update (self);
}

void
zq_composer_put_back (ZqComposer *self, const ZqWritten *written)
{
  g_autofree char *scope = zq_composer_scope_of (written->mode, written->consult, written->corrects);
  g_autofree char *shown = zq_composer_scope (self);

  if (g_strcmp0 (scope, shown) != 0)
    {
      /* Never under the hands of somebody who writes something else. */
      if (self->consult == written->consult && self->mode == ZQ_COMPOSER_REPLY && zq_composer_is_empty (self))
        {
          put_here (self, written);
          return;
        }
      put_away (self, written);
      if (self->consult == written->consult && written->mode == ZQ_COMPOSER_CORRECTION)
        zq_composer_warn (self, _ ("The correction is kept. Choose “Correct…” at its message to go on with it"));
      return;
    }
  zq_composer_resync (self);
  if (written->mode == ZQ_COMPOSER_REPLY)
    zq_composer_load_files (self);
  if (written->quote != 0 && self->quote == 0)
    zq_composer_quote (self, written->quote);
  if (written->tells != 0 && self->tells == 0)
    {
      zq_composer_take_told (self, written->tells);
      zq_composer_touch (self);
      zq_composer_show_mode (self);
    }
  if (written->reason != NULL && *gtk_editable_get_text (self->reason) == '\0')
    gtk_editable_set_text (self->reason, written->reason);
  insert_before (self, written->text);
}

void
zq_composer_settled (ZqComposer *self)
{
  if (self->n_sending > 0)
    self->n_sending--;
}

/* --- put back by something else --------------------------------------------------------------- */

/* What the composer does itself is no news. */
void
zq_composer_look (ZqComposer *self)
{
  g_autofree char *scope = zq_composer_scope (self);
  g_autofree char *body = NULL;

  self->look_due = scope != NULL && g_hash_table_contains (self->in_flight, scope);
  if (scope == NULL || self->look_due || self->n_held > 0 || self->n_sending > 0)
    return;
  body = zq_draft_load (zq_store_get_main_db (self->store), scope);
  if (g_strcmp0 (body != NULL ? body : "", self->base) != 0)
    zq_composer_take_over (self);
}

/* In Diagnostics: a reply whose file was discarded. */
static void
on_store_changed (ZqComposer *self, ZqChanges *changes)
{
  if (self->consult != 0 && zq_changes_has_row (changes, "draft", self->consult))
    zq_composer_look (self);
}

void
zq_composer_watch (ZqComposer *self, ZqStore *store)
{
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_func (self->store, on_store_changed, self);
  g_set_object (&self->store, store);
  if (store != NULL)
    g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
}
