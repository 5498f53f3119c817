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
  char *type;
  char *json;
} Resource;

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
  GPtrArray *waiting;   /* Resource: of the consultation whose Task has not come yet */
  GHashTable *people;   /* "Patient/id" → what is of one whom the doctor has not met yet */
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

static void
resource_free (gpointer data)
{
  Resource *self = data;

  g_free (self->type);
  g_free (self->json);
  g_free (self);
}

static void
keep (GPtrArray *resources, const char *type, const char *json)
{
  Resource *resource = g_new0 (Resource, 1);

  resource->type = g_strdup (type);
  resource->json = g_strdup (json);
  g_ptr_array_add (resources, resource);
}

/* The reference of a member, as the generator writes it; NULL: there is none. (transfer full) */
static char *
reference_of (const char *json, const char *member)
{
  g_autofree char *head = g_strdup_printf ("\"%s\":{\"reference\":\"", member);
  const char *found = strstr (json, head);

  return found != NULL ? g_strndup (found + strlen (head), strcspn (found + strlen (head), "\"")) : NULL;
}

static gboolean
take_all (Fill *self, GPtrArray *resources, gboolean notes_only, GError **error)
{
  for (guint i = 0; i < resources->len; i++)
    {
      const Resource *resource = g_ptr_array_index (resources, i);

      if (g_hash_table_contains (self->types, resource->type) &&
          (!notes_only || strstr (resource->json, "\"code\":\"internal-note\"") != NULL) &&
          !take (self, resource->json, error))
        return FALSE;
    }
  return TRUE;
}

/* Whether a doctor is shown more than the Task: it is theirs or the pool's. */
static gboolean
is_relevant (const char *task)
{
  g_autofree char *owner = reference_of (task, "owner");

  return g_strcmp0 (owner, "Practitioner/" DOCTOR) == 0 || g_strcmp0 (owner, "Organization/" DEPARTMENT) == 0;
}

/* The Task is the last of a consultation. */
static gboolean
take_consultation (Fill *self, const char *task, GError **error)
{
  g_autofree char *patient = reference_of (task, "for");
  gboolean relevant = is_relevant (task);
  GPtrArray *person = relevant ? g_hash_table_lookup (self->people, patient) : NULL;

  if ((person != NULL && !take_all (self, person, FALSE, error)) || !take_all (self, self->waiting, !relevant, error) ||
      !take (self, task, error))
    return FALSE;
  g_ptr_array_set_size (self->waiting, 0);
  if (person != NULL)
    g_hash_table_remove (self->people, patient);
  return TRUE;
}

static gboolean
take_bulk (Fill *self, const char *type, const char *id, const char *json, GError **error)
{
  g_autofree char *patient = NULL;
  GPtrArray *person;

  if (g_str_equal (type, "Task"))
    return take_consultation (self, json, error);
  if (g_str_equal (type, "Patient"))
    {
      person = g_ptr_array_new_with_free_func (resource_free);
      keep (person, type, json);
      g_hash_table_insert (self->people, g_strconcat ("Patient/", id, NULL), person);
      return TRUE;
    }
  if (!g_hash_table_contains (self->types, type))
    return TRUE;
  if (g_str_equal (type, "AllergyIntolerance") || g_str_equal (type, "RelatedPerson"))
    {
      patient = reference_of (json, "patient");
      person = g_hash_table_lookup (self->people, patient);
      if (person == NULL)
        return take (self, json, error);
      keep (person, type, json);
      return TRUE;
    }
  if (g_str_equal (type, "Observation"))
    {
      patient = reference_of (json, "subject");
      return g_hash_table_contains (self->people, patient) || take (self, json, error);
    }
  keep (self->waiting, type, json);
  return TRUE;
}

static gboolean
put (gpointer data, const char *type, const char *id, const char *json, gboolean whole, gint64 updated, GError **error)
{
  Fill *self = data;

  if (++self->report->n_written % 50000 == 0 && self->progress != NULL)
    self->progress (self->report);
  if (whole)
    return take_bulk (self, type, id, json, error);
  g_hash_table_insert (self->demo, g_strconcat (type, "/", id, NULL), stamp (json, type, id, updated));
  return TRUE;
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

/* The threads of the demo that are theirs or the pool's. */
static GHashTable *
list_threads (Fill *self)
{
  GHashTable *threads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer reference, json;

  g_hash_table_iter_init (&iter, self->demo);
  while (g_hash_table_iter_next (&iter, &reference, &json))
    if (g_str_has_prefix (reference, "Task/") && is_relevant (json))
      g_hash_table_add (threads, reference_of (json, "focus"));
  return threads;
}

/* What the searches of sync bring; all else comes by being referred to. */
static gboolean
is_searched (const char *reference, JsonNode *node, GHashTable *threads)
{
  const char *thread = zq_json_get_string (node, "partOf[0].reference");

  if (zq_json_get_tag (node, ZQ_SYSTEM_POLICY) != NULL)
    return TRUE;
  if (g_strcmp0 (zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT), DEPARTMENT) != 0)
    return FALSE;
  if (g_str_has_prefix (reference, "Communication/"))
    return g_hash_table_contains (threads, thread != NULL ? thread : reference) ||
           (thread != NULL && g_str_has_prefix (thread, "Task/"));
  if (g_str_has_prefix (reference, "Basic/"))
    return g_hash_table_contains (threads, zq_json_get_string (node, "subject.reference"));
  return g_str_has_prefix (reference, "Task/") || g_str_has_prefix (reference, "PractitionerRole/");
}

static gboolean
take_demo (Fill *self, GError **error)
{
  g_autoptr (GHashTable) threads = list_threads (self);
  GHashTableIter iter;
  gpointer reference, json;

  g_hash_table_iter_init (&iter, self->demo);
  while (g_hash_table_iter_next (&iter, &reference, &json))
    {
      g_autoptr (JsonNode) node = zq_json_read (json, -1, NULL);

      if (is_searched (reference, node, threads) && !take (self, json, error))
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
  self.waiting = g_ptr_array_new_with_free_func (resource_free);
  self.people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
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
  g_hash_table_unref (self.people);
  g_ptr_array_unref (self.waiting);
  return ok;
}
