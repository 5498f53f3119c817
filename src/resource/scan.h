/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "resource/json.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_TOKEN_ERROR, /* and nothing after it */
  ZQ_TOKEN_END,
  ZQ_TOKEN_OBJECT_BEGIN,
  ZQ_TOKEN_OBJECT_END,
  ZQ_TOKEN_ARRAY_BEGIN,
  ZQ_TOKEN_ARRAY_END,
  ZQ_TOKEN_NAME,
  ZQ_TOKEN_STRING,
  ZQ_TOKEN_NUMBER,
  ZQ_TOKEN_WORD, /* true, false, null */
} ZqTokenType;

/**
 * ZqScan:
 *
 * A strict RFC 8259 tokenizer over bytes: grammar, UTF-8 and depth are checked on the way, without
 * recursion and without memory of its own.
 */
typedef struct
{
  /* input; borrowed */
  const char *text;
  const char *end;

  /* the token that zq_scan_next() found, quotes included */
  ZqTokenType type;
  const char *start;
  const char *stop;
  gboolean odd; /* a string with an escape that is no character: \u0000 or half a surrogate pair */

  /* in progress */
  const char *at;
  guint depth;
  guint64 objects; /* a bit a level: it is an object */
  int expect;

  /* after ZQ_TOKEN_ERROR */
  ZqJsonError code;
  const char *problem;
} ZqScan;

/* Skips a byte order mark. */
void zq_scan_init (ZqScan *self, const char *text, gsize length);
ZqTokenType zq_scan_next (ZqScan *self);

/* With the first token of a value just found: goes on to its last one. FALSE on an error. */
gboolean zq_scan_skip (ZqScan *self);

/* The string or name that was just found, unescaped; what is no character becomes U+FFFD.
 * (transfer full) */
char *zq_scan_dup_string (ZqScan *self);
gboolean zq_scan_string_equals (ZqScan *self, const char *text);

/* Appends the string that was just found, still escaped, with odd escapes made U+FFFD. */
void zq_scan_append_repaired (ZqScan *self, GString *out);

void zq_scan_set_error (ZqScan *self, GError **error);

G_END_DECLS
