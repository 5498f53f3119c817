/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqNoteEditor:
 *
 * The record of one consultation: six parts, kept as they are typed, signed by Ctrl+Enter; then it is read, and only
 * added to.
 */
#define ZQ_TYPE_NOTE_EDITOR (zq_note_editor_get_type ())
G_DECLARE_FINAL_TYPE (ZqNoteEditor, zq_note_editor, ZQ, NOTE_EDITOR, GtkWidget)

ZqNoteEditor *zq_note_editor_new (ZqStore *store);

/* Row of the Encounter; 0: there is none yet, and nothing can be written. */
void zq_note_editor_set_encounter (ZqNoteEditor *self, gint64 encounter);

/* What was typed goes to the store now. */
void zq_note_editor_flush (ZqNoteEditor *self);

gboolean zq_note_editor_is_signed (ZqNoteEditor *self);
/* Something is typed that is not signed. */
gboolean zq_note_editor_has_draft (ZqNoteEditor *self);

G_END_DECLS
