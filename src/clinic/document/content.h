/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/document/narrative.h"
#include "clinic/document/sampled.h"
#include "store/store.h"

G_BEGIN_DECLS

/**
 * ZqContent:
 *
 * What an item of the record says beyond its row: text of its own, waveforms. Immutable.
 */
typedef struct
{
  GPtrArray *blocks; /* of ZqNarrativeBlock */
  gboolean cut;      /* there is more text than is shown */
  GPtrArray *waves;  /* of ZqSampled */
  guint n_broken;    /* waveforms of which nothing can be drawn */
  guint n_more;      /* and those that are not shown: too many */
} ZqContent;

void zq_content_free (ZqContent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqContent, zq_content_free)

/* Whether the narrative of @resource says what its members do not: it is no mere rendering of them (status
 * `additional`, `extensions`, none), or there are none that are shown. Pure. */
gboolean zq_content_has_own_text (JsonNode *resource);

/**
 * zq_content_read_async:
 * @item: row of the resource whose text is read, 0: none
 * @results: (nullable) (element-type gint64): rows of the results whose waveforms are
 *
 * Reads and parses on the reader's thread. Main thread.
 */
void zq_content_read_async (ZqStore *store,
                            gint64 item,
                            GArray *results,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
ZqContent *zq_content_read_finish (ZqStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
