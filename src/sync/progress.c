/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/progress.h"

#include <string.h>

/* What the rows of the kinds' own searches are of the whole; the rest is what hangs on them. */
#define SHARE 0.8

struct _ZqProgress
{
  ZqProgressFunc func; /* NULL: ended */
  gpointer data;
  gint64 all; /* rows; 0: nobody has said */
  gint64 done;
  guint jobs_all;
  guint jobs_done;
  guint asking;
  double told;
};

typedef struct
{
  ZqProgress *progress;
  ZqPeer *peer;
  char *left; /* the query for what is still to come; NULL: all of it */
  gint64 all;
} Question;

ZqProgress *
zq_progress_new (ZqProgressFunc func, gpointer data)
{
  ZqProgress *self = g_rc_box_new0 (ZqProgress);

  self->func = func;
  self->data = data;
  return self;
}

ZqProgress *
zq_progress_ref (ZqProgress *self)
{
  return g_rc_box_acquire (self);
}

void
zq_progress_unref (ZqProgress *self)
{
  g_rc_box_release (self);
}

void
zq_progress_end (ZqProgress *self)
{
  self->func = NULL;
}

static void
tell (ZqProgress *self)
{
  double jobs = self->jobs_all > 0 ? (double)self->jobs_done / self->jobs_all : 0;
  double now = jobs;

  if (self->all > 0)
    now = self->done < self->all ? SHARE * (double)self->done / (double)self->all : SHARE + (1 - SHARE) * jobs;
  /* What turns up on the way makes it wait, not go back. */
  self->told = MAX (self->told, now);
  if (self->func != NULL && self->asking == 0)
    self->func (self->told, self->data);
}

void
zq_progress_take (ZqProgress *self, guint n)
{
  self->done += n;
  tell (self);
}

void
zq_progress_set_jobs (ZqProgress *self, guint n_done, guint n_all)
{
  self->jobs_done = n_done;
  self->jobs_all = n_all;
  tell (self);
}

/* --- asking ----------------------------------------------------------------------------------------- */

static void
question_end (Question *self)
{
  if (--self->progress->asking == 0)
    self->progress->told = 0;
  tell (self->progress);
  zq_progress_unref (self->progress);
  zq_peer_unref (self->peer);
  g_free (self->left);
  g_free (self);
}

/* -1: the hospital does not say. */
static gint64
total_of (GAsyncResult *result)
{
  g_autoptr (ZqPage) page = zq_fetch_finish (result, NULL);

  return page != NULL ? zq_bundle_get_total (page->bundle) : -1;
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *self = data;
  gint64 left = total_of (result);

  if (left >= 0)
    {
      self->progress->all += self->all;
      self->progress->done += MAX (self->all - left, 0);
    }
  question_end (self);
}

static void
on_all (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *self = data;

  self->all = total_of (result);
  if (self->all > 0 && self->left != NULL)
    {
      zq_fetch_async (self->peer, self->left, g_task_get_cancellable (G_TASK (result)), on_left, self);
      return;
    }
  self->progress->all += MAX (self->all, 0);
  question_end (self);
}

void
zq_progress_expect (ZqProgress *self, ZqPeer *peer, const char *query, const char *low, GCancellable *cancellable)
{
  Question *question = g_new0 (Question, 1);
  const char *mark = strchr (query, '?') != NULL ? "&" : "?";
  g_autofree char *path = g_strconcat (query, mark, "_summary=count", NULL);
  g_autofree char *escaped = low != NULL ? g_uri_escape_string (low, ":", FALSE) : NULL;

  question->progress = zq_progress_ref (self);
  question->peer = zq_peer_ref (peer);
  self->asking++;
  if (escaped != NULL)
    question->left = g_strconcat (path, "&_lastUpdated=le", escaped, NULL);
  zq_fetch_async (peer, path, cancellable, on_all, question);
}
