/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/kinds.h"

#include "clinic/audit/kinds.h"
#include "clinic/consult/kinds.h"
#include "clinic/document/kinds.h"
#include "clinic/home/kinds.h"
#include "clinic/lab/kinds.h"
#include "clinic/note/kinds.h"
#include "clinic/patient/kinds.h"
#include "clinic/policy/kinds.h"
#include "clinic/review/kinds.h"
#include "clinic/visit/kinds.h"

/* clang-format off: a line a kind */
const ZqResourceKind *const zq_kinds[] = {
  &zq_policy_kind, /* first: the rows of the others go by it */
  &zq_patient_kind,
  &zq_related_person_kind,
  &zq_practitioner_kind,
  &zq_practitioner_role_kind,
  &zq_organization_kind,
  &zq_allergy_kind,
  &zq_consult_kind,
  &zq_review_kind,
  &zq_visit_kind,
  &zq_visit_task_kind,
  &zq_thread_kind,
  &zq_message_kind,
  &zq_internal_note_kind,
  &zq_read_mark_kind,
  &zq_intake_kind,
  &zq_encounter_kind,
  &zq_binary_kind,
  &zq_audit_event_kind,
  &zq_condition_kind,
  &zq_medication_request_kind,
  &zq_medication_statement_kind,
  &zq_procedure_kind,
  &zq_immunization_kind,
  &zq_document_kind,
  &zq_note_kind, /* before what takes all the others */
  &zq_composition_kind,
  &zq_media_kind,
  &zq_home_kind, /* before what takes all the others */
  &zq_observation_kind,
  &zq_report_kind,
  NULL,
};

const ZqResourceKind *const zq_kinds_of_policy[] = {
  &zq_consult_kind,
  &zq_observation_kind, /* with it all of its type, and the reports that show them */
  NULL,
};
