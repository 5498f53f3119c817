/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/backoff.h"

#define FIRST_DELAY_US   (1 * G_USEC_PER_SEC)
#define LONGEST_DELAY_US (5 * 60 * G_USEC_PER_SEC)
#define REMEMBERED_US    (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

struct _ZqBackoffs
{
  ZqClock *clock;
  GHashTable *rests; /* key → Rest */
  gint64 looked;     /* monotonic: what rested no longer then has been tried */
};

typedef struct
{
  gint64 until; /* monotonic */
  guint failures;
} Rest;

gint64
zq_backoff_delay (guint attempt)
{
  gint64 delay = MIN (FIRST_DELAY_US << MIN (attempt, 20), LONGEST_DELAY_US);

  return delay / 2 + (gint64)(g_random_double () * (double)(delay / 2));
}

ZqBackoffs *
zq_backoffs_new (ZqClock *clock)
{
  ZqBackoffs *self = g_new0 (ZqBackoffs, 1);

  self->clock = g_object_ref (clock);
  self->rests = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
zq_backoffs_free (ZqBackoffs *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->rests);
  g_object_unref (self->clock);
  g_free (self);
}

void
zq_backoffs_failed (ZqBackoffs *self, gint64 key, gint64 retry_after_us)
{
  Rest *rest = g_hash_table_lookup (self->rests, &key);

  if (rest == NULL)
    {
      rest = g_new0 (Rest, 1);
      g_hash_table_insert (self->rests, g_memdup2 (&key, sizeof key), rest);
    }
  rest->until =
      zq_clock_monotonic (self->clock) + (retry_after_us > 0 ? retry_after_us : zq_backoff_delay (rest->failures));
  rest->failures++;
}

void
zq_backoffs_worked (ZqBackoffs *self, gint64 key)
{
  g_hash_table_remove (self->rests, &key);
}

void
zq_backoffs_clear (ZqBackoffs *self)
{
  g_hash_table_remove_all (self->rests);
}

gboolean
zq_backoffs_rests (ZqBackoffs *self, gint64 key)
{
  Rest *rest = g_hash_table_lookup (self->rests, &key);

  return rest != NULL && zq_clock_monotonic (self->clock) < rest->until;
}

guint
zq_backoffs_get_failures (ZqBackoffs *self, gint64 key)
{
  const Rest *rest = g_hash_table_lookup (self->rests, &key);

  return rest != NULL ? rest->failures : 0;
}

void
zq_backoffs_look (ZqBackoffs *self)
{
  self->looked = zq_clock_monotonic (self->clock);
}

/* A rest that was over at the last look wakes nobody; it is only kept so that the next one is longer. */
gint64
zq_backoffs_next (ZqBackoffs *self)
{
  GHashTableIter iter;
  gpointer value;
  gint64 next = 0;

  g_hash_table_iter_init (&iter, self->rests);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Rest *rest = value;

      if (rest->until + REMEMBERED_US < self->looked)
        g_hash_table_iter_remove (&iter);
      else if (rest->until > self->looked && (next == 0 || rest->until < next))
        next = rest->until;
    }
  return next;
}
