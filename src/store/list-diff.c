/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/list-diff.h"

#define KEY(array, i) g_array_index (array, gint64, i)

typedef struct
{
  guint prefix;
  guint suffix;
} Common;

static Common
find_common (const GArray *a, const GArray *b)
{
  guint limit = MIN (a->len, b->len);
  Common common = { 0 };

  while (common.prefix < limit && KEY (a, common.prefix) == KEY (b, common.prefix))
    common.prefix++;
  while (common.suffix < limit - common.prefix &&
         KEY (a, a->len - 1 - common.suffix) == KEY (b, b->len - 1 - common.suffix))
    common.suffix++;

  return common;
}

static guint
find (const GArray *keys, gint64 key)
{
  guint at = 0;

  while (at < keys->len && KEY (keys, at) != key)
    at++;

  return at;
}

/* Key → place + 1, of what lies between the common ends. */
static GHashTable *
index_middle (const GArray *keys, Common common)
{
  GHashTable *places = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = common.prefix; i < keys->len - common.suffix; i++)
    g_hash_table_insert (places, &KEY (keys, i), GUINT_TO_POINTER (i + 1));

  return places;
}

/* --- what shall be shown ---------------------------------------------------------------------- */

/* Behind the nearest one before it that is still there. */
static void
put_kept (const GArray *old, GArray *target, gint64 keep)
{
  g_autoptr (GHashTable) places = NULL;
  guint at = find (old, keep);
  guint place = 0;

  if (at == old->len || find (target, keep) < target->len)
    return;

  places = index_middle (target, (Common){ 0 });
  for (; at > 0 && place == 0; at--)
    place = GPOINTER_TO_UINT (g_hash_table_lookup (places, &KEY (old, at - 1)));

  g_array_insert_val (target, place, keep);
}

GArray *
zq_list_diff_target (const GArray *old, const GArray *fresh, gboolean hold, gint64 keep, guint *n_held)
{
  GArray *target = g_array_sized_new (FALSE, FALSE, sizeof (gint64), fresh->len + 1);
  Common common = find_common (old, fresh);

  *n_held = 0;
  if (hold)
    {
      g_autoptr (GHashTable) shown = index_middle (old, common);

      g_array_append_vals (target, fresh->data, common.prefix);
      for (guint i = common.prefix; i < fresh->len - common.suffix; i++)
        if (g_hash_table_contains (shown, &KEY (fresh, i)))
          g_array_append_val (target, KEY (fresh, i));
        else
          (*n_held)++;
      g_array_append_vals (target, &KEY (fresh, fresh->len - common.suffix), common.suffix);
    }
  else
    {
      g_array_append_vals (target, fresh->data, fresh->len);
    }

  if (keep != 0)
    put_kept (old, target, keep);

  return target;
}

/* --- how to get there ------------------------------------------------------------------------- */

/* Marks in @stays the places of @old that keep their order in @target: a longest increasing
 * subsequence of their new places (patience sorting). */
static void
find_staying (const GArray *old, Common common, GHashTable *places, gboolean *stays)
{
  guint n = old->len - common.suffix - common.prefix;
  g_autofree guint *to = g_new (guint, n + 1);
  g_autofree guint *tails = g_new (guint, n + 1);
  g_autofree guint *before = g_new (guint, n + 1);
  guint length = 0;

  for (guint i = 0; i < n; i++)
    {
      guint low = 0;
      guint high = length;

      to[i] = GPOINTER_TO_UINT (g_hash_table_lookup (places, &KEY (old, common.prefix + i)));
      if (to[i] == 0)
        continue;

      while (low < high)
        {
          guint middle = (low + high) / 2;

          if (to[tails[middle]] < to[i])
            low = middle + 1;
          else
            high = middle;
        }
      before[i] = low > 0 ? tails[low - 1] : G_MAXUINT;
      tails[low] = i;
      length = MAX (length, low + 1);
    }

  for (guint i = length > 0 ? tails[length - 1] : G_MAXUINT; i != G_MAXUINT; i = before[i])
    stays[i] = TRUE;
}

static void
add_span (GArray *spans, guint position, guint removed, guint added)
{
  ZqListSpan span = { position, removed, added };

  if (removed + added > 0)
    g_array_append_val (spans, span);
}

static void
add_removals (GArray *spans, guint prefix, const gboolean *stays, guint n)
{
  for (guint end = n; end > 0;)
    {
      guint start = end;

      while (start > 0 && !stays[start - 1])
        start--;
      add_span (spans, prefix + start, end - start, 0);
      end = start > 0 ? start - 1 : 0;
    }
}

static void
add_insertions (GArray *spans, const GArray *target, Common common, GHashTable *staying)
{
  guint end = target->len - common.suffix;

  for (guint i = common.prefix; i < end; i++)
    {
      guint start = i;

      while (i < end && !g_hash_table_contains (staying, &KEY (target, i)))
        i++;
      add_span (spans, start, 0, i - start);
    }
}

GArray *
zq_list_diff (const GArray *old, const GArray *target, guint max_spans)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (ZqListSpan));
  Common common = find_common (old, target);
  guint n_old = old->len - common.suffix - common.prefix;
  guint n_new = target->len - common.suffix - common.prefix;
  g_autofree gboolean *stays = g_new0 (gboolean, n_old + 1);
  g_autoptr (GHashTable) places = NULL;
  g_autoptr (GHashTable) staying = NULL;

  if (n_old > 0 && n_new > 0)
    {
      places = index_middle (target, common);
      find_staying (old, common, places, stays);
    }
  staying = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < n_old; i++)
    if (stays[i])
      g_hash_table_add (staying, &KEY (old, common.prefix + i));

  add_removals (spans, common.prefix, stays, n_old);
  add_insertions (spans, target, common, staying);
  if (spans->len > max_spans)
    {
      g_array_set_size (spans, 0);
      add_span (spans, common.prefix, n_old, 0);
      add_span (spans, common.prefix, 0, n_new);
    }

  return spans;
}
