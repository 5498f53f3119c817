/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"
#include "hospital/hospital.h"
#include "resource/json.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define ZQ_HOSPITAL_BODY_LIMIT (32 * 1024 * 1024)

typedef struct _ZqFaults ZqFaults;
typedef struct _ZqLive ZqLive;
typedef struct _ZqSignallingServer ZqSignallingServer;

struct _ZqHospital
{
  ZqDb *db;
  ZqClock *clock;
  ZqPolicy *policy;
  SoupServer *server;
  ZqFaults *faults;                 /* NULL: not served */
  ZqLive *live;                     /* NULL: not listening yet */
  ZqSignallingServer *signalling;   /* the same */
  char *turn_address, *turn_secret; /* NULL: no relay */
  GCancellable *entering;           /* of recordings: what is read goes for nothing when the hospital ends */
  char *recording;                  /* "required", "optional", "off"; NULL: as the policy says */
  char *recorded_by;                /* "hospital", "workstation"; NULL: as the policy says */
  char *data_dir;                   /* NULL: in memory */
  GTimeZone *zone;
  char *origin; /* "http://127.0.0.1:PORT" */
  char *base;   /* origin + "/fhir" */
  char *secret; /* seals page links */
  gint64 token_lifetime;
  gint64 last_updated; /* newest instant given to a version */
  gboolean auto_approve;
  gboolean verbose;
  gboolean in_transaction;
  guint hand_over_alarm;
  guint arrival_alarm;
  guint call_back_alarm;
};

typedef enum
{
  ZQ_ROLE_SYSTEM,
  ZQ_ROLE_DOCTOR,
  ZQ_ROLE_ASSISTANT,
  ZQ_ROLE_PATIENT,
} ZqRole;

const char *zq_role_name (ZqRole role);
gboolean zq_role_from_name (const char *name, ZqRole *role);

/* Who asks. */
typedef struct
{
  ZqRole role;
  char *login;
  char *who; /* "Practitioner/x", "Patient/x", "" for the operator */
  char *org; /* "Organization/dept" or "" */
} ZqSession;

void zq_session_free (ZqSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSession, zq_session_free)

/* One FHIR interaction, from HTTP or from a bundle. */
typedef struct
{
  const char *method;
  const char *path;  /* below the base, without the first slash: "Task/1/_history/2" */
  const char *query; /* raw, or NULL */
  const char *if_match;
  const char *if_none_exist;
  const char *prefer;
  const char *accept;
  const char *content_type;
  const char *security_context;
  const char *new_id; /* of what is created; NULL: any */
  GBytes *body;       /* or NULL */
  const ZqSession *session;
  GArray *served; /* gint64 rows of messages that went to the client */
} ZqRequest;

typedef struct
{
  guint status;
  char *body;  /* JSON, or NULL */
  GBytes *raw; /* instead of body */
  char *content_type;
  char *etag;
  char *last_modified; /* of HTTP */
  char *updated;       /* the same as instant */
  char *location;
  char *resource_ref; /* "Type/id" that was written or read */
  guint retry_after;
} ZqReply;

void zq_reply_clear (ZqReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqReply, zq_reply_clear)

/* Sets an OperationOutcome; returns FALSE so that it can end a check. @text names no person. */
gboolean zq_reply_fail (ZqReply *self, guint status, const char *text);
gboolean zq_reply_fail_error (ZqReply *self, GError *error);
char *zq_outcome_new (const char *severity, const char *code, const char *text);

/* One stored version. */
typedef struct
{
  gint64 row;
  char *type;
  char *id;
  gint64 version;
  gint64 updated;
  gboolean deleted;
  char *text;
} ZqStored;

void zq_stored_free (ZqStored *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqStored, zq_stored_free)

/* types.c */
gboolean zq_type_is_known (const char *type);
const char *const *zq_types_list (void);

/* records.c */
gboolean zq_records_open (ZqHospital *self, const char *data_dir, GError **error);
gboolean zq_records_begin (ZqHospital *self, GError **error);
gboolean zq_records_end (ZqHospital *self, gboolean keep, GError **error);
/* NULL without error: never was. One that is deleted has no text. */
ZqStored *zq_records_read (ZqHospital *self, const char *type, const char *id, GError **error);
ZqStored *zq_records_read_row (ZqHospital *self, gint64 row, GError **error);
GPtrArray *zq_records_history (ZqHospital *self, gint64 row, GError **error);
/* Within a transaction. @when: 0 = now. */
ZqStored *
zq_records_write (ZqHospital *self, const char *type, const char *id, const char *text, gint64 when, GError **error);
/* A first version whose text has its id and meta already; nothing of it is checked. */
typedef struct
{
  char *type;
  char *id;
  char *text;
  gint64 updated;
  JsonNode *node;     /* these two: NULL until zq_first_prepare() */
  GPtrArray *entries; /* of ZqIndexEntry */
} ZqFirst;

ZqFirst *zq_first_new (const char *type, const char *id, const char *text, gint64 updated);
void zq_first_free (ZqFirst *self);
/* What needs no database; any thread. */
gboolean zq_first_prepare (ZqHospital *self, ZqFirst *first, GError **error);
/* Within a transaction. */
gboolean zq_records_add (ZqHospital *self, const ZqFirst *first, GError **error);
gboolean zq_records_delete (ZqHospital *self, ZqStored *stored, GError **error);

/* params.c */
typedef enum
{
  ZQ_PARAM_TOKEN,
  ZQ_PARAM_REFERENCE,
  ZQ_PARAM_DATE,
  ZQ_PARAM_STRING,
} ZqParamKind;

typedef struct
{
  const char *type; /* NULL: every type */
  const char *name;
  ZqParamKind kind;
  const char *path;   /* "a.b|c" */
  const char *target; /* of a reference: keep those to this type only */
} ZqParam;

typedef struct
{
  const char *name; /* "Task.owner", "-scope"; interned */
  char *value;      /* NULL: a date */
  gint64 low;
  gint64 high; /* not included */
} ZqIndexEntry;

const ZqParam *zq_params_find (const char *type, const char *name);
const ZqParam *zq_params_table (gsize *n);
GPtrArray *zq_index_new (void);
void zq_index_add (GPtrArray *entries, const char *name, const char *value);
void zq_params_index (ZqHospital *self, const char *type, JsonNode *node, GPtrArray *entries);
/* Every node at @path; arrays are walked through. */
void zq_nodes_collect (JsonNode *node, const char *path, GPtrArray *out);
/* "Type/id" of each reference at @path. */
GPtrArray *zq_references_collect (ZqHospital *self, JsonNode *node, const char *path);
/* The first reference at @path as "Type/id", or NULL. (transfer full) */
char *zq_reference_at (ZqHospital *self, JsonNode *node, const char *path);
gboolean zq_date_range (const char *text, GTimeZone *zone, gint64 *low, gint64 *high);
char *zq_instant_us (gint64 us);

/* access.c */
/* Whether everybody who is signed in may read all of @type. */
gboolean zq_access_is_open (const char *type);
/* What is shown to whom: entries "-scope" for the hospital's people, "-own" for a patient. */
void zq_access_index (ZqHospital *self, const char *type, const char *id, JsonNode *node, GPtrArray *entries);
/* After a write: keeps the table of who reaches what. */
gboolean
zq_access_update (ZqHospital *self, gint64 row, const char *type, const char *id, JsonNode *node, GError **error);
gboolean zq_access_forget (ZqHospital *self, gint64 row, GError **error);
/* A condition over r.row with ?3 = who, ?4 = organisation. */
const char *zq_access_sql (const ZqSession *session);
/* @row is a Binary. */
gboolean zq_access_reads_file (ZqHospital *self, const ZqSession *session, gint64 row);
gboolean
zq_access_reads_text (ZqHospital *self, const ZqSession *session, const char *type, const char *id, const char *text);
/* @old: NULL when it is new. Fills @reply when not. */
gboolean zq_access_writes (ZqHospital *self,
                           const ZqSession *session,
                           const char *type,
                           const char *id,
                           JsonNode *old,
                           JsonNode *fresh,
                           ZqReply *reply);

/* policy.c: the policy as it is built in, with what the hospital's Libraries say above it. */
void zq_hospital_read_policy (ZqHospital *self);

/* workflow.c */
/* Refuses what the state table forbids. */
gboolean zq_workflow_before (
    ZqHospital *self, const ZqSession *session, const char *type, JsonNode *old, JsonNode *fresh, ZqReply *reply);
/* What is written instead of @text, after zq_workflow_before(). (transfer full) */
char *zq_workflow_prepare (ZqHospital *self,
                           const ZqSession *session,
                           const char *type,
                           const char *text,
                           JsonNode *old,
                           JsonNode *fresh,
                           GError **error);
gboolean zq_workflow_after (
    ZqHospital *self, const ZqSession *session, const ZqStored *stored, gboolean created, GError **error);
void zq_workflow_served (ZqHospital *self, const ZqSession *session, GArray *rows);

/* search.c */
void zq_search_run (ZqHospital *self, const ZqRequest *request, const char *type, ZqReply *reply);
void zq_search_page (ZqHospital *self, const ZqRequest *request, const char *token, ZqReply *reply);
/* Up to two rows that match @query, for conditional creates. */
gboolean zq_search_rows (
    ZqHospital *self, const ZqSession *session, const char *type, const char *query, GArray *rows, ZqReply *reply);
/* Name and value pairs of a raw query. (transfer full) (element-type char*: name, value, …) */
GPtrArray *zq_query_parse (const char *raw);

/* page.c */
gboolean zq_page_open (ZqHospital *self, GError **error);

/* live.c: who is told of what was written, over WebSockets */
ZqLive *zq_live_new (ZqHospital *hospital);
void zq_live_free (ZqLive *self);
/* Within a transaction: @row is being written. */
void zq_live_note (ZqLive *self, gint64 row, const char *type);
/* The transaction is over; what was noted is told in the next turn of the main loop, or forgotten. */
void zq_live_ended (ZqLive *self, gboolean kept);
/* Where clients connect; NULL: nowhere. (transfer full) */
char *zq_live_address (ZqLive *self);
/* Breaks all connections. */
void zq_live_drop (ZqLive *self);
/* The faults that concern it may be others now. */
void zq_live_faults_changed (ZqLive *self);
/* Ends what is past its end, and wakes up for the next. */
void zq_live_sweep (ZqLive *self);

/* signalling.c: who meets whom in which visit; docs/signalling.md */
ZqSignallingServer *zq_signalling_server_new (ZqHospital *hospital, GError **error);
void zq_signalling_server_free (ZqSignallingServer *self);
/* Breaks all connections; places are kept. */
void zq_signalling_server_drop (ZqSignallingServer *self);

/* subscription.c */
/* Checks a Subscription that is to be written and gives the text that is kept. NULL: @reply is filled. */
char *
zq_subscription_take (ZqHospital *self, const ZqSession *session, const char *text, JsonNode **node, ZqReply *reply);
/* "Practitioner/x", or NULL. (transfer full) */
char *zq_subscription_owner (ZqHospital *self, JsonNode *node);
/* After each write: keeps when it ends. */
gboolean zq_subscription_stored (ZqHospital *self, gint64 row, JsonNode *node, GError **error);

/* rest.c */
void zq_rest_handle (ZqHospital *self, const ZqRequest *request, ZqReply *reply);
/* One interaction within the caller's transaction. */
void zq_rest_run (ZqHospital *self, const ZqRequest *request, ZqReply *reply);

/* bundle.c */
/* @text with the values of "reference" and "url" members that are keys of @ids replaced. */
char *zq_references_resolve (const char *text, gsize length, GHashTable *ids);
void zq_bundle_run (ZqHospital *self, const ZqRequest *request, JsonNode *node, ZqReply *reply);

/* binary.c */
char *zq_binary_from_raw (const ZqRequest *request, const char *id);
/* FALSE: the file is not asked for by itself, or cannot be given so. */
gboolean zq_binary_to_raw (const ZqRequest *request, const char *text, ZqReply *reply);
/* Refuses what nobody has to show. */
gboolean zq_binary_check (const ZqSession *session, JsonNode *node, ZqReply *reply);
/* Refuses an attachment that says something else than its file. */
gboolean zq_binary_check_attachment (ZqHospital *self, const ZqSession *session, JsonNode *attachment, ZqReply *reply);
/* As in Attachment.hash. (transfer full) */
char *zq_binary_hash (const void *bytes, gsize length);

/* capability.c */
char *zq_capability_new (ZqHospital *self);

/* smart.c */
void zq_smart_register (ZqHospital *self);
char *zq_smart_configuration (ZqHospital *self);
ZqSession *zq_smart_session (ZqHospital *self, const char *authorization);

/* authorize.c */
void zq_authorize_register (ZqHospital *self);
char *zq_token_hash (const char *token);

/* faults.c */
typedef enum
{
  ZQ_FAULT_NONE,
  ZQ_FAULT_DROP_BEFORE,
  ZQ_FAULT_DROP_AFTER,
  ZQ_FAULT_STATUS,
} ZqFault;

ZqFaults *zq_faults_new (void);
void zq_faults_free (ZqFaults *self);
void zq_faults_register (ZqHospital *self);
gint64 zq_faults_delay (ZqFaults *self);
/* Counts this request; @reply is filled for a status. */
ZqFault zq_faults_next (ZqFaults *self, const char *method, const char *path, ZqReply *reply);
/* Of WebSockets: none at all, or all broken every so many microseconds (0: never). */
gboolean zq_faults_websocket_off (ZqFaults *self);
gint64 zq_faults_websocket_drop (ZqFaults *self);
/* "on", "off", or NULL: as it pays. */
const char *zq_faults_gzip (ZqFaults *self);
/* What is withheld: "Type/id", or NULL. */
const char *zq_faults_lost (ZqFaults *self);
gboolean zq_faults_no_result_tasks (ZqFaults *self);
void zq_faults_count_lost (ZqFaults *self);
/* How calls end, a code of call-back-outcome; NULL: as usual. */
const char *zq_faults_call_back (ZqFaults *self);

/* call-back.c */
gboolean zq_call_back_is_outcome (const char *code);

/* import.c */
gboolean zq_import_file (ZqHospital *self, const char *path, guint *n_taken, guint *n_skipped, GError **error);

/* server.c */
void zq_server_register (ZqHospital *self);
void zq_server_send (ZqHospital *self, SoupServerMessage *message, ZqReply *reply);
/* Answers who may not connect a WebSocket here, before its handshake, as any other request; lets the others be.
 * @needs_token: also who brings none is turned away. */
void zq_server_check_handshake (ZqHospital *self, SoupServerMessage *message, gboolean is_there, gboolean needs_token);
gboolean zq_server_body_ok (ZqHospital *self, SoupServerMessage *message);
GBytes *zq_server_body (SoupServerMessage *message);

G_END_DECLS
