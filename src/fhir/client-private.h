/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fhir/client.h"

G_BEGIN_DECLS

/* What a connection of another kind to the same server needs; all borrowed. */
ZqTokenProvider *zq_fhir_client_get_tokens (ZqFhirClient *self); /* or NULL */
GTlsDatabase *zq_fhir_client_get_tls_database (ZqFhirClient *self);
/* Whether @target (nullable) may be asked with our token. */
gboolean zq_fhir_client_check (ZqFhirClient *self, GUri *target, GError **error);

G_END_DECLS
