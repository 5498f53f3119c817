/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "rules/policy.h"

G_BEGIN_DECLS

#define ZQ_HOSPITAL_ERROR (zq_hospital_error_quark ())
GQuark zq_hospital_error_quark (void);

typedef enum
{
  ZQ_HOSPITAL_ERROR_FAILED,
  ZQ_HOSPITAL_ERROR_INVALID, /* a resource or file that cannot be taken */
} ZqHospitalError;

/**
 * ZqHospital:
 *
 * The sandbox hospital: a FHIR R4 server with SMART sign-in on one database. Everything runs in the
 * main context in which it was made; a test can have one in its own process.
 */
typedef struct _ZqHospital ZqHospital;

typedef struct
{
  const char *data_dir;     /* folder of hospital.db; NULL: in memory */
  ZqClock *clock;           /* NULL: the system's */
  gboolean auto_approve;    /* authorize with a login_hint answers at once */
  gboolean faults;          /* serves /_sandbox/…, and knows the account "operator", who may do all */
  gboolean verbose;         /* a line a request on stderr: method, type, status, milliseconds */
  gint64 token_lifetime_us; /* of an access token; 0: an hour */
} ZqHospitalOptions;

ZqHospital *zq_hospital_new (const ZqHospitalOptions *options, GError **error);
void zq_hospital_free (ZqHospital *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqHospital, zq_hospital_free)

/* Starts serving, web pages included. @address: "127.0.0.1:0", "[::1]:8080". */
gboolean zq_hospital_listen (ZqHospital *self, const char *address, GError **error);

/* "http://127.0.0.1:PORT/fhir", after zq_hospital_listen(). */
const char *zq_hospital_get_base (ZqHospital *self);
ZqClock *zq_hospital_get_clock (ZqHospital *self);
ZqPolicy *zq_hospital_get_policy (ZqHospital *self);

/* Whether it holds no resource at all. */
gboolean zq_hospital_is_empty (ZqHospital *self);

/* Seeds the demo data in one transaction if the hospital is empty. */
gboolean zq_hospital_seed (ZqHospital *self, GError **error);

/* The same with as much more as @spec says, "demo:patients=20000,consultations=100000,messages=1000000"
 * (hospital/seed/spec.h), in many transactions; what was not finished is refused the next time. */
gboolean zq_hospital_seed_spec (ZqHospital *self, const char *spec, GError **error);

/* A critical value comes in after so many seconds, unless one did before: of a patient whom a doctor is answering. */
void zq_hospital_expect_arrival (ZqHospital *self, guint seconds);

/* Takes the entries of a Bundle file (.json, .json.gz) or a single resource, under their own ids.
 * @n_skipped: (out) (optional): entries without a resource, a type or an id that can be taken. */
gboolean zq_hospital_import (ZqHospital *self, const char *path, guint *n_taken, guint *n_skipped, GError **error);

/**
 * zq_hospital_put:
 * @json_text: the resource; its id and meta.versionId, meta.lastUpdated are set, all else is kept
 * @last_updated_us: instant, or 0 for now; may lie in the past
 *
 * Stores a resource as a new one or as the next version, without access checks or workflow. For
 * seeds and tests.
 */
gboolean zq_hospital_put (
    ZqHospital *self, const char *type, const char *id, const char *json_text, gint64 last_updated_us, GError **error);

/* The newest text of a resource, or NULL. (transfer full) */
char *zq_hospital_get (ZqHospital *self, const char *type, const char *id);

/**
 * zq_hospital_add_account:
 * @login: what `login_hint` names
 * @display: shown on the page where an account is picked
 * @role: "doctor", "assistant" or "patient"
 * @fhir_user: "Practitioner/x" or "Patient/x"
 * @department_id: id of the Organization; NULL for patients
 *
 * Adds or replaces a demo account.
 */
gboolean zq_hospital_add_account (ZqHospital *self,
                                  const char *login,
                                  const char *display,
                                  const char *role,
                                  const char *fhir_user,
                                  const char *department_id,
                                  GError **error);

/* Where a STUN and TURN server listens ("192.0.2.1:3478") that shares @secret: those in a visit are told of it, with a
 * password for a time. NULL: none. */
void zq_hospital_set_turn (ZqHospital *self, const char *address, const char *secret);

/* Whether visits are recorded ("required", "optional", "off"), and by whom ("hospital", "workstation"); NULL: as policy
 * file "visit" says. */
void zq_hospital_set_recording (ZqHospital *self, const char *recording, const char *recorded_by);

G_END_DECLS
