/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/seed/writer.h"

G_BEGIN_DECLS

/* Departments, doctors and their accounts. */
void zq_seed_staff (ZqSeed *self);

/**
 * zq_seed_add_patient:
 * @sex: "female", "male" or "any"
 * @relation: who writes for the patient ("daughter"), or NULL
 *
 * Adds the next patient, with allergies and the relative.
 *
 * Returns: (transfer none)
 */
ZqSeedPatient *zq_seed_add_patient (
    ZqSeed *self, const char *sex, int youngest, int oldest, const char *relation, const char *department);
void zq_seed_patient_free (gpointer data);

/* The word for a relation, "女儿". */
const char *zq_seed_relation_word (const char *relation);

/* All consultations, with the patients that they need, and the patients' accounts. */
void zq_seed_consultations (ZqSeed *self);

/* One consultation on its way to the hospital. */
typedef struct
{
  int number; /* of its ids, from 1 */
  ZqSeedPatient *patient;
  JsonNode *script;
  const char *status; /* Task.businessStatus */
  const char *owner;  /* id of a Practitioner; NULL: the department's pool */
  const char *department;
  gint64 waiting; /* how long ago the last turn began */

  /* in progress */
  GHashTable *values; /* placeholder → text */
  GArray *messages;   /* of ZqSeedMessage */
  gint64 begun, changed;
} ZqSeedConsultation;

typedef struct
{
  char who; /* 'P' patient or relative, 'D' doctor, 'A' assistant */
  const char *text;
  gint64 sent;
} ZqSeedMessage;

#define ZQ_SEED_ASSISTANT "nurse-tong"

/* Reports, problems, medications and home measurements of the patients that there are. */
void zq_seed_records (ZqSeed *self);

/* Visits of @doctor: earlier today, in a moment, the days to come. */
void zq_seed_visits (ZqSeed *self, const char *doctor);

/* What the patient of this number measures at home: of every fourth. */
void zq_seed_home (ZqSeed *self, const ZqSeedPatient *patient, int number);

/* Documents of the patient of this number: of one pictures of two dates, an ECG and a report on paper, of another a
 * report that carries its file inside and one with text of its own. */
void zq_seed_documents (ZqSeed *self, const ZqSeedPatient *patient, int number);

/* What the hospital has decided, as a Library tagged `policy`. */
void zq_seed_policy (ZqSeed *self);

/* Thread header, messages and read marks; `messages` is complete. */
void zq_seed_thread (ZqSeed *self, ZqSeedConsultation *consultation);

/* Task, encounter, intake, internal note and what the record holds. */
void zq_seed_task (ZqSeed *self, ZqSeedConsultation *consultation);

/* @text with the consultation's {placeholders} filled. (transfer full) */
char *zq_seed_fill (ZqSeedConsultation *consultation, const char *text);

/**
 * zq_seed_media:
 * @kind: "meter", "sheet", "foot" or "voice"
 * @value: what a meter shows
 * @content_type: (out): a static string
 *
 * A small file, drawn by code. (transfer full)
 */
GBytes *zq_seed_media (const char *kind, const char *value, const char **content_type);

G_END_DECLS
