/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"
#include "resource/datetime.h"
#include "resource/reference.h"

#include <string.h>

#define TOKEN(type, name, path)                                                                                        \
  {                                                                                                                    \
    type, name, ZQ_PARAM_TOKEN, path, NULL                                                                             \
  }
#define DATE(type, name, path)                                                                                         \
  {                                                                                                                    \
    type, name, ZQ_PARAM_DATE, path, NULL                                                                              \
  }
#define STRING(type, name, path)                                                                                       \
  {                                                                                                                    \
    type, name, ZQ_PARAM_STRING, path, NULL                                                                            \
  }
#define REF(type, name, path)                                                                                          \
  {                                                                                                                    \
    type, name, ZQ_PARAM_REFERENCE, path, NULL                                                                         \
  }
#define TO(type, name, path, target)                                                                                   \
  {                                                                                                                    \
    type, name, ZQ_PARAM_REFERENCE, path, target                                                                       \
  }
#define OF_PATIENT(type, path) TO (type, "patient", path, "Patient"), REF (type, "subject", path)
#define ON_PATIENT(type, path) TO (type, "patient", path, "Patient")

/* What can be searched by: R4, searchparameter-registry, the part that this hospital knows. */
static const ZqParam table[] = {
  TOKEN (NULL, "_tag", "meta.tag"),
  TOKEN (NULL, "identifier", "identifier"),

  OF_PATIENT ("Task", "for"),
  REF ("Task", "owner", "owner"),
  REF ("Task", "requester", "requester"),
  REF ("Task", "focus", "focus"),
  REF ("Task", "encounter", "encounter"),
  TOKEN ("Task", "status", "status"),
  TOKEN ("Task", "business-status", "businessStatus"),
  TOKEN ("Task", "code", "code"),
  TOKEN ("Task", "priority", "priority"),
  DATE ("Task", "authored-on", "authoredOn"),

  OF_PATIENT ("Communication", "subject"),
  REF ("Communication", "part-of", "partOf"),
  REF ("Communication", "sender", "sender"),
  REF ("Communication", "recipient", "recipient"),
  REF ("Communication", "encounter", "encounter"),
  TOKEN ("Communication", "category", "category"),
  TOKEN ("Communication", "status", "status"),
  DATE ("Communication", "sent", "sent"),
  DATE ("Communication", "received", "received"),

  TOKEN ("Basic", "code", "code"),
  OF_PATIENT ("Basic", "subject"),
  REF ("Basic", "author", "author"),

  STRING ("Patient", "name", "name"),
  DATE ("Patient", "birthdate", "birthDate"),
  TOKEN ("Patient", "gender", "gender"),
  ON_PATIENT ("RelatedPerson", "patient"),
  STRING ("RelatedPerson", "name", "name"),
  STRING ("Practitioner", "name", "name"),
  STRING ("Organization", "name", "name|alias"),
  REF ("PractitionerRole", "practitioner", "practitioner"),
  REF ("PractitionerRole", "organization", "organization"),

  ON_PATIENT ("AllergyIntolerance", "patient"),
  TOKEN ("AllergyIntolerance", "clinical-status", "clinicalStatus"),
  OF_PATIENT ("Condition", "subject"),
  REF ("Condition", "encounter", "encounter"),
  TOKEN ("Condition", "code", "code"),
  TOKEN ("Condition", "category", "category"),
  TOKEN ("Condition", "clinical-status", "clinicalStatus"),
  OF_PATIENT ("Observation", "subject"),
  REF ("Observation", "encounter", "encounter"),
  REF ("Observation", "performer", "performer"),
  TOKEN ("Observation", "code", "code"),
  TOKEN ("Observation", "category", "category"),
  TOKEN ("Observation", "status", "status"),
  DATE ("Observation", "date", "effectiveDateTime|effectiveInstant|effectivePeriod"),
  OF_PATIENT ("DiagnosticReport", "subject"),
  REF ("DiagnosticReport", "encounter", "encounter"),
  REF ("DiagnosticReport", "result", "result"),
  TOKEN ("DiagnosticReport", "code", "code"),
  TOKEN ("DiagnosticReport", "category", "category"),
  TOKEN ("DiagnosticReport", "status", "status"),
  DATE ("DiagnosticReport", "date", "effectiveDateTime|effectivePeriod"),
  OF_PATIENT ("MedicationRequest", "subject"),
  REF ("MedicationRequest", "encounter", "encounter"),
  TOKEN ("MedicationRequest", "status", "status"),
  DATE ("MedicationRequest", "authoredon", "authoredOn"),
  OF_PATIENT ("MedicationStatement", "subject"),
  TOKEN ("MedicationStatement", "status", "status"),
  OF_PATIENT ("Procedure", "subject"),
  REF ("Procedure", "encounter", "encounter"),
  ON_PATIENT ("Immunization", "patient"),
  OF_PATIENT ("ImagingStudy", "subject"),
  OF_PATIENT ("ServiceRequest", "subject"),
  OF_PATIENT ("CarePlan", "subject"),
  OF_PATIENT ("CareTeam", "subject"),
  OF_PATIENT ("Composition", "subject"),
  REF ("Composition", "encounter", "encounter"),
  OF_PATIENT ("DocumentReference", "subject"),
  OF_PATIENT ("Media", "subject"),
  ON_PATIENT ("Consent", "patient"),
  ON_PATIENT ("DetectedIssue", "patient"),
  OF_PATIENT ("Goal", "subject"),
  ON_PATIENT ("EpisodeOfCare", "patient"),
  ON_PATIENT ("Device", "patient"),
  OF_PATIENT ("CommunicationRequest", "subject"),
  OF_PATIENT ("Encounter", "subject"),
  TOKEN ("Encounter", "status", "status"),
  TOKEN ("Encounter", "class", "class"),
  DATE ("Encounter", "date", "period"),
  REF ("Encounter", "appointment", "appointment"),
  OF_PATIENT ("QuestionnaireResponse", "subject"),
  REF ("QuestionnaireResponse", "encounter", "encounter"),
  REF ("QuestionnaireResponse", "author", "author"),
  DATE ("QuestionnaireResponse", "authored", "authored"),
  ON_PATIENT ("Appointment", "participant.actor"),
  REF ("Appointment", "actor", "participant.actor"),
  TO ("Appointment", "practitioner", "participant.actor", "Practitioner"),
  TOKEN ("Appointment", "status", "status"),
  DATE ("Appointment", "date", "start"),
  REF ("Appointment", "supporting-info", "supportingInformation"),
  REF ("Schedule", "actor", "actor"),
  REF ("Slot", "schedule", "schedule"),
  DATE ("Slot", "start", "start"),
  TOKEN ("ActivityDefinition", "status", "status"),
  TOKEN ("Library", "status", "status"),
  TOKEN ("PlanDefinition", "status", "status"),
  REF ("Provenance", "target", "target"),
};

const ZqParam *
zq_params_table (gsize *n)
{
  *n = G_N_ELEMENTS (table);
  return table;
}

const ZqParam *
zq_params_find (const char *type, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if ((table[i].type == NULL || g_str_equal (table[i].type, type)) && g_str_equal (table[i].name, name))
      return &table[i];

  return NULL;
}

static void
index_entry_free (gpointer data)
{
  ZqIndexEntry *entry = data;

  g_free (entry->value);
  g_free (entry);
}

GPtrArray *
zq_index_new (void)
{
  return g_ptr_array_new_with_free_func (index_entry_free);
}

void
zq_index_add (GPtrArray *entries, const char *name, const char *value)
{
  ZqIndexEntry *entry = g_new0 (ZqIndexEntry, 1);

  entry->name = g_intern_string (name);
  entry->value = g_strdup (value);
  g_ptr_array_add (entries, entry);
}

void
zq_nodes_collect (JsonNode *node, const char *path, GPtrArray *out)
{
  g_autofree char *name = NULL;
  const char *dot;

  if (node == NULL)
    return;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        zq_nodes_collect (json_array_get_element (array, i), path, out);
      return;
    }
  if (*path == '\0')
    {
      g_ptr_array_add (out, node);
      return;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;

  dot = strchr (path, '.');
  name = dot != NULL ? g_strndup (path, dot - path) : g_strdup (path);
  zq_nodes_collect (json_object_get_member (json_node_get_object (node), name), dot != NULL ? dot + 1 : "", out);
}

static char *
reference_text (ZqHospital *self, JsonNode *node)
{
  g_autoptr (ZqReference) reference = NULL;
  const char *text = JSON_NODE_HOLDS_OBJECT (node) ? zq_json_get_string (node, "reference") : NULL;

  if (text == NULL)
    return NULL;
  reference = zq_reference_parse (text, self->base);
  if (reference == NULL || reference->id == NULL)
    return NULL;

  return reference->type == NULL || reference->foreign ? g_strdup (reference->id)
                                                       : g_strconcat (reference->type, "/", reference->id, NULL);
}

GPtrArray *
zq_references_collect (ZqHospital *self, JsonNode *node, const char *path)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  GPtrArray *references = g_ptr_array_new_with_free_func (g_free);

  zq_nodes_collect (node, path, nodes);
  for (guint i = 0; i < nodes->len; i++)
    {
      char *text = reference_text (self, g_ptr_array_index (nodes, i));

      if (text != NULL)
        g_ptr_array_add (references, text);
    }

  return references;
}

char *
zq_reference_at (ZqHospital *self, JsonNode *node, const char *path)
{
  g_autoptr (GPtrArray) references = zq_references_collect (self, node, path);

  return references->len > 0 ? g_strdup (g_ptr_array_index (references, 0)) : NULL;
}

static void
add_token (GPtrArray *entries, const char *name, const char *system, const char *code)
{
  g_autofree char *full = g_strconcat (system != NULL ? system : "", "|", code != NULL ? code : "", NULL);

  zq_index_add (entries, name, full);
  if (code != NULL)
    zq_index_add (entries, name, code);
  if (code != NULL && system != NULL)
    {
      g_autofree char *any = g_strconcat (system, "|", NULL);

      zq_index_add (entries, name, any);
    }
}

static void
index_token (GPtrArray *entries, const char *name, JsonNode *node)
{
  g_autoptr (GPtrArray) codings = NULL;

  if (JSON_NODE_HOLDS_VALUE (node))
    {
      if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
        zq_index_add (entries, name, json_node_get_boolean (node) ? "true" : "false");
      else if (json_node_get_string (node) != NULL)
        add_token (entries, name, NULL, json_node_get_string (node));
      return;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;

  codings = g_ptr_array_new ();
  zq_nodes_collect (node, "coding", codings);
  if (codings->len == 0)
    g_ptr_array_add (codings, node);
  for (guint i = 0; i < codings->len; i++)
    {
      JsonNode *coding = g_ptr_array_index (codings, i);
      const char *code = zq_json_get_string (coding, "code");

      if (code == NULL)
        code = zq_json_get_string (coding, "value");
      if (code != NULL)
        add_token (entries, name, zq_json_get_string (coding, "system"), code);
    }
}

static void
index_date (GPtrArray *entries, const char *name, JsonNode *node, GTimeZone *zone)
{
  ZqIndexEntry *entry;
  gint64 low = G_MININT64, high = G_MAXINT64, unused;

  if (JSON_NODE_HOLDS_VALUE (node))
    {
      if (!zq_date_range (json_node_get_string (node), zone, &low, &high))
        return;
    }
  else
    {
      gboolean start = zq_date_range (zq_json_get_string (node, "start"), zone, &low, &unused);

      if (!zq_date_range (zq_json_get_string (node, "end"), zone, &unused, &high) && !start)
        return;
    }

  entry = g_new0 (ZqIndexEntry, 1);
  entry->name = g_intern_string (name);
  entry->low = low;
  entry->high = high;
  g_ptr_array_add (entries, entry);
}

static void
index_string (GPtrArray *entries, const char *name, JsonNode *node)
{
  static const char *const parts[] = { "text", "family", "given", "prefix", "suffix" };
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    zq_nodes_collect (node, JSON_NODE_HOLDS_OBJECT (node) ? parts[i] : "", nodes);
  for (guint i = 0; i < nodes->len; i++)
    {
      JsonNode *value = g_ptr_array_index (nodes, i);
      const char *text = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;
      g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;

      if (folded != NULL)
        zq_index_add (entries, name, folded);
    }
}

static void
index_reference (ZqHospital *self, GPtrArray *entries, const char *name, const ZqParam *param, JsonNode *node)
{
  g_autofree char *text = reference_text (self, node);
  const char *slash = text != NULL ? strrchr (text, '/') : NULL;

  if (text == NULL)
    return;
  if (param->target != NULL && !(g_str_has_prefix (text, param->target) && text[strlen (param->target)] == '/'))
    return;

  zq_index_add (entries, name, text);
  if (slash != NULL)
    zq_index_add (entries, name, slash + 1);
}

void
zq_params_index (ZqHospital *self, const char *type, JsonNode *node, GPtrArray *entries)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const ZqParam *param = &table[i];
      g_autoptr (GPtrArray) nodes = NULL;
      g_autofree char *name = NULL;
      g_auto (GStrv) paths = NULL;

      if (param->type != NULL && !g_str_equal (param->type, type))
        continue;

      nodes = g_ptr_array_new ();
      name = g_strconcat (type, ".", param->name, NULL);
      paths = g_strsplit (param->path, "|", -1);
      for (guint p = 0; paths[p] != NULL; p++)
        zq_nodes_collect (node, paths[p], nodes);

      for (guint n = 0; n < nodes->len; n++)
        {
          JsonNode *value = g_ptr_array_index (nodes, n);

          if (param->kind == ZQ_PARAM_TOKEN)
            index_token (entries, name, value);
          else if (param->kind == ZQ_PARAM_REFERENCE)
            index_reference (self, entries, name, param, value);
          else if (param->kind == ZQ_PARAM_DATE)
            index_date (entries, name, value, self->zone);
          else
            index_string (entries, name, value);
        }
    }
}

/* How long the stretch is that @text names from its start: "…:07.12Z" is ten milliseconds. */
static gint64
instant_width (const char *text)
{
  const char *time = strchr (text, 'T');
  const char *dot = time != NULL ? strchr (time, '.') : NULL;
  gint64 width = G_USEC_PER_SEC;

  if (time == NULL || strlen (time) < 9 || time[6] != ':')
    return 60 * G_USEC_PER_SEC;
  for (dot = dot != NULL ? dot + 1 : ""; g_ascii_isdigit (*dot) && width > 1; dot++)
    width /= 10;

  return width;
}

gboolean
zq_date_range (const char *text, GTimeZone *zone, gint64 *low, gint64 *high)
{
  g_autoptr (GDateTime) start = NULL, local = NULL, end = NULL;
  ZqDateTime date;

  if (text == NULL)
    return FALSE;
  date = zq_date_time_parse (text, zone);
  if (date.precision == ZQ_PRECISION_NONE)
    return FALSE;
  *low = date.start;
  if (date.precision == ZQ_PRECISION_INSTANT)
    {
      *high = date.start + instant_width (text);
      return TRUE;
    }

  start = g_date_time_new_from_unix_utc (date.start / G_USEC_PER_SEC);
  local = start != NULL ? g_date_time_to_timezone (start, zone) : NULL;
  if (local == NULL)
    return FALSE;
  if (date.precision == ZQ_PRECISION_YEAR)
    end = g_date_time_add_years (local, 1);
  else if (date.precision == ZQ_PRECISION_MONTH)
    end = g_date_time_add_months (local, 1);
  else
    end = g_date_time_add_days (local, 1);
  if (end == NULL)
    return FALSE;
  *high = g_date_time_to_unix (end) * G_USEC_PER_SEC;

  return TRUE;
}

/* With microseconds, so that versions of one millisecond still have an order. */
char *
zq_instant_us (gint64 us)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%06dZ", text, (int)(us % G_USEC_PER_SEC));
}
