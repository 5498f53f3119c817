/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/edits.h"

#include "resource/json.h"

#define BATCH 8

typedef struct
{
  char *path;
  char *json; /* NULL: remove */
} Edit;

struct _ZqEdits
{
  GPtrArray *edits;
};

static void
edit_free (Edit *edit)
{
  g_free (edit->path);
  g_free (edit->json);
  g_free (edit);
}

ZqEdits *
zq_edits_new (void)
{
  ZqEdits *self = g_new0 (ZqEdits, 1);

  self->edits = g_ptr_array_new_with_free_func ((GDestroyNotify)edit_free);

  return self;
}

void
zq_edits_free (ZqEdits *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->edits);
  g_free (self);
}

static void
add_edit (ZqEdits *self, const char *path, char *json)
{
  Edit *edit = g_new0 (Edit, 1);

  edit->path = g_strdup (path);
  edit->json = json;
  g_ptr_array_add (self->edits, edit);
}

void
zq_edits_set_string (ZqEdits *self, const char *path, const char *value)
{
  g_return_if_fail (path != NULL && value != NULL);

  add_edit (self, path, zq_json_quote (value));
}

void
zq_edits_set_boolean (ZqEdits *self, const char *path, gboolean value)
{
  g_return_if_fail (path != NULL);

  add_edit (self, path, g_strdup (value ? "true" : "false"));
}

void
zq_edits_set_json (ZqEdits *self, const char *path, const char *json)
{
  g_return_if_fail (path != NULL && json != NULL);

  add_edit (self, path, g_strdup (json));
}

void
zq_edits_remove (ZqEdits *self, const char *path)
{
  g_return_if_fail (path != NULL);

  add_edit (self, path, NULL);
}

guint
zq_edits_get_length (ZqEdits *self)
{
  return self->edits->len;
}

/* Places that are left over have a NULL path, which json_set() passes over. */
static char *
set_batch (ZqDb *db, const char *text, Edit **edits, guint n, GError **error)
{
  const char *v[2 * BATCH] = { NULL };

  for (guint i = 0; i < n; i++)
    {
      v[2 * i] = edits[i]->path;
      v[2 * i + 1] = edits[i]->json;
    }

  if (n == 1)
    return zq_db_get_text (db, error, "SELECT json_set (?, ?, json (?))", "sss", text, v[0], v[1]);

  return zq_db_get_text (db, error,
                         "SELECT json_set (?, ?, json (?), ?, json (?), ?, json (?), ?, json (?),"
                         " ?, json (?), ?, json (?), ?, json (?), ?, json (?))",
                         "sssssssssssssssss", text, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10],
                         v[11], v[12], v[13], v[14], v[15]);
}

static char *
apply_some (ZqEdits *self, ZqDb *db, const char *text, guint at, guint *n, GError **error)
{
  Edit **edits = (Edit **)self->edits->pdata;

  *n = 1;
  if (edits[at]->json == NULL)
    return zq_db_get_text (db, error, "SELECT json_remove (?, ?)", "ss", text, edits[at]->path);

  while (*n < BATCH && at + *n < self->edits->len && edits[at + *n]->json != NULL)
    (*n)++;

  return set_batch (db, text, edits + at, *n, error);
}

char *
zq_edits_apply (ZqEdits *self, ZqDb *db, const char *text, GError **error)
{
  g_autofree char *result = g_strdup (text);
  guint n = 0;

  g_return_val_if_fail (db != NULL && text != NULL, NULL);

  for (guint i = 0; i < self->edits->len; i += n)
    {
      g_autoptr (GError) local = NULL;
      g_autofree char *next = apply_some (self, db, result, i, &n, &local);

      if (next == NULL)
        {
          if (local != NULL)
            g_propagate_error (error, g_steal_pointer (&local));
          else
            g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "A change leaves nothing of the resource");
          return NULL;
        }
      g_free (result);
      result = g_steal_pointer (&next);
    }

  return g_steal_pointer (&result);
}
