/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/message.h"
#include "rules/context.h"
#include "store/intent.h"

G_BEGIN_DECLS

/**
 * ZqOurs:
 *
 * Something of ours that the hospital does not know yet, as a person reads it; immutable.
 */
typedef struct
{
  ZqIntent *intent;
  gint64 consult;    /* 0: it belongs to none */
  char *name;        /* the patient's, or NULL */
  char *text;        /* what it says, one line; of a file its title; or NULL */
  char *reason;      /* why it is held or was refused, in words; or NULL */
  char *file_key;    /* of ZqAttachments: a file on its way; or NULL */
  gint64 file_size;  /* bytes */
  gint64 stopped_by; /* seq of the held or refused one that it waits for; 0 */
  gint64 reply;      /* of a file: seq of the reply that it goes with; 0 */
  GPtrArray *newer;  /* (element-type ZqNewer): what came in meanwhile, of a held reply; or NULL */
} ZqOurs;

void zq_ours_free (ZqOurs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqOurs, zq_ours_free)

/**
 * zq_consult_list_ours:
 * @total: (out): how many there are
 *
 * Those that are held, then those that were refused, then those that wait, oldest first; at most @limit. Reader thread.
 *
 * Returns: (transfer full) (element-type ZqOurs): NULL on error
 */
GPtrArray *zq_consult_list_ours (ZqDb *db, guint limit, guint *total, GError **error);

G_END_DECLS
