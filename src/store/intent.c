/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/intent.h"
#include "store/store-private.h"

G_DEFINE_BOXED_TYPE (ZqIntent, zq_intent, zq_intent_copy, zq_intent_free)

ZqIntent *
zq_intent_copy (const ZqIntent *self)
{
  ZqIntent *copy = g_new0 (ZqIntent, 1);

  *copy = *self;
  copy->kind = g_strdup (self->kind);
  copy->action = g_strdup (self->action);
  copy->target_type = g_strdup (self->target_type);
  copy->target_server_id = g_strdup (self->target_server_id);
  copy->target_local_id = g_strdup (self->target_local_id);
  copy->args = g_strdup (self->args);
  copy->basis = g_strdup (self->basis);
  copy->chain = g_strdup (self->chain);
  copy->error = g_strdup (self->error);
  copy->policy = g_strdup (self->policy);

  return copy;
}

void
zq_intent_free (ZqIntent *self)
{
  if (self == NULL)
    return;

  g_free (self->kind);
  g_free (self->action);
  g_free (self->target_type);
  g_free (self->target_server_id);
  g_free (self->target_local_id);
  g_free (self->args);
  g_free (self->basis);
  g_free (self->chain);
  g_free (self->error);
  g_free (self->policy);
  g_free (self);
}

ZqIntent *
zq_intent_new_from_rows (ZqRows *rows)
{
  ZqIntent *self = g_new0 (ZqIntent, 1);

  self->seq = zq_rows_int (rows, 0);
  self->kind = g_strdup (zq_rows_text (rows, 1));
  self->action = g_strdup (zq_rows_text (rows, 2));
  self->target = zq_rows_int (rows, 3);
  self->target_type = g_strdup (zq_rows_text (rows, 4));
  self->target_server_id = g_strdup (zq_rows_text (rows, 5));
  self->target_local_id = g_strdup (zq_rows_text (rows, 6));
  self->args = g_strdup (zq_rows_text (rows, 7));
  self->basis = g_strdup (zq_rows_text (rows, 8));
  self->chain = g_strdup (zq_rows_text (rows, 9));
  self->not_before = zq_rows_int (rows, 10);
  self->created = zq_rows_int (rows, 11);
  self->sent = zq_rows_int (rows, 12);
  self->state = zq_rows_int (rows, 13);
  self->attempts = zq_rows_int (rows, 14);
  self->error = g_strdup (zq_rows_text (rows, 15));
  self->policy = g_strdup (zq_rows_text (rows, 16));

  return self;
}
