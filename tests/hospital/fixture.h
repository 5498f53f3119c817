/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/hospital.h"
#include "resource/json.h"
#include "support/support.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A hospital in this process, on a virtual clock, that is spoken to over real HTTP: department
 * `endo` with doctors `lin` and `wang`, `skin` with doctor `zhao`, patients `p1` and `p2`. */
typedef struct
{
  ZqClock *clock;
  ZqHospital *hospital;
  SoupSession *session;
  const char *base;
  char *origin;
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);

#define fixture_add(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

typedef struct
{
  guint status; /* 0: the connection broke */
  char *text;
  gsize length;
  JsonNode *node; /* NULL: not JSON */
  SoupMessageHeaders *headers;
} Answer;

void answer_free (Answer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

/* @path: below the base, or from the first slash on below the origin. Then pairs of header name and
 * value, and NULL. */
Answer *ask (Fixture *fixture, const char *method, const char *path, const char *token, const char *body, ...)
    G_GNUC_NULL_TERMINATED;
Answer *ask_bytes (Fixture *fixture,
                   const char *method,
                   const char *path,
                   const char *token,
                   const char *type,
                   GBytes *body,
                   const char *header,
                   const char *value);
#define get(fixture, token, path) ask (fixture, "GET", path, token, NULL, NULL)

/* An access token by the whole sign-in. (transfer full) */
char *sign_in (Fixture *fixture, const char *login);

/* What the authorize address with its usual parameters answers; pairs of name and value replace some,
 * a value NULL takes one away. */
Answer *authorize (Fixture *fixture, ...) G_GNUC_NULL_TERMINATED;
/* The parameter @name of the Location of @answer, or NULL. (transfer full) */
char *redirect_value (Answer *answer, const char *name);
/* Pairs of name and value. */
Answer *post_form (Fixture *fixture, const char *path, ...) G_GNUC_NULL_TERMINATED;
Answer *exchange (Fixture *fixture, const char *code, const char *verifier);
extern const char fixture_verifier[];
extern const char fixture_redirect[];

/* ' stands for ". */
void put (Fixture *fixture, const char *type, const char *id, const char *json);
char *quotes (const char *json);
/* @text with the first @find, which must be there, replaced. */
char *replaced (const char *text, const char *find, const char *with);
/* A consultation of @patient: task @id, its thread `t-@id`; @owner "Practitioner/lin"… */
void put_consultation (Fixture *fixture, const char *id, const char *patient, const char *owner, const char *status);
char *message_json (const char *thread, const char *patient, const char *sender, const char *text);

void assert_outcome (Answer *answer, guint status);
guint entries (Answer *answer);
/* Whether a search or history names the id. */
gboolean holds (Answer *answer, const char *id);

G_END_DECLS
