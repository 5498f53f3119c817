/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "hospital/seed/seed.h"
#include "store/store.h"

G_BEGIN_DECLS

/* A doctor's store at a hospital's scale without a hospital: what the demo's generator writes is taken in as if sync
 * had pulled it, and the cursors say that it has. A hospital with the same spec (and instant, at=) has the same. */

typedef struct
{
  guint64 n_written;    /* by the generator */
  guint64 n_taken;      /* into the store: what the doctor would be shown and a kind is there for */
  guint64 n_unreadable; /* of those */
  gint64 us;            /* real time that it took */
} ZqFillReport;

/* The account of the demo's doctor at @base under @data_dir, made and saved when there is none. */
ZqAccount *zq_fill_account (const char *data_dir, const char *base, GError **error);

/* Fills @store, which has to be the demo's doctor's; iterates the main context. @progress: (nullable): now and then. */
gboolean zq_fill_store (ZqStore *store,
                        const ZqSeedSpec *spec,
                        void (*progress) (const ZqFillReport *report),
                        ZqFillReport *report,
                        GError **error);

G_END_DECLS
