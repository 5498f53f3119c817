/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"
#include "rules/context.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_ALLERGIES_NOT_ASKED, /* 未询问: nothing on record */
  ZQ_ALLERGIES_NONE,      /* 无: recorded that there are none */
  ZQ_ALLERGIES_LISTED,
} ZqAllergies;

typedef enum
{
  ZQ_SEX_UNKNOWN,
  ZQ_SEX_FEMALE,
  ZQ_SEX_MALE,
  ZQ_SEX_OTHER,
} ZqSex;

/**
 * ZqPatient:
 *
 * What the patient band says: an immutable value.
 */
typedef struct
{
  gint64 id; /* row id of the Patient resource */
  char *name;
  ZqSex sex;
  int age_years;       /* -1 unknown */
  int age_months;      /* for those under two years; -1 unknown */
  char *record_number; /* or NULL */
  ZqAllergies allergies;
  char *allergy_text; /* "青霉素、磺胺" for LISTED, else NULL */
  gboolean same_name; /* another patient held has the same name */
  gboolean deceased;
} ZqPatient;

#define ZQ_TYPE_PATIENT (zq_patient_get_type ())
GType zq_patient_get_type (void);
ZqPatient *zq_patient_copy (const ZqPatient *self);
void zq_patient_free (ZqPatient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPatient, zq_patient_free)

/* NULL when it is not held (yet). Bounded; main thread. (transfer full) */
ZqPatient *zq_patient_load (ZqDb *db, const ZqContext *context, gint64 id, GError **error);

/* What a patient is found by, as one text: name, record number and telephones, with a character between that nobody
 * types, so that no number goes on in the next one. Any may be NULL. (transfer full) (nullable) */
#define ZQ_PATIENT_FENCE "\xee\x80\x80"
char *zq_patient_words (const char *name, const char *record_number, const char *phones);

/* Table `person`: everybody who can send or own: Patient, RelatedPerson, Practitioner, Organization,
 * Device rows by resource id. Name is NULL while the person is not held. */
typedef struct
{
  char *type; /* FHIR type */
  char *name;
  char *relation; /* of a RelatedPerson: "女儿"; of an assistant: "护士"; or NULL */
} ZqPerson;

void zq_person_free (ZqPerson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPerson, zq_person_free)
ZqPerson *zq_person_load (ZqDb *db, gint64 id);

G_END_DECLS
