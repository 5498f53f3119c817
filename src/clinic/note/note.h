/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/commands.h"

G_BEGIN_DECLS

/* The parts of an outpatient record (病历书写基本规范, 2010, articles 13 and 14; of internet consultations:
 * 互联网诊疗监管细则 (试行), 2022, article 18, which asks for the same). Their order is that of the paper. */
typedef enum
{
  ZQ_NOTE_COMPLAINT,    /* 主诉 */
  ZQ_NOTE_PRESENT,      /* 现病史 */
  ZQ_NOTE_PAST,         /* 既往史与过敏 */
  ZQ_NOTE_EXAMINATIONS, /* 辅助检查 */
  ZQ_NOTE_DIAGNOSIS,    /* 诊断: a line each; a code of ICD-10 may follow the words */
  ZQ_NOTE_PLAN,         /* 处理意见 */
  ZQ_NOTE_N_SECTIONS,
} ZqNoteSection;

/* Code of a section in the system note-section. */
const char *zq_note_section_code (ZqNoteSection section);

/* What is written, a text a section; any may be NULL. */
typedef struct
{
  char *sections[ZQ_NOTE_N_SECTIONS];
} ZqNoteText;

ZqNoteText *zq_note_text_new (void);
void zq_note_text_free (ZqNoteText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqNoteText, zq_note_text_free)
void zq_note_text_set (ZqNoteText *self, ZqNoteSection section, const char *text);
gboolean zq_note_text_is_empty (const ZqNoteText *self);

/* As a draft keeps it, and back; what is no such draft is the plan's. (transfer full) */
char *zq_note_text_pack (const ZqNoteText *self);
ZqNoteText *zq_note_text_unpack (const char *body);

/* "record/<row of the Encounter>": the scope of its draft (store/draft.h). (transfer full) */
char *zq_note_scope (gint64 encounter);
/* "addition/<row of the Encounter>": that of what is being added to its signed record, plain text. (transfer full) */
char *zq_note_addition_scope (gint64 encounter);

/**
 * ZqNote:
 *
 * A signed record of a consultation, or what was added to one later. Immutable: it changes by additions only.
 */
typedef struct
{
  gint64 key; /* row of the Composition */
  gint64 encounter;
  gint64 appends;      /* row of the one that it adds to; 0: is itself the record */
  gint64 at;           /* when it was signed, µs */
  char *author;        /* name, or NULL */
  char *status;        /* FHIR's word */
  gboolean is_waiting; /* has not reached the hospital */
  ZqNoteText *text;    /* of an addition: its plan */
} ZqNote;

void zq_note_free (ZqNote *self);

/* Of one Encounter, as they were written. (transfer full) (element-type ZqNote) */
GPtrArray *zq_note_list (ZqDb *db, gint64 encounter);

typedef enum
{
  ZQ_NOTE_FOUND,
  ZQ_NOTE_ADVICE, /* an advice may inform and no more: what is diagnosed and recorded is the revisit (互联网诊疗管理办法
                     (试行), 2018, article 16) */
  ZQ_NOTE_NO_ENCOUNTER, /* the hospital has made none, or it is not here yet */
} ZqNotePlace;

/* The Encounter (row) that the record of @consult belongs to. */
ZqNotePlace zq_note_find_encounter (ZqDb *db, gint64 consult, gint64 *encounter);

/* --- commands ---------------------------------------------------------------------------------- */

/* Signs what stands in the draft, which goes: a Condition a line of the diagnosis (note/diagnosis.h), which the
 * Encounter names in their order, and a Composition with one section a part, @titles are their headings in the
 * patient's language, and @title that of the whole. What is signed changes no more. */
void zq_note_sign_async (ZqStore *store,
                         gint64 encounter,
                         const ZqNoteText *text,
                         const char *title,
                         const char *const *titles,
                         GAsyncReadyCallback callback,
                         gpointer data);
/* Adds words to a signed record; the draft of the addition goes. */
void zq_note_append_async (
    ZqStore *store, gint64 note, const char *words, const char *title, GAsyncReadyCallback callback, gpointer data);
gboolean zq_note_finish (ZqStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
