/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Topics: "patient" (row = patient), "person". */
extern const ZqResourceKind zq_patient_kind;
extern const ZqResourceKind zq_allergy_kind;
extern const ZqResourceKind zq_practitioner_kind;
/* Says who of them is an assistant. */
extern const ZqResourceKind zq_practitioner_role_kind;
extern const ZqResourceKind zq_related_person_kind;
extern const ZqResourceKind zq_organization_kind;

/* Topic "record": what stands in the timeline (clinic/patient/record.h). */
extern const ZqResourceKind zq_condition_kind;
extern const ZqResourceKind zq_medication_request_kind;
extern const ZqResourceKind zq_medication_statement_kind;
extern const ZqResourceKind zq_procedure_kind;
extern const ZqResourceKind zq_immunization_kind;

/* diagnose: a Condition of an Encounter */
extern const ZqIntentRule zq_condition_rules[];

G_END_DECLS
