/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/person.h"

#include "base/id.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/kinds.h"
#include "resource/json.h"

typedef struct
{
  char *name;
  char *relation;
} Person;

static void
person_free (gpointer data)
{
  Person *self = data;

  g_free (self->name);
  g_free (self->relation);
  g_free (self);
}

gboolean
zq_person_refer (ZqTxn *txn, const char *reference, gboolean wanted, gint64 *row, GError **error)
{
  GError *local = NULL;

  *row = zq_txn_reference (txn, reference, wanted, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

gboolean
zq_person_put (
    ZqTxn *txn, gint64 id, const char *type, const char *name, const char *relation, gint64 patient, GError **error)
{
  zq_txn_changed (txn, "person", id, patient, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO person (id, type, name, relation) VALUES (?, ?, ?, ?)", "isss", id, type,
                     name, relation);
}

gboolean
zq_person_remove (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_changed (txn, "person", id, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM person WHERE id = ?", "i", id);
}

/* --- Practitioner ----------------------------------------------------------------------------- */

static gpointer
practitioner_parse (JsonNode *node, gpointer context, GError **error)
{
  Person *self = g_new0 (Person, 1);

  self->name = zq_codec_name (node, "name");

  return self;
}

static gboolean
practitioner_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Person *self = parsed;

  return zq_person_put (txn, id, "Practitioner", self->name, NULL, 0, error);
}

const ZqResourceKind zq_practitioner_kind = {
  .name = "practitioner",
  .type = "Practitioner",
  .projection_version = 2,
  .schema = ZQ_PERSON_SCHEMA,
  .parse = practitioner_parse,
  .parsed_free = person_free,
  .project = practitioner_project,
  .unproject = zq_person_remove,
};

/* --- PractitionerRole: who is an assistant ---------------------------------------------------- */

typedef struct
{
  char *practitioner;
  char *code;
  char *title;
  gboolean active;
} Role;

static void
role_free (gpointer data)
{
  Role *self = data;

  g_free (self->practitioner);
  g_free (self->code);
  g_free (self->title);
  g_free (self);
}

static gpointer
role_parse (JsonNode *node, gpointer context, GError **error)
{
  Role *self = g_new0 (Role, 1);

  self->practitioner = g_strdup (zq_codec_reference (node, "practitioner"));
  self->code = g_strdup (zq_json_get_code (node, "code", ZQ_CODE_SYSTEM ("role")));
  self->title = zq_codec_concept (node, "code");
  self->active = zq_json_get_boolean (node, "active", TRUE);

  return self;
}

static gboolean
role_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM practitioner_role WHERE id = ?", "i", id);
}

static gboolean
role_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Role *self = parsed;
  gint64 practitioner;

  if (!self->active)
    return role_unproject (txn, id, error);
  /* A consultation can be handed over to a colleague who has not been heard of otherwise. */
  if (!zq_person_refer (txn, self->practitioner, TRUE, &practitioner, error))
    return FALSE;
  zq_txn_changed (txn, "person", practitioner, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (
      zq_txn_db (txn), error,
      "INSERT OR REPLACE INTO practitioner_role (id, practitioner, assistant, title) VALUES (?, ?, ?, ?)", "iiis", id,
      practitioner, (gint64)(g_strcmp0 (self->code, "assistant") == 0), self->title);
}

static const ZqScope role_scopes[] = {
  { "department", "PractitionerRole?_tag={system-department}|{department}" },
  { NULL, NULL },
};

const ZqResourceKind zq_practitioner_role_kind = {
  .name = "practitioner-role",
  .type = "PractitionerRole",
  .projection_version = 2,
  .schema = ZQ_PERSON_SCHEMA
  "CREATE TABLE IF NOT EXISTS practitioner_role ("
  "  id INTEGER PRIMARY KEY, practitioner INTEGER NOT NULL, assistant INTEGER NOT NULL, title TEXT);"
  "CREATE INDEX IF NOT EXISTS practitioner_role_of ON practitioner_role (practitioner);",
  .parse = role_parse,
  .parsed_free = role_free,
  .project = role_project,
  .unproject = role_unproject,
  .scopes = role_scopes,
};

/* --- RelatedPerson ---------------------------------------------------------------------------- */

static gpointer
related_parse (JsonNode *node, gpointer context, GError **error)
{
  Person *self = g_new0 (Person, 1);

  self->name = zq_codec_name (node, "name");
  self->relation = zq_codec_concept (node, "relationship");

  return self;
}

static gboolean
related_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Person *self = parsed;

  return zq_person_put (txn, id, "RelatedPerson", self->name, self->relation, 0, error);
}

const ZqResourceKind zq_related_person_kind = {
  .name = "related-person",
  .type = "RelatedPerson",
  .projection_version = 2,
  .schema = ZQ_PERSON_SCHEMA,
  .parse = related_parse,
  .parsed_free = person_free,
  .project = related_project,
  .unproject = zq_person_remove,
};

/* --- Organization ----------------------------------------------------------------------------- */

static gboolean
organization_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Person *self = parsed;

  return zq_person_put (txn, id, "Organization", self->name, NULL, 0, error);
}

const ZqResourceKind zq_organization_kind = {
  .name = "organization",
  .type = "Organization",
  .projection_version = 2,
  .schema = ZQ_PERSON_SCHEMA,
  .parse = practitioner_parse,
  .parsed_free = person_free,
  .project = organization_project,
  .unproject = zq_person_remove,
};
