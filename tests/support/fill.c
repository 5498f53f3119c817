/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/fill.h"

#include "base/id.h"
#include "resource/json.h"
#include "store/txn.h"

#include <string.h>

#define DOCTOR     "doc-lin"
#define DEPARTMENT ZQ_SEED_ENDO

#define PAGE_ENTRIES 500
#define MAX_PAGES    4 /* on their way at once */

typedef struct
{
  /* input */
  ZqStore *store;
  const ZqSeedSpec *spec;
  void (*progress) (const ZqFillReport *report);

  /* in progress */
  GHashTable *types;    /* that a kind is there for */
  GHashTable *demo;     /* "Type/id" → text: what is not of the bulk, of which the doctor sees a part */
  GHashTable *patients; /* ids of the demo's that were taken */
  GString *page;
  guint n_entries;
  guint n_pages;
  guint n_gone;
  gint64 now;
  GError *failure;

  /* output */
  ZqFillReport *report;
} Fill;

ZqAccount *
zq_fill_account (const char *data_dir, const char *base, GError **error)
{
  static const char *const departments[] = { DEPARTMENT, NULL };
  g_autoptr (ZqAccount) account = zq_account_find (data_dir, base);

  if (account == NULL)
    account = zq_account_new (data_dir, base, error);
  if (account == NULL)
    return NULL;
  zq_account_set_person (account, DOCTOR, "林知远", "doctor", departments);
  return zq_account_save (account, error) ? g_steal_pointer (&account) : NULL;
}

/* --- pages ------------------------------------------------------------------------------------ */

static void
on_ingested (GObject *source, GAsyncResult *result, gpointer data)
{
  Fill *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) ingested = zq_store_ingest_finish (ZQ_STORE (source), result, &error);

  self->n_pages--;
  if (ingested == NULL && self->failure == NULL)
    self->failure = g_steal_pointer (&error);
  if (ingested == NULL)
    return;
  self->report->n_taken += ingested->stored + ingested->unreadable;
  self->report->n_unreadable += ingested->unreadable;
}

static void
wait_for_pages (Fill *self, guint at_most)
{
  while (self->n_pages > at_most)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
send_page (Fill *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ZqBundle) bundle = NULL;

  if (self->n_entries > 0)
    {
      g_string_append (self->page, "]}");
      bytes = g_bytes_new (self->page->str, self->page->len);
      bundle = zq_bundle_read (bytes, error);
      if (bundle == NULL)
        return FALSE;
      self->n_pages++;
      zq_store_ingest_async (self->store, bundle, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ingested, self);
      wait_for_pages (self, MAX_PAGES - 1);
    }
  g_string_assign (self->page, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
  self->n_entries = 0;
  if (self->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->failure));
  return FALSE;
}

static gboolean
take (Fill *self, const char *json, GError **error)
{
  g_string_append (self->page, self->n_entries++ > 0 ? ",{\"resource\":" : "{\"resource\":");
  g_string_append (self->page, json);
  g_string_append_c (self->page, '}');
  return self->n_entries < PAGE_ENTRIES || send_page (self, error);
}

/* --- the sink --------------------------------------------------------------------------------- */

/* The demo's resources come without what the hospital sets. */
static char *
stamp (const char *json, const char *type, const char *id, gint64 updated)
{
  g_autofree char *head = g_strdup_printf ("{\"resourceType\":\"%s\"", type);
  char instant[ZQ_SEED_INSTANT];
  const char *rest = json + strlen (head);
  g_autofree char *meta = NULL;

  zq_seed_instant_us (updated, instant);
  meta = g_strdup_printf ("\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"%s\"", instant);
  if (g_str_has_prefix (rest, ",\"meta\":{"))
    return g_strconcat (head, ",\"id\":\"", id, "\",", meta, ",", rest + strlen (",\"meta\":{"), NULL);
  return g_strconcat (head, ",\"id\":\"", id, "\",", meta, "}", rest, NULL);
}

/* Whom nobody has asked anything yet no doctor sees. */
static gboolean
is_shown (Fill *self, const char *type, const char *id)
{
  if (!g_hash_table_contains (self->types, type))
    return FALSE;
  if (g_str_has_prefix (id, "bp-") || g_str_has_prefix (id, "ba-") || g_str_has_prefix (id, "bl-"))
    return g_ascii_strtoll (id + 3, NULL, 10) <= self->spec->consultations;
  return TRUE;
}

static gboolean
put (gpointer data, const char *type, const char *id, const char *json, gboolean whole, gint64 updated, GError **error)
{
  Fill *self = data;

  if (++self->report->n_written % 50000 == 0 && self->progress != NULL)
    self->progress (self->report);
  if (!whole)
    {
      g_hash_table_insert (self->demo, g_strconcat (type, "/", id, NULL), stamp (json, type, id, updated));
      return TRUE;
    }
  return !is_shown (self, type, id) || take (self, json, error);
}

static gboolean
account (gpointer data,
         const char *login,
         const char *display,
         const char *role,
         const char *user,
         const char *department,
         GError **error)
{
  return TRUE;
}

/* --- what of the demo the doctor sees --------------------------------------------------------- */

static gboolean
take_demo (Fill *self, GError **error)
{
  GHashTableIter iter;
  gpointer reference, json;

  g_hash_table_iter_init (&iter, self->demo);
  while (g_hash_table_iter_next (&iter, &reference, &json))
    {
      g_autoptr (JsonNode) node = zq_json_read (json, -1, NULL);
      g_autofree char *type = g_strndup (reference, strcspn (reference, "/"));

      if (g_hash_table_contains (self->types, type) &&
          (g_strcmp0 (zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT), DEPARTMENT) == 0 ||
           zq_json_get_tag (node, ZQ_SYSTEM_POLICY) != NULL) &&
          !take (self, json, error))
        return FALSE;
    }
  if (!send_page (self, error))
    return FALSE;
  wait_for_pages (self, 0);
  return TRUE;
}

static void
on_gone (GObject *source, GAsyncResult *result, gpointer data)
{
  Fill *self = data;

  if (!zq_store_write_finish (ZQ_STORE (source), result, self->failure == NULL ? &self->failure : NULL))
    g_debug ("A reference could not be marked");
  self->n_gone--;
}

static gboolean
take_wanted_of (Fill *self, const char *type, GError **error)
{
  g_autoptr (GPtrArray) ids = zq_store_list_wanted (zq_store_get_main_db (self->store), type, 100000, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);
      g_autofree char *reference = g_strconcat (type, "/", id, NULL);
      const char *json = g_hash_table_lookup (self->demo, reference);

      if (json == NULL)
        {
          self->n_gone++;
          zq_store_set_gone_async (self->store, type, id, "the hospital does not show it", on_gone, self);
          continue;
        }
      if (g_str_equal (type, "Patient"))
        g_hash_table_add (self->patients, g_strdup (reference));
      if (!take (self, json, error))
        return FALSE;
    }
  return ids != NULL;
}

/* As sync does: what is referred to, until nothing more is. */
static gboolean
take_wanted (Fill *self, GError **error)
{
  while (TRUE)
    {
      g_autoptr (GPtrArray) types = zq_store_list_wanted_types (zq_store_get_main_db (self->store), error);

      if (types == NULL || types->len == 0)
        return types != NULL;
      for (guint i = 0; i < types->len; i++)
        if (!take_wanted_of (self, g_ptr_array_index (types, i), error))
          return FALSE;
      if (!send_page (self, error))
        return FALSE;
      wait_for_pages (self, 0);
      while (self->n_gone > 0)
        g_main_context_iteration (NULL, TRUE);
    }
}

static gboolean
take_allergies (Fill *self, GError **error)
{
  GHashTableIter iter;
  gpointer reference, json;

  g_hash_table_iter_init (&iter, self->demo);
  while (g_hash_table_iter_next (&iter, &reference, &json))
    {
      g_autoptr (JsonNode) node = NULL;

      if (!g_str_has_prefix (reference, "AllergyIntolerance/"))
        continue;
      node = zq_json_read (json, -1, NULL);
      if (g_hash_table_contains (self->patients, zq_json_get_string (node, "patient.reference")) &&
          !take (self, json, error))
        return FALSE;
    }
  return send_page (self, error);
}

/* --- cursors ---------------------------------------------------------------------------------- */

static gboolean
set_scope (ZqTxn *txn, const ZqResourceKind *kind, const ZqScope *scope, const char *high, GError **error)
{
  const char *holder = strstr (scope->query, "{patient}") != NULL  ? "patient"
                       : strstr (scope->query, "{thread}") != NULL ? "thread"
                                                                   : NULL;
  g_autofree char *name = strstr (scope->query, "{department}") != NULL
                              ? g_strconcat (scope->name, "/" DEPARTMENT, NULL)
                              : g_strdup (scope->name);

  if (holder == NULL)
    return zq_db_exec (zq_txn_db (txn), error,
                       "INSERT OR REPLACE INTO cursor (kind, scope, high, low, filled)"
                       " VALUES (?, ?, ?, '2000-01-01T00:00:00.000000Z', 1)",
                       "sss", kind->name, name, high);
  return zq_db_exec (
      zq_txn_db (txn), error,
      "INSERT OR REPLACE INTO cursor (kind, scope, high, filled)"
      " SELECT ?1, ?2 || '/' || server_id, ?3, 1 FROM resource WHERE kind = ?4 AND server_id IS NOT NULL",
      "ssss", kind->name, scope->name, high, holder);
}

static gboolean
set_cursors (ZqTxn *txn, gpointer data, GError **error)
{
  Fill *self = data;
  char high[ZQ_SEED_INSTANT];

  zq_seed_instant_us (self->now, high);
  for (const ZqResourceKind *const *kind = zq_store_get_kinds (self->store); *kind != NULL; kind++)
    for (const ZqScope *scope = (*kind)->scopes; scope != NULL && scope->name != NULL; scope++)
      if (!set_scope (txn, *kind, scope, high, error))
        return FALSE;
  return TRUE;
}

static gboolean
fill (Fill *self, GError **error)
{
  static const ZqSeedSink sink = { put, account };
  g_autoptr (ZqPolicy) policy = zq_policy_new_builtin ();
  gboolean ok = send_page (self, error) && zq_seed_write (self->spec, policy, self->now, &sink, self, error) &&
                take_demo (self, error) && take_wanted (self, error) && take_allergies (self, error);

  wait_for_pages (self, 0);
  if (self->failure != NULL && ok)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      ok = FALSE;
    }
  return ok && zq_store_write (self->store, ZQ_PRIORITY_BULK, set_cursors, self, error);
}

gboolean
zq_fill_store (ZqStore *store,
               const ZqSeedSpec *spec,
               void (*progress) (const ZqFillReport *report),
               ZqFillReport *report,
               GError **error)
{
  Fill self = { .store = store, .spec = spec, .progress = progress, .report = report };
  gint64 begun = zq_clock_stopwatch ();
  gboolean ok;

  memset (report, 0, sizeof *report);
  self.now = spec->at != 0 ? spec->at : zq_clock_now (zq_store_get_clock (store));
  self.types = g_hash_table_new (g_str_hash, g_str_equal);
  self.demo = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self.patients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.page = g_string_new (NULL);
  for (const ZqResourceKind *const *kind = zq_store_get_kinds (store); *kind != NULL; kind++)
    g_hash_table_add (self.types, (gpointer)(*kind)->type);

  ok = fill (&self, error);

  report->us = zq_clock_stopwatch () - begun;
  g_clear_error (&self.failure);
  g_string_free (self.page, TRUE);
  g_hash_table_unref (self.types);
  g_hash_table_unref (self.demo);
  g_hash_table_unref (self.patients);
  return ok;
}
