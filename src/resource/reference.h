/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * ZqReference:
 *
 * A FHIR reference taken apart: relative ("Patient/12"), absolute ("http…/fhir/Patient/12", its base
 * dropped when it is @base), versioned (the version is dropped), "urn:uuid:…" (@type NULL, @id the
 * uuid) or contained ("#p", @type NULL, @id "#p"). Both NULL when it is none of these.
 */
typedef struct
{
  char *type;
  char *id;
  gboolean foreign; /* absolute with another base: the id is the whole URL */
} ZqReference;

ZqReference *zq_reference_parse (const char *text, const char *base);
void zq_reference_free (ZqReference *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqReference, zq_reference_free)

/* Parses the `reference` member of the Reference at @path of @node; NULL if there is none. */
ZqReference *zq_reference_read (JsonNode *node, const char *path);

/* The same, with absolute references below @base (the hospital's) taken as relative ones. */
ZqReference *zq_reference_read_from (JsonNode *node, const char *path, const char *base);

/* Whether it points at a resource of @type held on our server. */
gboolean zq_reference_is (const ZqReference *self, const char *type);

G_END_DECLS
