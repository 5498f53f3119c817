/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/search-rules.h"

/* Of what is labelled "restricted" (R) or "very restricted" (V) nothing is found. Few texts have a label at all: only
 * those are taken apart, which AND would not spare (CASE does). What is damaged counts as labelled. */
#define LABELLED(codes)                                                                                                \
  "(SELECT CASE instr (x.text, '\"security\"') > 0 WHEN 0 THEN 0 WHEN 1 THEN EXISTS (SELECT 1 FROM"                    \
  "  json_each (x.text, '$.meta.security') l WHERE l.value ->> '$.code' IN (" codes ")) ELSE 1 END"                    \
  "  FROM (SELECT zq_text_or_null (coalesce (local_json, server_json)) AS text FROM resource_text WHERE id = ?1) x)"

static gboolean
describe (ZqDb *db, const char *sql, gint64 id, ZqSearchText *text, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (db, error, sql, "i", id);

  if (rows == NULL)
    return FALSE;
  if (zq_rows_next (rows, &local))
    {
      text->at = zq_rows_int (rows, 0);
      text->text = g_strdup (zq_rows_text (rows, 1));
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

static gboolean
describe_consult (ZqTxn *txn, gint64 id, ZqSearchText *text, GError **error)
{
  return describe (zq_txn_db (txn),
                   "SELECT authored, complaint FROM consult WHERE id = ?1 AND complaint IS NOT NULL"
                   " AND NOT coalesce (" LABELLED ("'R', 'V'") ", 0)",
                   id, text, error);
}

/* What a device says (side 0) are no words to be looked for. Every internal note is restricted: that keeps the patient
 * out, not its readers. */
#define MESSAGE_WORDS                                                                                                  \
  "SELECT sent, text FROM message WHERE id = ?1 AND text IS NOT NULL AND NOT withdrawn AND side > 0"                   \
  " AND NOT iif (note, coalesce (" LABELLED ("'V'") ", 0), coalesce (" LABELLED ("'R', 'V'") ", 0))"

static gboolean
describe_message (ZqTxn *txn, gint64 id, ZqSearchText *text, GError **error)
{
  return describe (zq_txn_db (txn), MESSAGE_WORDS, id, text, error);
}

gboolean
zq_message_may_be_found (ZqDb *db, gint64 message, gboolean *may, GError **error)
{
  ZqSearchText text = { 0 };
  gboolean ok = describe (db, MESSAGE_WORDS, message, &text, error);

  *may = text.text != NULL;
  g_free (text.text);

  return ok;
}

const ZqSearchRule zq_consult_search = {
  .version = 1,
  .how = ZQ_WORDS_PINYIN,
  .describe = describe_consult,
};

const ZqSearchRule zq_message_search = {
  .version = 1,
  .how = ZQ_WORDS_PLAIN,
  .describe = describe_message,
};
