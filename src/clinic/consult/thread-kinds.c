/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/consult/kinds.h"
#include "clinic/consult/state.h"
#include "clinic/consult/summary.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "clinic/patient/record-row.h"
#include "resource/datetime.h"
#include "resource/json.h"

static gboolean
is_category (JsonNode *node, const char *code)
{
  return g_strcmp0 (zq_json_get_code (node, "category", ZQ_CATEGORY_CODES), code) == 0;
}

/* --- the header of a thread ------------------------------------------------------------------- */

typedef struct
{
  char *patient;
  char *encounter;
  char *topic;
} Header;

static void
header_free (gpointer data)
{
  Header *self = data;

  g_free (self->patient);
  g_free (self->encounter);
  g_free (self->topic);
  g_free (self);
}

static gboolean
thread_claims (JsonNode *node)
{
  return is_category (node, "thread");
}

static gpointer
thread_parse (JsonNode *node, gpointer context, GError **error)
{
  Header *self = g_new0 (Header, 1);

  self->patient = g_strdup (zq_codec_reference (node, "subject"));
  self->encounter = g_strdup (zq_codec_reference (node, "encounter"));
  self->topic = zq_codec_concept (node, "topic");

  return self;
}

static gboolean
thread_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Header *self = parsed;
  gint64 patient, encounter;

  if (!zq_person_refer (txn, self->patient, FALSE, &patient, error) ||
      !zq_person_refer (txn, self->encounter, FALSE, &encounter, error))
    return FALSE;
  zq_txn_changed (txn, "thread", id, patient, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO thread (id, patient, encounter, topic) VALUES (?, ?, ?, ?)", "iiis", id,
                     patient, encounter, self->topic);
}

static gboolean
thread_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM thread WHERE id = ?", "i", id);
}

const ZqResourceKind zq_thread_kind = {
  .name = "thread",
  .type = "Communication",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS thread ("
            "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, encounter INTEGER NOT NULL, topic TEXT);",
  .claims = thread_claims,
  .parse = thread_parse,
  .parsed_free = header_free,
  .project = thread_project,
  .unproject = thread_unproject,
};
