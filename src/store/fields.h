/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ZqField:
 *
 * One read-only property of a row object whose values are a plain struct: integers of every width
 * are kept as gint64, texts as char *.
 */
typedef struct
{
  const char *name;
  char type;    /* 'x' int64, 'i' int, 'u' uint, 'b' boolean, 's' string */
  gsize offset; /* of a gint64 or char * in the values */
} ZqField;

/* Installs @fields as properties 1…; the class's get_property calls zq_fields_get(). */
void zq_fields_install (GObjectClass *klass, const ZqField *fields, guint n_fields);
void zq_fields_get (const ZqField *fields, guint n_fields, gconstpointer values, guint prop_id, GValue *value);

/* Moves @fresh (which it takes the texts of) to @values and notifies what is different. */
void zq_fields_update (GObject *object, const ZqField *fields, guint n_fields, gpointer values, gpointer fresh);
void zq_fields_clear (const ZqField *fields, guint n_fields, gpointer values);

G_END_DECLS
