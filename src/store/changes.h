/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What one commit changed: a set of (kind, row, patient, what); over 256 rows a kind collapses to the
 * kind alone. Topics are ZqResourceKind names and those that summaries announce ("consult"), plus
 * "outbox" (intents), "draft", "unreadable". */
typedef struct _ZqChanges ZqChanges;

typedef enum
{
  ZQ_CHANGE_CONTENT = 1 << 0, /* the row reads differently */
  ZQ_CHANGE_ORDER = 1 << 1,   /* it came, went, or moved in a list */
} ZqChangeFlags;

#define ZQ_TYPE_CHANGES (zq_changes_get_type ())
GType zq_changes_get_type (void);
ZqChanges *zq_changes_ref (ZqChanges *self);
void zq_changes_unref (ZqChanges *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqChanges, zq_changes_unref)

gboolean zq_changes_has (ZqChanges *self, const char *topic);
/* TRUE when only "something of @topic" is known: read everything again. */
gboolean zq_changes_is_collapsed (ZqChanges *self, const char *topic);
gboolean zq_changes_has_row (ZqChanges *self, const char *topic, gint64 row); /* TRUE when collapsed, too */
gboolean zq_changes_has_patient (ZqChanges *self, gint64 patient);

typedef void (*ZqChangesFunc) (const char *topic, gint64 row, gint64 patient, ZqChangeFlags flags, gpointer data);
/* Each row of @topic that is known; none when it is collapsed. */
void zq_changes_foreach (ZqChanges *self, const char *topic, ZqChangesFunc func, gpointer data);

G_END_DECLS
