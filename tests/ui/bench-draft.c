/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long it takes from a key to the durable commit of the draft, while the store takes in pages without a
 * break. One key at a time, so that each pays the composer's whole delay. Prints
 *   worst SECONDS keys N resources N
 *   median SECONDS
 */
#include "ui/fixture.h"

#include "store/draft.h"

#include <string.h>

#define N_KEYS      200
#define N_RESOURCES 10000
#define PAGE        200
#define GROUP       10 /* resources of one consultation */
#define IN_FLIGHT   2  /* pages, so that the writer never waits for the parser */

typedef struct
{
  Ui ui;
  ZqDb *db; /* a connection of its own: what it reads is committed */
  char *scope;

  guint next;  /* the number of the next resource */
  guint taken; /* by the store */
  guint pages; /* under way */
  gboolean enough;

  GString *typed;
  gint64 committed; /* when the draft was seen to be what is typed; 0: not yet */
} Bench;

/* --- what comes in ---------------------------------------------------------------------------- */

#define META "\"meta\":{\"versionId\":\"%u\",\"lastUpdated\":\"2026-11-22T01:%02u:%02u.%03uZ\"}"
#define AT   round, n / 1000 % 60, n / 17 % 60, n % 1000

static void
add_task (GString *page, guint round, guint n)
{
  guint consult = n / GROUP;
  gboolean open = consult % 10 == 0;

  g_string_append_printf (
      page,
      "{\"resourceType\":\"Task\",\"id\":\"bench-%u\"," META ",\"status\":\"%s\",\"businessStatus\":{\"coding\":[{"
      "\"system\":\"https://zhenqiao.org/fhir/CodeSystem/consultation-status\",\"code\":\"%s\"}]},\"intent\":\"order\","
      "\"priority\":\"routine\",\"code\":{\"coding\":[{\"system\":\"https://zhenqiao.org/fhir/CodeSystem/task-code\","
      "\"code\":\"advice\"}]},\"focus\":{\"reference\":\"Communication/bench-thread-%u\"},\"for\":{\"reference\":"
      "\"Patient/bench-%u\"},\"requester\":{\"reference\":\"Patient/bench-%u\"},\"owner\":{\"reference\":"
      "\"Practitioner/me\"},\"authoredOn\":\"2026-11-21T01:00:00Z\",\"reasonCode\":{\"text\":\"complaint %u\"}}",
      consult, AT, open ? "in-progress" : "completed", open ? "in-consultation" : "closed", consult, consult, consult,
      consult);
}

static void
add_communication (GString *page, guint round, guint n)
{
  guint consult = n / GROUP, part = n % GROUP;
  gboolean header = part == 0;

  g_string_append_printf (
      page,
      "{\"resourceType\":\"Communication\",\"id\":\"bench-%s-%u\"," META ",\"status\":\"%s\",\"category\":[{\"coding\":"
      "[{\"system\":\"https://zhenqiao.org/fhir/CodeSystem/communication-category\",\"code\":\"%s\"}]}],\"subject\":{"
      "\"reference\":\"Patient/bench-%u\"}",
      header ? "thread" : "message", header ? consult : n, AT, header ? "in-progress" : "completed",
      header ? "thread" : "message", consult);
  if (!header)
    g_string_append_printf (
        page,
        ",\"partOf\":[{\"reference\":\"Communication/bench-thread-%u\"}],\"sender\":{\"reference\":\"%s%u\"},\"sent\":"
        "\"2026-11-21T01:%02u:00Z\",\"payload\":[{\"contentString\":\"%u: the values of this morning before breakfast "
        "were higher than those of last week, although the evening dose was taken as it was written down; is it right "
        "to go on like this until the next visit?\"}]",
        consult, part % 2 ? "Patient/bench-" : "Practitioner/", consult, part, n);
  g_string_append (page, "}");
}

static ZqBundle *
make_page (Bench *self)
{
  g_autoptr (GString) page = g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  ZqBundle *bundle;

  for (guint i = 0; i < PAGE; i++, self->next++)
    {
      /* After the last one the same resources come again, in a newer version. */
      guint round = self->next / N_RESOURCES + 1, n = self->next % N_RESOURCES;

      g_string_append (page, i == 0 ? "{\"resource\":" : ",{\"resource\":");
      if (n % GROUP == 1)
        add_task (page, round, n);
      else
        add_communication (page, round, n);
      g_string_append (page, "}");
    }
  g_string_append (page, "]}");
  bytes = g_bytes_new (page->str, page->len);
  bundle = zq_bundle_read (bytes, &error);
  g_assert_no_error (error);
  return bundle;
}

static void on_page (GObject *source, GAsyncResult *result, gpointer data);

static void
take_page (Bench *self)
{
  g_autoptr (ZqBundle) bundle = make_page (self);

  self->pages++;
  zq_store_ingest_async (self->ui.clinic.store, bundle, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_page, self);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer data)
{
  Bench *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) ingested = zq_store_ingest_finish (ZQ_STORE (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ingested->stored, ==, PAGE);
  self->pages--;
  self->taken += PAGE;
  if (!self->enough)
    take_page (self);
}

static gboolean
is_over (gpointer data)
{
  return ((Bench *)data)->pages == 0;
}

/* --- what is typed ---------------------------------------------------------------------------- */

static void
on_changed (ZqStore *store, ZqChanges *changes, gpointer data)
{
  Bench *self = data;
  g_autofree char *draft = NULL;

  if (!zq_changes_has (changes, "draft") || self->committed != 0)
    return;
  draft = zq_draft_load (self->db, self->scope);
  if (g_strcmp0 (draft, self->typed->str) == 0)
    self->committed = zq_clock_monotonic (self->ui.clinic.clock);
}

static gboolean
is_committed (gpointer data)
{
  return ((Bench *)data)->committed != 0;
}

static gint64
press_key (Bench *self, guint n)
{
  const char letter[] = { n % 6 == 5 ? ' ' : (char)('a' + n % 26), '\0' };
  gint64 pressed = zq_clock_monotonic (self->ui.clinic.clock);

  self->committed = 0;
  g_string_append (self->typed, letter);
  ui_type (&self->ui, letter);
  if (!zq_test_wait_until (is_committed, self, 60))
    g_error ("A draft was not kept within a minute");
  return self->committed - pressed;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;

  return (one > two) - (one < two);
}

static void
run (Bench *self)
{
  gint64 times[N_KEYS];

  for (guint i = 0; i < IN_FLIGHT; i++)
    take_page (self);
  for (guint i = 0; i < N_KEYS; i++)
    {
      times[i] = press_key (self, i);
      /* Else it was not measured beside an import. */
      g_assert_cmpuint (self->pages, ==, IN_FLIGHT);
    }
  while (self->taken < N_RESOURCES)
    g_main_context_iteration (NULL, TRUE);
  self->enough = TRUE;
  g_assert_true (zq_test_wait_until (is_over, self, 60));
  qsort (times, N_KEYS, sizeof times[0], compare);
  g_print ("worst %.3f keys %d resources %u\nmedian %.3f\n", times[N_KEYS - 1] / 1e6, N_KEYS, self->taken,
           times[N_KEYS / 2] / 1e6);
}

int
main (int argc, char **argv)
{
  Bench self = { .typed = g_string_new (NULL) };
  g_autofree char *path = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (ZqClock) clock = zq_clock_new_system ();
  g_autoptr (GError) error = NULL;

  ui_init (&argc, &argv);
  ui_set_up (&self.ui, NULL);
  /* The fixture's clock stands still. */
  g_set_object (&self.ui.clinic.clock, clock);
  g_set_object (&self.ui.clinic.context->clock, clock);
  ui_reopen (&self.ui);
  ui_open (&self.ui, "1");
  self.scope = g_strdup_printf ("consult/%" G_GINT64_FORMAT, ui_task (&self.ui, "1"));
  path = zq_test_dir_path (self.ui.clinic.dir, "store.db");
  self.db = zq_db_open (path, key, ZQ_DB_READ_ONLY, &error);
  g_assert_no_error (error);
  g_signal_connect (self.ui.clinic.store, "changed", G_CALLBACK (on_changed), &self);
  run (&self);
  zq_db_close (self.db);
  ui_tear_down (&self.ui, NULL);
  g_free (self.scope);
  g_string_free (self.typed, TRUE);
  return 0;
}
