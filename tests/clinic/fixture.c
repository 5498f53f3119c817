/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"

#include "clinic/kinds.h"
#include "clinic/visit/visit.h"
#include "resource/datetime.h"
#include "store/draft.h"

#include <string.h>

/* --- waiting ---------------------------------------------------------------------------------- */

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

#define WAIT(result) g_assert_true (zq_test_wait_until (has_result, &(result), 10))

/* --- the store -------------------------------------------------------------------------------- */

static void
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  ZqStoreConfig config = { .dir = fixture->dir,
                           .key = key,
                           .kinds = zq_kinds,
                           .context = fixture->context,
                           .clock = fixture->clock,
                           .base = fixture->context->base };

  fixture->store = zq_store_open (&config, &error);
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const departments[] = { "endo", NULL };
  ZqContext *context = g_new0 (ZqContext, 1);

  fixture->dir = zq_test_temp_dir ();
  fixture->clock = zq_test_clock ();
  context->base = g_strdup ("https://hospital.test/fhir");
  context->me = g_strdup ("me");
  context->my_name = g_strdup ("Doctor Me");
  context->role = g_strdup ("doctor");
  context->departments = g_strdupv ((GStrv)departments);
  context->zone = g_time_zone_new_identifier ("Asia/Shanghai");
  context->policy = zq_policy_new_builtin ();
  context->clock = g_object_ref (fixture->clock);
  fixture->context = context;
  open_store (fixture);
}

void
fixture_reopen (Fixture *fixture)
{
  zq_store_close (fixture->store);
  g_clear_object (&fixture->store);
  open_store (fixture);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  zq_test_settle ();
  zq_store_close (fixture->store);
  g_clear_object (&fixture->store);
  zq_context_free (fixture->context);
  g_clear_object (&fixture->clock);
  zq_test_dir_free (fixture->dir);
}

ZqDb *
fixture_db (Fixture *fixture)
{
  return zq_store_get_main_db (fixture->store);
}

gboolean
fixture_take_raw (Fixture *fixture, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (ZqBundle) bundle = zq_bundle_new_single (bytes);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqIngested) ingested = NULL;
  g_autoptr (GError) error = NULL;

  zq_store_ingest_async (fixture->store, bundle, ZQ_PRIORITY_SYNC, NULL, NULL, NULL, on_ready, &result);
  WAIT (result);
  ingested = zq_store_ingest_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  zq_test_settle ();

  return ingested->unreadable == 0;
}

void
fixture_take (Fixture *fixture, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (fixture_take_raw (fixture, g_strdelimit (text, "'", '"')));
}

const char *
at_minute (int minutes)
{
  static char *texts[8];
  static guint next;

  next = (next + 1) % G_N_ELEMENTS (texts);
  g_free (texts[next]);
  texts[next] = zq_instant_format (ZQ_TEST_START_US + minutes * ZQ_TEST_MINUTE_US);

  return texts[next];
}

gint64
fixture_row (Fixture *fixture, const char *type, const char *server_id)
{
  gint64 row = 0;

  zq_db_get_int (fixture_db (fixture), &row, NULL, "SELECT id FROM resource WHERE type = ? AND server_id = ?", "ss",
                 type, server_id);

  return row;
}

gint64
fixture_number (Fixture *fixture, const char *sql, gint64 value)
{
  g_autoptr (GError) error = NULL;
  gint64 number = 0;

  zq_db_get_int (fixture_db (fixture), &number, &error, sql, "i", value);
  g_assert_no_error (error);

  return number;
}

char *
fixture_text (Fixture *fixture, const char *sql, gint64 value)
{
  g_autoptr (GError) error = NULL;
  char *text = zq_db_get_text (fixture_db (fixture), &error, sql, "i", value);

  g_assert_no_error (error);

  return text;
}

/* --- a visit ------------------------------------------------------------------------------------ */

gint64
fixture_begin_visit (Fixture *fixture)
{
  const ZqVisitIdentity identity = { .how = "known" };
  ZqVisitChange change = { .act = ZQ_VISIT_ACT_BEGIN, .identity = &identity };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqVisit) visit = NULL;

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  fixture_take (fixture,
                "{'resourceType':'Appointment','id':'a','meta':{'versionId':'1'},'status':'booked','start':'%s',"
                "'end':'%s','participant':[{'actor':{'reference':'Patient/1'},'status':'accepted'},{'actor':"
                "{'reference':'Practitioner/me'},'status':'accepted'}]}",
                at_minute (5), at_minute (20));
  change.visit = fixture_row (fixture, "Appointment", "a");
  zq_visit_act_async (fixture->store, &change, on_ready, &result);
  WAIT (result);
  g_assert_true (zq_visit_act_finish (fixture->store, result, &error));
  visit = zq_visit_load (fixture_db (fixture), fixture->context, change.visit);

  return visit->encounter;
}

#define LOCAL                                                                                                          \
  "SELECT json_extract (t.local_json, %s) FROM resource_text t JOIN resource r ON r.id = t.id WHERE r.type = %s"       \
  " ORDER BY r.id LIMIT 1 OFFSET ?"

void
fixture_assert_local (Fixture *fixture, const char *type, int n, const char *path, const char *wanted)
{
  g_autofree char *sql = g_strdup_printf (LOCAL, path, type), *found = fixture_text (fixture, sql, n);

  g_assert_cmpstr (found, ==, wanted);
}

/* --- samples ---------------------------------------------------------------------------------- */

void
fixture_consult (Fixture *fixture, int n, const char *owner, const char *status, const char *version)
{
  g_autofree char *business =
      status != NULL ? g_strdup_printf ("'businessStatus':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/"
                                        "consultation-status','code':'%s'}]},",
                                        status)
                     : g_strdup ("");

  fixture_take (fixture,
                "{'resourceType':'Task','id':'%d','meta':{'versionId':'%s','lastUpdated':'%s','tag':[{'system':"
                "'https://zhenqiao.org/fhir/department','code':'endo'}]},'status':'in-progress',%s'intent':'order',"
                "'priority':'routine','code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code',"
                "'code':'advice'}]},'focus':{'reference':'Communication/t%d'},'for':{'reference':'Patient/%d'},"
                "'requester':{'reference':'Patient/%d'},'owner':{'reference':'%s'},'authoredOn':'%s',"
                "'reasonCode':{'text':'complaint %d'}}",
                n, version, at_minute (atoi (version)), business, n, n, n, owner, at_minute (-60 + n), n);
}

void
fixture_message (Fixture *fixture, int n, const char *id, const char *sender, int minute, const char *text)
{
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'%s','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'status':'completed','category':[{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'message'}]}],"
                "'partOf':[{'reference':'Communication/t%d'}],'subject':{'reference':'Patient/%d'},"
                "'sender':{'reference':'%s'},'sent':'%s','payload':[{'contentString':'%s'}]}",
                id, at_minute (minute), n, n, sender, at_minute (minute), text);
}

/* --- lists ------------------------------------------------------------------------------------ */

guint
fixture_count (Fixture *fixture, ZqView view)
{
  g_autoptr (GError) error = NULL;
  guint counts[ZQ_N_VIEWS];

  g_assert_true (zq_consult_count_views (fixture_db (fixture), counts, &error));
  g_assert_no_error (error);

  return counts[view];
}

gboolean
fixture_in_view (Fixture *fixture, ZqView view, gint64 consult)
{
  return (fixture_number (fixture, "SELECT views FROM consult_summary WHERE id = ?", consult) >> view) & 1;
}

typedef struct
{
  ZqList *list;
  gint64 key;
  GObject *item;
} Wanted;

static gboolean
is_loaded (gpointer data)
{
  Wanted *wanted = data;
  gboolean loaded = FALSE;
  guint position;

  g_clear_object (&wanted->item);
  if (!zq_list_find (wanted->list, wanted->key, &position))
    return FALSE;
  wanted->item = g_list_model_get_item (G_LIST_MODEL (wanted->list), position);
  g_object_get (wanted->item, "loaded", &loaded, NULL);

  return loaded;
}

GObject *
fixture_item (Fixture *fixture, ZqList *list, gint64 key)
{
  Wanted wanted = { list, key, NULL };

  g_assert_true (zq_test_wait_until (is_loaded, &wanted, 10));
  zq_test_settle ();

  return wanted.item;
}

gint64
int_of (gpointer object, const char *property)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) number = G_VALUE_INIT;

  g_object_get_property (object, property, &value);
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    return g_value_get_boolean (&value);
  g_value_init (&number, G_TYPE_INT64);
  g_assert_true (g_value_transform (&value, &number));

  return g_value_get_int64 (&number);
}

char *
text_of (gpointer object, const char *property)
{
  char *text;

  g_object_get (object, property, &text, NULL);

  return text;
}

typedef struct
{
  gpointer object;
  const char *property;
  gint64 value;
  const char *text;
} Expected;

static gboolean
is_int (gpointer data)
{
  Expected *expected = data;

  return int_of (expected->object, expected->property) == expected->value;
}

static gboolean
is_text (gpointer data)
{
  Expected *expected = data;
  g_autofree char *text = text_of (expected->object, expected->property);

  return g_strcmp0 (text, expected->text) == 0;
}

static gboolean
has_items (gpointer data)
{
  Expected *expected = data;

  return g_list_model_get_n_items (expected->object) == expected->value;
}

void
expect_int (gpointer object, const char *property, gint64 value)
{
  Expected expected = { object, property, value, NULL };

  if (!zq_test_wait_until (is_int, &expected, 10))
    g_error ("%s is %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, property, int_of (object, property), value);
}

void
expect_text (gpointer object, const char *property, const char *value)
{
  Expected expected = { object, property, 0, value };

  if (!zq_test_wait_until (is_text, &expected, 10))
    g_error ("%s is not '%s'", property, value);
}

void
expect_items (ZqList *list, guint n)
{
  Expected expected = { list, NULL, n, NULL };

  if (!zq_test_wait_until (has_items, &expected, 10))
    g_error ("%u items, not %u", g_list_model_get_n_items (G_LIST_MODEL (list)), n);
}

/* --- commands --------------------------------------------------------------------------------- */

gint64
fixture_send (Fixture *fixture, gint64 consult, const char *text, gint64 seen, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_send_async (fixture->store, consult, &(ZqReply){ .text = text, .seen_message = seen }, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_send_finish (fixture->store, result, NULL, error);
}

ZqUndo *
fixture_act_all (
    Fixture *fixture, ZqAction action, const gint64 *consults, guint n, const char *arg, guint *n_not, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_act_async (fixture->store, action, consults, n, arg, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_act_finish (fixture->store, result, NULL, n_not, NULL, error);
}

ZqUndo *
fixture_act (Fixture *fixture, ZqAction action, gint64 consult, const char *arg, GError **error)
{
  return fixture_act_all (fixture, action, &consult, 1, arg, NULL, error);
}

ZqUndo *
fixture_close (Fixture *fixture, gint64 consult, GError **error)
{
  return fixture_act (fixture, ZQ_ACTION_CLOSE, consult, "advised", error);
}

ZqUndo *
fixture_claim (Fixture *fixture, gint64 consult, GError **error)
{
  return fixture_act (fixture, ZQ_ACTION_CLAIM, consult, NULL, error);
}

ZqUndo *
fixture_set_urgent (Fixture *fixture, gint64 consult, gboolean urgent, GError **error)
{
  return fixture_act (fixture, urgent ? ZQ_ACTION_SET_URGENT : ZQ_ACTION_SET_ROUTINE, consult, NULL, error);
}

gboolean
fixture_undo (Fixture *fixture, const ZqUndo *undo, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_undo_async (fixture->store, undo, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_undo_finish (fixture->store, result, error);
}

gboolean
fixture_mark_read (Fixture *fixture, gint64 consult, gint64 message, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_mark_read_async (fixture->store, consult, message, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_mark_read_finish (fixture->store, result, error);
}

gboolean
fixture_resend (Fixture *fixture, gint64 intent, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_resend_async (fixture->store, intent, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_intent_finish (fixture->store, result, error);
}

gboolean
fixture_take_back (Fixture *fixture, gint64 intent, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_take_back_async (fixture->store, intent, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_intent_finish (fixture->store, result, error);
}

void
fixture_draft (Fixture *fixture, const char *scope, const char *body)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_draft_save_async (fixture->store, scope, body, on_ready, &result);
  WAIT (result);
  g_assert_true (zq_draft_save_finish (fixture->store, result, &error));
  g_assert_no_error (error);
  zq_test_settle ();
}

gint64
fixture_reply (Fixture *fixture, gint64 consult, const ZqReply *reply, ZqUndo **undo, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_send_async (fixture->store, consult, reply, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_send_finish (fixture->store, result, undo, error);
}

gboolean
fixture_note (Fixture *fixture, gint64 consult, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_note_async (fixture->store, consult, text, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_note_finish (fixture->store, result, error);
}

gboolean
fixture_withdraw (Fixture *fixture, gint64 message, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_message_withdraw_async (fixture->store, message, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_message_withdraw_finish (fixture->store, result, error);
}

gboolean
fixture_discard (Fixture *fixture, gint64 intent, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_discard_async (fixture->store, intent, on_ready, &result);
  WAIT (result);
  zq_test_settle ();

  return zq_consult_intent_finish (fixture->store, result, error);
}

typedef struct
{
  const char *scope;
  const char *local_id;
} DraftFile;

static gboolean
add_draft_file (ZqTxn *txn, gpointer data, GError **error)
{
  DraftFile *input = data;
  g_autofree char *key = g_strconcat ("urn:uuid:", input->local_id, NULL);
  ZqDraftFile file = { .key = key, .name = "a.png", .content_type = "image/png", .size = 12, .hash = "aGFzaA==" };

  return zq_txn_add_draft_file (txn, input->scope, &file, error);
}

void
fixture_draft_file (Fixture *fixture, const char *scope, const char *local_id)
{
  DraftFile file = { scope, local_id };
  g_autoptr (GError) error = NULL;

  zq_store_write (fixture->store, ZQ_PRIORITY_DOCTOR, add_draft_file, &file, &error);
  g_assert_no_error (error);
}

/* --- the push --------------------------------------------------------------------------------- */

ZqPush *
fixture_prepare (Fixture *fixture, gint64 seq)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ZqPush *push;

  zq_store_prepare_push_async (fixture->store, seq, on_ready, &result);
  WAIT (result);
  push = zq_store_prepare_push_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  zq_test_settle ();

  return push;
}

void
fixture_settle (Fixture *fixture, gint64 seq, ZqPushOutcome outcome, const char *resource)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = resource != NULL ? g_bytes_new (resource, strlen (resource)) : NULL;

  zq_store_settle_push_async (fixture->store, seq, outcome, bytes, outcome == ZQ_PUSH_DONE ? NULL : "why", 0, FALSE,
                              on_ready, &result);
  WAIT (result);
  g_assert_true (zq_store_settle_push_finish (fixture->store, result, &error));
  g_assert_no_error (error);
  zq_test_settle ();
}

gint64
fixture_deliver (Fixture *fixture, gint64 seq, const char *id)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
  g_autofree char *text = NULL;
  g_autofree char *kept = NULL;

  if (push->verdict != ZQ_VERDICT_GO)
    return 0;
  text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  kept = zq_db_get_text (fixture_db (fixture), NULL,
                         "SELECT json_set (?1, '$.id', coalesce (json_extract (?1, '$.id'), ?2), '$.meta.versionId',"
                         " cast (1 + coalesce (json_extract (?1, '$.meta.versionId'), 0) AS TEXT),"
                         " '$.meta.lastUpdated', ?3)",
                         "sss", text, id, at_minute (1));
  fixture_settle (fixture, seq, ZQ_PUSH_DONE, kept);

  return push->intent->target;
}
