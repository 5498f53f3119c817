/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "rules/policy.h"

G_BEGIN_DECLS

/**
 * ZqContext:
 *
 * Whose eyes the clinic sees with: given to every parse, projection and command; immutable after the
 * store has opened, but for the policy, which the hospital may send anew.
 */
typedef struct
{
  char *base;        /* the hospital's FHIR base URL, without a slash at the end */
  char *me;          /* id of my Practitioner */
  char *my_name;     /* for audit and messages */
  char *role;        /* "doctor" or "assistant" */
  GStrv departments; /* ids of my departments' Organizations; the first one is the main one */
  GTimeZone *zone;   /* the hospital's */
  ZqClock *clock;

  /*< private >*/
  ZqPolicy *policy;    /* swapped whole: any thread reads it */
  GPtrArray *policies; /* those before: somebody may be reading them still */
} ZqContext;

/* The policy of now, any thread; alive as long as @self. What belongs together asks once. */
ZqPolicy *zq_context_get_policy (const ZqContext *self);

/* Takes over @policy (transfer full). One thread at a time. */
void zq_context_take_policy (ZqContext *self, ZqPolicy *policy);

void zq_context_free (ZqContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqContext, zq_context_free)

G_END_DECLS
