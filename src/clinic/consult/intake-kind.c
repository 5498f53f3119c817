/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/kinds.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/json.h"

/* More than a card can hold: a questionnaire of another kind. */
#define MAX_ITEMS 200

typedef struct
{
  char *question;
  char *answer;
  gboolean is_boolean; /* its words are chosen when it is shown */
} Item;

static void
item_free (gpointer data)
{
  Item *self = data;

  g_free (self->question);
  g_free (self->answer);
  g_free (self);
}

static char *
read_quantity (JsonNode *quantity)
{
  const char *value = zq_json_get_string (quantity, "value");
  const char *unit = zq_json_get_string (quantity, "unit");
  const char *comparator = zq_json_get_string (quantity, "comparator");

  if (value == NULL)
    return NULL;
  if (unit == NULL)
    unit = zq_json_get_string (quantity, "code");

  return g_strconcat (comparator != NULL ? comparator : "", value, unit != NULL ? " " : "", unit, NULL);
}

static char *
read_answer (JsonNode *answer, gboolean *is_boolean)
{
  static const char *const plain[] = {
    "valueString",          "valueDecimal", "valueInteger",        "valueDate",        "valueTime",
    "valueDateTime",        "valueUri",     "valueCoding.display", "valueCoding.code", "valueReference.display",
    "valueAttachment.title"
  };
  JsonNode *boolean = zq_json_get (answer, "valueBoolean");

  if (boolean != NULL && JSON_NODE_HOLDS_VALUE (boolean) && json_node_get_value_type (boolean) == G_TYPE_BOOLEAN)
    {
      *is_boolean = TRUE;
      return g_strdup (json_node_get_boolean (boolean) ? "true" : "false");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    if (zq_json_get_string (answer, plain[i]) != NULL)
      return g_strdup (zq_json_get_string (answer, plain[i]));

  return read_quantity (zq_json_get (answer, "valueQuantity"));
}

static void
add_item (GPtrArray *items, const char *question, char *answer, gboolean is_boolean)
{
  Item *item = g_new0 (Item, 1);

  item->question = zq_codec_one_line (question);
  item->answer = answer;
  item->is_boolean = is_boolean;
  g_ptr_array_add (items, item);
}

/* Groups and nested questions in the order in which they stand. */
static void
read_items (GPtrArray *items, JsonNode *parent)
{
  guint length = zq_json_get_length (parent, "item");

  for (guint i = 0; i < length && items->len < MAX_ITEMS; i++)
    {
      JsonNode *node = zq_json_get_at (parent, "item", i);
      const char *question = zq_json_get_string (node, "text");
      guint n_answers = zq_json_get_length (node, "answer");

      if (question == NULL)
        question = zq_json_get_string (node, "linkId");
      for (guint a = 0; a < n_answers && items->len < MAX_ITEMS; a++)
        {
          JsonNode *answer = zq_json_get_at (node, "answer", a);
          gboolean is_boolean = FALSE;
          char *text = read_answer (answer, &is_boolean);

          if (text != NULL)
            add_item (items, question, text, is_boolean);
          read_items (items, answer);
        }
      read_items (items, node);
    }
}

static gpointer
intake_parse (JsonNode *node, gpointer context, GError **error)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (item_free);

  if (g_strcmp0 (zq_json_get_string (node, "status"), "entered-in-error") != 0)
    read_items (items, node);

  return items;
}

static gboolean
intake_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_changed (txn, "intake", id, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM intake WHERE id = ?", "i", id);
}

static gboolean
intake_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  GPtrArray *items = parsed;

  if (!intake_unproject (txn, id, error))
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = g_ptr_array_index (items, i);

      if (!zq_db_exec (zq_txn_db (txn), error,
                       "INSERT INTO intake (id, place, question, answer, is_boolean) VALUES (?, ?, ?, ?, ?)", "iissi",
                       id, (gint64)i, item->question, item->answer, (gint64)item->is_boolean))
        return FALSE;
    }

  return TRUE;
}

const ZqResourceKind zq_intake_kind = {
  .name = "intake",
  .type = "QuestionnaireResponse",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS intake ("
            "  id INTEGER NOT NULL, place INTEGER NOT NULL, question TEXT, answer TEXT, is_boolean INTEGER NOT NULL,"
            "  PRIMARY KEY (id, place)) WITHOUT ROWID;",
  .parse = intake_parse,
  .parsed_free = (GDestroyNotify)g_ptr_array_unref,
  .project = intake_project,
  .unproject = intake_unproject,
};
