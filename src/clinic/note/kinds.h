/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Composition with an Encounter and sections of ours: stands in the timeline as all do (zq_composition_kind, which has
 * to come after it). Topic "note" (row = the Composition). Intents: sign, append. */
extern const ZqResourceKind zq_note_kind;

extern const ZqIntentRule zq_note_rules[];

G_END_DECLS
