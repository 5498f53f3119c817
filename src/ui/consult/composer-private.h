/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/consult/composer.h"

#include "store/attachments.h"
#include "store/draft.h"

G_BEGIN_DECLS

struct _ZqComposer
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkWidget *to_icon;
  GtkLabel *to;
  GtkWidget *note_toggle;
  GtkWidget *quote_chip;
  GtkLabel *quote_words;
  GtkWidget *reason_box;
  GtkEditable *reason;
  GtkFlowBox *files;
  GtkScrolledWindow *scroller;
  GtkTextView *text;
  GtkBox *findings;
  GtkWidget *attach;
  GtkWidget *options;
  GtkLabel *note;
  GtkWidget *hint;
  GtkWidget *send;

  /* owned */
  ZqStore *store;
  ZqClock *clock;
  GSettings *settings;
  GHashTable *in_flight;     /* scope → its draft whose commit is not back yet, of the save's callback */
  GHashTable *reading;       /* consult → number of files that are being taken in, or asked for */
  GPtrArray *draft_files;    /* (element-type ZqDraftFile) */
  GPtrArray *pastes;         /* of composer-paste.c: that have not come yet; NULL: none ever */
  GCancellable *cancellable; /* of files that are being read for this consultation */
  char *to_whom;
  char *of_draft; /* what is said of the draft */
  char *warning;  /* said instead, or NULL */
  char *refused;  /* of files: what was said of them so far */
  char *base;     /* the body of the draft that was loaded or written last */
  gint64 quote;   /* what the reply answers, or 0 */
  gint64 about;   /* the report that the reply tells, or 0 */
  gint64 tells;   /* its Task */
  char *of_told;  /* its name */
  gint64 consult;
  gint64 corrects;
  ZqComposerMode mode;
  guint n_taking;  /* files on their way into the draft */
  guint n_held;    /* commands under way that put words back into a draft */
  guint n_sending; /* that take what was written */
  guint alarm;
  guint serial;         /* of what is shown: a late answer of something else says nothing here */
  gboolean reload_due;  /* as soon as the store has what is typed */
  gboolean look_due;    /* the same, where something may have come back */
  gboolean send_due;    /* as soon as its files are here */
  gboolean due_next;    /* and close and go on */
  gboolean due_refused; /* but one of them cannot go */
  gboolean composing;   /* an input method holds letters that are not text yet */
  gboolean loading;
  gboolean dirty;
  gboolean has_findings;
  gboolean asked_next; /* the last sending was to close and go on */
  int undo_send;       /* seconds in which a reply can be taken back */
};

/* composer.c */
char *zq_composer_scope (ZqComposer *self); /* NULL: no consultation */
void zq_composer_update (ZqComposer *self); /* what may be pressed */
void zq_composer_load (ZqComposer *self);
void zq_composer_touch (ZqComposer *self); /* there is something to keep that is not in the store */
gboolean zq_composer_has_words (ZqComposer *self);
void zq_composer_forget (ZqComposer *self); /* warnings and findings: they are of what stood there */

void zq_composer_notify_mode (ZqComposer *self);
char *zq_composer_scope_of (ZqComposerMode mode, gint64 consult, gint64 corrects);
char *zq_composer_dup_text (ZqComposer *self);
void zq_composer_set_text (ZqComposer *self, const char *text); /* no change of the doctor's */
void zq_composer_say_of_draft (ZqComposer *self, const char *words);

/* composer-back.c */
void zq_composer_watch (ZqComposer *self, ZqStore *store); /* NULL: none */
void zq_composer_take_over (ZqComposer *self);
void zq_composer_look (ZqComposer *self);
void zq_composer_resync (ZqComposer *self); /* what lies in the store is nothing that came back */

/* composer-mode.c */
void zq_composer_install_modes (GtkWidgetClass *klass);
void zq_composer_show_mode (ZqComposer *self);
void zq_composer_take_told (ZqComposer *self, gint64 tells); /* of a draft; what is no more tells nothing */
void zq_composer_set_mode (ZqComposer *self, ZqComposerMode mode, gint64 corrects);

/* composer-files.c */
void zq_composer_install_files (GtkWidgetClass *klass);
void zq_composer_add_files (ZqComposer *self);
void zq_composer_load_files (ZqComposer *self);
void zq_composer_show_files (ZqComposer *self);
/* Of this consultation's reply. */
guint zq_composer_count_reading (ZqComposer *self);
/* FALSE: there are enough, which is said. */
gboolean zq_composer_has_room (ZqComposer *self, gint64 consult);
/* Sending in @consult waits from the one to the other. */
void zq_composer_begin_reading (ZqComposer *self, gint64 consult);
void zq_composer_end_reading (ZqComposer *self, gint64 consult);
void zq_composer_say_refused (ZqComposer *self, gint64 consult, const char *words);
void zq_composer_add_value (ZqComposer *self, gint64 consult, const GValue *value);

/* composer-paste.c */
/* TRUE: the clipboard holds pictures or files, which are taken. */
gboolean zq_composer_paste (ZqComposer *self);
/* Of this consultation, that keep one waiting; each a chip after the files. */
guint zq_composer_count_slow_pastes (ZqComposer *self);
void zq_composer_show_pastes (ZqComposer *self);
void zq_composer_drop_pastes (ZqComposer *self);

/* composer-removed.c: out of the draft; a toast offers to undo it. */
void zq_composer_remove_file (ZqComposer *self, const ZqDraftFile *file);

G_END_DECLS
