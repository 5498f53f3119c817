/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/context.h"
#include "store/store.h"

G_BEGIN_DECLS

/* What is said of a reading or a day is a message in a consultation of the patient that is open and mine, with the
 * readings as what it is about: it goes out, is withdrawn and corrected as any other, and its words leave the draft of
 * a reply alone. */

typedef struct
{
  gint64 consult;  /* row of the Task; 0: there is none to say it in */
  char *complaint; /* of that, or NULL */
  gboolean waits;  /* the patient waits for an answer there, which this would be taken for */
} ZqHomePlace;

/* The one that was written in last. */
ZqHomePlace *zq_home_place_find (ZqDb *db, const ZqContext *context, gint64 patient);
void zq_home_place_free (ZqHomePlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqHomePlace, zq_home_place_free)

/* Where its words are kept while they are typed (store/draft.h). (transfer full) */
char *zq_home_comment_scope (const gint64 *results, guint n_results);

/* @results: rows of Observations of one patient; @scope: the draft that goes with it, or NULL. Errors are
 * ZQ_CONSULT_ERROR, to be shown through gettext. */
void zq_home_comment_async (ZqStore *store,
                            gint64 consult,
                            const gint64 *results,
                            guint n_results,
                            const char *text,
                            const char *scope,
                            GAsyncReadyCallback callback,
                            gpointer data);
gboolean zq_home_comment_finish (ZqStore *store, GAsyncResult *result, GError **error);

typedef struct
{
  gint64 message;
  gint64 result;   /* one of those that it is about */
  guint n_results; /* all of them: more than one is a day's */
  gint64 sent;
  char *text; /* may be NULL */
  char *who;  /* may be NULL */
  gboolean pending;
} ZqHomeComment;

void zq_home_comment_free (ZqHomeComment *self);

/* Of the readings from @from on and before @to, in the order in which they were sent; a day's is there for each of its
 * readings. (transfer full) (element-type ZqHomeComment) */
GPtrArray *zq_home_comments_load (ZqDb *db, gint64 patient, gint64 from, gint64 to, GError **error);

G_END_DECLS
