/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/consult/file.h"
#include "clinic/consult/kinds.h"
#include "clinic/consult/message-codec.h"
#include "clinic/consult/message.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/search-rules.h"
#include "clinic/consult/state.h"
#include "clinic/consult/summary.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "resource/reference.h"

#define MAX_ABOUT         100 /* of one message */
#define CORRECTION_REASON ZQ_EXTENSION ("correction-reason")

/* Who writes: the patient's side waits for the hospital's; devices answer nobody. */
typedef enum
{
  SIDE_DEVICE,
  SIDE_PATIENT,
  SIDE_HOSPITAL,
  SIDE_COLLEAGUES, /* an internal note: the patient's side never sees it, and it answers nobody */
} Side;

typedef struct
{
  char *thread, *task, *sender, *reply_to;
  char *text;
  char *reason;     /* of a correction */
  GPtrArray *files; /* of ZqFile */
  GPtrArray *about; /* references: results that it comments on */
  char *local_id;
  char *server_id;
  Side side;
  gboolean from_me, withdrawn, correction, note;
  gint64 sent, received, updated;
  guint n_pictures, n_voices, n_files, n_results;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->thread);
  g_free (self->sender);
  g_free (self->reply_to);
  g_free (self->task);
  g_free (self->reason);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->about, g_ptr_array_unref);
  g_free (self->text);
  g_free (self->local_id);
  g_free (self->server_id);
  g_free (self);
}

static gboolean
message_claims (JsonNode *node)
{
  const char *category = zq_json_get_code (node, "category", ZQ_CATEGORY_CODES);

  /* In preparation: an assistant's draft, which is no message yet. */
  return (g_strcmp0 (category, "message") == 0 || g_strcmp0 (category, "correction") == 0) &&
         g_strcmp0 (zq_json_get_string (node, "status"), "preparation") != 0;
}

/* As much of @part as may still be shown. */
static void
append_some (GString *text, const char *part, guint *left)
{
  const char *end = part;

  for (; *left > 0 && *end != '\0'; end = g_utf8_next_char (end))
    (*left)--;
  g_string_append_len (text, part, end - part);
}

char *
zq_message_read_text (JsonNode *node)
{
  guint left = ZQ_MESSAGE_MAX_TEXT + 1;
  guint length = zq_json_get_length (node, "payload");
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < length; i++)
    {
      const char *part = zq_json_get_string (zq_json_get_at (node, "payload", i), "contentString");

      if (part == NULL || *part == '\0')
        continue;
      if (text->len > 0)
        append_some (text, "\n", &left);
      append_some (text, part, &left);
    }
  if (text->len == 0)
    return NULL;

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
count_attachments (Parsed *self, JsonNode *node, const ZqContext *context)
{
  guint length = zq_json_get_length (node, "payload");

  self->files = zq_files_read (node, context->base);
  for (guint i = 0; i < self->files->len; i++)
    {
      const ZqFile *file = g_ptr_array_index (self->files, i);

      if (file->is_picture)
        self->n_pictures++;
      else if (file->is_voice)
        self->n_voices++;
      else
        self->n_files++;
    }
  for (guint i = 0; i < length; i++)
    {
      g_autoptr (ZqReference) reference =
          zq_reference_read_from (zq_json_get_at (node, "payload", i), "contentReference", context->base);

      if (reference != NULL && zq_reference_is (reference, "DiagnosticReport"))
        self->n_results++;
      else if (reference != NULL)
        self->n_files++;
    }
}

static void
read_sender (Parsed *self, JsonNode *node, const ZqContext *context)
{
  g_autoptr (ZqReference) sender = zq_reference_read_from (node, "sender", context->base);

  self->sender = g_strdup (zq_codec_reference (node, "sender"));
  if (sender == NULL || sender->type == NULL)
    return;
  if (g_str_equal (sender->type, "Patient") || g_str_equal (sender->type, "RelatedPerson"))
    self->side = SIDE_PATIENT;
  else if (!g_str_equal (sender->type, "Device"))
    self->side = SIDE_HOSPITAL;
  self->from_me = zq_reference_is (sender, "Practitioner") && g_strcmp0 (sender->id, context->me) == 0;
}

static gint64
read_sent (JsonNode *node, const ZqContext *context)
{
  static const char *const paths[] = { "sent", "received", "meta.lastUpdated" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      ZqDateTime at = zq_date_time_parse (zq_json_get_string (node, paths[i]), context->zone);

      if (at.precision != ZQ_PRECISION_NONE)
        return at.start;
    }

  return 0;
}

/* "urn:uuid:…" */
static gboolean
is_local (const ZqReference *reference)
{
  return reference != NULL && reference->type == NULL && reference->id != NULL && *reference->id != '#';
}

/* The first of @type that can be followed; a local one has none. Nothing is part of itself. */
static char *
read_part_of (JsonNode *node, const ZqContext *context, const char *type)
{
  JsonNode *all = zq_json_get (node, "partOf");
  gboolean many = all != NULL && JSON_NODE_HOLDS_ARRAY (all);
  guint length = many ? zq_json_get_length (all, NULL) : all != NULL;

  for (guint i = 0; i < length; i++)
    {
      const char *text = zq_json_get_string (many ? zq_json_get_at (all, NULL, i) : all, "reference");
      g_autoptr (ZqReference) reference = text != NULL ? zq_reference_parse (text, context->base) : NULL;

      if (!zq_reference_is (reference, type) && !is_local (reference))
        continue;
      if (zq_reference_is (reference, "Communication") &&
          g_strcmp0 (reference->id, zq_json_get_string (node, "id")) == 0)
        continue;
      return g_strdup (text);
    }

  return NULL;
}

/* What is in no conversation can be shown in none. */
static gpointer
finish_parse (Parsed *self, const char *part_of, GError **error)
{
  if (part_of != NULL)
    return self;

  g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "It belongs to no conversation");
  parsed_free (self);

  return NULL;
}

static GPtrArray *
read_about (JsonNode *node)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);
  guint length = MIN (zq_json_get_length (node, "about"), MAX_ABOUT);

  for (guint i = 0; i < length; i++)
    g_ptr_array_add (all, g_strdup (zq_json_get_string (zq_json_get_at (node, "about", i), "reference")));

  return all;
}

static Parsed *
read_message (JsonNode *node, const ZqContext *context)
{
  Parsed *self = g_new0 (Parsed, 1);

  self->thread = read_part_of (node, context, "Communication");
  self->reply_to = g_strdup (zq_codec_reference (node, "inResponseTo"));
  self->local_id = g_strdup (zq_json_get_identifier (node, ZQ_SYSTEM_LOCAL_ID));
  self->server_id = g_strdup (zq_json_get_string (node, "id"));
  self->withdrawn = g_strcmp0 (zq_json_get_string (node, "status"), "entered-in-error") == 0;
  self->correction = g_strcmp0 (zq_json_get_code (node, "category", ZQ_CATEGORY_CODES), "correction") == 0;
  read_sender (self, node, context);
  self->sent = read_sent (node, context);
  self->about = read_about (node);
  self->updated = zq_date_time_parse (zq_json_get_string (node, "meta.lastUpdated"), context->zone).start;
  self->received = zq_date_time_parse (zq_json_get_string (node, "received"), context->zone).start;
  if (self->correction)
    self->reason = g_strdup (zq_json_get_string (zq_json_get_extension (node, CORRECTION_REASON), "valueString"));
  /* The words of what was withdrawn leave the rows. */
  if (!self->withdrawn)
    {
      self->text = zq_message_read_text (node);
      count_attachments (self, node, context);
    }

  return self;
}

static gpointer
message_parse (JsonNode *node, gpointer context, GError **error)
{
  Parsed *self = read_message (node, context);

  return finish_parse (self, self->thread, error);
}

/* --- internal notes ----------------------------------------------------------------------------- */

static gboolean
note_claims (JsonNode *node)
{
  return g_strcmp0 (zq_json_get_code (node, "category", ZQ_CATEGORY_CODES), "internal-note") == 0;
}

/* Its conversation is that of its Task. */
static gpointer
note_parse (JsonNode *node, gpointer context, GError **error)
{
  Parsed *self = read_message (node, context);

  self->note = TRUE;
  self->side = SIDE_COLLEAGUES;
  g_free (self->thread);
  self->thread = NULL;
  self->task = read_part_of (node, context, "Task");
  g_clear_pointer (&self->reply_to, g_free);

  return finish_parse (self, self->task, error);
}

/* --- rows ------------------------------------------------------------------------------------- */

typedef struct
{
  gint64 thread, patient;
  gboolean relevant; /* a consultation that is mine, the pool's, or one I took part in */
} Place;

static gboolean
find_place (ZqTxn *txn, gint64 thread, Place *place, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = NULL;

  place->thread = thread;
  rows = zq_db_query (zq_txn_db (txn), error,
                      "SELECT c.patient, c.mine OR c.in_pool OR EXISTS (SELECT 1 FROM message m"
                      "   WHERE m.thread = c.thread AND m.from_me)"
                      " FROM consult c WHERE c.thread = ? AND c.thread > 0 LIMIT 1",
                      "i", thread);
  if (rows == NULL)
    return FALSE;
  if (zq_rows_next (rows, &local))
    {
      place->patient = zq_rows_int (rows, 0);
      place->relevant = zq_rows_int (rows, 1) != 0;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

/* The message below it may have lost or gained its day separator. */
static void
announce (ZqTxn *txn, gint64 id, const Place *place)
{
  gint64 next = 0;

  zq_txn_index (txn, "message", id);
  zq_txn_changed (txn, "message", id, place->patient, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);
  if (zq_db_get_int (zq_txn_db (txn), &next, NULL,
                     "SELECT n.id FROM message m JOIN message n ON n.thread = m.thread"
                     " AND (n.pending, n.sent, n.order_key) > (+m.pending, +m.sent, +m.order_key)"
                     " WHERE m.id = ? ORDER BY n.pending, n.sent, n.order_key LIMIT 1",
                     "i", id))
    zq_txn_changed (txn, "message", next, place->patient, ZQ_CHANGE_CONTENT);
}

/* A reply of ours that is held or was refused, or is so no more, changes what a closing behind it shows. */
static gboolean
touch_closing (ZqTxn *txn, gint64 id, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (zq_txn_db (txn), error,
                                         "SELECT c.id FROM message m JOIN consult c ON c.thread = m.thread"
                                         " WHERE m.id = ? AND m.pending AND m.thread > 0",
                                         "i", id);

  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    zq_txn_later (txn, zq_consult_reread, zq_rows_int (rows, 0));
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static gboolean
remove_row (ZqTxn *txn, gint64 id, GError **error)
{
  ZqDb *db = zq_txn_db (txn);
  gint64 thread = 0;
  Place place = { 0 };

  if (!zq_db_get_int (db, &thread, NULL, "SELECT thread FROM message WHERE id = ?", "i", id))
    return TRUE;
  if (!find_place (txn, thread, &place, error) || !touch_closing (txn, id, error))
    return FALSE;
  announce (txn, id, &place);

  return zq_consult_touch_thread (txn, thread, error) &&
         zq_db_exec (db, error, "DELETE FROM message_file WHERE message = ?", "i", id) &&
         zq_db_exec (db, error, "DELETE FROM message_about WHERE message = ?", "i", id) &&
         zq_db_exec (db, error, "DELETE FROM message WHERE id = ?", "i", id);
}

/* A telephone's clock may run ahead; nothing was sent later than it came. Its first version tells when
 * that was, so that it stays in its place. */
static gint64
bound_sent (ZqTxn *txn, gint64 id, const Parsed *self)
{
  gint64 first = 0;

  zq_db_get_int (zq_txn_db (txn), &first, NULL,
                 "SELECT min (coalesce (nullif (last_updated, 0), replaced)) FROM resource_version WHERE id = ?", "i",
                 id);
  if (first == 0)
    first = self->updated != 0 ? self->updated : zq_txn_now (txn);

  return MIN (self->sent, first);
}

static gboolean
insert_files (ZqTxn *txn, gint64 id, const Parsed *self, GError **error)
{
  for (guint i = 0; self->files != NULL && i < self->files->len; i++)
    {
      const ZqFile *file = g_ptr_array_index (self->files, i);

      if (!zq_db_exec (zq_txn_db (txn), error,
                       "INSERT INTO message_file (message, n, key, content_type, title, size, hash)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?)",
                       "iisssis", id, (gint64)i, file->key, file->content_type, file->title, file->size, file->hash))
        return FALSE;
    }

  return TRUE;
}

static gboolean
insert_about (ZqTxn *txn, gint64 id, const Parsed *self, GError **error)
{
  for (guint i = 0; i < self->about->len; i++)
    {
      gint64 about;

      if (!zq_person_refer (txn, self->about->pdata[i], FALSE, &about, error) ||
          (about != 0 &&
           !zq_db_exec (zq_txn_db (txn), error, "INSERT OR IGNORE INTO message_about (message, about) VALUES (?, ?)",
                        "ii", id, about)))
        return FALSE;
    }

  return TRUE;
}

typedef struct
{
  gint64 thread, task, sender, reply_to;
} Links;

static gboolean
insert_row (ZqTxn *txn, gint64 id, const Parsed *self, const Links *links, GError **error)
{
  gint64 pending = 0;

  zq_db_get_int (zq_txn_db (txn), &pending, NULL, "SELECT server_id IS NULL FROM resource WHERE id = ?", "i", id);

  return zq_db_exec (
             zq_txn_db (txn), error,
             "INSERT OR REPLACE INTO message (id, thread, sender, side, from_me, pending, sent, order_key, received,"
             " withdrawn, correction, reply_to, text, n_pictures, n_voices, n_files, n_results, note, task, reason)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             "iiiiiiisiiiisiiiiiis", id, links->thread, links->sender, (gint64)self->side, (gint64)self->from_me,
             pending, pending ? self->sent : bound_sent (txn, id, self),
             self->local_id != NULL ? self->local_id : (self->server_id != NULL ? self->server_id : ""), self->received,
             (gint64)self->withdrawn, (gint64)self->correction, links->reply_to, self->text, (gint64)self->n_pictures,
             (gint64)self->n_voices, (gint64)self->n_files, (gint64)self->n_results, (gint64)self->note, links->task,
             self->reason) &&
         insert_files (txn, id, self, error) && insert_about (txn, id, self, error);
}

/* Of a note: the conversation of its Task, 0 while that is not known (then the Task brings it: consult-kind.c). */
static gint64
thread_of_task (ZqTxn *txn, gint64 task)
{
  gint64 thread = 0;

  if (!zq_db_get_int (zq_txn_db (txn), &thread, NULL, "SELECT thread FROM consult WHERE id = ?", "i", task))
    return 0;

  return zq_consult_conversation (task, thread);
}

static gboolean
message_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  Links links = { 0 };
  Place place = { 0 };

  if (!remove_row (txn, id, error) || !zq_person_refer (txn, self->thread, FALSE, &links.thread, error) ||
      !zq_person_refer (txn, self->task, FALSE, &links.task, error))
    return FALSE;
  if (self->note)
    links.thread = thread_of_task (txn, links.task);
  if (!find_place (txn, links.thread, &place, error) ||
      !zq_person_refer (txn, self->sender, place.relevant, &links.sender, error) ||
      !zq_person_refer (txn, self->reply_to, FALSE, &links.reply_to, error) ||
      !insert_row (txn, id, self, &links, error))
    return FALSE;
  announce (txn, id, &place);
  /* What it quotes or corrects reads differently. */
  if (links.reply_to != 0)
    zq_txn_changed (txn, "message", links.reply_to, place.patient, ZQ_CHANGE_CONTENT);

  return zq_consult_touch_thread (txn, links.thread, error);
}

static const ZqScope message_scopes[] = {
  /* Headers and notes come with it: an entry goes to the kind that claims it. */
  { "department", "Communication?_tag={system-department}|{department}" },
  { "thread", "Communication?part-of={thread}", ZQ_CONSULT_OPEN_UNTAGGED },
  { NULL, NULL },
};

#define MESSAGE_SCHEMA                                                                                                 \
  "CREATE TABLE IF NOT EXISTS message ("                                                                               \
  "  id INTEGER PRIMARY KEY, thread INTEGER NOT NULL, sender INTEGER NOT NULL, side INTEGER NOT NULL,"                 \
  "  from_me INTEGER NOT NULL, pending INTEGER NOT NULL, sent INTEGER NOT NULL, order_key TEXT NOT NULL,"              \
  "  received INTEGER NOT NULL, withdrawn INTEGER NOT NULL, correction INTEGER NOT NULL,"                              \
  "  reply_to INTEGER NOT NULL, text TEXT, n_pictures INTEGER NOT NULL, n_voices INTEGER NOT NULL,"                    \
  "  n_files INTEGER NOT NULL, n_results INTEGER NOT NULL, note INTEGER NOT NULL DEFAULT 0,"                           \
  "  task INTEGER NOT NULL DEFAULT 0, reason TEXT);"                                                                   \
  "CREATE INDEX IF NOT EXISTS message_thread ON message (thread, pending, sent, order_key);"                           \
  "CREATE INDEX IF NOT EXISTS message_mine ON message (thread, sent) WHERE from_me;"                                   \
  "CREATE INDEX IF NOT EXISTS message_note ON message (task) WHERE note;"                                              \
  "CREATE INDEX IF NOT EXISTS message_correction ON message (reply_to) WHERE correction;"                              \
  "CREATE TABLE IF NOT EXISTS message_file ("                                                                          \
  "  message INTEGER NOT NULL, n INTEGER NOT NULL, key TEXT NOT NULL, content_type TEXT, title TEXT,"                  \
  "  size INTEGER NOT NULL, hash TEXT, PRIMARY KEY (message, n)) WITHOUT ROWID;"                                       \
  "CREATE INDEX IF NOT EXISTS message_file_key ON message_file (key);"                                                 \
  "CREATE TABLE IF NOT EXISTS message_about ("                                                                         \
  "  message INTEGER NOT NULL, about INTEGER NOT NULL, PRIMARY KEY (message, about)) WITHOUT ROWID;"                   \
  "CREATE INDEX IF NOT EXISTS message_about_what ON message_about (about);"

const ZqResourceKind zq_message_kind = {
  .name = "message",
  .type = "Communication",
  .projection_version = 4,
  .schema = MESSAGE_SCHEMA,
  .claims = message_claims,
  .parse = message_parse,
  .parsed_free = parsed_free,
  .project = message_project,
  .unproject = remove_row,
  .rules = zq_message_rules,
  .scopes = message_scopes,
  .search = &zq_message_search,
};

const ZqResourceKind zq_internal_note_kind = {
  .name = "internal-note",
  .type = "Communication",
  .projection_version = 2,
  .schema = "DROP TABLE IF EXISTS internal_note;",
  .claims = note_claims,
  .parse = note_parse,
  .parsed_free = parsed_free,
  .project = message_project,
  .unproject = remove_row,
  .rules = zq_internal_note_rules,
};
