/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/consult/bubble.h"

#include "store/attachments.h"

G_BEGIN_DECLS

struct _ZqBubble
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkWidget *quote;
  GtkLabel *quote_who;
  GtkLabel *quote_text;
  GtkLabel *old_text;
  GtkLabel *correction;
  GtkLabel *text;
  GtkFlowBox *files; /* pictures */
  GtkBox *rows;      /* other files */
  GtkWidget *corrected;
  GtkWidget *going;
  GtkLabel *goes;

  /* borrowed */
  GTimeZone *zone;

  /* owned */
  ZqAttachments *attachments;
  ZqClock *clock;
  ZqMessage *message;
  GPtrArray *shown_files; /* those that the two hold */
  GtkWidget *menu;
  char *sought;
  gint64 now;
  gboolean first_new;
  guint refresh_id;
  guint second; /* alarm: the next second of the time in which it can be taken back */
};

enum
{
  ZQ_BUBBLE_RESEND,
  ZQ_BUBBLE_TAKE_BACK,
  ZQ_BUBBLE_OPEN_FILE,
  ZQ_BUBBLE_SAVE_FILE,
  ZQ_BUBBLE_GO_TO,
  ZQ_BUBBLE_N_SIGNALS,
};

/* bubble.c */
void zq_bubble_emit (ZqBubble *self, guint signal, gint64 number);
void zq_bubble_emit_file (ZqBubble *self, guint signal, const char *key);

/* bubble-words.c: what the template asks. */
void zq_bubble_bind_words (GtkWidgetClass *klass);
/* What a screen reader says of it all: (transfer full). */
char *zq_bubble_describe (ZqBubble *self);

/* bubble-parts.c: what stands in it beside the text, as the message is now. */
void zq_bubble_show_parts (ZqBubble *self);
/* Counts down while it is mapped. */
void zq_bubble_show_going (ZqBubble *self);

/* bubble-menu.c */
void zq_bubble_install_menu (GtkWidgetClass *klass);
void zq_bubble_add_menu (ZqBubble *self);

G_END_DECLS
