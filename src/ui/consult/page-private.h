/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/commands.h"
#include "ui/consult/composer.h"
#include "ui/consult/intake-card.h"
#include "ui/consult/page.h"
#include "ui/consult/thread-find.h"
#include "ui/consult/thread.h"
#include "ui/widgets/patient-band.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* How to take back what was done: shared by the toast and the message that waits. */
typedef struct
{
  gint64 intent; /* of a reply; 0 */
  gint64 consult;
  gint64 until; /* µs: it waits here until then */
  ZqUndo *undo;
} ZqTakeBack;

typedef struct
{
  gint64 patient;
  gint64 at; /* µs */
} ZqOpened;

struct _ZqConsultPage
{
  GtkWidget parent_instance;

  /* template */
  GtkStack *stack;
  ZqPatientBand *band;
  GtkWidget *urgent;
  GtkWidget *claim;
  GtkWidget *close;
  GtkWidget *reopen;
  GtkWidget *more;
  GtkWidget *write_note;
  GtkLabel *due;
  GtkLabel *state;
  ZqIntakeCard *intake;
  ZqThreadFind *find;
  ZqThread *thread;
  GtkStack *foot;
  ZqComposer *composer;
  GtkLabel *cannot;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  ZqConsult *consult;
  ZqPatient *patient;
  GPtrArray *outcomes;        /* (element-type ZqChoice): those that the menu holds */
  GArray *opened;             /* of ZqOpened: whom the doctor has had before them lately */
  ZqTakeBack *last;           /* of the last reply: how to take all of it back */
  GtkWidget *viewer;          /* made when it is wanted; the stack's */
  ZqPatientBand *viewer_band; /* above it */
  gint64 key;
  gulong changed_id;
  guint fit_id;
  int height;
  gboolean keeps_unread; /* marked so by hand: reading on does not change it */
  gboolean is_warned;    /* there is something unseen: the composer says so */
  gboolean wants_intake; /* it unfolds by itself where there is room */
};

/* page.c: shows what is held, after a command that failed. */
void zq_consult_page_refresh (ZqConsultPage *self);
/* Emits "next". */
void zq_consult_page_go_on (ZqConsultPage *self);

/* One command under way: whose it is and what is said when it is done. */
typedef struct
{
  ZqConsultPage *page;
  gint64 consult;
  char *done;
  ZqWritten *written;
  gboolean next; /* go on when it is done */
} ZqPageCommand;

ZqPageCommand *zq_page_command_new (ZqConsultPage *page, const char *done);
void zq_page_command_free (ZqPageCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPageCommand, zq_page_command_free)

/* page-actions.c: what the doctor does with the consultation that is shown. */
void zq_consult_page_install_actions (GtkWidgetClass *klass);
/* The widget over which toasts stand. */
GtkWidget *zq_consult_page_place_of_toast (ZqConsultPage *self);
/* In a toast. */
void zq_consult_page_say (ZqConsultPage *self, const char *words);
void zq_consult_page_say_failed (ZqConsultPage *self, const GError *error);
/* "…" and a button that takes it back. @take_back: (transfer full). */
void zq_consult_page_offer_undo (ZqConsultPage *self, const char *done, gint64 consult, ZqTakeBack *take_back);
void zq_take_back_unref (ZqTakeBack *self);
void zq_consult_page_show_outcomes (ZqConsultPage *self);
void zq_consult_page_mark_read (ZqConsultPage *self, gint64 message);

/* page-write.c: what the doctor writes. */
void zq_consult_page_install_writing (GtkWidgetClass *klass);
void zq_consult_page_send (ZqConsultPage *self, gboolean next);
void zq_consult_page_say_unseen (ZqConsultPage *self);
void zq_consult_page_note_opened (ZqConsultPage *self);
/* Around a command that puts words back into a draft: of what was written as @intent, or 0; where it was written. */
void zq_consult_page_begin_undo (ZqConsultPage *self, gint64 intent);
void zq_consult_page_end_undo (ZqConsultPage *self, gint64 consult, gboolean ok);
void zq_consult_page_add_undo_keys (ZqConsultPage *self);
/* Which foot there is: the composer, or why there is none. */
void zq_consult_page_show_foot (ZqConsultPage *self);

/* page-files.c: what came with messages. */
void zq_consult_page_open_file (ZqConsultPage *self, gint64 message, const char *key);
void zq_consult_page_save_file (ZqConsultPage *self, gint64 message, const char *key);
/* A copy of one that is held, in place of what @to was. */
void zq_consult_page_save_to (ZqConsultPage *self, const char *key, GFile *to);
void zq_consult_page_close_viewer (ZqConsultPage *self);

G_END_DECLS
