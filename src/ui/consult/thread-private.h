/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/consult/thread.h"

#include "store/store.h"
#include "ui/consult/bubble.h"
#include "ui/consult/thread-slice.h"

G_BEGIN_DECLS

struct _ZqThread
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkScrolledWindow *scroller;
  GtkListView *view;
  GtkWidget *empty;
  GtkRevealer *news_revealer;
  GtkButton *news;

  /* borrowed */
  GTimeZone *zone;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  ZqClock *clock;
  ZqList *list;
  ZqThreadSlice *slice; /* what of it the view has; soon all */
  GPtrArray *spare;     /* bubbles */
  GHashTable *sighted;  /* keys of new messages that have been in sight */
  gint64 first_new;     /* key of the first unread message when it was opened */
  char *sought;         /* words that stand out, or NULL */
  gint64 found;         /* what was gone to stands out for a moment */
  gint64 seen;          /* newest message that has been in sight */
  gint64 told;          /* the last "seen" that was emitted */
  guint n_known;        /* length when the reader was last at the end */
  guint n_unseen;
  guint tick;
  guint frames;
  guint target;   /* position that is gone to */
  guint n_places; /* how often it is to be taken again before the next frame is painted */
  guint grow_tick;
  gulong laid_out_id;
  guint look_tick;
  guint look_id;
  guint alarm;
  guint found_alarm;
  gboolean opened; /* its first place has been found */
  gboolean grows;  /* a frame has been painted: more rows may be made */
  gboolean is_settled;
  gboolean at_start; /* target goes to the top of the page */
  gboolean follow;
  gboolean had_focus; /* the messages before had it */
};

/* thread.c */
guint zq_thread_n_messages (ZqThread *self);
/* What is in sight is looked at after the next frame, when rows stand where they belong. */
void zq_thread_look_later (ZqThread *self);
/* The first place has been taken. */
void zq_thread_settle (ZqThread *self);
/* New messages that have not been in sight, from the end up to what was read before; @first: the first of them. */
guint zq_thread_find_unseen (ZqThread *self, guint *first);
/* Position + 1 of the newest message in sight, 0 = none. @note: they have been seen. */
guint zq_thread_newest_in_sight (ZqThread *self, gboolean note);
void zq_thread_show_news (ZqThread *self, guint n, gboolean above);

/* thread-place.c */
/* FALSE: it is not drawn. */
gboolean zq_thread_get_foot (ZqThread *self, GtkWidget *item, float *foot);
void zq_thread_go_to (ZqThread *self, guint target, gboolean at_start);
void zq_thread_start_opening (ZqThread *self);
/* Of the frame clock's layout. */
void zq_thread_on_laid_out (ZqThread *self);
void zq_thread_mark_bubble (ZqThread *self, ZqBubble *bubble, gint64 key);
/* Rows that had the focus go; it comes back to those that take their place. */
void zq_thread_lend_focus (ZqThread *self);
void zq_thread_return_focus (ZqThread *self);

G_END_DECLS
