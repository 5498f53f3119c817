/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/guard.h"

G_BEGIN_DECLS

/**
 * ZqGuardText:
 *
 * What was written, as rules look at it: width and compatibility forms folded, lower case, without zero-width
 * characters. Every byte knows where it stood.
 */
typedef struct
{
  char *text;
  GArray *origin; /* of guint: a place in what was written for each byte of `text`, and one for its end */
} ZqGuardText;

typedef enum
{
  ZQ_GUARD_AS_WRITTEN,
  ZQ_GUARD_DIGITS,   /* 一三八 are digits too */
  ZQ_GUARD_DECIMALS, /* 零点五 is 0.5, and nothing else */
} ZqGuardReading;

void zq_guard_text_init (ZqGuardText *self, const char *written, ZqGuardReading reading);
void zq_guard_text_clear (ZqGuardText *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqGuardText, zq_guard_text_clear)

/* A kind of rule: one line in the table of guard.c; a later capability adds its own (red flags, prescribing).
 * @settings: its member of the policy file "guard"; @root: that file. */
typedef void (*ZqGuardRule) (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);

void zq_guard_contact (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);
void zq_guard_other_patient (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);
void zq_guard_placeholder (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);
void zq_guard_dose_unit (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);
void zq_guard_dose_tenfold (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);
void zq_guard_unit_mix (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);
void zq_guard_allergy (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);
void
zq_guard_cure (JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings);

/* @start, @end: bytes of @text. @detail: nullable. */
void zq_guard_add (GPtrArray *findings,
                   const char *rule,
                   const ZqGuardText *text,
                   guint start,
                   guint end,
                   const char *reason,
                   const char *detail);

/* Where the sentence (or, with @clause, the part of it between commas) around @at begins and ends. */
void zq_guard_sentence (const char *text, guint at, gboolean clause, guint *start, guint *end);

/* A pattern (PCRE) of the policy's, over folded text; one that never matches where it has none. */
const char *zq_guard_pattern (JsonNode *settings, const char *name);

/* Whether @pattern is found in the bytes [@start, @end) of @text. */
gboolean zq_guard_says (const char *text, guint start, guint end, const char *pattern);

/* Whether a string of the array @path of @node is found there. @found: (out) (optional): which. */
gboolean
zq_guard_has_any (JsonNode *node, const char *path, const char *text, guint start, guint end, const char **found);

G_END_DECLS
