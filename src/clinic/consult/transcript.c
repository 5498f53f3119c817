/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/transcript.h"

void
zq_said_free (ZqSaid *self)
{
  g_free (self->name);
  g_free (self->relation);
  g_free (self->text);
  g_free (self->files);
  g_free (self->old_text);
  g_free (self->reason);
  g_free (self);
}

static ZqSaid *
read_said (ZqRows *rows, const ZqContext *context)
{
  ZqSaid *self = g_new0 (ZqSaid, 1);
  gboolean from_me = zq_rows_int (rows, 2) != 0;
  const char *name = zq_rows_text (rows, 6);

  self->sent = zq_rows_int (rows, 0);
  self->by_patient = zq_rows_int (rows, 1) == 1;
  self->withdrawn = zq_rows_int (rows, 3) != 0;
  self->pending = zq_rows_int (rows, 4) != 0;
  self->text = self->withdrawn ? NULL : g_strdup (zq_rows_text (rows, 5));
  self->name = g_strdup (name != NULL ? name : from_me && context->my_name != NULL ? context->my_name : "—");
  self->relation = g_strdup (zq_rows_text (rows, 7));
  self->files = self->withdrawn ? NULL : g_strdup (zq_rows_text (rows, 8));
  self->old_text = g_strdup (zq_rows_text (rows, 9));
  self->reason = g_strdup (zq_rows_text (rows, 10));

  return self;
}

GPtrArray *
zq_transcript_read (ZqDb *db, const ZqContext *context, gint64 thread, GError **error)
{
  GError *local = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_said_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error,
                   "SELECT m.sent, m.side, m.from_me, m.withdrawn, m.pending, m.text, p.name, p.relation,"
                   " (SELECT group_concat (coalesce (f.title, f.content_type, '?'), ', ') FROM message_file f WHERE "
                   "f.message = m.id),"
                   " iif (m.correction AND NOT o.withdrawn, o.text, NULL), iif (m.correction, m.reason, NULL)"
                   " FROM message m LEFT JOIN person p ON p.id = m.sender LEFT JOIN message o ON o.id = m.reply_to"
                   " WHERE m.thread = ? AND NOT m.note ORDER BY m.pending, m.sent, m.order_key",
                   "i", thread);

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    g_ptr_array_add (all, read_said (rows, context));
  if (local == NULL)
    return g_steal_pointer (&all);
  g_propagate_error (error, local);

  return NULL;
}
