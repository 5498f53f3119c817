/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outgoing --base URL --token TOKEN --practitioner ID --department ID… --store DIR --changes N
 *
 * A doctor who works on without the hospital. Pulls, prints a line and waits for one on its input; makes N changes in
 * turn at all consultations that can be answered and finds nobody there; prints and waits again; sends until nothing
 * waits. What it prints are JSON objects. tests/loop/test-outgoing.py is the other side. */
#include "clinic/consult/commands.h"
#include "clinic/kinds.h"
#include "rules/context.h"
#include "sync/sync.h"

#include <stdio.h>
#include <stdlib.h>

enum
{
  REPLY,
  NOTE,
  TURN,
  CLOSE,
  N_CHANGES,
};

typedef struct
{
  char *base;
  char *token;
  char *me;
  char *dir;
  GStrv departments;
  int changes;

  ZqClock *clock;
  ZqStore *store;
  ZqSync *sync;
  guint made[N_CHANGES];
} Outgoing;

/* One that can be answered, and what it was told so far. */
typedef struct
{
  gint64 consult;
  gint64 seen;
  guint n_replies;
  guint n_notes;
  gboolean urgent;
} Place;

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

static void
must (gboolean done, GError *error)
{
  if (!done)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static void
wait_for_line (void)
{
  char line[16];

  fflush (stdout);
  must (fgets (line, sizeof line, stdin) != NULL, NULL);
}

static gint64
n_waiting (Outgoing *self)
{
  gint64 n = 0;

  zq_db_get_int (zq_store_get_main_db (self->store), &n, NULL, "SELECT count (*) FROM intent", "");
  return n;
}

/* --- the changes -------------------------------------------------------------------------------- */

static GArray *
find_places (Outgoing *self)
{
  GArray *places = g_array_new (FALSE, TRUE, sizeof (Place));
  g_autoptr (ZqRows) rows = zq_db_query (
      zq_store_get_main_db (self->store), NULL,
      "SELECT c.id, coalesce ((SELECT id FROM message WHERE thread = c.thread ORDER BY sent DESC LIMIT 1), 0),"
      " c.urgent FROM consult c WHERE mine AND NOT final AND status = 'in-consultation'",
      "");

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      Place place = { .consult = zq_rows_int (rows, 0),
                      .seen = zq_rows_int (rows, 1),
                      .urgent = zq_rows_int (rows, 2) != 0 };

      g_array_append_val (places, place);
    }
  must (places->len > 0, NULL);
  return places;
}

static void
say (Outgoing *self, Place *place, gboolean to_patient)
{
  g_autofree char *text =
      to_patient ? g_strdup_printf ("reply-%u", place->n_replies++) : g_strdup_printf ("note-%u", place->n_notes++);
  const ZqReply reply = { .text = text, .seen_message = place->seen };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->made[to_patient ? REPLY : NOTE]++;
  if (to_patient)
    {
      zq_consult_send_async (self->store, place->consult, &reply, on_ready, &result);
      must (zq_consult_send_finish (self->store, wait_for (&result), NULL, &error) != 0, error);
    }
  else
    {
      zq_consult_note_async (self->store, place->consult, text, on_ready, &result);
      must (zq_consult_note_finish (self->store, wait_for (&result), &error), error);
    }
}

static void
act (Outgoing *self, Place *place, ZqAction action)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqUndo) undo = NULL;

  self->made[action == ZQ_ACTION_CLOSE ? CLOSE : TURN]++;
  zq_consult_act_async (self->store, action, &place->consult, 1, action == ZQ_ACTION_CLOSE ? "advised" : NULL, on_ready,
                        &result);
  undo = zq_consult_act_finish (self->store, wait_for (&result), NULL, NULL, NULL, &error);
  must (undo != NULL, error);
}

/* Of ten six replies, two notes, two turns of the priority; every other consultation is closed at last. */
static void
make_changes (Outgoing *self)
{
  g_autoptr (GArray) places = find_places (self);
  guint n_closed = places->len / 2;

  for (guint n = 0; n + n_closed < (guint)self->changes; n++)
    {
      Place *place = &g_array_index (places, Place, n % places->len);
      guint turn = (n / places->len) % 10;

      if (turn % 5 == 4)
        {
          place->urgent = !place->urgent;
          act (self, place, place->urgent ? ZQ_ACTION_SET_URGENT : ZQ_ACTION_SET_ROUTINE);
        }
      else
        say (self, place, turn % 5 != 3);
    }
  for (guint i = 0; i < n_closed; i++)
    act (self, &g_array_index (places, Place, 2 * i), ZQ_ACTION_CLOSE);
}

/* --- the link ----------------------------------------------------------------------------------- */

static gboolean
pull (Outgoing *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_sync_pull_async (self->sync, NULL, on_ready, &result);
  return zq_sync_pull_finish (self->sync, wait_for (&result), NULL);
}

static gboolean
push (Outgoing *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_sync_push_async (self->sync, NULL, on_ready, &result);
  return zq_sync_push_finish (self->sync, wait_for (&result), NULL);
}

static void
on_rested (gpointer data)
{
  *(gboolean *)data = TRUE;
}

/* What the round before left rests for a moment. */
static void
rest (Outgoing *self)
{
  gboolean rested = FALSE;

  zq_clock_alarm_in (self->clock, G_USEC_PER_SEC / 5, on_rested, &rested);
  while (!rested)
    g_main_context_iteration (NULL, TRUE);
}

static void
run (Outgoing *self)
{
  gint64 began, waiting;

  must (pull (self), NULL);
  g_print ("{\"pulled\":true}\n");
  wait_for_line ();
  make_changes (self);
  must (!push (self), NULL);
  waiting = n_waiting (self);
  g_print ("{\"waiting\":%" G_GINT64_FORMAT ",\"reply\":%u,\"note\":%u,\"turn\":%u,\"close\":%u}\n", waiting,
           self->made[REPLY], self->made[NOTE], self->made[TURN], self->made[CLOSE]);
  wait_for_line ();
  began = zq_clock_stopwatch ();
  while (n_waiting (self) > 0 && zq_clock_stopwatch () - began < 120 * G_USEC_PER_SEC)
    if (!push (self))
      rest (self);
  g_print ("{\"left\":%" G_GINT64_FORMAT ",\"seconds\":%.2f}\n", n_waiting (self),
           (double)(zq_clock_stopwatch () - began) / G_USEC_PER_SEC);
}

static ZqContext *
make_context (Outgoing *self)
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

static ZqStore *
open_store (Outgoing *self, ZqContext *context)
{
  guint8 bytes[32] = { 1 };
  g_autoptr (GBytes) key = g_bytes_new (bytes, sizeof bytes);
  g_autoptr (GError) error = NULL;
  ZqStoreConfig config = { 0 };
  ZqStore *store;

  config.dir = self->dir;
  config.key = key;
  config.kinds = zq_kinds;
  config.context = context;
  config.clock = self->clock;
  config.base = self->base;
  store = zq_store_open (&config, &error);
  must (store != NULL, error);
  return store;
}

static void
work (Outgoing *self)
{
  g_autoptr (ZqContext) context = make_context (self);
  ZqSyncScope scope = { .me = self->me, .departments = (const char *const *)self->departments };
  g_autoptr (ZqTokenProvider) tokens = zq_token_provider_new_fixed (self->token);
  g_autoptr (ZqFhirClient) client = zq_fhir_client_new (self->base, tokens, self->clock);
  g_autoptr (ZqSessionStatus) status = zq_session_status_new ();
  g_autoptr (ZqStore) store = open_store (self, context);
  g_autoptr (ZqSync) sync = zq_sync_new (store, client, self->clock, &scope, status);

  self->store = store;
  self->sync = sync;
  run (self);
  zq_sync_stop (sync);
  zq_store_close (store);
}

int
main (int argc, char **argv)
{
  Outgoing self = { 0 };
  const GOptionEntry entries[] = {
    { "base", 0, 0, G_OPTION_ARG_STRING, &self.base, "", NULL },
    { "token", 0, 0, G_OPTION_ARG_STRING, &self.token, "", NULL },
    { "practitioner", 0, 0, G_OPTION_ARG_STRING, &self.me, "", NULL },
    { "department", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.departments, "", NULL },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &self.dir, "", NULL },
    { "changes", 0, 0, G_OPTION_ARG_INT, &self.changes, "", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (options, entries, NULL);
  must (g_option_context_parse (options, &argc, &argv, &error), error);
  must (self.base != NULL && self.me != NULL && self.dir != NULL && self.token != NULL && self.departments != NULL,
        NULL);
  self.clock = zq_clock_new_system ();
  work (&self);
  return EXIT_SUCCESS;
}
