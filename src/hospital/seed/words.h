/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/seed/random.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What people write, put together from phrases.json: common words are common, rare ones rare, and most messages
 * are short. Nothing in it needs an escape in JSON. */
typedef struct _ZqSeedWords ZqSeedWords;

typedef enum
{
  ZQ_SPEAKER_PATIENT,
  ZQ_SPEAKER_DOCTOR,
  ZQ_SPEAKER_ASSISTANT,
} ZqSpeaker;

/* @phrases: outlives it. */
ZqSeedWords *zq_seed_words_new (JsonNode *phrases, GError **error);
void zq_seed_words_free (ZqSeedWords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSeedWords, zq_seed_words_free)

/* Appends a message of 2 to 200 characters; @first: the speaker's first one. */
void zq_seed_words_say (ZqSeedWords *self, ZqRandom *random, ZqSpeaker speaker, gboolean first, GString *out);

/* Appends a line of "complaints", "notes", "outcomes" or "declines". */
void zq_seed_words_line (ZqSeedWords *self, ZqRandom *random, const char *list, GString *out);

G_END_DECLS
