/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"
#include "rules/context.h"

G_BEGIN_DECLS

/**
 * ZqSaid:
 *
 * One message of a conversation as it is printed. Internal notes are none: what is printed is what the patient has.
 */
typedef struct
{
  gint64 sent;
  char *name;     /* who; never NULL */
  char *relation; /* of a relative, or NULL */
  gboolean by_patient;
  gboolean withdrawn; /* its text is NULL */
  gboolean pending;   /* the hospital does not have it yet */
  char *text;         /* or NULL */
  char *files;        /* their names, or NULL */
  char *old_text;     /* what it corrects said, or NULL */
  char *reason;       /* of the correction */
} ZqSaid;

void zq_said_free (ZqSaid *self);

/* The whole conversation, oldest first: for the reader's connection. (transfer full) (element-type ZqSaid) */
GPtrArray *zq_transcript_read (ZqDb *db, const ZqContext *context, gint64 thread, GError **error);

G_END_DECLS
