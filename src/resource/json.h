/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define ZQ_JSON_ERROR (zq_json_error_quark ())
GQuark zq_json_error_quark (void);

typedef enum
{
  ZQ_JSON_ERROR_SYNTAX,   /* not JSON (RFC 8259), truncated, or not UTF-8 */
  ZQ_JSON_ERROR_TOO_DEEP, /* more than ZQ_JSON_MAX_DEPTH levels */
  ZQ_JSON_ERROR_TOO_LARGE,
  ZQ_JSON_ERROR_TYPE, /* a member that must be there is missing or of another type */
} ZqJsonError;

#define ZQ_JSON_MAX_DEPTH 64
#define ZQ_JSON_MAX_SIZE  (64 * 1024 * 1024)

/**
 * zq_json_read:
 * @length: bytes, or -1 when zero-terminated
 *
 * Reads JSON from anywhere: one pass checks size, depth, UTF-8 and grammar and hands json-glib a
 * copy in which every number is a string with the number's own text, since json-glib keeps neither
 * `7.10` nor large integers. Escapes that are no character (\u0000, half a surrogate pair) read as
 * U+FFFD; of duplicate members the last one counts. Errors name a byte offset, never the contents.
 *
 * Returns: (transfer full): an immutable node; any thread
 */
JsonNode *zq_json_read (const char *text, gssize length, GError **error);

/* Reading by path: names with dots, array places in brackets, "name[0].given[1]". Each returns NULL
 * (or the fallback) when the path leads nowhere or to another type. Borrowed from @node. */
JsonNode *zq_json_get (JsonNode *node, const char *path);
const char *zq_json_get_string (JsonNode *node, const char *path); /* strings and numbers' texts */
JsonArray *zq_json_get_array (JsonNode *node, const char *path);
gboolean zq_json_get_boolean (JsonNode *node, const char *path, gboolean fallback);
guint zq_json_get_length (JsonNode *node, const char *path);              /* of an array, else 0 */
JsonNode *zq_json_get_at (JsonNode *node, const char *path, guint index); /* element of an array, or NULL */

/* The code of @system in a CodeableConcept at @path (its coding[]), or NULL; any system if NULL. An
 * array of concepts ("category") is searched whole. */
const char *zq_json_get_code (JsonNode *node, const char *path, const char *system);

/* The value of the first identifier[] with @system, or NULL. */
const char *zq_json_get_identifier (JsonNode *node, const char *system);

/* The extension with @url directly below @node, or NULL. */
JsonNode *zq_json_get_extension (JsonNode *node, const char *url);

/* The code of the first meta.tag with @system, or NULL. */
const char *zq_json_get_tag (JsonNode *node, const char *system);

/* @text as a JSON string literal with its quotes. (transfer full) */
char *zq_json_quote (const char *text);

G_END_DECLS
