/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/files.h"

#include "resource/json.h"

#include <string.h>

#define LOCAL "urn:uuid:"

guint
zq_files_in_draft (ZqDb *db, const char *scope)
{
  g_autoptr (GPtrArray) files = zq_draft_list_files (db, scope);

  return files->len;
}

char *
zq_files_describe (const ZqDraftFile *file, const char *whose)
{
  GString *json = g_string_new ("{");

  zq_command_add_member (json, "key", file->key);
  zq_command_add_member (json, "content-type", file->content_type);
  zq_command_add_member (json, "name", file->name);
  zq_command_add_member (json, "hash", file->hash);
  zq_command_add_member (json, "security-context", whose);
  g_string_append_printf (json, ",\"size\":%" G_GINT64_FORMAT "}", file->size);

  return g_string_free (json, FALSE);
}

static void
add_payload (GString *payload, const ZqDraftFile *file, const char *url)
{
  g_autoptr (GString) json = g_string_new ("{");

  zq_command_add_member (json, "contentType", file->content_type);
  zq_command_add_member (json, "url", url);
  zq_command_add_member (json, "title", file->name);
  zq_command_add_member (json, "hash", file->hash);
  g_string_append_printf (json, ",\"size\":%" G_GINT64_FORMAT "}", file->size);
  g_string_append (payload, payload->len > 1 ? "," : "");
  g_string_append (payload, json->str);
}

/* What was taken back after it had gone up is there already: "Binary/12", else NULL. (transfer full) */
static char *
name_at_hospital (ZqDb *db, const char *key)
{
  if (!g_str_has_prefix (key, LOCAL))
    return g_strdup (key);

  return zq_db_get_text (db, NULL,
                         "SELECT 'Binary/' || server_id FROM resource WHERE type = 'Binary' AND local_id = ?"
                         " AND server_id IS NOT NULL",
                         "s", key + strlen (LOCAL));
}

/* Its key is "urn:uuid:<local-id>" of the Binary that it becomes. */
static gboolean
upload (ZqTxn *txn,
        const ZqConsultState *state,
        const char *scope,
        gint64 not_before,
        const ZqDraftFile *file,
        const char *patient,
        ZqUndo *undo,
        GError **error)
{
  g_autofree char *args = zq_files_describe (file, patient);
  gint64 target = zq_txn_create_local (txn, "Binary", file->key + strlen (LOCAL), error);
  gint64 running = 0, seq;

  if (target == 0)
    return FALSE;
  /* Taken back while it was on its way, and sent again: it goes up once, before its message all the same. */
  zq_db_get_int (zq_txn_db (txn), &running, NULL,
                 "SELECT coalesce (max (seq), 0) FROM intent WHERE target = ? AND action = 'upload'", "i", target);
  if (running != 0)
    return TRUE;
  seq = zq_txn_add_intent (txn, "binary", "upload", target, args, NULL, scope, not_before, error);
  zq_undo_add (undo, state->id, seq, "upload", NULL, NULL);

  return seq != 0;
}

gboolean
zq_files_upload (ZqTxn *txn,
                 const ZqConsultState *state,
                 const char *scope,
                 gint64 not_before,
                 ZqUndo *undo,
                 char **payload,
                 GError **error)
{
  g_autoptr (GPtrArray) files = zq_draft_list_files (zq_txn_db (txn), scope);
  g_autofree char *patient = zq_consult_reference (zq_txn_db (txn), state->patient);
  g_autoptr (GString) json = g_string_new ("[");

  *payload = NULL;
  for (guint i = 0; i < files->len; i++)
    {
      const ZqDraftFile *file = g_ptr_array_index (files, i);

      g_autofree char *name = name_at_hospital (zq_txn_db (txn), file->key);

      if (name == NULL && !upload (txn, state, scope, not_before, file, patient, undo, error))
        return FALSE;
      add_payload (json, file, name != NULL ? name : file->key);
    }
  g_string_append_c (json, ']');
  if (files->len > 0)
    *payload = g_string_free (g_steal_pointer (&json), FALSE);

  return TRUE;
}

/* An upload that has not begun. */
static void
cancel_upload (ZqTxn *txn, const char *chain, const char *local)
{
  gint64 seq = 0;

  zq_db_get_int (zq_txn_db (txn), &seq, NULL,
                 "SELECT i.seq FROM intent i JOIN resource r ON r.id = i.target WHERE i.action = 'upload'"
                 " AND i.chain = ? AND r.local_id = ? AND i.state <> 1",
                 "ss", chain, local);
  if (seq != 0)
    zq_txn_cancel_intent (txn, seq, NULL);
}

/* With the name that it has by now: "Binary/12" when it is up already. */
static gboolean
add_to_draft (ZqTxn *txn, const char *scope, JsonNode *entry, const char *local, GError **error)
{
  const char *url = zq_json_get_string (entry, "url");
  const char *size = zq_json_get_string (entry, "size");
  g_autofree char *key = local == NULL
                             ? g_strdup (url)
                             : zq_db_get_text (zq_txn_db (txn), NULL,
                                               "SELECT iif (server_id IS NULL, 'urn:uuid:' || local_id, 'Binary/' ||"
                                               " server_id) FROM resource WHERE type = 'Binary' AND local_id = ?",
                                               "s", local);
  ZqDraftFile file = {
    .key = key != NULL ? key : (char *)url,
    .name = (char *)zq_json_get_string (entry, "title"),
    .content_type = (char *)zq_json_get_string (entry, "contentType"),
    .size = size != NULL ? g_ascii_strtoll (size, NULL, 10) : 0,
    .hash = (char *)zq_json_get_string (entry, "hash"),
  };

  return zq_txn_add_draft_file (txn, scope, &file, error);
}

gboolean
zq_files_take_back (
    ZqTxn *txn, const char *chain, JsonNode *args, gboolean as_draft, const char *without, GError **error)
{
  guint length = zq_json_get_length (args, "files");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *entry = zq_json_get_at (args, "files", i);
      const char *url = zq_json_get_string (entry, "url");
      const char *local = url != NULL && g_str_has_prefix (url, LOCAL) ? url + strlen (LOCAL) : NULL;

      if (url == NULL)
        continue;
      if (as_draft && (local == NULL || g_strcmp0 (local, without) != 0) &&
          !add_to_draft (txn, chain, entry, local, error))
        return FALSE;
      if (local != NULL)
        cancel_upload (txn, chain, local);
    }

  return TRUE;
}
