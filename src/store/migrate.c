/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

#include "store-resources.h"

/* Numbered from 1: what brings a store from the version before to this one, and sets user_version. */
static const char *const MIGRATIONS[] = {
  "schema/0001.sql", "schema/0002.sql", "schema/0003.sql", "schema/0004.sql",
  "schema/0005.sql", "schema/0006.sql", "schema/0007.sql",
};

static gboolean
run_migration (ZqDb *db, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat ("/org/zhenqiao/Zhenqiao/store/", name, NULL);
  g_autoptr (GBytes) sql =
      g_resource_lookup_data (zq_store_schema_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *text = NULL;

  if (sql == NULL)
    return FALSE;

  text = g_strndup (g_bytes_get_data (sql, NULL), g_bytes_get_size (sql));
  if (!zq_db_begin (db, error))
    return FALSE;
  if (zq_db_script (db, text, error) && zq_db_commit (db, error))
    return TRUE;

  zq_db_rollback (db);

  return FALSE;
}

static gboolean
check_version (ZqDb *db, gint64 *version, GError **error)
{
  if (!zq_db_get_int (db, version, error, "PRAGMA user_version", ""))
    return FALSE;

  if (*version > (gint64)G_N_ELEMENTS (MIGRATIONS))
    {
      g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_NEWER,
                   "The local store was made by a newer version of this program (%" G_GINT64_FORMAT
                   "). It was left untouched; start the newer version",
                   *version);
      return FALSE;
    }

  return TRUE;
}

/* Opening for writing writes: what is not ours to touch is found out before. */
gboolean
zq_store_check_version (const char *path, GBytes *key, GError **error)
{
  g_autoptr (ZqDb) db = NULL;
  gint64 version = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  db = zq_db_open (path, key, ZQ_DB_READ_ONLY, error);

  return db != NULL && check_version (db, &version, error);
}

gboolean
zq_store_migrate (ZqDb *db, GError **error)
{
  gint64 version = 0;

  if (!check_version (db, &version, error))
    return FALSE;

  for (gsize i = version; i < G_N_ELEMENTS (MIGRATIONS); i++)
    if (!run_migration (db, MIGRATIONS[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
open_projection (ZqDb *db, const ZqResourceKind *kind, GError **error)
{
  if (kind->schema != NULL && !zq_db_script (db, kind->schema, error))
    return FALSE;

  return zq_db_exec (
      db, error,
      "INSERT INTO projection (kind, version, state)"
      " SELECT ?1, ?2, iif (EXISTS (SELECT 1 FROM resource WHERE type = ?3), 'building', 'ready') WHERE true"
      " ON CONFLICT (kind) DO UPDATE SET version = excluded.version, state = 'building', done_to = 0"
      " WHERE version <> excluded.version",
      "sis", kind->name, (gint64)kind->projection_version, kind->type);
}

static gboolean
open_all (ZqDb *db, const ZqResourceKind *const *kinds, GError **error)
{
  for (guint i = 0; kinds != NULL && kinds[i] != NULL; i++)
    if (!open_projection (db, kinds[i], error) || !zq_search_open (db, kinds[i], error))
      return FALSE;

  /* What a dead process was sending is looked for at once; what was not there is asked for again. */
  return zq_db_exec (db, error, "UPDATE intent SET not_before = 0 WHERE state = ?", "i", (gint64)ZQ_INTENT_SENDING) &&
         zq_db_exec (db, error,
                     "UPDATE resource SET state = 'wanted' WHERE state = 'gone'"
                     " AND NOT EXISTS (SELECT 1 FROM resource_text t WHERE t.id = resource.id)",
                     "");
}

gboolean
zq_store_open_projections (ZqDb *db, const ZqResourceKind *const *kinds, GError **error)
{
  if (!zq_db_begin (db, error))
    return FALSE;
  if (open_all (db, kinds, error) && zq_db_commit (db, error))
    return TRUE;

  zq_db_rollback (db);

  return FALSE;
}
