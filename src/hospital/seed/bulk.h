/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/seed/spec.h"
#include "hospital/seed/words.h"
#include "hospital/seed/writer.h"

G_BEGIN_DECLS

/*
 * What is added to the demo, as much as is asked for, in the order of time. All of it belongs to the department of the
 * demo's doctor, who owns most; a fraction is open, all else is closed and lies over three years. Everything is drawn
 * from its own number: consultation 7 is the same whatever was written before it.
 *
 * Ids: patients bp-, allergies ba-, relatives bl-, files bf-<n>; of consultation n bt- (task), bh- (header), be-
 * (encounter), bq- (intake), bn- (note), br-<n>-d and br-<n>-p (read marks), messages bm-<n>-<k>; observations bo-.
 */

#define ZQ_BULK_DOCTOR     "doc-lin"
#define ZQ_BULK_BIG_THREAD 10000
#define ZQ_BULK_BIG_FROM   100000 /* messages, from which on there is one thread of so many */

/* What a number is drawn for. */
enum
{
  ZQ_BULK_PATIENT = 1,
  ZQ_BULK_CASE,
  ZQ_BULK_OBSERVATION,
  ZQ_BULK_FILE,
};

typedef struct _ZqBulkPeople ZqBulkPeople;

typedef struct
{
  gint64 number;
  char id[24];
  char name[96];
  gboolean female;
  int age_days;
  int relation; /* place in the table of relations, -1: writes alone */
  char relative_id[24];
  char relative_name[96];
} ZqBulkPatient;

/* A file that messages show; many show the same. */
typedef struct
{
  char id[24];
  const char *content_type; /* static */
  char title[48];
  gsize size;
  char hash[32];
} ZqBulkFile;

typedef struct
{
  ZqSeed *seed;
  const ZqSeedSpec *spec;
  ZqSeedWords *words;
  ZqBulkPeople *people;
  GString *text;

  /* The plan. */
  gint64 n_open;
  gint64 big;    /* number of the consultation with the long thread; 0: none */
  double weight; /* of all consultations */
  gint64 spare;  /* messages that are shared out by weight; each has one anyway */

  ZqBulkFile *files;
  guint n_files;
} ZqBulk;

/* A consultation on its way. */
typedef struct
{
  gint64 number;
  ZqRandom random;
  const char *status; /* Task.businessStatus */
  const char *owner;  /* NULL: the department's */
  gboolean is_open;
  gboolean answered; /* by the hospital, not the patient, last */
  gboolean pool;     /* only the patient has written */
  double weight;
  ZqBulkPatient patient;

  gint64 n_messages;
  gint64 begun, ended;
  char complaint[128];

  /* in progress */
  gint64 last_patient, last_doctor; /* when they wrote last; 0: never */
  gint64 doctors_place;             /* of the last message of the hospital's side, 0: none */
} ZqBulkCase;

gboolean zq_seed_bulk (ZqSeed *seed, const ZqSeedSpec *spec, JsonNode *phrases, JsonNode *people, GError **error);

/* bulk-people.c */
ZqBulkPeople *zq_bulk_people_new (JsonNode *people);
void zq_bulk_people_free (ZqBulkPeople *self);
void zq_bulk_patient (const ZqBulk *self, gint64 number, ZqBulkPatient *patient);
void zq_bulk_put_patient (ZqBulk *self, const ZqBulkPatient *patient, gint64 updated);

/* bulk-thread.c: header, messages, read marks, notes. */
void zq_bulk_put_thread (ZqBulk *self, ZqBulkCase *c);

/* bulk-case.c: task, encounter, intake. */
void zq_bulk_put_case (ZqBulk *self, ZqBulkCase *c);
void zq_bulk_put_observation (ZqBulk *self, gint64 number);

/* bulk-files.c */
void zq_bulk_put_files (ZqBulk *self);

G_END_DECLS
