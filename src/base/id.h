/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* FHIR systems of ours: https://zhenqiao.org/fhir/… */
#define ZQ_FHIR_BASE         "https://zhenqiao.org/fhir/"
#define ZQ_SYSTEM_LOCAL_ID   ZQ_FHIR_BASE "local-id"
#define ZQ_SYSTEM_DEPARTMENT ZQ_FHIR_BASE "department"
#define ZQ_SYSTEM_POLICY     ZQ_FHIR_BASE "policy"
#define ZQ_CODE_SYSTEM(name) ZQ_FHIR_BASE "CodeSystem/" name
#define ZQ_EXTENSION(name)   ZQ_FHIR_BASE "StructureDefinition/" name

/* A random UUID, lower case. (transfer full) */
char *zq_id_new (void);

/* The UUID that stands for @name wherever it is made (RFC 4122, 4.3: version 5, in a namespace of ours), lower case.
 * (transfer full) */
char *zq_id_from_name (const char *name);

/* Whether @id has the form of a FHIR id: [A-Za-z0-9\-\.]{1,64} (R4, datatypes, id). */
gboolean zq_id_is_valid (const char *id);

/* @n random bytes as base64url without padding. (transfer full) */
char *zq_id_random_token (gsize n_bytes);

G_END_DECLS
