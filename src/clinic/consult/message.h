/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/file.h"
#include "store/list.h"

G_BEGIN_DECLS

/* Characters of a message that are shown; its row holds one more where there is more. */
#define ZQ_MESSAGE_MAX_TEXT 5000

typedef enum
{
  ZQ_SENDER_PATIENT,
  ZQ_SENDER_RELATIVE,
  ZQ_SENDER_ME,
  ZQ_SENDER_COLLEAGUE,
  ZQ_SENDER_ASSISTANT,
  ZQ_SENDER_SYSTEM,
} ZqSender;

typedef enum
{
  ZQ_MARK_NONE,      /* somebody else's message */
  ZQ_MARK_WAITING,   /* kept here, goes out by itself */
  ZQ_MARK_SENT,      /* committed at the hospital */
  ZQ_MARK_DELIVERED, /* Communication.received */
  ZQ_MARK_READ,      /* the patient's read mark has reached it */
  ZQ_MARK_HELD,      /* 请复核 */
  ZQ_MARK_REFUSED,   /* the hospital's reason is in "reason" */
} ZqMark;

typedef enum
{
  ZQ_FORM_MESSAGE,
  ZQ_FORM_NOTE,       /* internal: the patient never sees it */
  ZQ_FORM_CORRECTION, /* 更正 of an earlier one of mine */
} ZqForm;

/**
 * ZqMessage:
 *
 * A row of the thread. Properties: "key" (int64), "loaded", "sender" (ZqSender as int), "sender-name", "relation"
 * (of a relative, or NULL), "text" (plain; markup is text), "n-attachments" (uint), "sent" (int64 µs; pending ones:
 * when typed), "mark" (ZqMark as int), "mark-at" (int64 µs: delivered or read at, 0 = not known), "reason" (in the
 * doctor's language), "is-new" (came after I last read), "withdrawn", "intent" (int64: seq of its waiting, held or
 * refused intent, 0 = none), "first-of-day" (boolean: a day separator stands above it), "form" (ZqForm as int), "files"
 * (GPtrArray of ZqFile, or NULL), "quote-key" (int64, 0 = none), "quote-name", "quote-text" (one line; NULL when it was
 * withdrawn or is not here), "corrected-by" (int64: key of what corrects it, 0), "corrects" (int64), "old-text" (what
 * it corrects said), "correct-reason", "can-withdraw", "can-correct" (boolean: mine and out; the patient has not, or
 * has, read it), "goes-at" (int64 µs: it waits until then so that it can be taken back; 0). */
#define ZQ_TYPE_MESSAGE (zq_message_get_type ())
G_DECLARE_FINAL_TYPE (ZqMessage, zq_message, ZQ, MESSAGE, GObject)

gint64 zq_message_get_key (ZqMessage *self);
gint64 zq_message_get_intent (ZqMessage *self);

/* (transfer none): NULL when there are none. */
GPtrArray *zq_message_get_files (ZqMessage *self);

/* Messages and internal notes of a thread (ZqConsult.thread_id), oldest first: by (sent, local-id or server id),
 * pending last. */
ZqList *zq_message_list_new (ZqStore *store, gint64 thread_id);

/* The first message of a thread that I have not read, by key and not by a walk; 0: all is read. Main thread. */
gint64 zq_message_first_unread (ZqDb *db, gint64 thread_id);

/* Who said what in a message that a reply answers: @from_me, or @name (NULL: not known), and @text on one line. FALSE:
 * it was withdrawn or is not here. Any connection. */
gboolean zq_message_read_words (ZqDb *db, gint64 key, gboolean *from_me, char **name, char **text);

/* What a reply tells, by the row @task of a result's Task: the row of the @report, and its @title (transfer full; NULL:
 * it has not come). FALSE: the Task is not here. Any connection. */
gboolean zq_message_read_told (ZqDb *db, gint64 task, gint64 *report, char **title);

/* What came in after a held or refused reply was written: the newest five. (transfer full) (element-type ZqNewer) */
typedef struct
{
  gint64 message;
  char *name;
  char *text;
  gint64 sent;
} ZqNewer;

void zq_newer_free (ZqNewer *self);
GPtrArray *zq_consult_list_newer (ZqDb *db, gint64 intent);

/* The pictures of a thread, oldest first, at most the newest @limit. (transfer full) (element-type ZqPicture) */
typedef struct
{
  gint64 message;
  ZqFile *file;
  gint64 sent;       /* or from when it is; 0: not known */
  gboolean day_only; /* of that the day is known, or less */
  char *name;        /* who sent it; what it shows */
} ZqPicture;

void zq_picture_free (ZqPicture *self);
GPtrArray *zq_message_list_pictures (ZqDb *db, gint64 thread_id, guint limit);

G_END_DECLS
