/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-pull --base URL --token TOKEN --practitioner ID --department ID… --store DIR [--replies N]
 *
 * With --replies N also push-1k: so many replies that wait, drained.
 *
 * The first pull of everything, with laboratory values besides (which no screen reads yet), into an encrypted store
 * until it can be searched and is counted. Prints one JSON object: rows, seconds, rate, the longest pause of the main
 * loop. tests/sync/bench-pull.py starts a hospital for it. */
#include "clinic/consult/commands.h"
#include "clinic/kinds.h"
#include "rules/context.h"
#include "sync/sync.h"

#include <stdlib.h>

#define TICK_US 2000

typedef struct
{
  char *base;
  char *token;
  char *me;
  char *dir;
  int replies;
  GStrv departments;

  ZqClock *clock;
  GMainLoop *loop;
  GError *error;
  gint64 ticked;
  gint64 pause;
} Bench;

/* What a record will pull; nobody claims it. */
static gboolean
claims_nothing (JsonNode *node)
{
  return FALSE;
}

static const ZqScope record_scopes[] = {
  { "department", "Observation?_tag={system-department}|{department}" },
  { NULL, NULL },
};
static const ZqResourceKind record_kind = {
  .name = "record",
  .type = "Observation",
  .projection_version = 1,
  .claims = claims_nothing,
  .scopes = record_scopes,
};

static const ZqResourceKind *const *
all_kinds (void)
{
  static const ZqResourceKind *all[64];
  guint n = 0;

  for (; zq_kinds[n] != NULL; n++)
    all[n] = zq_kinds[n];
  all[n] = &record_kind;
  return all;
}

static ZqContext *
make_context (Bench *self)
{
  ZqContext *context = g_new0 (ZqContext, 1);

  context->base = g_strdup (self->base);
  context->me = g_strdup (self->me);
  context->role = g_strdup ("doctor");
  context->departments = g_strdupv (self->departments);
  context->zone = g_time_zone_new_identifier ("Asia/Shanghai");
  context->clock = g_object_ref (self->clock);
  zq_context_take_policy (context, zq_policy_load (NULL, NULL, NULL));
  return context;
}

static void
on_tick (gpointer data)
{
  Bench *self = data;
  gint64 now = zq_clock_stopwatch ();

  if (self->ticked != 0 && now - self->ticked > 30000 && g_getenv ("BENCH_PROGRESS") != NULL)
    g_printerr ("pause %.3f at %.3f\n", (now - self->ticked) / 1e6, now / 1e6);
  if (self->ticked != 0)
    self->pause = MAX (self->pause, now - self->ticked - TICK_US);
  self->ticked = now;
  zq_clock_alarm_in (self->clock, TICK_US, on_tick, self);
}

static void
on_pulled (GObject *source, GAsyncResult *result, gpointer data)
{
  Bench *self = data;

  zq_sync_pull_finish (ZQ_SYNC (source), result, &self->error);
  g_main_loop_quit (self->loop);
}

static void
print_progress (ZqSessionStatus *status)
{
  double progress = 0;

  g_object_get (status, "progress", &progress, NULL);
  g_printerr ("%.3f\n", progress);
}

static gint64
count (ZqStore *store, const char *sql)
{
  gint64 n = 0;

  zq_db_get_int (zq_store_get_main_db (store), &n, NULL, sql, "");
  return n;
}

/* --- replies ---------------------------------------------------------------------------------------- */

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static gboolean
reply (ZqStore *store, gint64 consult, gint64 seen, guint n)
{
  g_autofree char *text = g_strdup_printf ("第%u句，请按时服药，三天后复诊。", n);
  const ZqReply what = { .text = text, .seen_message = seen };
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_send_async (store, consult, &what, on_ready, &result);
  return zq_consult_send_finish (store, wait_for (&result), NULL, NULL) != 0;
}

/* To all consultations of mine that can be answered, in turn. */
static guint
write_replies (Bench *self, ZqStore *store)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n = 0, refused = 0;

  {
    g_autoptr (ZqRows) rows = zq_db_query (
        zq_store_get_main_db (store), NULL,
        "SELECT c.id, coalesce ((SELECT id FROM message WHERE thread = c.thread ORDER BY sent DESC LIMIT 1), 0)"
        " FROM consult c WHERE mine AND NOT final",
        "");

    while (zq_rows_next (rows, NULL))
      {
        gint64 pair[2] = { zq_rows_int (rows, 0), zq_rows_int (rows, 1) };

        g_array_append_vals (found, pair, 2);
      }
  }
  for (guint i = 0; found->len > 0 && n < (guint)self->replies && refused < found->len; i = (i + 2) % found->len)
    {
      if (reply (store, g_array_index (found, gint64, i), g_array_index (found, gint64, i + 1), n))
        n++;
      else
        refused++;
    }
  g_printerr ("%u replies in %u consultations, %u not taken\n", n, found->len / 2, refused);
  return n;
}

static void
push (Bench *self, ZqStore *store, ZqSync *sync)
{
  guint n = write_replies (self, store);
  gint64 began = zq_clock_stopwatch (), waiting;
  gint64 before = count (store, "SELECT count (*) FROM intent");
  g_autoptr (GAsyncResult) result = NULL;
  double seconds;

  self->pause = self->ticked = 0;
  zq_sync_push_async (sync, NULL, on_ready, &result);
  zq_sync_push_finish (sync, wait_for (&result), &self->error);
  seconds = (double)(zq_clock_stopwatch () - began) / G_USEC_PER_SEC;
  waiting = count (store, "SELECT count (*) FROM intent");
  g_print ("{\"replies\":%u,\"intents\":%" G_GINT64_FORMAT ",\"left\":%" G_GINT64_FORMAT
           ",\"seconds\":%.2f,\"rate\":%.0f,\"pause\":%.3f}\n",
           n, before, waiting, seconds, n / seconds, (double)self->pause / G_USEC_PER_SEC);
}

static ZqStore *
open_store (Bench *self, ZqContext *context)
{
  guint8 bytes[32] = { 1 };
  g_autoptr (GBytes) key = g_bytes_new (bytes, sizeof bytes);
  ZqStoreConfig config = { 0 };

  config.dir = self->dir;
  config.key = key;
  config.kinds = all_kinds ();
  config.context = context;
  config.clock = self->clock;
  config.base = self->base;
  return zq_store_open (&config, &self->error);
}

static void
run (Bench *self, ZqStore *store)
{
  ZqSyncScope scope = { .me = self->me, .departments = (const char *const *)self->departments };
  g_autoptr (ZqTokenProvider) tokens = zq_token_provider_new_fixed (self->token);
  g_autoptr (ZqFhirClient) client = zq_fhir_client_new (self->base, tokens, self->clock);
  g_autoptr (ZqSessionStatus) status = zq_session_status_new ();
  g_autoptr (ZqSync) sync = zq_sync_new (store, client, self->clock, &scope, status);
  gint64 began = zq_clock_stopwatch (), rows;
  double seconds;

  if (g_getenv ("BENCH_PROGRESS") != NULL)
    g_signal_connect (status, "notify::progress", G_CALLBACK (print_progress), NULL);
  zq_sync_pull_async (sync, NULL, on_pulled, self);
  on_tick (self);
  g_main_loop_run (self->loop);
  seconds = (double)(zq_clock_stopwatch () - began) / G_USEC_PER_SEC;
  rows = count (store, "SELECT count (*) FROM resource WHERE state = 'held'");
  g_print ("{\"rows\":%" G_GINT64_FORMAT ",\"messages\":%" G_GINT64_FORMAT ",\"bytes\":%" G_GINT64_FORMAT
           ",\"unreadable\":%" G_GINT64_FORMAT ",\"seconds\":%.2f,\"rate\":%.0f,\"pause\":%.3f,\"error\":%s}\n",
           rows, count (store, "SELECT count (*) FROM message"),
           count (store, "SELECT sum (length (cast (zq_text (server_json) AS BLOB))) FROM resource_text"),
           count (store, "SELECT count (*) FROM unreadable"), seconds, (double)rows / seconds,
           (double)self->pause / G_USEC_PER_SEC, self->error != NULL ? "true" : "false");
  if (self->replies > 0 && self->error == NULL)
    push (self, store, sync);
  zq_sync_stop (sync);
}

int
main (int argc, char **argv)
{
  Bench self = { 0 };
  const GOptionEntry entries[] = {
    { "base", 0, 0, G_OPTION_ARG_STRING, &self.base, "", NULL },
    { "token", 0, 0, G_OPTION_ARG_STRING, &self.token, "", NULL },
    { "practitioner", 0, 0, G_OPTION_ARG_STRING, &self.me, "", NULL },
    { "department", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.departments, "", NULL },
    { "replies", 0, 0, G_OPTION_ARG_INT, &self.replies, "", NULL },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &self.dir, "", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (ZqContext) context = NULL;
  g_autoptr (ZqStore) store = NULL;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &self.error))
    g_error ("%s", self.error->message);
  if (self.base == NULL || self.me == NULL || self.dir == NULL || self.token == NULL || self.departments == NULL)
    g_error ("an option is missing");
  self.clock = zq_clock_new_system ();
  self.loop = g_main_loop_new (NULL, FALSE);
  context = make_context (&self);
  store = open_store (&self, context);
  if (store == NULL)
    g_error ("%s", self.error->message);
  run (&self, store);
  zq_store_close (store);
  if (self.error != NULL)
    g_printerr ("%s\n", self.error->message);
  return self.error != NULL ? EXIT_FAILURE : EXIT_SUCCESS;
}
