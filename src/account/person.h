/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fhir/client.h"

G_BEGIN_DECLS

/* Who a practitioner is at this hospital. */
typedef struct
{
  char *name;
  char *role; /* "doctor" or "assistant" */
  GStrv departments;
} ZqSignedInPerson;

void zq_signed_in_person_free (ZqSignedInPerson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSignedInPerson, zq_signed_in_person_free)

/* Reads Practitioner/@id and its PractitionerRoles; errors are those of the client. */
void zq_signed_in_person_look_up_async (
    ZqFhirClient *client, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
ZqSignedInPerson *zq_signed_in_person_look_up_finish (GAsyncResult *result, GError **error);

G_END_DECLS
