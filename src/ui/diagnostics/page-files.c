/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/diagnostics/page-private.h"

#include "store/attachments.h"

#include <glib/gi18n.h>

#define AGAIN_US (G_USEC_PER_SEC / 2)

static void
take_line (GString *words, char *line)
{
  g_string_append_printf (words, "%s%s", words->len > 0 ? "\n" : "", line);
  g_free (line);
}

static char *
describe (const ZqTransfers *transfers)
{
  g_autofree char *down = g_format_size ((guint64)transfers->down_done);
  g_autofree char *down_all = g_format_size ((guint64)transfers->down_size);
  g_autofree char *up = g_format_size ((guint64)transfers->up_done);
  g_autofree char *up_all = g_format_size ((guint64)transfers->up_size);
  GString *words = g_string_new (NULL);

  if (transfers->n_down > 0)
    /* Translators: how many files, how much of them has come, of how much */
    take_line (words, g_strdup_printf (ngettext ("%1$u file comes in: %2$s of %3$s", "%1$u files come in: %2$s of %3$s",
                                                 transfers->n_down),
                                       transfers->n_down, down, down_all));
  if (transfers->n_up > 0)
    /* Translators: how many files, how much of them has gone, of how much */
    take_line (words, g_strdup_printf (ngettext ("%1$u file goes out: %2$s of %3$s", "%1$u files go out: %2$s of %3$s",
                                                 transfers->n_up),
                                       transfers->n_up, up, up_all));
  if (words->len == 0)
    take_line (words, g_strdup (_ ("None is on its way")));
  if (transfers->n_refused > 0)
    /* Translators: how many files, why the last of them */
    take_line (words, g_strdup_printf (ngettext ("%1$u file was not taken: %2$s",
                                                 "%1$u files were not taken, the last: %2$s", transfers->n_refused),
                                       transfers->n_refused, transfers->reason != NULL ? _ (transfers->reason) : "–"));

  return g_string_free (words, FALSE);
}

void
zq_diagnostics_show_files (ZqDiagnostics *self)
{
  g_auto (ZqTransfers) transfers = { 0 };
  g_autofree char *words = NULL, *plain = NULL;

  if (self->store == NULL)
    return;
  zq_attachments_sum_up (zq_store_get_attachments (self->store), &transfers);
  words = describe (&transfers);
  plain = g_markup_escape_text (words, -1);
  adw_action_row_set_subtitle (self->files, plain);
}

static void
on_alarm (gpointer data)
{
  ZqDiagnostics *self = data;

  self->files_alarm = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    zq_diagnostics_show_files (self);
}

/* Files tell of themselves many times a second. */
static void
on_moved (ZqDiagnostics *self)
{
  if (self->files_alarm == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->files_alarm = zq_clock_alarm_in (zq_store_get_clock (self->store), AGAIN_US, on_alarm, self);
}

void
zq_diagnostics_watch_files (ZqDiagnostics *self)
{
  ZqAttachments *files = zq_store_get_attachments (self->store);

  g_signal_connect_object (files, "changed", G_CALLBACK (on_moved), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (files, "wanted", G_CALLBACK (on_moved), self, G_CONNECT_SWAPPED);
  zq_diagnostics_show_files (self);
}

void
zq_diagnostics_leave_files (ZqDiagnostics *self)
{
  g_signal_handlers_disconnect_by_func (zq_store_get_attachments (self->store), on_moved, self);
  zq_clock_clear (zq_store_get_clock (self->store), &self->files_alarm);
}
