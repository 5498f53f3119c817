/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/draft.h"

#include "store/attachments.h"
#include "store/store-private.h"

#include <string.h>

typedef struct
{
  char *scope;
  char *body;
} Saving;

static void
saving_free (Saving *saving)
{
  g_free (saving->scope);
  g_free (saving->body);
  g_free (saving);
}

static gboolean
save_draft (ZqTxn *txn, gpointer data, GError **error)
{
  Saving *saving = data;

  return zq_txn_set_draft (txn, saving->scope, saving->body, error);
}

void
zq_draft_save_async (ZqStore *store, const char *scope, const char *body, GAsyncReadyCallback callback, gpointer data)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->scope = g_strdup (scope);
  saving->body = g_strdup (body);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, save_draft, saving, (GDestroyNotify)saving_free, callback, data);
}

gboolean
zq_draft_save_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_write_finish (store, result, error);
}

char *
zq_draft_load (ZqDb *db, const char *scope)
{
  return zq_db_get_text (db, NULL, "SELECT body FROM draft WHERE scope = ?", "s", scope);
}

/* --- all that is typed of it ------------------------------------------------------------------- */

void
zq_draft_free (ZqDraft *self)
{
  if (self == NULL)
    return;

  g_free (self->body);
  g_free (self->reason);
  g_free (self);
}

ZqDraft *
zq_draft_read (ZqDb *db, const char *scope)
{
  ZqDraft *self = g_new0 (ZqDraft, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, &error, "SELECT quote, reason, tells FROM draft_about WHERE scope = ?", "s", scope);

  if (rows != NULL && zq_rows_next (rows, &error))
    {
      self->quote = zq_rows_int (rows, 0);
      self->reason = g_strdup (zq_rows_text (rows, 1));
      self->tells = zq_rows_int (rows, 2);
    }
  if (error != NULL)
    g_warning ("What belongs to a draft could not be read: %s", error->message);
  self->body = zq_draft_load (db, scope);
  if (self->body == NULL)
    self->body = g_strdup ("");

  return self;
}

char *
zq_draft_came_back (const char *body, const char *since)
{
  if (body == NULL || *body == '\0' || g_str_equal (body, since))
    return NULL;
  if (g_str_has_suffix (body, since))
    return g_strndup (body, strlen (body) - strlen (since));

  return g_strdup (body);
}

char *
zq_draft_join (const char *before, const char *after)
{
  gboolean ends = g_str_has_suffix (before, "\n");

  if (*after == '\0')
    return g_strndup (before, strlen (before) - (ends ? 1 : 0));

  return g_strconcat (before, ends || *before == '\0' ? "" : "\n", after, NULL);
}

gboolean
zq_txn_set_draft_about (ZqTxn *txn, const char *scope, gint64 quote, const char *reason, gint64 tells, GError **error)
{
  if (quote == 0 && tells == 0 && (reason == NULL || *reason == '\0'))
    return zq_db_exec (txn->db, error, "DELETE FROM draft_about WHERE scope = ?", "s", scope);

  return zq_db_exec (txn->db, error,
                     "INSERT INTO draft_about (scope, quote, reason, tells) VALUES (?, ?, ?, ?)"
                     " ON CONFLICT (scope) DO UPDATE SET quote = excluded.quote, reason = excluded.reason,"
                     " tells = excluded.tells",
                     "sisi", scope, quote, reason, tells);
}

typedef struct
{
  char *scope;
  ZqDraft *draft;
  char *since;
} Putting;

static void
putting_free (Putting *putting)
{
  g_free (putting->scope);
  zq_draft_free (putting->draft);
  g_free (putting->since);
  g_free (putting);
}

/* It came back with what it answered, or its reason: that stays, but for what has been chosen since. */
static gboolean
put_draft (ZqTxn *txn, gpointer data, GError **error)
{
  const Putting *putting = data;
  const ZqDraft *draft = putting->draft;
  const char *body = draft->body, *reason = draft->reason;
  gint64 quote = draft->quote, tells = draft->tells;
  g_autoptr (ZqDraft) there = NULL;
  g_autofree char *before = NULL, *whole = NULL;

  if (putting->since != NULL)
    {
      there = zq_draft_read (txn->db, putting->scope);
      before = zq_draft_came_back (there->body, putting->since);
    }
  if (before != NULL)
    {
      body = whole = zq_draft_join (before, body);
      quote = quote != 0 ? quote : there->quote;
      tells = tells != 0 ? tells : there->tells;
      reason = reason != NULL && *reason != '\0' ? reason : there->reason;
    }

  return zq_txn_set_draft (txn, putting->scope, body, error) &&
         zq_txn_set_draft_about (txn, putting->scope, quote, reason, tells, error);
}

void
zq_draft_put_async (ZqStore *store,
                    const char *scope,
                    const ZqDraft *draft,
                    const char *since,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  Putting *putting = g_new0 (Putting, 1);

  putting->scope = g_strdup (scope);
  putting->draft = g_new0 (ZqDraft, 1);
  putting->draft->body = g_strdup (draft->body != NULL ? draft->body : "");
  putting->draft->quote = draft->quote;
  putting->draft->reason = g_strdup (draft->reason);
  putting->draft->tells = draft->tells;
  putting->since = g_strdup (since);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, put_draft, putting, (GDestroyNotify)putting_free, callback, data);
}

/* --- its files -------------------------------------------------------------------------------- */

void
zq_draft_file_free (ZqDraftFile *self)
{
  if (self == NULL)
    return;

  g_free (self->key);
  g_free (self->name);
  g_free (self->content_type);
  g_free (self->hash);
  g_free (self);
}

ZqDraftFile *
zq_draft_file_copy (const ZqDraftFile *file)
{
  ZqDraftFile *copy = g_new0 (ZqDraftFile, 1);

  copy->key = g_strdup (file->key);
  copy->name = g_strdup (file->name);
  copy->content_type = g_strdup (file->content_type);
  copy->size = file->size;
  copy->hash = g_strdup (file->hash);
  copy->place = file->place;

  return copy;
}

GPtrArray *
zq_draft_list_files (ZqDb *db, const char *scope)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_draft_file_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (
      db, &error,
      "SELECT key, name, content_type, size, hash, place FROM draft_file WHERE scope = ? ORDER BY place, rowid", "s",
      scope);

  while (rows != NULL && zq_rows_next (rows, &error))
    {
      ZqDraftFile file = {
        .key = (char *)zq_rows_text (rows, 0),
        .name = (char *)zq_rows_text (rows, 1),
        .content_type = (char *)zq_rows_text (rows, 2),
        .size = zq_rows_int (rows, 3),
        .hash = (char *)zq_rows_text (rows, 4),
        .place = zq_rows_int (rows, 5),
      };

      g_ptr_array_add (files, zq_draft_file_copy (&file));
    }
  if (error != NULL)
    g_warning ("The files of a draft could not be read: %s", error->message);

  return files;
}

static void
announce (ZqTxn *txn, const char *scope)
{
  const char *slash = strrchr (scope, '/');

  zq_txn_changed (txn, "draft", slash != NULL ? g_ascii_strtoll (slash + 1, NULL, 10) : 0, 0, ZQ_CHANGE_CONTENT);
}

gboolean
zq_txn_add_draft_file (ZqTxn *txn, const char *scope, const ZqDraftFile *file, GError **error)
{
  announce (txn, scope);

  return zq_db_exec (txn->db, error,
                     "INSERT INTO draft_file (scope, key, name, content_type, size, hash, place)"
                     " SELECT ?1, ?2, ?3, ?4, ?5, ?6, iif (?7 > 0, ?7, ifnull (max (place), 0) + 1) FROM draft_file"
                     " WHERE scope = ?1"
                     " ON CONFLICT (scope, key) DO UPDATE SET name = excluded.name,"
                     " content_type = excluded.content_type, size = excluded.size, hash = excluded.hash",
                     "ssssisi", scope, file->key, file->name, file->content_type, file->size, file->hash, file->place);
}

typedef struct
{
  /* input */
  char *scope;
  ZqDraftFile *file;

  /* output */
  gboolean removed;
} FileChange;

static void
file_change_free (FileChange *change)
{
  g_free (change->scope);
  zq_draft_file_free (change->file);
  g_free (change);
}

static gboolean
add_file (ZqTxn *txn, gpointer data, GError **error)
{
  FileChange *change = data;

  return zq_txn_add_draft_file (txn, change->scope, change->file, error);
}

void
zq_draft_add_file_async (
    ZqStore *store, const char *scope, const ZqDraftFile *file, GAsyncReadyCallback callback, gpointer data)
{
  g_auto (ZqAttachmentInfo) info = { 0 };
  FileChange *change;

  g_return_if_fail (scope != NULL && file != NULL && file->key != NULL);

  zq_attachments_peek (zq_store_get_attachments (store), file->key, &info);
  if (info.state != ZQ_ATTACHMENT_HELD)
    {
      g_autoptr (GTask) task = g_task_new (store, NULL, callback, data);

      g_task_set_source_tag (task, zq_draft_add_file_async);
      g_task_return_new_error (task, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE,
                               "The file is not kept on this computer; nothing was changed");
      return;
    }

  change = g_new0 (FileChange, 1);
  change->scope = g_strdup (scope);
  change->file = zq_draft_file_copy (file);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, add_file, change, (GDestroyNotify)file_change_free, callback, data);
}

gboolean
zq_draft_add_file_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_write_finish (store, result, error);
}

static gboolean
remove_file (ZqTxn *txn, gpointer data, GError **error)
{
  FileChange *change = data;

  if (!zq_db_exec (txn->db, error, "DELETE FROM draft_file WHERE scope = ? AND key = ?", "ss", change->scope,
                   change->file->key))
    return FALSE;
  change->removed = zq_db_changes (txn->db) > 0;
  announce (txn, change->scope);

  return TRUE;
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (zq_store_write_finish (ZQ_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
zq_draft_remove_file_async (
    ZqStore *store, const char *scope, const char *key, GAsyncReadyCallback callback, gpointer data)
{
  const ZqDraftFile file = { .key = (char *)key };
  GTask *task = g_task_new (store, NULL, callback, data);
  FileChange *change = g_new0 (FileChange, 1);

  change->scope = g_strdup (scope);
  change->file = zq_draft_file_copy (&file);
  g_task_set_source_tag (task, zq_draft_remove_file_async);
  g_task_set_task_data (task, change, (GDestroyNotify)file_change_free);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, remove_file, change, NULL, on_removed, task);
}

gboolean
zq_draft_remove_file_finish (ZqStore *store, GAsyncResult *result, gboolean *removed, GError **error)
{
  const FileChange *change = g_task_get_task_data (G_TASK (result));

  if (removed != NULL)
    *removed = change->removed;

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
is_named (ZqDb *db, const char *key)
{
  gint64 named = 0;

  zq_db_get_int (db, &named, NULL,
                 "SELECT EXISTS (SELECT 1 FROM draft_file WHERE key = ?1)"
                 " OR EXISTS (SELECT 1 FROM resource WHERE local_id = substr (?1, 10) AND ?1 LIKE 'urn:uuid:%')",
                 "s", key);

  return named != 0;
}

void
zq_draft_forget_file (ZqStore *store, const char *key)
{
  g_return_if_fail (key != NULL);

  if (!is_named (zq_store_get_main_db (store), key))
    zq_attachments_drop (zq_store_get_attachments (store), key);
}
