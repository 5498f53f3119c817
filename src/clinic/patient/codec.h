/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Reading of FHIR datatypes that several kinds share. All take whatever the hospital sent and return
 * NULL where nothing can be shown. */

/* @text on one line: control characters and runs of white space become one space; NULL when nothing
 * is left. (transfer full) (nullable) */
char *zq_codec_one_line (const char *text);

/* The name to call somebody by, of a HumanName, an array of them, or a plain string at @path: its
 * text, else its parts (without a space between Chinese ones). (transfer full) (nullable) */
char *zq_codec_name (JsonNode *node, const char *path);

/* What to show of the CodeableConcept (or array of them: the first that says something) at @path: its
 * text, a display, else the bare code. (transfer full) (nullable) */
char *zq_codec_concept (JsonNode *node, const char *path);

/* The `reference` of the Reference at @path, or of the first of an array; borrowed. */
const char *zq_codec_reference (JsonNode *node, const char *path);

G_END_DECLS
