/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/message.h"

#include "clinic/consult/commands.h"
#include "clinic/consult/summary.h"
#include "clinic/patient/codec.h"
#include "resource/datetime.h"
#include "rules/context.h"
#include "store/fields.h"

#define COUNT_LIMIT 512

typedef struct
{
  gint64 key, loaded, sender, n_attachments, sent, mark, mark_at, is_new, withdrawn, intent, first_of_day, form,
      quote_key, corrected_by, corrects, can_withdraw, can_correct, goes_at;
  char *sender_name, *relation, *text, *reason, *quote_name, *quote_text, *old_text, *correct_reason;
} Values;

struct _ZqMessage
{
  GObject parent_instance;

  /* owned */
  Values values;
  GPtrArray *files; /* of ZqFile; NULL: none */
};

G_DEFINE_FINAL_TYPE (ZqMessage, zq_message, G_TYPE_OBJECT)

#define FIELD(name, type, member)                                                                                      \
  {                                                                                                                    \
    name, type, G_STRUCT_OFFSET (Values, member)                                                                       \
  }

static const ZqField fields[] = {
  FIELD ("key", 'x', key),
  FIELD ("loaded", 'b', loaded),
  FIELD ("sender", 'i', sender),
  FIELD ("sender-name", 's', sender_name),
  FIELD ("relation", 's', relation),
  FIELD ("text", 's', text),
  FIELD ("n-attachments", 'u', n_attachments),
  FIELD ("sent", 'x', sent),
  FIELD ("mark", 'i', mark),
  FIELD ("mark-at", 'x', mark_at),
  FIELD ("reason", 's', reason),
  FIELD ("is-new", 'b', is_new),
  FIELD ("withdrawn", 'b', withdrawn),
  FIELD ("intent", 'x', intent),
  FIELD ("first-of-day", 'b', first_of_day),
  FIELD ("form", 'i', form),
  FIELD ("quote-key", 'x', quote_key),
  FIELD ("quote-name", 's', quote_name),
  FIELD ("quote-text", 's', quote_text),
  FIELD ("corrected-by", 'x', corrected_by),
  FIELD ("corrects", 'x', corrects),
  FIELD ("old-text", 's', old_text),
  FIELD ("correct-reason", 's', correct_reason),
  FIELD ("can-withdraw", 'b', can_withdraw),
  FIELD ("can-correct", 'b', can_correct),
  FIELD ("goes-at", 'x', goes_at),
};

enum
{
  PROP_FILES = G_N_ELEMENTS (fields) + 1,
};

static GParamSpec *files_property;

static void
zq_message_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_FILES)
    g_value_set_boxed (value, ZQ_MESSAGE (object)->files);
  else
    zq_fields_get (fields, G_N_ELEMENTS (fields), &ZQ_MESSAGE (object)->values, prop_id, value);
}

static void
zq_message_finalize (GObject *object)
{
  zq_fields_clear (fields, G_N_ELEMENTS (fields), &ZQ_MESSAGE (object)->values);
  g_clear_pointer (&ZQ_MESSAGE (object)->files, g_ptr_array_unref);
  G_OBJECT_CLASS (zq_message_parent_class)->finalize (object);
}

static void
zq_message_class_init (ZqMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zq_message_get_property;
  object_class->finalize = zq_message_finalize;
  zq_fields_install (object_class, fields, G_N_ELEMENTS (fields));
  files_property =
      g_param_spec_boxed ("files", NULL, NULL, G_TYPE_PTR_ARRAY, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, PROP_FILES, files_property);
}

static void
zq_message_init (ZqMessage *self)
{
}

gint64
zq_message_get_key (ZqMessage *self)
{
  return self->values.key;
}

gint64
zq_message_get_intent (ZqMessage *self)
{
  return self->values.intent;
}

GPtrArray *
zq_message_get_files (ZqMessage *self)
{
  return self->files;
}

/* --- what a thread's readers have seen -------------------------------------------------------- */

typedef struct
{
  gint64 thread;
  ZqSeen mine;
  gint64 patients;    /* the patient's side has seen up to */
  gint64 read_at;     /* and said so then */
  gint64 newest_read; /* the last of my messages that this reaches */
} Reading;

static void
load_reading (ZqDb *db, gint64 thread, Reading *reading)
{
  g_autoptr (ZqRows) rows = NULL;

  *reading = (Reading){ .thread = thread };
  zq_consult_load_seen (db, thread, &reading->mine, NULL);
  if (reading->mine.up_to == 0)
    zq_db_get_int (db, &reading->mine.up_to, NULL,
                   "SELECT coalesce (max (sent), 0) FROM message WHERE thread = ? AND from_me AND NOT note", "i",
                   thread);

  rows = zq_db_query (db, NULL,
                      "SELECT up_to, updated, (SELECT max (sent) FROM message WHERE thread = ?1 AND from_me AND NOT "
                      "note AND NOT pending"
                      "   AND sent < (up_to / 1000 + 1) * 1000)"
                      " FROM read_mark WHERE thread = ?1 AND by_patient ORDER BY up_to DESC LIMIT 1",
                      "i", thread);
  if (rows != NULL && zq_rows_next (rows, NULL))
    {
      reading->patients = zq_rows_int (rows, 0);
      reading->read_at = zq_rows_int (rows, 1);
      reading->newest_read = zq_rows_int (rows, 2);
    }
}

/* --- loading ---------------------------------------------------------------------------------- */

enum
{
  COLUMN_THREAD,
  COLUMN_SIDE,
  COLUMN_FROM_ME,
  COLUMN_PENDING,
  COLUMN_SENT,
  COLUMN_RECEIVED,
  COLUMN_WITHDRAWN,
  COLUMN_TEXT,
  COLUMN_ATTACHMENTS,
  COLUMN_TYPE,
  COLUMN_NAME,
  COLUMN_RELATION,
  COLUMN_ASSISTANT,
  COLUMN_INTENT,
  COLUMN_STATE,
  COLUMN_ERROR,
  COLUMN_BEFORE,
  COLUMN_NOTE,
  COLUMN_CORRECTION,
  COLUMN_REASON,
  COLUMN_REPLY_TO,
  COLUMN_OTHER_TEXT, /* of what it answers or corrects */
  COLUMN_OTHER_NAME,
  COLUMN_CORRECTED_BY,
  COLUMN_NOT_BEFORE,
  COLUMN_HAS_FILES,
  COLUMN_OTHER_IS_SAME, /* who writes */
};

/* With a bare column on the right, SQLite compares by the index's first column only: hence the plus signs. */
#define MESSAGE_SQL                                                                                                    \
  "SELECT m.thread, m.side, m.from_me, m.pending, m.sent, m.received, m.withdrawn, m.text,"                            \
  "  m.n_pictures + m.n_voices + m.n_files + m.n_results, r.type, p.name, p.relation,"                                 \
  "  (SELECT t.title FROM practitioner_role t WHERE t.practitioner = m.sender AND t.assistant),"                       \
  "  i.seq, i.state, i.error,"                                                                                         \
  "  (SELECT b.sent FROM message b WHERE b.thread = m.thread"                                                          \
  "     AND (b.pending, b.sent, b.order_key) < (+m.pending, +m.sent, +m.order_key)"                                    \
  "     ORDER BY b.pending DESC, b.sent DESC, b.order_key DESC LIMIT 1),"                                              \
  "  m.note, m.correction, m.reason, o.id, o.text, q.name,"                                                            \
  "  (SELECT x.id FROM message x WHERE x.reply_to = m.id AND x.correction AND NOT x.withdrawn"                         \
  "     AND x.sender = m.sender AND x.id <> m.id ORDER BY x.sent DESC LIMIT 1),"                                       \
  "  i.not_before, m.n_pictures + m.n_voices + m.n_files > 0, o.sender = m.sender"                                     \
  " FROM message m LEFT JOIN resource r ON r.id = m.sender LEFT JOIN person p ON p.id = m.sender"                      \
  " LEFT JOIN intent i ON i.target = m.id AND i.action IN ('send-message', 'withdraw', 'write-note')"                  \
  " LEFT JOIN message o ON o.id = m.reply_to AND o.thread = m.thread AND NOT o.note AND NOT o.withdrawn"               \
  "  AND o.id <> m.id"                                                                                                 \
  " LEFT JOIN person q ON q.id = o.sender WHERE m.id = ?"

static ZqSender
read_sender (ZqRows *rows)
{
  gint64 side = zq_rows_int (rows, COLUMN_SIDE);

  if (side == 0)
    return ZQ_SENDER_SYSTEM;
  if (side == 1)
    return g_strcmp0 (zq_rows_text (rows, COLUMN_TYPE), "RelatedPerson") == 0 ? ZQ_SENDER_RELATIVE : ZQ_SENDER_PATIENT;
  if (zq_rows_int (rows, COLUMN_FROM_ME))
    return ZQ_SENDER_ME;

  return zq_rows_is_null (rows, COLUMN_ASSISTANT) ? ZQ_SENDER_COLLEAGUE : ZQ_SENDER_ASSISTANT;
}

static void
read_mark (ZqRows *rows, const Reading *reading, Values *v)
{
  gint64 received = zq_rows_int (rows, COLUMN_RECEIVED);

  if (v->sender != ZQ_SENDER_ME || (v->form == ZQ_FORM_NOTE && v->intent == 0))
    v->mark = ZQ_MARK_NONE;
  else if (v->intent != 0 && zq_rows_int (rows, COLUMN_STATE) == ZQ_INTENT_HELD)
    v->mark = ZQ_MARK_HELD;
  else if (v->intent != 0 && zq_rows_int (rows, COLUMN_STATE) == ZQ_INTENT_REFUSED)
    v->mark = ZQ_MARK_REFUSED;
  else if (zq_rows_int (rows, COLUMN_PENDING))
    v->mark = ZQ_MARK_WAITING;
  else if (v->sent / 1000 <= reading->patients / 1000)
    {
      v->mark = ZQ_MARK_READ;
      v->mark_at = v->sent == reading->newest_read ? reading->read_at : 0;
    }
  else
    {
      v->mark = received != 0 ? ZQ_MARK_DELIVERED : ZQ_MARK_SENT;
      v->mark_at = received;
    }
}

/* Sent after what I have seen, or before it but arrived since. */
static gboolean
is_new (ZqRows *rows, const Reading *reading, const Values *v)
{
  const ZqSeen *seen = &reading->mine;

  /* Without a header there is no read mark. */
  if (v->sender == ZQ_SENDER_ME || v->sender == ZQ_SENDER_SYSTEM || reading->thread < 0)
    return FALSE;

  return v->sent / 1000 > seen->up_to / 1000 ||
         (seen->top > 0 && v->key > seen->top && zq_rows_int (rows, COLUMN_SIDE) == 1 &&
          v->sent > seen->up_to - ZQ_LATE_US);
}

/* What it answers, corrects, or is corrected by; and what may be done with it: after read_mark(). */
static void
read_relations (ZqRows *rows, Values *v)
{
  gint64 other = zq_rows_int (rows, COLUMN_REPLY_TO);
  gboolean is_out = v->sender == ZQ_SENDER_ME && v->form != ZQ_FORM_NOTE && !v->withdrawn && v->intent == 0;

  /* Nobody strikes another's words. */
  if (v->form == ZQ_FORM_CORRECTION && zq_rows_int (rows, COLUMN_OTHER_IS_SAME))
    {
      v->corrects = other;
      v->old_text = g_strdup (zq_rows_text (rows, COLUMN_OTHER_TEXT));
      v->correct_reason = g_strdup (zq_rows_text (rows, COLUMN_REASON));
    }
  else if (other != 0)
    {
      v->quote_key = other;
      v->quote_name = g_strdup (zq_rows_text (rows, COLUMN_OTHER_NAME));
      v->quote_text = zq_codec_one_line (zq_rows_text (rows, COLUMN_OTHER_TEXT));
    }
  v->corrected_by = zq_rows_int (rows, COLUMN_CORRECTED_BY);
  v->can_withdraw = is_out && v->mark != ZQ_MARK_READ && v->mark != ZQ_MARK_NONE;
  v->can_correct = is_out && v->mark == ZQ_MARK_READ && v->corrected_by == 0;
  /* With a reason it waits for something else. */
  v->goes_at =
      v->mark == ZQ_MARK_WAITING && zq_rows_is_null (rows, COLUMN_ERROR) ? zq_rows_int (rows, COLUMN_NOT_BEFORE) : 0;
}

static void
read_message (ZqDb *db, ZqRows *rows, const ZqContext *context, const Reading *reading, Values *v)
{
  const char *name = zq_rows_text (rows, COLUMN_NAME);

  v->loaded = TRUE;
  v->sender = read_sender (rows);
  if (name == NULL && v->sender == ZQ_SENDER_ME)
    name = context->my_name;
  v->sender_name = g_strdup (name != NULL ? name : "—");
  v->relation = g_strdup (zq_rows_text (rows, v->sender == ZQ_SENDER_ASSISTANT ? COLUMN_ASSISTANT : COLUMN_RELATION));
  v->text = g_strdup (zq_rows_is_null (rows, COLUMN_TEXT) ? "" : zq_rows_text (rows, COLUMN_TEXT));
  v->form = zq_rows_int (rows, COLUMN_NOTE)         ? ZQ_FORM_NOTE
            : zq_rows_int (rows, COLUMN_CORRECTION) ? ZQ_FORM_CORRECTION
                                                    : ZQ_FORM_MESSAGE;
  v->n_attachments = zq_rows_int (rows, COLUMN_ATTACHMENTS);
  v->sent = zq_rows_int (rows, COLUMN_SENT);
  v->withdrawn = zq_rows_int (rows, COLUMN_WITHDRAWN);
  v->intent = zq_rows_int (rows, COLUMN_INTENT);
  v->reason = zq_consult_describe_reason (db, zq_rows_text (rows, COLUMN_ERROR));
  v->is_new = is_new (rows, reading, v);
  v->first_of_day =
      zq_rows_is_null (rows, COLUMN_BEFORE) ||
      zq_day_number (v->sent, context->zone) != zq_day_number (zq_rows_int (rows, COLUMN_BEFORE), context->zone);
  read_mark (rows, reading, v);
  read_relations (rows, v);
}

static void
load_files (ZqMessage *self, ZqDb *db, gboolean has_files)
{
  GPtrArray *files = has_files ? zq_files_load (db, self->values.key) : NULL;

  if (files == NULL && self->files == NULL)
    return;
  g_clear_pointer (&self->files, g_ptr_array_unref);
  self->files = files;
  g_object_notify_by_pspec (G_OBJECT (self), files_property);
}

static void
list_load (ZqStore *store, ZqDb *db, GObject *const *objects, guint n)
{
  Reading reading = { 0 };

  for (guint i = 0; i < n; i++)
    {
      ZqMessage *self = ZQ_MESSAGE (objects[i]);
      Values fresh = { .key = self->values.key };
      g_autoptr (ZqRows) rows = zq_db_query (db, NULL, MESSAGE_SQL, "i", self->values.key);

      if (rows == NULL || !zq_rows_next (rows, NULL))
        continue;
      if (reading.thread != zq_rows_int (rows, COLUMN_THREAD))
        load_reading (db, zq_rows_int (rows, COLUMN_THREAD), &reading);
      read_message (db, rows, zq_store_get_context (store), &reading, &fresh);
      zq_fields_update (G_OBJECT (self), fields, G_N_ELEMENTS (fields), &self->values, &fresh);
      load_files (self, db, zq_rows_int (rows, COLUMN_HAS_FILES) && !fresh.withdrawn);
    }
}

static GObject *
list_create (gint64 key)
{
  ZqMessage *self = g_object_new (ZQ_TYPE_MESSAGE, NULL);

  self->values.key = key;

  return G_OBJECT (self);
}

/* --- the list --------------------------------------------------------------------------------- */

static gboolean
list_first (ZqDb *db, gpointer query, guint limit, GArray *keys, GError **error)
{
  const gint64 *thread = query;
  GError *local = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT id FROM message WHERE thread = ? ORDER BY pending, sent, order_key LIMIT ?", "ii",
                   *thread, (gint64)limit);

  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    {
      gint64 key = zq_rows_int (rows, 0);

      g_array_append_val (keys, key);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static GArray *
list_keys (ZqDb *db, gpointer query, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));

  return list_first (db, query, G_MAXINT32, keys, error) ? g_steal_pointer (&keys) : NULL;
}

static guint
list_count (ZqDb *db, gpointer query)
{
  const gint64 *thread = query;
  gint64 n = 0;

  /* The reader counts the rest of a long one. */
  zq_db_get_int (db, &n, NULL, "SELECT count (*) FROM (SELECT 1 FROM message WHERE thread = ? LIMIT ?)", "ii", *thread,
                 (gint64)COUNT_LIMIT);

  return (guint)n;
}

static const char *const topics[] = { "message", "outbox", "read-mark", "person", NULL };

static const ZqListSource source = {
  .topics = topics,
  .first = list_first,
  .count = list_count,
  .keys = list_keys,
  .create = list_create,
  .load = list_load,
};

ZqList *
zq_message_list_new (ZqStore *store, gint64 thread_id)
{
  return zq_list_new (store, &source, g_memdup2 (&thread_id, sizeof thread_id), g_free);
}
