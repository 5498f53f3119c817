/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/text.h"

static void
pack (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  ZqPack *self = sqlite3_user_data (context);
  const char *text;
  guint8 *frame;
  gsize length;

  if (sqlite3_value_type (values[0]) != SQLITE_TEXT)
    {
      sqlite3_result_value (context, values[0]);
      return;
    }

  text = (const char *)sqlite3_value_text (values[0]);
  if (text == NULL)
    {
      sqlite3_result_error_nomem (context);
      return;
    }
  frame = zq_pack_text (self, text, (gsize)sqlite3_value_bytes (values[0]), &length);
  if (frame == NULL)
    sqlite3_result_value (context, values[0]);
  else
    sqlite3_result_blob64 (context, frame, length, g_free);
}

static void
open_packed (sqlite3_context *context, sqlite3_value *value, gboolean strict)
{
  ZqPack *self = sqlite3_user_data (context);
  gsize length;
  char *text;

  if (sqlite3_value_type (value) != SQLITE_BLOB)
    {
      sqlite3_result_value (context, value);
      return;
    }

  text = zq_pack_open (self, sqlite3_value_blob (value), (gsize)sqlite3_value_bytes (value), &length);
  if (text != NULL)
    sqlite3_result_text64 (context, text, length, g_free, SQLITE_UTF8);
  else if (strict)
    sqlite3_result_error_code (context, ZQ_DB_RC_TEXT);
}

static void
open_strict (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  open_packed (context, values[0], TRUE);
}

static void
open_or_null (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  open_packed (context, values[0], FALSE);
}

gboolean
zq_db_add_texts (ZqDb *self, GError **error)
{
  static const struct
  {
    const char *name;
    void (*func) (sqlite3_context *, int, sqlite3_value **);
  } functions[] = { { "zq_pack", pack }, { "zq_text", open_strict }, { "zq_text_or_null", open_or_null } };

  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      int rc = sqlite3_create_function_v2 (self->handle, functions[i].name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                           self->pack, functions[i].func, NULL, NULL, NULL);

      if (rc != SQLITE_OK)
        {
          zq_db_set_error (self, rc, ZQ_DB_STAGE_STEP, error);
          return FALSE;
        }
    }

  return TRUE;
}
