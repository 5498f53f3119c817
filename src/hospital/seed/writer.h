/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/policy.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define ZQ_SEED_SECOND G_GINT64_CONSTANT (1000000)
#define ZQ_SEED_MINUTE (60 * ZQ_SEED_SECOND)
#define ZQ_SEED_HOUR   (60 * ZQ_SEED_MINUTE)
#define ZQ_SEED_DAY    (24 * ZQ_SEED_HOUR)

#define ZQ_SEED_ENDO    "dept-endo"
#define ZQ_SEED_GENERAL "dept-general"

/**
 * ZqSeedSink:
 *
 * Where the generator writes: the hospital's database, or something else that wants the same resources.
 */
typedef struct
{
  /* @json: with @whole it has its id, meta.versionId and meta.lastUpdated (zq_seed_instant_us()) already; @updated
   * is the latter. */
  gboolean (*put) (gpointer data,
                   const char *type,
                   const char *id,
                   const char *json,
                   gboolean whole,
                   gint64 updated,
                   GError **error);
  gboolean (*account) (gpointer data,
                       const char *login,
                       const char *display,
                       const char *role,
                       const char *user,
                       const char *department,
                       GError **error);
} ZqSeedSink;

/* A patient of the demo; places in ZqSeed.patients are the numbers in their ids. */
typedef struct
{
  char *id;
  char *name;
  gboolean female;
  int age_days;
  const char *department;
  const char *relation; /* "daughter"… of the relative who writes for this one, or NULL */
  char *relative_id;    /* NULL: none */
  char *relative_name;
  const char *doctor;  /* id of the Practitioner who has the newest consultation; NULL: nobody */
  const char *allergy; /* as the patient says it; NULL: nobody has asked */
} ZqSeedPatient;

/**
 * ZqSeed:
 *
 * A run of the generator. The resource being written is in `json`; the first failure stays in
 * `error` and makes the rest do nothing.
 */
typedef struct
{
  const ZqSeedSink *sink;
  gpointer sink_data;
  ZqPolicy *policy;
  JsonNode *names;
  JsonNode *scripts;
  GPtrArray *patients; /* of ZqSeedPatient */
  GTimeZone *zone;
  gint64 now;

  GRand *rand;
  GString *json;
  GError *error;
} ZqSeed;

/* Appends to the resource: ' stands for ", %q a string as JSON or null, %s raw text, %d an int, %l a gint64, %t
 * an instant (gint64 µs), %% a percent sign and %g the meta member with the tag of a department (its id); %h the same
 * of a whole resource (gint64 µs of the change, then the department's id or NULL). */
void zq_seed_json (ZqSeed *self, const char *format, ...);

/* Stores the resource written so far as @type/@id, changed at @updated, and begins a new one. */
void zq_seed_put (ZqSeed *self, const char *type, const char *id, gint64 updated);

/* The same for one that was written whole. */
void zq_seed_put_whole (ZqSeed *self, const char *type, const char *id, gint64 updated);

void zq_seed_account (
    ZqSeed *self, const char *login, const char *display, const char *role, const char *user, const char *department);

/* A number in [low, high]. */
int zq_seed_between (ZqSeed *self, int low, int high);
gboolean zq_seed_chance (ZqSeed *self, int percent);

/* A string of the array @path of @node, drawn. */
const char *zq_seed_pick (ZqSeed *self, JsonNode *node, const char *path);

/* As the hospital writes meta.lastUpdated: UTC, with microseconds; @buffer of ZQ_SEED_INSTANT bytes. */
#define ZQ_SEED_INSTANT 32
void zq_seed_instant_us (gint64 us, char *buffer);

/* A day, "2026-11-22", in the hospital's zone. (transfer full) */
char *zq_seed_day (ZqSeed *self, gint64 us);

G_END_DECLS
