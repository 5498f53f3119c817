/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"

G_BEGIN_DECLS

/**
 * What of a patient has not been seen, by kind: send-and-next is refused while there is any. A later capability
 * (results, red flags) adds its line to the table in unseen.c.
 */
typedef struct
{
  const char *kind; /* "message"…: static; its words are with the widgets */
  guint n;
  gint64 consult; /* where a click leads */
} ZqUnseen;

/* Of @patient, but of the consultation @except, whose own messages its thread tells. Bounded; main thread. (transfer
 * full) (element-type ZqUnseen): NULL when all has been seen. */
GArray *zq_unseen_of_patient (ZqDb *db, gint64 patient, gint64 except);

G_END_DECLS
