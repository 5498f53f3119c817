/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/changes.h"
#include "store/store-private.h"

#define MAX_ROWS 256

typedef struct
{
  gint64 patient;
  ZqChangeFlags flags;
} Change;

typedef struct
{
  GHashTable *rows; /* gint64 → Change; NULL: collapsed */
} Topic;

struct _ZqChanges
{
  grefcount references;
  GHashTable *topics; /* char * → Topic */
};

G_DEFINE_BOXED_TYPE (ZqChanges, zq_changes, zq_changes_ref, zq_changes_unref)

static void
topic_free (Topic *topic)
{
  g_clear_pointer (&topic->rows, g_hash_table_unref);
  g_free (topic);
}

ZqChanges *
zq_changes_new (void)
{
  ZqChanges *self = g_new0 (ZqChanges, 1);

  g_atomic_ref_count_init (&self->references);
  self->topics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)topic_free);

  return self;
}

ZqChanges *
zq_changes_ref (ZqChanges *self)
{
  g_atomic_ref_count_inc (&self->references);

  return self;
}

void
zq_changes_unref (ZqChanges *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_hash_table_unref (self->topics);
  g_free (self);
}

static Topic *
get_topic (ZqChanges *self, const char *name)
{
  Topic *topic = g_hash_table_lookup (self->topics, name);

  if (topic == NULL)
    {
      topic = g_new0 (Topic, 1);
      topic->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
      g_hash_table_insert (self->topics, g_strdup (name), topic);
    }

  return topic;
}

void
zq_changes_add (ZqChanges *self, const char *name, gint64 row, gint64 patient, ZqChangeFlags flags)
{
  Topic *topic = get_topic (self, name);
  Change *change;

  if (topic->rows == NULL)
    return;

  change = g_hash_table_lookup (topic->rows, &row);
  if (change == NULL)
    {
      if (g_hash_table_size (topic->rows) == MAX_ROWS)
        {
          g_clear_pointer (&topic->rows, g_hash_table_unref);
          return;
        }
      change = g_new0 (Change, 1);
      g_hash_table_insert (topic->rows, g_memdup2 (&row, sizeof row), change);
    }

  if (patient != 0)
    change->patient = patient;
  change->flags |= flags;
}

void
zq_changes_merge (ZqChanges *self, ZqChanges *other)
{
  GHashTableIter iter;
  const char *name;
  Topic *topic;

  g_hash_table_iter_init (&iter, other->topics);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, (gpointer *)&topic))
    {
      GHashTableIter rows;
      gint64 *row;
      Change *change;

      if (topic->rows == NULL)
        {
          g_clear_pointer (&get_topic (self, name)->rows, g_hash_table_unref);
          continue;
        }

      g_hash_table_iter_init (&rows, topic->rows);
      while (g_hash_table_iter_next (&rows, (gpointer *)&row, (gpointer *)&change))
        zq_changes_add (self, name, *row, change->patient, change->flags);
    }
}

gboolean
zq_changes_is_empty (ZqChanges *self)
{
  return g_hash_table_size (self->topics) == 0;
}

gboolean
zq_changes_has (ZqChanges *self, const char *topic)
{
  return g_hash_table_contains (self->topics, topic);
}

gboolean
zq_changes_is_collapsed (ZqChanges *self, const char *name)
{
  Topic *topic = g_hash_table_lookup (self->topics, name);

  return topic != NULL && topic->rows == NULL;
}

gboolean
zq_changes_has_row (ZqChanges *self, const char *name, gint64 row)
{
  Topic *topic = g_hash_table_lookup (self->topics, name);

  return topic != NULL && (topic->rows == NULL || g_hash_table_contains (topic->rows, &row));
}

gboolean
zq_changes_has_patient (ZqChanges *self, gint64 patient)
{
  GHashTableIter iter;
  Topic *topic;

  g_hash_table_iter_init (&iter, self->topics);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&topic))
    {
      GHashTableIter rows;
      Change *change;

      if (topic->rows == NULL)
        return TRUE;

      g_hash_table_iter_init (&rows, topic->rows);
      while (g_hash_table_iter_next (&rows, NULL, (gpointer *)&change))
        if (change->patient == patient)
          return TRUE;
    }

  return FALSE;
}

void
zq_changes_foreach (ZqChanges *self, const char *name, ZqChangesFunc func, gpointer data)
{
  Topic *topic = g_hash_table_lookup (self->topics, name);
  GHashTableIter rows;
  gint64 *row;
  Change *change;

  if (topic == NULL || topic->rows == NULL)
    return;

  g_hash_table_iter_init (&rows, topic->rows);
  while (g_hash_table_iter_next (&rows, (gpointer *)&row, (gpointer *)&change))
    func (name, *row, change->patient, change->flags, data);
}
