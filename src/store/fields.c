/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/fields.h"

#define INTEGER(values, field) G_STRUCT_MEMBER (gint64, (values), (field)->offset)
#define STRING(values, field)  G_STRUCT_MEMBER (char *, (values), (field)->offset)

static GParamSpec *
make_spec (const ZqField *field)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  switch (field->type)
    {
    case 'x':
      return g_param_spec_int64 (field->name, NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
    case 'i':
      return g_param_spec_int (field->name, NULL, NULL, G_MININT, G_MAXINT, 0, flags);
    case 'u':
      return g_param_spec_uint (field->name, NULL, NULL, 0, G_MAXUINT, 0, flags);
    case 'b':
      return g_param_spec_boolean (field->name, NULL, NULL, FALSE, flags);
    default:
      return g_param_spec_string (field->name, NULL, NULL, NULL, flags);
    }
}

void
zq_fields_install (GObjectClass *klass, const ZqField *fields, guint n_fields)
{
  for (guint i = 0; i < n_fields; i++)
    g_object_class_install_property (klass, i + 1, make_spec (&fields[i]));
}

void
zq_fields_get (const ZqField *fields, guint n_fields, gconstpointer values, guint prop_id, GValue *value)
{
  const ZqField *field = &fields[prop_id - 1];

  g_return_if_fail (prop_id >= 1 && prop_id <= n_fields);

  switch (field->type)
    {
    case 'x':
      g_value_set_int64 (value, INTEGER (values, field));
      break;
    case 'i':
      g_value_set_int (value, (int)INTEGER (values, field));
      break;
    case 'u':
      g_value_set_uint (value, (guint)INTEGER (values, field));
      break;
    case 'b':
      g_value_set_boolean (value, INTEGER (values, field) != 0);
      break;
    default:
      g_value_set_string (value, STRING (values, field));
    }
}

void
zq_fields_update (GObject *object, const ZqField *fields, guint n_fields, gpointer values, gpointer fresh)
{
  g_object_freeze_notify (object);
  for (guint i = 0; i < n_fields; i++)
    {
      const ZqField *field = &fields[i];
      gboolean changed;

      if (field->type == 's')
        {
          changed = g_strcmp0 (STRING (values, field), STRING (fresh, field)) != 0;
          g_free (STRING (values, field));
          STRING (values, field) = g_steal_pointer (&STRING (fresh, field));
        }
      else
        {
          changed = INTEGER (values, field) != INTEGER (fresh, field);
          INTEGER (values, field) = INTEGER (fresh, field);
        }
      if (changed)
        g_object_notify (object, field->name);
    }
  g_object_thaw_notify (object);
}

void
zq_fields_clear (const ZqField *fields, guint n_fields, gpointer values)
{
  for (guint i = 0; i < n_fields; i++)
    if (fields[i].type == 's')
      g_clear_pointer (&STRING (values, &fields[i]), g_free);
}
