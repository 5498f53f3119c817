/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/words.h"

static int
words_create (void *context, const char **args, int n_args, Fts5Tokenizer **tokenizer)
{
  static char nothing;

  /* It has no state, but NULL would be out of memory. */
  *tokenizer = (Fts5Tokenizer *)&nothing;

  return SQLITE_OK;
}

static void
words_delete (Fts5Tokenizer *tokenizer)
{
}

static int
words_tokenize (Fts5Tokenizer *tokenizer,
                void *context,
                int flags,
                const char *text,
                int length,
                int (*token) (void *, int, const char *, int, int, int))
{
  int start = 0;
  int colocated = 0;

  for (int at = 0; at <= length; at++)
    {
      if (at < length && text[at] != ' ' && text[at] != '|')
        continue;
      if (at > start)
        {
          int rc = token (context, colocated, text + start, at - start, start, at);

          if (rc != SQLITE_OK)
            return rc;
        }
      start = at + 1;
      colocated = at < length && text[at] == '|' ? FTS5_TOKEN_COLOCATED : 0;
    }

  return SQLITE_OK;
}

static fts5_api *
find_api (ZqDb *self)
{
  fts5_api *api = NULL;
  sqlite3_stmt *stmt = NULL;

  if (sqlite3_prepare_v2 (self->handle, "SELECT fts5 (?1)", -1, &stmt, NULL) == SQLITE_OK)
    {
      sqlite3_bind_pointer (stmt, 1, &api, "fts5_api_ptr", NULL);
      sqlite3_step (stmt);
    }
  sqlite3_finalize (stmt);

  return api;
}

gboolean
zq_db_add_words (ZqDb *self, GError **error)
{
  fts5_tokenizer tokenizer = { words_create, words_delete, words_tokenize };
  fts5_api *api = find_api (self);

  if (api != NULL && api->xCreateTokenizer (api, "zq_words", NULL, &tokenizer, NULL) == SQLITE_OK)
    return TRUE;

  g_set_error_literal (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED,
                       "This program was built with an SQLite that cannot search texts; install it again from a "
                       "proper build.");

  return FALSE;
}
