/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/search-private.h"

#include "base/id.h"

#include <string.h>

/* Types that everybody who is signed in may read. */
static const char *const open_types[] = {
  "Practitioner", "PractitionerRole", "Organization", "HealthcareService", "Questionnaire", "Location", NULL
};

/* Types that the hospital's people may not write: they are the hospital's own. */
static const char *const kept_types[] = {
  "Patient", "Practitioner", "PractitionerRole", "Organization", "Library", NULL
};

/* Where the elements are that put a resource into a patient's record. */
static const char *const patient_paths[] = { "subject",    "patient",           "for",    "beneficiary",
                                             "individual", "participant.actor", "target", NULL };

static const char *const patient_task_codes[] = { "advice", "revisit", "visit", "follow-up", NULL };
static const char *const patient_categories[] = { "thread", "message", "correction", NULL };
static const char *const notes[] = { "internal-note", NULL };

gboolean
zq_access_is_open (const char *type)
{
  return g_strv_contains (open_types, type);
}

static gboolean
is_patient (const char *reference)
{
  return g_str_has_prefix (reference, "Patient/");
}

static gboolean
has_category (JsonNode *node, const char *const *codes)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  zq_nodes_collect (node, "category.coding.code", nodes);
  for (guint i = 0; i < nodes->len; i++)
    {
      const char *code = json_node_get_string (g_ptr_array_index (nodes, i));

      if (code != NULL && g_strv_contains (codes, code))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_thread (JsonNode *node)
{
  static const char *const thread[] = { "thread", NULL };

  return has_category (node, thread);
}

static void
add_all (
    ZqHospital *self, GPtrArray *entries, const char *name, JsonNode *node, const char *path, gboolean patients_only)
{
  g_autoptr (GPtrArray) references = zq_references_collect (self, node, path);

  for (guint i = 0; i < references->len; i++)
    if (!patients_only || is_patient (g_ptr_array_index (references, i)))
      zq_index_add (entries, name, g_ptr_array_index (references, i));
}

static void
scope_of_tags (JsonNode *node, GPtrArray *entries)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();

  zq_nodes_collect (node, "meta.tag", tags);
  for (guint i = 0; i < tags->len; i++)
    {
      const char *code = zq_json_get_string (g_ptr_array_index (tags, i), "code");
      g_autofree char *department = NULL;

      if (code == NULL ||
          g_strcmp0 (zq_json_get_string (g_ptr_array_index (tags, i), "system"), ZQ_SYSTEM_DEPARTMENT) != 0)
        continue;
      department = g_strconcat ("Organization/", code, NULL);
      zq_index_add (entries, "-scope", department);
    }
}

static void
scope_of_task (ZqHospital *self, JsonNode *node, const char *reference, GPtrArray *entries)
{
  scope_of_tags (node, entries);
  add_all (self, entries, "-scope", node, "owner", FALSE);
  zq_index_add (entries, "-scope", reference);
}

/* Adds what the hospital's people need one of to see it; "*" is everybody. */
static void
scope_of (ZqHospital *self, const char *type, const char *reference, JsonNode *node, GPtrArray *entries)
{
  guint before = entries->len;

  if (g_str_equal (type, "Subscription"))
    {
      g_autofree char *owner = zq_subscription_owner (self, node);

      zq_index_add (entries, "-scope", owner != NULL ? owner : "");
      return;
    }
  if (g_str_equal (type, "Task"))
    scope_of_task (self, node, reference, entries);
  else if (g_str_equal (type, "Appointment"))
    {
      scope_of_tags (node, entries);
      add_all (self, entries, "-scope", node, "participant.actor", FALSE);
    }
  else if (g_str_equal (type, "Patient"))
    zq_index_add (entries, "-scope", reference);
  else if (g_str_equal (type, "Communication"))
    {
      add_all (self, entries, "-scope", node, "partOf", FALSE);
      if (has_category (node, notes))
        scope_of_tags (node, entries);
      if (is_thread (node))
        zq_index_add (entries, "-scope", reference);
      if (entries->len == before)
        add_all (self, entries, "-scope", node, "subject", FALSE);
    }
  else if (g_str_equal (type, "Basic"))
    {
      add_all (self, entries, "-scope", node, "subject", FALSE);
      add_all (self, entries, "-scope", node, "author", FALSE);
    }
  else if (g_str_equal (type, "Binary"))
    {
      g_autofree char *context = zq_reference_at (self, node, "securityContext");

      add_all (self, entries, "-scope", node, "securityContext", FALSE);
      if (context != NULL && g_str_has_prefix (context, "Task/"))
        scope_of_tags (node, entries);
    }
  else if (g_str_equal (type, "AuditEvent"))
    add_all (self, entries, "-scope", node, "agent.who", FALSE);
  else if (g_str_equal (type, "Provenance"))
    add_all (self, entries, "-scope", node, "target", FALSE);
  else if (!g_strv_contains (open_types, type))
    for (guint i = 0; patient_paths[i] != NULL; i++)
      add_all (self, entries, "-scope", node, patient_paths[i], TRUE);

  if (entries->len == before)
    zq_index_add (entries, "-scope", "*");
}

/* Measured at home: by the patient, or by somebody for the patient; of the hospital's own results none. */
static gboolean
is_measured_at_home (ZqHospital *self, JsonNode *node)
{
  g_autoptr (GPtrArray) performers = zq_references_collect (self, node, "performer");

  for (guint i = 0; i < performers->len; i++)
    if (!is_patient (g_ptr_array_index (performers, i)) &&
        !g_str_has_prefix (g_ptr_array_index (performers, i), "RelatedPerson/"))
      return FALSE;

  return performers->len > 0;
}

static gboolean
communication_is_for_patient (ZqHospital *self, JsonNode *node)
{
  g_autoptr (GPtrArray) part_of = zq_references_collect (self, node, "partOf");

  for (guint i = 0; i < part_of->len; i++)
    if (!g_str_has_prefix (g_ptr_array_index (part_of, i), "Communication/"))
      return FALSE;

  return g_strcmp0 (zq_json_get_string (node, "status"), "preparation") != 0 &&
         has_category (node, patient_categories) && !has_category (node, notes);
}

/* Labelled as not for everybody's eyes (v3-Confidentiality, R and V). */
static gboolean
is_restricted (JsonNode *node)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  zq_nodes_collect (node, "meta.security.code", labels);
  for (guint i = 0; i < labels->len; i++)
    {
      const char *code = JSON_NODE_HOLDS_VALUE ((JsonNode *)g_ptr_array_index (labels, i))
                             ? json_node_get_string (g_ptr_array_index (labels, i))
                             : NULL;

      if (g_strcmp0 (code, "R") == 0 || g_strcmp0 (code, "V") == 0)
        return TRUE;
    }

  return FALSE;
}

/* A note is the patient's to read when it is signed. */
static gboolean
is_for_patient (JsonNode *composition)
{
  static const char *const signed_ones[] = { "final", "amended", NULL };
  const char *status = zq_json_get_string (composition, "status");

  return status != NULL && g_strv_contains (signed_ones, status);
}

/* Adds what a patient needs one of to see it. What is not named here no patient ever sees. */
static void
own_of (ZqHospital *self, const char *type, const char *reference, JsonNode *node, GPtrArray *entries)
{
  if ((g_str_equal (type, "Communication") || g_str_equal (type, "Binary")) && is_restricted (node))
    return;
  if (g_strv_contains (open_types, type))
    zq_index_add (entries, "-own", "*");
  else if (g_str_equal (type, "Patient"))
    zq_index_add (entries, "-own", reference);
  else if (g_str_equal (type, "Subscription"))
    {
      g_autofree char *owner = zq_subscription_owner (self, node);

      zq_index_add (entries, "-own", owner != NULL ? owner : "");
    }
  else if (g_str_equal (type, "RelatedPerson"))
    add_all (self, entries, "-own", node, "patient", TRUE);
  else if (g_str_equal (type, "QuestionnaireResponse"))
    add_all (self, entries, "-own", node, "subject", TRUE);
  else if (g_str_equal (type, "Binary"))
    add_all (self, entries, "-own", node, "securityContext", FALSE);
  else if (g_str_equal (type, "Task"))
    {
      const char *code = zq_json_get_code (node, "code", ZQ_CODE_SYSTEM ("task-code"));

      if (code == NULL)
        code = zq_json_get_code (node, "code", NULL);
      if (code != NULL && g_strv_contains (patient_task_codes, code))
        add_all (self, entries, "-own", node, "for", TRUE);
    }
  else if (g_str_equal (type, "Communication"))
    {
      if (communication_is_for_patient (self, node))
        add_all (self, entries, "-own", node, "subject", TRUE);
    }
  else if (g_str_equal (type, "Appointment"))
    add_all (self, entries, "-own", node, "participant.actor", TRUE);
  else if (g_str_equal (type, "Consent"))
    add_all (self, entries, "-own", node, "patient", TRUE);
  else if (g_str_equal (type, "Composition"))
    {
      if (is_for_patient (node))
        add_all (self, entries, "-own", node, "subject", TRUE);
    }
  else if (g_str_equal (type, "Observation"))
    {
      if (is_measured_at_home (self, node))
        add_all (self, entries, "-own", node, "subject", TRUE);
    }
  else if (g_str_equal (type, "Basic"))
    {
      g_autofree char *subject = zq_reference_at (self, node, "subject");

      if (g_strcmp0 (zq_json_get_code (node, "code", NULL), "read-mark") != 0)
        return;
      if (subject != NULL && g_str_has_prefix (subject, "Communication/"))
        zq_index_add (entries, "-own", subject);
      add_all (self, entries, "-own", node, "author", TRUE);
    }
}

void
zq_access_index (ZqHospital *self, const char *type, const char *id, JsonNode *node, GPtrArray *entries)
{
  g_autofree char *reference = g_strconcat (type, "/", id, NULL);

  scope_of (self, type, reference, node, entries);
  own_of (self, type, reference, node, entries);
}

static gboolean
grant (ZqHospital *self, gint64 row, const char *who, const char *reference, GError **error)
{
  return reference == NULL ||
         zq_db_exec (self->db, error, "INSERT OR IGNORE INTO access (ref, who, row) VALUES (?1, ?2, ?3)", "ssi",
                     reference, who, row);
}

static gboolean
took_part (ZqHospital *self, gint64 row, const char *who, GError **error)
{
  return who == NULL || !g_str_has_prefix (who, "Practitioner/") ||
         zq_db_exec (self->db, error, "INSERT OR IGNORE INTO part (row, who) VALUES (?1, ?2)", "is", row, who);
}

/* Owner, former owners and who wrote in its thread reach the task, its focus and its patient. */
static gboolean
update_task (ZqHospital *self, gint64 row, const char *reference, JsonNode *node, GError **error)
{
  g_autofree char *owner = zq_reference_at (self, node, "owner");
  g_autofree char *focus = zq_reference_at (self, node, "focus");
  g_autofree char *patient = zq_reference_at (self, node, "for");
  g_autoptr (GPtrArray) who = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZqRows) rows = NULL;

  if (!zq_access_forget (self, row, error) || !took_part (self, row, owner, error) ||
      !zq_db_exec (
          self->db, error,
          "INSERT OR IGNORE INTO part (row, who) SELECT ?1, s.value FROM idx p CROSS JOIN idx s ON s.row = p.row "
          "WHERE p.name = 'Communication.part-of' AND p.value = ?2"
          " AND s.name = 'Communication.sender' AND s.value LIKE 'Practitioner/%'",
          "is", row, focus))
    return FALSE;

  rows = zq_db_query (self->db, error, "SELECT who FROM part WHERE row = ?1", "i", row);
  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (who, g_strdup (zq_rows_text (rows, 0)));
  g_clear_pointer (&rows, zq_rows_free);
  if (owner != NULL)
    g_ptr_array_add (who, g_strdup (owner));

  for (guint i = 0; i < who->len; i++)
    {
      const char *name = g_ptr_array_index (who, i);

      if (!grant (self, row, name, reference, error) || !grant (self, row, name, focus, error) ||
          !grant (self, row, name, patient, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
update_message (ZqHospital *self, JsonNode *node, GError **error)
{
  g_autofree char *sender = zq_reference_at (self, node, "sender");
  g_autofree char *part_of = zq_reference_at (self, node, "partOf");
  g_autoptr (GArray) tasks = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqRows) rows = NULL;

  if (part_of == NULL || sender == NULL || !g_str_has_prefix (sender, "Practitioner/"))
    return TRUE;

  rows = zq_db_query (self->db, error, "SELECT row FROM idx WHERE name = 'Task.focus' AND value = ?1", "s", part_of);
  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 row = zq_rows_int (rows, 0);

      g_array_append_val (tasks, row);
    }
  g_clear_pointer (&rows, zq_rows_free);

  for (guint i = 0; i < tasks->len; i++)
    {
      gint64 row = g_array_index (tasks, gint64, i);

      if (!took_part (self, row, sender, error) ||
          !zq_db_exec (self->db, error,
                       "INSERT OR IGNORE INTO access (ref, who, row)"
                       " SELECT value, ?2, row FROM idx WHERE row = ?1"
                       "   AND name IN ('Task.focus', 'Task.patient') AND value LIKE '%/%'"
                       " UNION ALL SELECT type || '/' || id, ?2, row FROM resource WHERE row = ?1",
                       "is", row, sender))
        return FALSE;
    }

  return TRUE;
}

gboolean
zq_access_update (ZqHospital *self, gint64 row, const char *type, const char *id, JsonNode *node, GError **error)
{
  g_autofree char *reference = g_strconcat (type, "/", id, NULL);

  if (g_str_equal (type, "Task"))
    return update_task (self, row, reference, node, error);
  if (g_str_equal (type, "Subscription"))
    return zq_subscription_stored (self, row, node, error);
  if (!g_str_equal (type, "Communication"))
    return TRUE;
  if (is_thread (node))
    {
      g_autofree char *subject = zq_reference_at (self, node, "subject");

      if (!zq_access_forget (self, row, error))
        return FALSE;
      return subject == NULL || !communication_is_for_patient (self, node) ||
             grant (self, row, subject, reference, error);
    }

  return update_message (self, node, error);
}

gboolean
zq_access_forget (ZqHospital *self, gint64 row, GError **error)
{
  return zq_db_exec (self->db, error, "DELETE FROM access WHERE row = ?1", "i", row);
}

const char *
zq_access_sql (const ZqSession *session)
{
  if (session->role == ZQ_ROLE_SYSTEM)
    return "(?3 IS ?3 OR ?4)";
  if (session->role == ZQ_ROLE_PATIENT)
    return "EXISTS (SELECT 1 FROM idx a WHERE a.row = r.row AND a.name = '-own' AND (a.value IN ('*', ?3)"
           " OR EXISTS (SELECT 1 FROM access x WHERE x.ref = a.value AND x.who = ?3 AND ?4 IS ?4)))";
  return "EXISTS (SELECT 1 FROM idx a WHERE a.row = r.row AND a.name = '-scope' AND (a.value IN ('*', ?3, ?4)"
         " OR EXISTS (SELECT 1 FROM access x WHERE x.ref = a.value AND x.who IN (?3, ?4))))";
}

static gboolean
reaches (ZqHospital *self, const ZqSession *session, const char *reference)
{
  gint64 found = 0;

  if (session->role == ZQ_ROLE_SYSTEM || g_str_equal (reference, "*") || g_str_equal (reference, session->who) ||
      (session->role != ZQ_ROLE_PATIENT && g_str_equal (reference, session->org)))
    return TRUE;

  return zq_db_get_int (self->db, &found, NULL, "SELECT 1 FROM access WHERE ref = ?1 AND who IN (?2, ?3)", "sss",
                        reference, session->who, session->org);
}

static gboolean
is_lost (ZqHospital *self, const ZqSession *session, GPtrArray *entries, const char *reference)
{
  const char *lost = zq_faults_lost (self->faults);

  if (session->role == ZQ_ROLE_SYSTEM)
    return FALSE;
  if (g_str_equal (lost, reference))
    return TRUE;
  for (guint i = 0; i < entries->len; i++)
    {
      const ZqIndexEntry *entry = g_ptr_array_index (entries, i);

      if (entry->value != NULL && g_str_equal (entry->value, lost))
        return TRUE;
    }

  return FALSE;
}

static gboolean
reads_node (ZqHospital *self, const ZqSession *session, const char *type, const char *id, JsonNode *node)
{
  const char *wanted = session->role == ZQ_ROLE_PATIENT ? "-own" : "-scope";
  g_autofree char *reference = g_strconcat (type, "/", id, NULL);
  g_autoptr (GPtrArray) entries = zq_index_new ();
  gboolean allowed = session->role == ZQ_ROLE_SYSTEM;

  zq_access_index (self, type, id, node, entries);
  for (guint i = 0; i < entries->len && !allowed; i++)
    {
      const ZqIndexEntry *entry = g_ptr_array_index (entries, i);

      allowed = g_str_equal (entry->name, wanted) && reaches (self, session, entry->value);
    }
  if (!allowed || self->faults == NULL || zq_faults_lost (self->faults) == NULL)
    return allowed;

  zq_params_index (self, type, node, entries);
  if (!is_lost (self, session, entries, reference))
    return TRUE;
  zq_faults_count_lost (self->faults);
  return FALSE;
}

gboolean
zq_access_reads_text (ZqHospital *self, const ZqSession *session, const char *type, const char *id, const char *text)
{
  g_autoptr (JsonNode) node = text != NULL ? zq_json_read (text, -1, NULL) : NULL;

  return node != NULL && reads_node (self, session, type, id, node);
}

gboolean
zq_access_reads_file (ZqHospital *self, const ZqSession *session, gint64 row)
{
  g_auto (ZqSearch) search = { 0 };
  g_autofree char *rows = g_strdup_printf ("\"rows\":[%" G_GINT64_FORMAT "]", row);
  g_autofree char *from = NULL, *sql = NULL, *values = NULL;
  gint64 found;

  zq_search_init (&search, "Binary");
  zq_search_add_lost (&search, self, session);
  from = zq_search_from_rows (&search, session);
  sql = g_strconcat ("SELECT 1 ", from, NULL);
  values = zq_search_values (&search, rows);

  return zq_db_get_int (self->db, &found, NULL, g_intern_string (sql), "ssss", "Binary", values, session->who,
                        session->org);
}

static gboolean
patient_may_send (ZqHospital *self, const ZqSession *session, JsonNode *node)
{
  g_autofree char *sender = zq_reference_at (self, node, "sender");
  g_autofree char *part_of = zq_reference_at (self, node, "partOf");
  g_autofree char *relative_of = NULL;
  g_autoptr (ZqStored) relative = NULL;
  g_autoptr (JsonNode) relative_node = NULL;

  if (!communication_is_for_patient (self, node) ||
      g_strcmp0 (zq_json_get_string (node, "status"), "entered-in-error") == 0)
    return FALSE;
  if (is_thread (node))
    return part_of == NULL;
  if (part_of == NULL || sender == NULL || !reaches (self, session, part_of))
    return FALSE;
  if (g_str_equal (sender, session->who))
    return TRUE;
  if (!g_str_has_prefix (sender, "RelatedPerson/"))
    return FALSE;

  relative = zq_records_read (self, "RelatedPerson", sender + strlen ("RelatedPerson/"), NULL);
  relative_node = relative != NULL && relative->text != NULL ? zq_json_read (relative->text, -1, NULL) : NULL;
  relative_of = relative_node != NULL ? zq_reference_at (self, relative_node, "patient") : NULL;
  return g_strcmp0 (relative_of, session->who) == 0;
}

/* Of one's own, as measured; a hospital's result is nothing that a patient writes. */
static gboolean
patient_may_measure (ZqHospital *self, const ZqSession *session, JsonNode *node)
{
  g_autoptr (GPtrArray) performers = zq_references_collect (self, node, "performer");

  return performers->len == 1 && g_str_equal (g_ptr_array_index (performers, 0), session->who) &&
         g_strcmp0 (zq_json_get_string (node, "status"), "final") == 0;
}

/* Whether what @old has, but for the members of @apart, stands in @fresh as it does there. */
static gboolean
has_all (JsonNode *old, JsonNode *fresh, const char *const *apart)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, json_node_get_object (old));
  while (json_object_iter_next (&iter, &name, &node))
    {
      JsonNode *other = json_object_get_member (json_node_get_object (fresh), name);

      if (!g_strv_contains (apart, name) && (other == NULL || !json_node_equal (node, other)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_same_apart (JsonNode *old, JsonNode *fresh, const char *const *apart)
{
  if (old == NULL || fresh == NULL || !JSON_NODE_HOLDS_OBJECT (old) || !JSON_NODE_HOLDS_OBJECT (fresh))
    return FALSE;

  return has_all (old, fresh, apart) && has_all (fresh, old, apart);
}

/* Says no to a visit, and why: all else of it stays what it is. */
static gboolean
patient_may_cancel (JsonNode *old, JsonNode *fresh)
{
  static const char *const said[] = { "status", "cancelationReason", "meta", NULL };
  static const char *const versions[] = { "versionId", "lastUpdated", NULL };
  static const char *const open[] = { "proposed", "pending", "booked", "arrived", "waitlist", NULL };
  const char *before = zq_json_get_string (old, "status");

  return before != NULL && g_strv_contains (open, before) &&
         g_strcmp0 (zq_json_get_string (fresh, "status"), "cancelled") == 0 && is_same_apart (old, fresh, said) &&
         is_same_apart (zq_json_get (old, "meta"), zq_json_get (fresh, "meta"), versions);
}

/* Whether @reference is to a @type that this account may read. */
static gboolean
reads_one (ZqHospital *self, const ZqSession *session, const char *type, const char *reference)
{
  gsize length = strlen (type);
  g_autoptr (ZqStored) stored = NULL;

  if (!g_str_has_prefix (reference, type) || reference[length] != '/')
    return FALSE;
  stored = zq_records_read (self, type, reference + length + 1, NULL);

  return stored != NULL && stored->text != NULL && zq_access_reads_text (self, session, type, stored->id, stored->text);
}

/* Of one's own, about the recording of one visit of one's own. */
static gboolean
patient_may_consent (ZqHospital *self, const ZqSession *session, JsonNode *node)
{
  g_autofree char *patient = zq_reference_at (self, node, "patient");
  g_autoptr (GPtrArray) visits = zq_references_collect (self, node, "provision.data.reference");

  if (visits->len != 1 || !reads_one (self, session, "Appointment", g_ptr_array_index (visits, 0)))
    return FALSE;

  return g_strcmp0 (patient, session->who) == 0 &&
         g_strcmp0 (zq_json_get_code (node, "category[0]", ZQ_CODE_SYSTEM ("consent-category")), "video-recording") ==
             0;
}

/* A patient begins consultations, answers in own threads, keeps own read marks, tells what was measured at home, says
 * no to a visit and yes or no to a recording; nothing else. */
static gboolean
patient_writes (ZqHospital *self, const ZqSession *session, const char *type, JsonNode *old, JsonNode *fresh)
{
  static const char *const begun[] = { "advice", "revisit", NULL };
  g_autofree char *subject = zq_reference_at (self, fresh, g_str_equal (type, "Task") ? "for" : "subject");

  if (g_str_equal (type, "Basic"))
    {
      g_autofree char *author = zq_reference_at (self, fresh, "author");
      g_autofree char *old_author = old != NULL ? zq_reference_at (self, old, "author") : NULL;

      return g_strcmp0 (author, session->who) == 0 && subject != NULL && g_str_has_prefix (subject, "Communication/") &&
             reaches (self, session, subject) && g_strcmp0 (zq_json_get_code (fresh, "code", NULL), "read-mark") == 0 &&
             (old == NULL || g_strcmp0 (old_author, session->who) == 0);
    }
  if (g_str_equal (type, "Binary"))
    {
      g_autofree char *context = zq_reference_at (self, fresh, "securityContext");

      return old == NULL && context != NULL && reaches (self, session, context);
    }
  if (g_str_equal (type, "Appointment"))
    return old != NULL && patient_may_cancel (old, fresh);
  if (g_str_equal (type, "Consent"))
    return old == NULL && patient_may_consent (self, session, fresh);
  if (old != NULL || g_strcmp0 (subject, session->who) != 0)
    return FALSE;
  if (g_str_equal (type, "Communication"))
    return patient_may_send (self, session, fresh);
  if (g_str_equal (type, "Observation"))
    return patient_may_measure (self, session, fresh);
  if (g_str_equal (type, "Task"))
    {
      g_autofree char *focus = zq_reference_at (self, fresh, "focus");
      const char *code = zq_json_get_code (fresh, "code", NULL);

      return code != NULL && g_strv_contains (begun, code) && focus != NULL && reaches (self, session, focus) &&
             g_strcmp0 (zq_json_get_string (fresh, "status"), "requested") == 0 &&
             g_strcmp0 (zq_json_get_code (fresh, "businessStatus", NULL), "awaiting-acceptance") == 0;
    }

  return g_str_equal (type, "QuestionnaireResponse");
}

static gboolean
staff_writes (
    ZqHospital *self, const ZqSession *session, const char *type, const char *id, JsonNode *old, JsonNode *fresh)
{
  g_autofree char *subject = zq_reference_at (self, fresh, "subject");

  if (g_strv_contains (kept_types, type))
    return FALSE;
  if (g_str_equal (type, "Communication") || g_str_equal (type, "Basic"))
    {
      const char *path = g_str_equal (type, "Basic") ? "author" : "sender";
      g_autofree char *writer = zq_reference_at (self, fresh, path);
      g_autofree char *before = old != NULL ? zq_reference_at (self, old, path) : NULL;

      /* nobody writes in another's name, nor changes another's words */
      if (writer != NULL && !g_str_equal (writer, session->who) && !g_str_has_prefix (writer, "Device/"))
        return FALSE;
      if (before != NULL && !g_str_equal (before, session->who))
        return FALSE;
    }
  if (g_str_equal (type, "Binary") && old == NULL)
    {
      g_autofree char *context = zq_reference_at (self, fresh, "securityContext");

      if (context != NULL && g_str_has_prefix (context, "Task/"))
        return reads_one (self, session, "Task", context);
    }
  /* the header comes before the task that lets its writer reach it */
  if (g_str_equal (type, "Communication") && old == NULL && is_thread (fresh))
    return subject != NULL && reaches (self, session, subject);

  return reads_node (self, session, type, id, fresh);
}

gboolean
zq_access_writes (ZqHospital *self,
                  const ZqSession *session,
                  const char *type,
                  const char *id,
                  JsonNode *old,
                  JsonNode *fresh,
                  ZqReply *reply)
{
  gboolean allowed;

  if (session->role == ZQ_ROLE_SYSTEM)
    return TRUE;
  if (old != NULL && !reads_node (self, session, type, id, old))
    return zq_reply_fail (reply, 403, "This account does not reach the resource that is to be changed");

  if (g_str_equal (type, "Subscription"))
    allowed = reads_node (self, session, type, id, fresh);
  else if (session->role == ZQ_ROLE_PATIENT)
    allowed = patient_writes (self, session, type, old, fresh);
  else
    allowed = staff_writes (self, session, type, id, old, fresh);

  return allowed || zq_reply_fail (reply, 403, "This account may not write this resource");
}
