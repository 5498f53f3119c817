/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/ours.h"

#include "clinic/consult/commands.h"
#include "clinic/consult/rules.h"
#include "clinic/patient/codec.h"
#include "store/store.h"

void
zq_ours_free (ZqOurs *self)
{
  g_clear_pointer (&self->intent, zq_intent_free);
  g_free (self->name);
  g_free (self->text);
  g_free (self->reason);
  g_free (self->file_key);
  g_clear_pointer (&self->newer, g_ptr_array_unref);
  g_free (self);
}

/* The held or refused one of the same chain that has to be decided about first. */
static gint64
find_stop (GPtrArray *intents, const ZqIntent *intent)
{
  for (guint i = 0; i < intents->len; i++)
    {
      const ZqIntent *other = g_ptr_array_index (intents, i);

      if (other->seq < intent->seq && g_strcmp0 (other->chain, intent->chain) == 0 &&
          (other->state == ZQ_INTENT_HELD || other->state == ZQ_INTENT_REFUSED))
        return other->seq;
    }

  return 0;
}

/* A file goes before the reply that it belongs to. */
static gint64
find_reply (GPtrArray *intents, const ZqIntent *file)
{
  for (guint i = 0; i < intents->len; i++)
    {
      const ZqIntent *other = g_ptr_array_index (intents, i);

      if (other->seq > file->seq && g_strcmp0 (other->chain, file->chain) == 0 &&
          g_strcmp0 (other->action, "send-message") == 0)
        return other->seq;
    }

  return 0;
}

static void
load_file (ZqDb *db, ZqOurs *ours)
{
  g_autoptr (ZqRows) rows = NULL;

  ours->file_key = g_strconcat ("urn:uuid:", ours->intent->target_local_id, NULL);
  rows = zq_db_query (db, NULL, "SELECT title, size FROM message_file WHERE key = ? LIMIT 1", "s", ours->file_key);
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return;
  ours->text = zq_codec_one_line (zq_rows_text (rows, 0));
  ours->file_size = zq_rows_int (rows, 1);
}

/* By key only: a few index steps each. */
static void
load_words (ZqDb *db, ZqOurs *ours)
{
  ZqIntent *intent = ours->intent;
  g_autofree char *text = NULL;

  ours->consult = zq_chain_consult (intent->chain);
  if (ours->consult != 0)
    ours->name = zq_db_get_text (
        db, NULL, "SELECT p.name FROM consult c JOIN patient p ON p.id = c.patient WHERE c.id = ?", "i", ours->consult);
  if (g_strcmp0 (intent->kind, "binary") == 0 && intent->target_local_id != NULL)
    load_file (db, ours);
  else if (g_strcmp0 (intent->target_type, "Communication") == 0)
    {
      text = zq_db_get_text (db, NULL, "SELECT substr (text, 1, 400) FROM message WHERE id = ?", "i", intent->target);
      ours->text = zq_codec_one_line (text);
    }
  ours->reason = zq_consult_describe_reason (db, intent->error);
  if (intent->state == ZQ_INTENT_HELD)
    ours->newer = zq_consult_list_newer (db, intent->seq);
}

static guint
rank_of (const ZqIntent *intent)
{
  if (intent->state == ZQ_INTENT_HELD)
    return 0;

  return intent->state == ZQ_INTENT_REFUSED ? 1 : 2;
}

GPtrArray *
zq_consult_list_ours (ZqDb *db, guint limit, guint *total, GError **error)
{
  g_autoptr (GPtrArray) intents = zq_store_list_intents (db, error);
  GPtrArray *list;

  if (intents == NULL)
    return NULL;
  *total = intents->len;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_ours_free);
  for (guint rank = 0; rank < 3; rank++)
    for (guint i = 0; i < intents->len && list->len < limit; i++)
      {
        const ZqIntent *intent = g_ptr_array_index (intents, i);
        ZqOurs *ours;

        if (rank_of (intent) != rank)
          continue;
        ours = g_new0 (ZqOurs, 1);
        ours->intent = zq_intent_copy (intent);
        ours->stopped_by = rank == 2 ? find_stop (intents, intent) : 0;
        load_words (db, ours);
        ours->reply = ours->file_key != NULL ? find_reply (intents, intent) : 0;
        g_ptr_array_add (list, ours);
      }

  return list;
}
