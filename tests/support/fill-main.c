/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/fill.h"

#include "account/keyring.h"
#include "session/session.h"

#include <glib/gstdio.h>
#include <locale.h>

#define KEY_BYTES 32

typedef struct
{
  char *data_dir;
  char *base;
  char *spec;
  char *key;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->data_dir);
  g_free (self->base);
  g_free (self->spec);
  g_free (self->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
arguments_read (Arguments *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &self->data_dir, "As of zhenqiao", "DIR" },
    { "base", 0, 0, G_OPTION_ARG_STRING, &self->base, "Address of the hospital that it is from", "URL" },
    { "spec", 0, 0, G_OPTION_ARG_STRING, &self->spec, "demo, or patients=N,consultations=N,messages=N,at=SECONDS",
      "SPEC" },
    { "key", 0, 0, G_OPTION_ARG_STRING, &self->key, "The store's key, 64 hexadecimal digits (none: the keyring's)",
      "HEX" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("— fills a demo doctor's store without a hospital");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (self->data_dir != NULL && self->base != NULL && self->spec != NULL && *argc == 1)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--data-dir, --base and --spec are needed");
  return FALSE;
}

static GBytes *
read_key (const char *text, GError **error)
{
  guint8 key[KEY_BYTES];

  for (int i = 0; i < KEY_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = high < 0 ? -1 : g_ascii_xdigit_value (text[2 * i + 1]);

      if (low < 0)
        {
          g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--key is not 64 hexadecimal digits");
          return NULL;
        }
      key[i] = (guint8)(high * 16 + low);
    }
  return g_bytes_new (key, sizeof key);
}

static double
rate (guint64 n, gint64 us)
{
  return us > 0 ? (double)n * G_USEC_PER_SEC / (double)us : 0;
}

static void
show_progress (const ZqFillReport *report)
{
  g_printerr ("%" G_GUINT64_FORMAT " written, %" G_GUINT64_FORMAT " taken\n", report->n_written, report->n_taken);
}

static void
show (const ZqFillReport *report, ZqAccount *account)
{
  g_autofree char *path = g_build_filename (zq_account_get_dir (account), "store.db", NULL);
  GStatBuf status = { 0 };

  if (g_stat (path, &status) != 0)
    status.st_size = 0;
  g_print ("account %s\nresources %" G_GUINT64_FORMAT "\nunreadable %" G_GUINT64_FORMAT
           "\nseconds %.1f\nper-second %.0f\nstore-bytes %" G_GINT64_FORMAT "\n",
           zq_account_get_file (account), report->n_taken, report->n_unreadable, (double)report->us / G_USEC_PER_SEC,
           rate (report->n_taken, report->us), (gint64)status.st_size);
}

static gboolean
run (const Arguments *arguments, GError **error)
{
  g_autoptr (ZqClock) clock = zq_clock_new_system ();
  g_autoptr (ZqAccount) account = NULL;
  g_autoptr (ZqSession) session = NULL;
  g_autoptr (GBytes) key = NULL;
  ZqSeedSpec spec;
  ZqFillReport report;
  gboolean ok;

  if (!zq_seed_spec_parse (arguments->spec, &spec, error))
    return FALSE;
  account = zq_fill_account (arguments->data_dir, arguments->base, error);
  if (account == NULL || !zq_account_lock (account, error))
    return FALSE;
  key = arguments->key != NULL ? read_key (arguments->key, error) : zq_keyring_get_store_key (account, FALSE, error);
  if (key == NULL)
    return FALSE;
  session = zq_session_new (account, clock);
  if (!zq_session_open_store (session, key, error))
    return FALSE;

  ok = zq_fill_store (zq_session_get_store (session), &spec, show_progress, &report, error);
  zq_session_close (session);
  if (ok)
    show (&report, account);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (Arguments) arguments = { 0 };

  setlocale (LC_ALL, "");
  if (arguments_read (&arguments, &argc, &argv, &error) && run (&arguments, &error))
    return EXIT_SUCCESS;
  g_printerr ("zq-fill: %s\n", error->message);
  return EXIT_FAILURE;
}
