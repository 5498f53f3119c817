/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include "base/id.h"
#include "hospital/seed/seed.h"
#include "resource/bundle.h"

#include <string.h>

static GBytes *
read_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInputStream) input = g_file_read (file, NULL, error);
  g_autoptr (GInputStream) plain = NULL;
  g_autoptr (GOutputStream) output = NULL;

  if (input == NULL)
    return NULL;
  if (g_str_has_suffix (path, ".gz"))
    {
      g_autoptr (GZlibDecompressor) gzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

      plain = g_converter_input_stream_new (G_INPUT_STREAM (input), G_CONVERTER (gzip));
    }
  else
    plain = g_object_ref (G_INPUT_STREAM (input));

  output = g_memory_output_stream_new_resizable ();
  if (g_output_stream_splice (output, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                              NULL, error) < 0)
    return NULL;

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (output));
}

/* "Type/id" of an entry; one without an id gets that of its fullUrl's uuid or else one from its contents,
 * so that a second import finds it again. NULL: it cannot be taken. */
static char *
entry_reference (const ZqBundleEntry *entry, JsonNode *node)
{
  const char *type = zq_json_get_string (node, "resourceType");
  const char *id = zq_json_get_string (node, "id");
  g_autofree char *made = NULL;

  if (!zq_type_is_known (type))
    return NULL;
  if (id == NULL && entry->full_url != NULL && g_str_has_prefix (entry->full_url, "urn:uuid:"))
    id = entry->full_url + strlen ("urn:uuid:");
  if (id == NULL)
    {
      made = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)entry->raw, entry->raw_length);
      id = made;
    }

  return id != NULL && zq_id_is_valid (id) ? g_strconcat (type, "/", id, NULL) : NULL;
}

static GPtrArray *
read_references (ZqBundle *bundle, GHashTable *ids)
{
  GPtrArray *references = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < zq_bundle_get_n_entries (bundle); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (bundle, i);
      g_autoptr (JsonNode) node = entry->raw != NULL ? zq_json_read (entry->raw, entry->raw_length, NULL) : NULL;
      char *reference = node != NULL ? entry_reference (entry, node) : NULL;

      g_ptr_array_add (references, reference);
      if (reference != NULL && entry->full_url != NULL)
        g_hash_table_insert (ids, (gpointer)entry->full_url, reference);
    }

  return references;
}

static gboolean
take_entry (ZqHospital *self, const ZqBundleEntry *entry, const char *reference, GHashTable *ids, GError **error)
{
  g_autofree char *text = zq_references_resolve (entry->raw, entry->raw_length, ids);
  const char *slash = strchr (reference, '/');
  g_autofree char *type = g_strndup (reference, slash - reference);
  g_autoptr (ZqStored) stored = zq_records_write (self, type, slash + 1, text, 0, error);

  return stored != NULL;
}

gboolean
zq_import_file (ZqHospital *self, const char *path, guint *n_taken, guint *n_skipped, GError **error)
{
  g_autoptr (GBytes) bytes = read_file (path, error);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (ZqBundle) bundle = NULL;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) references = NULL;

  if (bytes == NULL)
    return FALSE;
  node = zq_json_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  if (node == NULL)
    return FALSE;
  if (g_strcmp0 (zq_json_get_string (node, "resourceType"), "Bundle") == 0)
    bundle = zq_bundle_read (bytes, error);
  else
    bundle = zq_bundle_new_single (bytes);
  if (bundle == NULL)
    return FALSE;
  g_clear_pointer (&node, json_node_unref);

  references = read_references (bundle, ids);
  for (guint i = 0; i < references->len; i++)
    {
      const char *reference = g_ptr_array_index (references, i);
      g_autoptr (GError) local = NULL;

      if (reference != NULL && take_entry (self, zq_bundle_get_entry (bundle, i), reference, ids, &local))
        (*n_taken)++;
      else if (local != NULL && local->domain != ZQ_JSON_ERROR && local->domain != ZQ_HOSPITAL_ERROR)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      else
        (*n_skipped)++;
    }

  return TRUE;
}

/* --- the demo --------------------------------------------------------------------------------- */

#define PUTS_A_TRANSACTION 5000
#define BATCH              100
#define MAX_BATCHES        16 /* on their way at once */

/* The generator runs in a thread of its own, which also reads what it wrote; this one writes it down. */
typedef struct
{
  ZqHospital *hospital;
  const ZqSeedSpec *spec;
  gint64 now;
  GPtrArray *batch;    /* of ZqFirst; generator's thread */
  GPtrArray *accounts; /* GStrv; generator's thread, afterwards ours */

  GMutex mutex;
  GCond cond;
  GQueue batches; /* under mutex, as all below */
  gboolean finished, stopped;
  GError *failure;
} Seeding;

/* While much is written nothing but this file counts; a crash of the computer in between is found by the mark. */
static const char seeding_begins[] = "CREATE TABLE IF NOT EXISTS seeding (spec TEXT NOT NULL);"
                                     "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;"
                                     "PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000;";
static const char seeding_ends[] = "PRAGMA cache_size = -2000; PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL; DROP TABLE seeding;";

/* FALSE: nobody wants it any more. */
static gboolean
hand_over (Seeding *self, GError **error)
{
  gboolean stopped;

  g_mutex_lock (&self->mutex);
  while (self->batches.length >= MAX_BATCHES && !self->stopped)
    g_cond_wait (&self->cond, &self->mutex);
  g_queue_push_tail (&self->batches, self->batch);
  stopped = self->stopped;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);

  self->batch = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_first_free);
  if (stopped)
    g_set_error_literal (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_FAILED, "Seeding was stopped");
  return !stopped;
}

static gboolean
seed_put (
    gpointer data, const char *type, const char *id, const char *json, gboolean whole, gint64 updated, GError **error)
{
  Seeding *self = data;
  ZqFirst *first = zq_first_new (type, id, json, updated);

  g_ptr_array_add (self->batch, first);
  /* A message that was not received yet is noted down besides, so it takes the usual way. */
  if (whole &&
      (!g_str_equal (type, "Communication") || strstr (json, "\"received\":") != NULL ||
       strstr (json, "\"code\":\"message\"") == NULL) &&
      !zq_first_prepare (self->hospital, first, error))
    return FALSE;
  return self->batch->len < BATCH || hand_over (self, error);
}

static gboolean
seed_account (gpointer data,
              const char *login,
              const char *display,
              const char *role,
              const char *user,
              const char *department,
              GError **error)
{
  Seeding *self = data;
  const char *words[] = { login, display, role, user, department != NULL ? department : "", NULL };

  g_ptr_array_add (self->accounts, g_strdupv ((GStrv)words));
  return TRUE;
}

static gboolean
add_accounts (Seeding *self, GError **error)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      GStrv words = g_ptr_array_index (self->accounts, i);

      if (!zq_hospital_add_account (self->hospital, words[0], words[1], words[2], words[3], words[4], error))
        return FALSE;
    }
  return TRUE;
}

static gpointer
seed_main (gpointer data)
{
  static const ZqSeedSink sink = { seed_put, seed_account };
  Seeding *self = data;
  g_autoptr (GError) error = NULL;

  if (zq_seed_write (self->spec, self->hospital->policy, self->now, &sink, self, &error))
    hand_over (self, NULL);
  g_mutex_lock (&self->mutex);
  self->finished = TRUE;
  self->failure = g_steal_pointer (&error);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/* NULL: that was all. */
static GPtrArray *
take_batch (Seeding *self)
{
  GPtrArray *batch;

  g_mutex_lock (&self->mutex);
  while (self->batches.length == 0 && !self->finished)
    g_cond_wait (&self->cond, &self->mutex);
  batch = g_queue_pop_head (&self->batches);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  return batch;
}

static gboolean
write_batch (Seeding *self, GPtrArray *batch, GError **error)
{
  for (guint i = 0; i < batch->len; i++)
    {
      const ZqFirst *first = g_ptr_array_index (batch, i);

      if (first->node != NULL
              ? !zq_records_add (self->hospital, first, error)
              : !zq_hospital_put (self->hospital, first->type, first->id, first->text, first->updated, error))
        return FALSE;
    }
  return TRUE;
}

/* @whole: all in one transaction. */
static gboolean
write_all (Seeding *self, gboolean whole, GError **error)
{
  guint n = 0;
  gboolean ok = TRUE;
  GPtrArray *batch;

  while (ok && (batch = take_batch (self)) != NULL)
    {
      ok = write_batch (self, batch, error);
      n += batch->len;
      g_ptr_array_unref (batch);
      if (ok && !whole && n >= PUTS_A_TRANSACTION)
        {
          n = 0;
          ok = zq_records_end (self->hospital, TRUE, error) && zq_records_begin (self->hospital, error);
        }
    }
  return ok;
}

static gboolean
seed (ZqHospital *self, const ZqSeedSpec *spec, gboolean whole, GError **error)
{
  Seeding seeding = { .hospital = self, .spec = spec, .now = zq_clock_now (self->clock) };
  GThread *thread;
  gboolean ok;

  if (!zq_records_begin (self, error))
    return FALSE;
  g_mutex_init (&seeding.mutex);
  g_cond_init (&seeding.cond);
  g_queue_init (&seeding.batches);
  seeding.batch = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_first_free);
  seeding.accounts = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  thread = g_thread_new ("zq-seed", seed_main, &seeding);

  ok = write_all (&seeding, whole, error);
  g_mutex_lock (&seeding.mutex);
  seeding.stopped = TRUE;
  g_cond_broadcast (&seeding.cond);
  g_mutex_unlock (&seeding.mutex);
  g_thread_join (thread);
  if (ok && seeding.failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&seeding.failure));
      ok = FALSE;
    }
  ok = ok && add_accounts (&seeding, error);

  g_clear_error (&seeding.failure);
  g_queue_clear_full (&seeding.batches, (GDestroyNotify)g_ptr_array_unref);
  g_ptr_array_unref (seeding.batch);
  g_ptr_array_unref (seeding.accounts);
  g_cond_clear (&seeding.cond);
  g_mutex_clear (&seeding.mutex);
  if (!self->in_transaction)
    return FALSE;
  return zq_records_end (self, ok, ok ? error : NULL) && ok;
}

gboolean
zq_hospital_seed_spec (ZqHospital *self, const char *text, GError **error)
{
  ZqSeedSpec spec;
  gint64 found = 0;

  if (!zq_seed_spec_parse (text, &spec, error))
    return FALSE;
  if (zq_db_get_int (self->db, &found, NULL, "SELECT 1 FROM sqlite_schema WHERE name = 'seeding'", ""))
    {
      g_set_error_literal (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_FAILED,
                           "This hospital was not filled to its end. Give another folder with --data.");
      return FALSE;
    }
  if (!zq_hospital_is_empty (self))
    return TRUE;
  if (spec.patients == 0)
    return seed (self, &spec, TRUE, error);

  return zq_db_script (self->db, seeding_begins, error) && seed (self, &spec, FALSE, error) &&
         zq_db_script (self->db, seeding_ends, error);
}

gboolean
zq_hospital_seed (ZqHospital *self, GError **error)
{
  return zq_hospital_seed_spec (self, "demo", error);
}
