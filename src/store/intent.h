/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  ZQ_INTENT_WAITING, /* goes out by itself */
  ZQ_INTENT_SENDING, /* tried; its outcome is not known yet (also after a kill) */
  ZQ_INTENT_HELD,    /* the doctor has to look again */
  ZQ_INTENT_REFUSED, /* the hospital or the rule said no */
} ZqIntentState;

/* Something that a doctor has done and the hospital does not know yet. */
typedef struct
{
  gint64 seq;
  char *kind;    /* ZqResourceKind.name */
  char *action;  /* ZqIntentRule.action */
  gint64 target; /* resource.id */
  char *target_type;
  char *target_server_id; /* NULL: is to be created */
  char *target_local_id;  /* NULL: came from the hospital */
  char *args;             /* JSON object */
  char *basis;            /* JSON object: what its writer had seen; or NULL */
  char *chain;            /* intents of one chain go in order; one that is held or refused stops its chain */
  gint64 not_before;
  gint64 created;
  gint64 sent; /* when the push was first tried, 0 = not yet; kept over retries */
  ZqIntentState state;
  guint attempts;
  char *error; /* the reason, without patient data; or NULL */
  char *policy;
} ZqIntent;

#define ZQ_TYPE_INTENT (zq_intent_get_type ())
GType zq_intent_get_type (void);
ZqIntent *zq_intent_copy (const ZqIntent *self);
void zq_intent_free (ZqIntent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqIntent, zq_intent_free)

G_END_DECLS
