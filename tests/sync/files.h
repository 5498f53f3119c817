/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/attachments-reasons.h"
#include "store/attachments.h"
#include "store/txn.h"
#include "support/support.h"
#include "sync/sync.h"
#include "sync/transfer.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define MIB        (1024 * 1024)
#define LOCAL      "6f1f2a52-7f6c-4c58-9d0b-0f6a3f5c1a2e"
#define NO_ENTRIES "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}"
#define SIZE       (3 * MIB + 17)

typedef enum
{
  AS_RAW,
  AS_JSON,
  AS_JSON_WHEN_ASKED, /* refuses anything else with 406 */
  AS_HTML,
  AS_CUT,     /* closes the connection in the middle, but for what is asked with a range */
  AS_CHUNKED, /* without a length */
  AS_STATUS,
  AS_MOVED, /* to another origin */
  AS_SLOW,  /* never answers */
} How;

typedef struct
{
  How how;
  guint status;
  GBytes *bytes;
  const char *type;
} File;

/* A hospital of files, and a store and a transfer between them, on one virtual clock. */
typedef struct
{
  ZqTestDir *dir;
  ZqClock *clock;
  GBytes *key;
  ZqStore *store;
  ZqFhirClient *client;
  ZqSessionStatus *status;
  ZqSync *sync;
  ZqPeer *peer;
  ZqTransfer *transfer;

  SoupServer *server;
  char *base;
  GHashTable *held;    /* id → File */
  GPtrArray *requests; /* "GET Binary/1 bytes=5-" */
  guint next_id;
  guint fail_posts;      /* the next ones answer 503 */
  gboolean lose_answers; /* does it and closes the connection */
  gboolean tell_nothing; /* no Location */
  gboolean hold_files;   /* nothing of what is sent as a file is read until they are released */
  GPtrArray *on_hold;    /* SoupServerMessage */
  gsize received;        /* of the last upload */
  char *checksum;
  char *content_type;
  char *context;
  char *last_json;
} Files;

void files_set_up (Files *self, gconstpointer unused);
void files_tear_down (Files *self, gconstpointer unused);
void files_open_store (Files *self);
void files_close_store (Files *self);
ZqAttachments *files_of (Files *self);
/* That many, each time the same; and SHA-1 as FHIR says it. */
GBytes *files_bytes (gsize size);
char *files_hash (GBytes *bytes);
/* What the hospital has, and how it hands it out. */
File *files_put (Files *self, const char *id, How how, GBytes *bytes, guint status);
/* What was put on hold (hold_files) is read on. */
void files_release (Files *self);
/* The @i-th that was asked for. */
const char *files_request_at (Files *self, guint i);
/* Time passes meanwhile. */
void files_wait_state (Files *self, const char *key, ZqAttachmentState state);
/* So many have been asked for, and Binary/1 is on its way or rests. */
void files_wait_requests (Files *self, guint n, gboolean passes);
/* Something of Binary/1: for zq_test_wait_until(). */
gboolean files_has_come (gpointer data);
void files_assert_held (Files *self, const char *key, GBytes *expected);
void files_assert_refused (Files *self, const char *key, const char *reason);

G_END_DECLS
