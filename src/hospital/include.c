/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/search-private.h"

#include <string.h>

#define MAX_INCLUDED 5000

/* The other end of a reference, at most once, and only what the session reads. */
typedef struct
{
  ZqHospital *hospital;
  const ZqRequest *request;
  GHashTable *seen; /* gint64 rows */
  GString *entries;
  guint left;
} Including;

/* "Task:patient" or "Task:patient:Patient" as the name of its index entries. */
static const char *
index_name (const char *value, char **type, char **target)
{
  g_auto (GStrv) parts = g_strsplit (value, ":", 3);
  const ZqParam *param;
  g_autofree char *name = NULL;

  if (g_strv_length (parts) < 2 || !zq_type_is_known (parts[0]))
    return NULL;
  param = zq_params_find (parts[0], parts[1]);
  if (param == NULL || param->kind != ZQ_PARAM_REFERENCE)
    return NULL;
  *type = g_strdup (parts[0]);
  *target = g_strdup (parts[2] != NULL ? parts[2] : "");
  name = g_strconcat (parts[0], ".", parts[1], NULL);

  return g_intern_string (name);
}

static gboolean
append_rows (Including *self, ZqRows *rows, GError **error)
{
  while (zq_rows_next (rows, error))
    {
      gint64 row = zq_rows_int (rows, 0);

      if (g_hash_table_contains (self->seen, &row))
        continue;
      if (self->left == 0)
        return TRUE;
      self->left--;
      g_hash_table_add (self->seen, g_memdup2 (&row, sizeof row));
      g_string_append_printf (self->entries,
                              "%s{\"fullUrl\":\"%s/%s/%s\",\"resource\":", self->entries->len > 0 ? "," : "",
                              self->hospital->base, zq_rows_text (rows, 1), zq_rows_text (rows, 2));
      g_string_append (self->entries, zq_rows_text (rows, 3));
      g_string_append (self->entries, ",\"search\":{\"mode\":\"include\"}}");
      if (self->request->served != NULL)
        g_array_append_val (self->request->served, row);
    }

  return *error == NULL;
}

static char *
keys_json (const ZqSearch *search, GHashTable *matches, gboolean forwards)
{
  GString *out = g_string_new ("{\"m\":[");
  GHashTableIter iter;
  gpointer row, id;

  g_hash_table_iter_init (&iter, matches);
  while (g_hash_table_iter_next (&iter, &row, &id))
    {
      if (out->str[out->len - 1] != '[')
        g_string_append_c (out, ',');
      if (forwards)
        g_string_append_printf (out, "%" G_GINT64_FORMAT, *(gint64 *)row);
      else
        g_string_append_printf (out, "\"%s/%s\"", search->type, (char *)id);
    }
  g_string_append (out, "]}");

  return g_string_free (out, FALSE);
}

static gboolean
include (ZqSearch *search, Including *self, GHashTable *matches, const char *value, gboolean *known, GError **error)
{
  gboolean forwards = *value == '+';
  const ZqSession *session = self->request->session;
  g_autofree char *type = NULL, *target = NULL, *keys = NULL, *sql = NULL;
  const char *name = index_name (value + 1, &type, &target);
  g_autoptr (ZqRows) rows = NULL;

  *known = name != NULL && (!forwards || g_str_equal (type, search->type));
  if (!*known)
    return TRUE;
  keys = keys_json (search, matches, forwards);
  /* a reverse one names a target only to say what the matches are */
  if (!forwards && *target != '\0' && !g_str_equal (target, search->type))
    return TRUE;

  sql = forwards
            ? g_strdup_printf ("SELECT r.row, r.type, r.id, r.text FROM json_each (?2, '$.m') m CROSS JOIN idx i"
                               " ON i.row = m.value AND i.name = ?1 AND instr (i.value, '/') > 0 CROSS JOIN resource r"
                               " ON r.type = substr (i.value, 1, instr (i.value, '/') - 1)"
                               " AND r.id = substr (i.value, instr (i.value, '/') + 1)"
                               " WHERE r.deleted = 0 AND ?5 IN ('', r.type) AND %s",
                               zq_access_sql (session))
            : g_strdup_printf ("SELECT r.row, r.type, r.id, r.text FROM json_each (?2, '$.m') m CROSS JOIN idx i"
                               " ON i.name = ?1 AND i.value = m.value CROSS JOIN resource r ON r.row = i.row"
                               " WHERE r.deleted = 0 AND ?5 IS ?5 AND %s",
                               zq_access_sql (session));
  rows = zq_db_query (self->hospital->db, error, g_intern_string (sql), "sssss", name, keys, session->who, session->org,
                      target);

  return rows != NULL && append_rows (self, rows, error);
}

static void
append_cut (Including *self)
{
  g_autofree char *outcome =
      zq_outcome_new ("warning", "too-costly", "More is included than one page takes; ask for it by itself");

  g_string_append_printf (self->entries, "%s{\"resource\":%s,\"search\":{\"mode\":\"outcome\"}}",
                          self->entries->len > 0 ? "," : "", outcome);
}

gboolean
zq_search_include (ZqSearch *self,
                   ZqHospital *hospital,
                   const ZqRequest *request,
                   GHashTable *matches,
                   GString *entries,
                   ZqReply *reply)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Including including = { hospital, request, seen, entries, MAX_INCLUDED };
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, matches);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    g_hash_table_add (seen, g_memdup2 (row, sizeof (gint64)));

  for (guint i = 0; i < self->includes->len; i++)
    {
      const char *value = g_ptr_array_index (self->includes, i);
      gboolean known;

      if (!include (self, &including, matches, value, &known, &error))
        return zq_reply_fail_error (reply, error);
      if (!known && self->strict)
        return zq_reply_fail (reply, 400, "The search includes what this hospital does not know");
      if (!known)
        g_ptr_array_add (self->ignored, g_strdup (*value == '+' ? "_include" : "_revinclude"));
    }
  if (including.left == 0)
    append_cut (&including);

  return TRUE;
}
