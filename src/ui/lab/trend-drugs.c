/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/trend-drugs.h"

#include "clinic/lab/drug-span.h"

#include <glib/gi18n.h>

#define MOST_LANES 6
/* One order that follows another so soon is the same treatment. */
#define GAP_US (14 * 24 * 3600 * (gint64)G_USEC_PER_SEC)

static gboolean
goes_on (gconstpointer span)
{
  return ((const ZqDrugSpan *)span)->to == G_MAXINT64;
}

/* The lane of each drug by name: first what goes on. @n: how many drugs there are. (transfer full) */
static GHashTable *
find_lanes (GPtrArray *spans, guint *n)
{
  GHashTable *lanes = g_hash_table_new (g_str_hash, g_str_equal);

  *n = 0;
  for (int on = TRUE; on >= FALSE; on--)
    for (guint i = 0; i < spans->len; i++)
      {
        const ZqDrugSpan *span = spans->pdata[i];

        if (goes_on (span) == (on == TRUE) && !g_hash_table_contains (lanes, span->name))
          g_hash_table_insert (lanes, span->name, GUINT_TO_POINTER ((*n)++));
      }

  return lanes;
}

/* The bar of the same lane that this earlier span goes over into. */
static ZqChartBar *
find_next (GArray *bars, guint lane, const ZqDrugSpan *span)
{
  for (guint i = bars->len; i-- > 0;)
    {
      ZqChartBar *bar = &g_array_index (bars, ZqChartBar, i);

      if (bar->lane == lane)
        return span->to > span->from && (span->to == G_MAXINT64 || span->to + GAP_US >= bar->from) ? bar : NULL;
    }

  return NULL;
}

void
zq_trend_show_drugs (ZqChart *chart, GPtrArray *spans)
{
  guint n;
  g_autoptr (GHashTable) lanes = find_lanes (spans, &n);
  g_autoptr (GArray) bars = g_array_new (FALSE, FALSE, sizeof (ZqChartBar));
  g_autofree char *note = NULL;

  for (guint i = 0; i < spans->len; i++)
    {
      const ZqDrugSpan *span = spans->pdata[i];
      guint lane = GPOINTER_TO_UINT (g_hash_table_lookup (lanes, span->name));
      ZqChartBar *next = lane < MOST_LANES ? find_next (bars, lane, span) : NULL;

      if (lane >= MOST_LANES)
        continue;
      if (next != NULL)
        {
          next->from = MIN (next->from, span->from);
          next->to = MAX (next->to, span->to);
        }
      else
        {
          ZqChartBar bar = { .label = span->name, .from = span->from, .to = span->to, .lane = lane };

          g_array_append_val (bars, bar);
        }
    }
  if (n > MOST_LANES)
    note = g_strdup_printf (
        ngettext ("%u more medication is not drawn", "%u more medications are not drawn", n - MOST_LANES),
        n - MOST_LANES);
  zq_chart_set_bars (chart, (ZqChartBar *)bars->data, bars->len, note);
}

char *
zq_trend_drugs_at (GPtrArray *spans, gint64 at)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; spans != NULL && i < spans->len; i++)
    {
      const ZqDrugSpan *span = spans->pdata[i];

      if (span->from > at || span->to < at || !g_hash_table_add (seen, span->name))
        continue;
      /* Translators: stands between the items of a list in one line */
      g_string_append_printf (all, "%s%s", all->len > 0 ? C_ ("list separator", ", ") : "", span->name);
    }

  return all->len > 0 ? g_string_free (g_steal_pointer (&all), FALSE) : NULL;
}
