/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define ZQ_TYPE_POLICY (zq_policy_get_type ())
G_DECLARE_FINAL_TYPE (ZqPolicy, zq_policy, ZQ, POLICY, GObject)

/**
 * ZqPolicy:
 *
 * What a hospital decides, as data: immutable, thread-safe. Files are `<name>.json` with members
 * "format" (integer, the reader's), "version" (string, the contents'), checked against what the
 * program knows; built in as GResource, replaced file by file by the directories given. A broken or
 * newer file is refused and said (file and JSON path), and the one below it stays.
 */
ZqPolicy *zq_policy_new_builtin (void);

/* @dirs: later ones win; @problems: (out) (transfer full) (element-type utf8): one line each. */
ZqPolicy *zq_policy_load (const char *const *dirs, GPtrArray **problems);

/* The file @name ("consultation", "clinic"), or NULL. */
JsonNode *zq_policy_get (ZqPolicy *self, const char *name);

/* Versions of all files, "consultation=2026.1 clinic=2026.1"; written into each intent. */
const char *zq_policy_get_version (ZqPolicy *self);

/* A duration of the file "clinic" in seconds at @path (number), as µs. */
gint64 zq_policy_get_duration (ZqPolicy *self, const char *path, gint64 fallback_us);

G_END_DECLS
