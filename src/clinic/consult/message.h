/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/list.h"

G_BEGIN_DECLS

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

/**
 * ZqMessage:
 *
 * A row of the thread. Properties: "key" (int64), "loaded", "sender" (ZqSender as int), "sender-name", "relation"
 * (of a relative, or NULL), "text" (plain; markup is text), "n-attachments" (uint), "sent" (int64 µs; pending ones:
 * when typed), "mark" (ZqMark as int), "mark-at" (int64 µs: delivered or read at, 0 = not known), "reason" (in the
 * doctor's language), "is-new" (came after I last read), "withdrawn", "intent" (int64: seq of its waiting, held or
 * refused intent, 0 = none), "first-of-day" (boolean: a day separator stands above it). */
#define ZQ_TYPE_MESSAGE (zq_message_get_type ())
G_DECLARE_FINAL_TYPE (ZqMessage, zq_message, ZQ, MESSAGE, GObject)

gint64 zq_message_get_key (ZqMessage *self);
gint64 zq_message_get_intent (ZqMessage *self);

/* Messages of a thread (header row id), oldest first: by (sent, local-id or server id), pending last. */
ZqList *zq_message_list_new (ZqStore *store, gint64 thread_id);

G_END_DECLS
