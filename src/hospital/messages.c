/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/workflow-private.h"

#include "base/id.h"
#include "resource/datetime.h"

#include <string.h>

#define REASON          "https://zhenqiao.org/fhir/StructureDefinition/correction-reason"
#define READ_UP_TO      "https://zhenqiao.org/fhir/StructureDefinition/read-up-to"
#define CONFIDENTIALITY "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

gboolean
zq_message_has_category (JsonNode *node, const char *code)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  zq_nodes_collect (node, "category.coding.code", nodes);
  for (guint i = 0; i < nodes->len; i++)
    if (JSON_NODE_HOLDS_VALUE ((JsonNode *)g_ptr_array_index (nodes, i)) &&
        g_strcmp0 (json_node_get_string (g_ptr_array_index (nodes, i)), code) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
has_status (JsonNode *node, const char *status)
{
  return g_strcmp0 (zq_json_get_string (node, "status"), status) == 0;
}

static JsonNode *
read_communication (ZqHospital *self, const char *reference)
{
  g_autoptr (ZqStored) stored = NULL;

  if (reference == NULL || !g_str_has_prefix (reference, "Communication/"))
    return NULL;
  stored = zq_records_read (self, "Communication", reference + strlen ("Communication/"), NULL);
  return stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
}

static gboolean
check_thread (ZqHospital *self, const ZqSession *session, JsonNode *node, const char *action, ZqReply *reply)
{
  g_autofree char *thread = zq_reference_at (self, node, "partOf");
  g_autoptr (JsonNode) task = NULL;
  g_autoptr (ZqStored) stored = thread != NULL ? zq_workflow_task_of (self, thread, &task) : NULL;

  if (stored == NULL || zq_workflow_allows (self, session, task, action))
    return TRUE;
  return zq_reply_fail (reply, 422, "The state of the consultation does not allow this from this account");
}

/* What a message answers is in sight of all who read it. */
static gboolean
check_message (ZqHospital *self, const ZqSession *session, JsonNode *fresh, ZqReply *reply)
{
  gboolean patient = session->role == ZQ_ROLE_PATIENT;
  g_autofree char *quoted = zq_reference_at (self, fresh, "inResponseTo");
  g_autoptr (JsonNode) other = patient ? NULL : read_communication (self, quoted);

  if (other != NULL && zq_message_has_category (other, "internal-note"))
    return zq_reply_fail (reply, 422, "A message to the patient does not quote an internal note");
  return check_thread (self, session, fresh, patient ? "patient-message" : "reply", reply);
}

static gboolean
check_correction (ZqHospital *self, const ZqSession *session, JsonNode *fresh, ZqReply *reply)
{
  g_autofree char *reference = zq_reference_at (self, fresh, "inResponseTo");
  g_autoptr (JsonNode) wrong = read_communication (self, reference);
  const char *reason = zq_json_get_string (zq_json_get_extension (fresh, REASON), "valueString");
  g_autofree char *sender = wrong != NULL ? zq_reference_at (self, wrong, "sender") : NULL;
  g_autofree char *thread = wrong != NULL ? zq_reference_at (self, wrong, "partOf") : NULL;
  g_autofree char *own_thread = zq_reference_at (self, fresh, "partOf");

  /* what is not read here is as if it were not there */
  if (sender == NULL || !g_str_equal (sender, session->who) || g_strcmp0 (thread, own_thread) != 0 ||
      !(zq_message_has_category (wrong, "message") || zq_message_has_category (wrong, "correction")))
    return zq_reply_fail (reply, 422, "A correction is inResponseTo a message of one's own in the same thread");
  if (!has_status (wrong, "completed"))
    return zq_reply_fail (reply, 422, "That message was withdrawn or not sent; there is nothing to correct");
  if (reason == NULL || *reason == '\0')
    return zq_reply_fail (reply, 422, "A correction has its reason in the extension correction-reason");
  if (zq_json_get_length (fresh, "payload") == 0)
    return zq_reply_fail (reply, 422, "A correction has the right words in its payload");

  return check_thread (self, session, fresh, "correct", reply);
}

/* A picture that hangs at the thread would be the patient's to see, whatever the note says. */
static gboolean
check_note_files (ZqHospital *self, JsonNode *note, ZqReply *reply)
{
  g_autoptr (GPtrArray) urls = g_ptr_array_new ();

  zq_nodes_collect (note, "payload.contentAttachment.url", urls);
  for (guint i = 0; i < urls->len; i++)
    {
      const char *url = json_node_get_string (g_ptr_array_index (urls, i));
      const char *id = url != NULL && g_str_has_prefix (url, "Binary/") ? url + strlen ("Binary/") : NULL;
      g_autoptr (ZqStored) stored = id != NULL ? zq_records_read (self, "Binary", id, NULL) : NULL;
      g_autoptr (JsonNode) node = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
      g_autofree char *context = node != NULL ? zq_reference_at (self, node, "securityContext") : NULL;

      if (context == NULL || !g_str_has_prefix (context, "Task/"))
        return zq_reply_fail (reply, 422, "A file of an internal note is a Binary whose securityContext is the Task");
    }

  return TRUE;
}

static gboolean
names_patient (ZqHospital *self, JsonNode *note)
{
  static const char *const paths[] = { "subject", "recipient", "sender" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GPtrArray) references = zq_references_collect (self, note, paths[i]);

      for (guint n = 0; n < references->len; n++)
        if (g_str_has_prefix (g_ptr_array_index (references, n), "Patient/") ||
            g_str_has_prefix (g_ptr_array_index (references, n), "RelatedPerson/"))
          return TRUE;
    }

  return FALSE;
}

static gboolean
check_note (ZqHospital *self, const ZqSession *session, JsonNode *fresh, ZqReply *reply)
{
  g_autoptr (GPtrArray) part_of = zq_references_collect (self, fresh, "partOf");
  const char *reference = part_of->len == 1 ? g_ptr_array_index (part_of, 0) : "";
  const char *id = g_str_has_prefix (reference, "Task/") ? reference + strlen ("Task/") : NULL;
  g_autoptr (ZqStored) stored = id != NULL ? zq_records_read (self, "Task", id, NULL) : NULL;
  g_autoptr (JsonNode) task = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
  const char *own = zq_json_get_tag (fresh, ZQ_SYSTEM_DEPARTMENT);

  if (task == NULL || !zq_access_reads_text (self, session, "Task", id, stored->text))
    return zq_reply_fail (reply, 422, "An internal note is partOf one Task that its writer reaches");
  if (zq_message_has_category (fresh, "message") || zq_message_has_category (fresh, "thread") ||
      zq_message_has_category (fresh, "correction") || names_patient (self, fresh))
    return zq_reply_fail (reply, 422, "An internal note has no patient in it and is nothing else besides");
  if (own != NULL && g_strcmp0 (own, zq_json_get_tag (task, ZQ_SYSTEM_DEPARTMENT)) != 0)
    return zq_reply_fail (reply, 422, "An internal note is tagged with the department of its Task");
  if (!zq_workflow_allows (self, session, task, "note"))
    return zq_reply_fail (reply, 422, "The state of the consultation does not allow this from this account");

  return check_note_files (self, fresh, reply);
}

static gboolean
check_files (ZqHospital *self, const ZqSession *session, JsonNode *fresh, ZqReply *reply)
{
  g_autoptr (GPtrArray) attachments = g_ptr_array_new ();

  zq_nodes_collect (fresh, "payload.contentAttachment", attachments);
  for (guint i = 0; i < attachments->len; i++)
    if (!zq_binary_check_attachment (self, session, g_ptr_array_index (attachments, i), reply))
      return FALSE;

  return TRUE;
}

static gboolean
check_new (ZqHospital *self, const ZqSession *session, JsonNode *fresh, ZqReply *reply)
{
  if (!check_files (self, session, fresh, reply))
    return FALSE;
  if (zq_message_has_category (fresh, "internal-note"))
    return check_note (self, session, fresh, reply);
  if (has_status (fresh, "preparation"))
    return TRUE;
  if (zq_message_has_category (fresh, "correction"))
    return check_correction (self, session, fresh, reply);

  return !zq_message_has_category (fresh, "message") || check_message (self, session, fresh, reply);
}

/* How far the patient's side has read the thread: an instant, or G_MININT64. */
static gint64
patient_has_read (ZqHospital *self, const char *thread)
{
  g_autoptr (ZqRows) rows = zq_db_query (self->db, NULL,
                                         "SELECT r.text FROM idx i JOIN resource r ON r.row = i.row AND r.deleted = 0"
                                         " WHERE i.name = 'Basic.subject' AND i.value = ?1",
                                         "s", thread);
  gint64 newest = G_MININT64;

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      g_autoptr (JsonNode) mark = zq_json_read (zq_rows_text (rows, 0), -1, NULL);
      g_autofree char *author = mark != NULL ? zq_reference_at (self, mark, "author") : NULL;
      ZqDateTime up_to = { 0 };

      if (author == NULL || g_str_has_prefix (author, "Practitioner/"))
        continue;
      up_to = zq_date_time_parse (zq_json_get_string (zq_json_get_extension (mark, READ_UP_TO), "valueInstant"),
                                  self->zone);
      if (up_to.precision != ZQ_PRECISION_NONE)
        newest = MAX (newest, up_to.start);
    }

  return newest;
}

static gboolean
check_withdrawal (ZqHospital *self, const ZqSession *session, JsonNode *old, ZqReply *reply)
{
  g_autofree char *sender = zq_reference_at (self, old, "sender");
  g_autofree char *thread = zq_reference_at (self, old, "partOf");
  ZqDateTime sent = zq_date_time_parse (zq_json_get_string (old, "sent"), self->zone);

  if (g_strcmp0 (sender, session->who) != 0)
    return zq_reply_fail (reply, 403, "Only who has sent a message withdraws it");
  if (zq_message_has_category (old, "internal-note"))
    return TRUE;
  if (!check_thread (self, session, old, "withdraw", reply))
    return FALSE;
  if (thread != NULL && patient_has_read (self, thread) >= sent.start)
    return zq_reply_fail (reply, 422, "The patient has read this message: it is corrected, not withdrawn");

  return TRUE;
}

static gboolean
same (JsonNode *old, JsonNode *fresh, const char *member)
{
  JsonNode *one = zq_json_get (old, member), *two = zq_json_get (fresh, member);

  return one == two || (one != NULL && two != NULL && json_node_equal (one, two));
}

static gboolean
check_change (ZqHospital *self, const ZqSession *session, JsonNode *old, JsonNode *fresh, ZqReply *reply)
{
  static const char *const sealed[] = {
    "category", "partOf", "subject", "recipient", "sender", "sent", "inResponseTo"
  };
  gboolean withdrawn = has_status (fresh, "entered-in-error");

  if (zq_message_has_category (old, "thread"))
    return zq_message_has_category (fresh, "thread") || zq_reply_fail (reply, 422, "A thread stays a thread");
  if (has_status (old, "preparation") && !zq_message_has_category (old, "internal-note") && !withdrawn)
    return check_new (self, session, fresh, reply);
  for (gsize i = 0; i < G_N_ELEMENTS (sealed); i++)
    if (!same (old, fresh, sealed[i]))
      return zq_reply_fail (reply, 422, "What was sent does not change; it is corrected or withdrawn");
  if (!same (old, fresh, "payload") && !(withdrawn && zq_json_get (fresh, "payload") == NULL))
    return zq_reply_fail (reply, 422, "The words of what was sent do not change; they are corrected or withdrawn");
  if (g_strcmp0 (zq_json_get_string (old, "status"), zq_json_get_string (fresh, "status")) == 0)
    return TRUE;
  if (!withdrawn)
    return zq_reply_fail (reply, 422, "What was sent or withdrawn does not become anything else");

  return check_withdrawal (self, session, old, reply);
}

gboolean
zq_message_check (ZqHospital *self, const ZqSession *session, JsonNode *old, JsonNode *fresh, ZqReply *reply)
{
  return old == NULL ? check_new (self, session, fresh, reply) : check_change (self, session, old, fresh, reply);
}

/* What hung at a message that was withdrawn stays with the task, where no patient reaches it. */
static gboolean
hide_files (ZqHospital *self, JsonNode *old, GError **error)
{
  g_autofree char *thread = zq_reference_at (self, old, "partOf");
  g_autofree char *sender = zq_reference_at (self, old, "sender");
  g_autoptr (JsonNode) task_node = NULL;
  g_autoptr (ZqStored) task = thread != NULL ? zq_workflow_task_of (self, thread, &task_node) : NULL;
  g_autofree char *context = task != NULL ? g_strconcat ("Task/", task->id, NULL) : g_strdup (sender);
  g_autoptr (GPtrArray) urls = g_ptr_array_new ();

  zq_nodes_collect (old, "payload.contentAttachment.url", urls);
  for (guint i = 0; i < urls->len; i++)
    {
      const char *url = json_node_get_string (g_ptr_array_index (urls, i));
      const char *id = url != NULL && g_str_has_prefix (url, "Binary/") ? url + strlen ("Binary/") : NULL;
      g_autoptr (ZqStored) file = id != NULL ? zq_records_read (self, "Binary", id, error) : NULL;
      g_autoptr (ZqStored) written = NULL;
      g_autofree char *text = NULL;

      if (file == NULL || file->text == NULL)
        continue;
      text =
          zq_db_get_text (self->db, error, "SELECT json_set (?1, '$.securityContext', json_object ('reference', ?2))",
                          "ss", file->text, context);
      written = text != NULL ? zq_records_write (self, "Binary", id, text, 0, error) : NULL;
      if (written == NULL)
        return FALSE;
    }

  return TRUE;
}

static char *
prepare_note (ZqHospital *self, const char *text, JsonNode *fresh, GError **error)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  g_autofree char *task_reference = zq_reference_at (self, fresh, "partOf");
  g_autoptr (ZqStored) task = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *labelled = NULL;
  const char *department;

  zq_nodes_collect (fresh, "meta.security.code", labels);
  labelled =
      labels->len > 0 ? g_strdup (text) : zq_workflow_add_coding (self, text, "security", CONFIDENTIALITY, "R", error);
  if (labelled == NULL || zq_json_get_tag (fresh, ZQ_SYSTEM_DEPARTMENT) != NULL)
    return g_steal_pointer (&labelled);

  task = zq_records_read (self, "Task", task_reference + strlen ("Task/"), error);
  node = task != NULL && task->text != NULL ? zq_json_read (task->text, -1, error) : NULL;
  department = node != NULL ? zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT) : NULL;
  return department != NULL ? zq_workflow_add_coding (self, labelled, "tag", ZQ_SYSTEM_DEPARTMENT, department, error)
                            : g_steal_pointer (&labelled);
}

/* A file of a note is the department's, as the note is. */
static char *
prepare_file (ZqHospital *self, const char *text, JsonNode *fresh, GError **error)
{
  g_autofree char *context = zq_reference_at (self, fresh, "securityContext");
  g_autoptr (ZqStored) task = NULL;
  g_autoptr (JsonNode) node = NULL;
  const char *department;

  if (context == NULL || !g_str_has_prefix (context, "Task/") || zq_json_get_tag (fresh, ZQ_SYSTEM_DEPARTMENT) != NULL)
    return g_strdup (text);
  task = zq_records_read (self, "Task", context + strlen ("Task/"), error);
  node = task != NULL && task->text != NULL ? zq_json_read (task->text, -1, error) : NULL;
  department = node != NULL ? zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT) : NULL;

  return department != NULL ? zq_workflow_add_coding (self, text, "tag", ZQ_SYSTEM_DEPARTMENT, department, error)
                            : g_strdup (text);
}

char *
zq_workflow_prepare (ZqHospital *self,
                     const ZqSession *session,
                     const char *type,
                     const char *text,
                     JsonNode *old,
                     JsonNode *fresh,
                     GError **error)
{
  if (session->role != ZQ_ROLE_SYSTEM && g_str_equal (type, "Binary") && old == NULL)
    return prepare_file (self, text, fresh, error);
  if (session->role == ZQ_ROLE_SYSTEM || !g_str_equal (type, "Communication"))
    return g_strdup (text);
  if (old == NULL && zq_message_has_category (fresh, "internal-note"))
    return prepare_note (self, text, fresh, error);
  if (old == NULL || !has_status (fresh, "entered-in-error") || has_status (old, "entered-in-error"))
    return g_strdup (text);

  /* the words stay in the history, for the hospital's people */
  return hide_files (self, old, error)
             ? zq_db_get_text (self->db, error, "SELECT json_remove (?1, '$.payload')", "s", text)
             : NULL;
}
