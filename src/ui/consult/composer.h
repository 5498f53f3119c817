/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/consult.h"
#include "rules/guard.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqComposer:
 *
 * Where is written: a reply, an internal note, or a correction of a message that is out; each has a draft of its own,
 * so that none can go as another. Says to whom, and holds the files of the reply's draft. Property "mode"
 * (ZqComposerMode as int). Signals: "send" (gboolean next): Ctrl+Enter or the button; with Shift the consultation is
 * done with it; "leave": Escape.
 */
#define ZQ_TYPE_COMPOSER (zq_composer_get_type ())
G_DECLARE_FINAL_TYPE (ZqComposer, zq_composer, ZQ, COMPOSER, GtkWidget)

typedef enum
{
  ZQ_COMPOSER_REPLY,
  ZQ_COMPOSER_NOTE,
  ZQ_COMPOSER_CORRECTION,
} ZqComposerMode;

/* What has been written; strings are the reader's. */
typedef struct
{
  ZqComposerMode mode;
  gint64 consult;
  char *text; /* stripped */
  gint64 quote;
  gint64 about; /* row of the report that it is about, or 0 */
  gint64 tells; /* row of the Task of the result that it tells, or 0 */
  gint64 corrects;
  char *reason;
  gint64 delay_us;
} ZqWritten;

void zq_written_free (ZqWritten *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqWritten, zq_written_free)

/* Keeps the draft of the consultation before, loads that of @consult, as a reply. */
void zq_composer_open (ZqComposer *self, ZqStore *store, gint64 consult);
void zq_composer_set_to (ZqComposer *self, const char *to);

ZqComposerMode zq_composer_get_mode (ZqComposer *self);
/* Back to the reply, or to the note; what was typed is kept where it belongs. */
void zq_composer_set_note (ZqComposer *self, gboolean note);
/* @old: what the message says, to begin with where there is no draft of its correction. */
void zq_composer_correct (ZqComposer *self, gint64 message, const char *old);
/* The reply answers @message; 0: none. Kept with its draft. */
void zq_composer_quote (ZqComposer *self, gint64 message);

/* The reply tells what report @about says, for the Task @tells; @words name it. 0: nothing. Until it is sent, given up,
 * or another consultation is opened: a reply that says nothing of it leaves the result untold, never the other way. */
void zq_composer_tell (ZqComposer *self, gint64 about, gint64 tells, const char *words);

/* Writes what is typed to the store now, if it is not there yet. */
void zq_composer_flush (ZqComposer *self);

/* As the button does; @next: and on to the next. Waits for files that are still being read. */
void zq_composer_request_send (ZqComposer *self, gboolean next);
/* (transfer full) */
ZqWritten *zq_composer_read (ZqComposer *self);
/* It was taken: empties the box without touching the draft, which goes with the reply. */
void zq_composer_taken (ZqComposer *self);
/* The command that took it has ended, whatever came of it. */
void zq_composer_settled (ZqComposer *self);
/* It could not be taken: it comes back before what was typed since, here or into the draft. */
void zq_composer_put_back (ZqComposer *self, const ZqWritten *written);
/* A command is about to put words back into a draft: what is typed until zq_composer_reload() goes behind them. */
void zq_composer_hold (ZqComposer *self);
/* The command has ended, whatever came of it: what it put back is shown before what was typed since. */
void zq_composer_reload (ZqComposer *self);

/* Why nothing was sent, in place of what is said of the draft, and to a screen reader. NULL: no longer. */
void zq_composer_warn (ZqComposer *self, const char *words);

/* What is to be looked at before it goes: said above the buttons, and marked in the text (not what ends at 0: that is
 * of a correction's reason). Gone with the next letter. (element-type ZqGuardFinding), or NULL for none. */
void zq_composer_show_findings (ZqComposer *self, GPtrArray *findings);
/* They are on the screen: sending now is sending anyway. */
gboolean zq_composer_has_findings (ZqComposer *self);

/* No words stand in it. */
gboolean zq_composer_is_blank (ZqComposer *self);
/* Nothing is being written, nor does an input method hold letters. */
gboolean zq_composer_is_empty (ZqComposer *self);

gint64 zq_composer_get_consult (ZqComposer *self);

G_END_DECLS
