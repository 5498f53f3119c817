/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/record-page-private.h"

#include "ui/patient/record-words.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

static void
fill (ZqRecordPage *self, GtkDropDown *drop, const GPtrArray *words, guint selected)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  GListModel *before = gtk_drop_down_get_model (drop);
  gboolean same = before != NULL && g_list_model_get_n_items (before) == words->len;

  for (guint i = 0; i < words->len; i++)
    {
      same = same && g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (before), i), words->pdata[i]);
      gtk_string_list_append (list, words->pdata[i]);
    }
  /* Not under the hand of who has it open. */
  if (same && gtk_drop_down_get_selected (drop) == selected)
    return;
  self->filling = TRUE;
  gtk_drop_down_set_model (drop, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (drop, selected);
  self->filling = FALSE;
}

void
zq_record_page_show_kinds (ZqRecordPage *self)
{
  guint counts[ZQ_RECORD_N_KINDS], selected = 0;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  zq_record_get_counts (zq_record_page_get_db (self), self->patient, counts);
  g_array_set_size (self->offered, 0);
  for (ZqRecordKind kind = ZQ_RECORD_ALL; kind < ZQ_RECORD_N_KINDS; kind++)
    {
      if (counts[kind] == 0 && kind != ZQ_RECORD_ALL && kind != self->kind)
        continue;
      if (kind == self->kind)
        selected = words->len;
      g_array_append_val (self->offered, kind);
      g_ptr_array_add (words, g_strdup_printf ("%s %u", zq_record_words_kinds (kind), counts[kind]));
    }
  fill (self, self->kinds, words, selected);
}

static int
year_of (gint64 at, GTimeZone *zone)
{
  return (int)(zq_day_number (at, zone) / 1000);
}

void
zq_record_page_show_years (ZqRecordPage *self)
{
  gint64 first, last;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  zq_record_get_span (zq_record_page_get_db (self), self->patient, &first, &last);
  /* Nor is one of the far future a reason not to reach those that there are. */
  self->first_year = last != 0 ? MIN (year_of (last, zq_record_page_get_zone (self)),
                                      year_of (zq_ticker_get_now (self->ticker), zq_record_page_get_zone (self)) + 1)
                               : 0;
  g_ptr_array_add (words, g_strdup (C_ ("record", "Year")));
  /* A date of the first century is a mistake, and no list of two thousand years. */
  for (int year = self->first_year;
       last != 0 && year >= year_of (first, zq_record_page_get_zone (self)) && words->len <= 130; year--)
    g_ptr_array_add (words, g_strdup_printf ("%d", year));
  fill (self, self->years, words, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->years), words->len > 2);
}

void
zq_record_page_go_to_year (ZqRecordPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->years), place;
  g_autoptr (GDateTime) end = NULL;
  gint64 key;

  if (self->filling || selected == 0 || selected == GTK_INVALID_LIST_POSITION)
    return;
  end = g_date_time_new (zq_record_page_get_zone (self), self->first_year - (int)selected + 2, 1, 1, 0, 0, 0);
  key = zq_record_find (zq_record_page_get_db (self), self->patient, self->kind,
                        g_date_time_to_unix (end) * G_USEC_PER_SEC - 1);
  if (key != 0 && zq_list_find (self->list, key, &place))
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", place);
  /* So that the same one can be gone to again. */
  self->filling = TRUE;
  gtk_drop_down_set_selected (self->years, 0);
  self->filling = FALSE;
}
