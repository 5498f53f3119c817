/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/* A patient or thread whose things are to be asked for. */
typedef struct
{
  char *id;
  char *since; /* NULL: all of it */
} ZqHolder;

/* Who they are for one scope with {patient} or {thread}. */
typedef struct
{
  GTask *task; /* the round's */
  const ZqResourceKind *kind;
  const ZqScope *scope;
  gboolean refresh;
  char *again; /* SQL */
} ZqHolders;

void zq_holders_free (ZqHolders *self);

/* The scope's SQL, with the departments that are searched for themselves; none: whoever is open counts.
 * (transfer full) */
char *zq_holders_expand (const ZqPeer *peer, gboolean refresh, const ZqScope *scope);

/* A ZqReadFunc over ZqHolders: patients or threads that are held and whose things were not asked for
 * yet, or are to be asked for again: the latter after the former, by when they were asked last.
 * Returns: (element-type ZqHolder) */
gpointer zq_holders_read (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error);

G_END_DECLS
