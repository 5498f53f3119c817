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
 * program knows; built in as GResource, replaced file by file by the directories given, then by the
 * hospital's. A broken or newer file is refused and said (file and JSON path), and the one below it stays.
 */
ZqPolicy *zq_policy_new_builtin (void);

/* A policy file that came otherwise than as a file. */
typedef struct
{
  char *origin; /* where a person finds it: "Library/12" */
  char *name;   /* "clinic" */
  char *text;
} ZqPolicyText;

ZqPolicyText *zq_policy_text_new (const char *origin, const char *name, const char *text);
void zq_policy_text_free (ZqPolicyText *self);

/* @dirs: later ones win; @texts: (nullable) (element-type ZqPolicyText): the layer above them, later ones
 * win; @problems: (out) (transfer full) (element-type utf8): one line each, "origin: path: reason". */
ZqPolicy *zq_policy_load (const char *const *dirs, GPtrArray *texts, GPtrArray **problems);

/* Why the file @name with @text cannot be followed, "path: reason" (transfer full), or NULL when it can. */
char *zq_policy_check (const char *name, const char *text);

/* The file @name ("consultation", "clinic"), or NULL. */
JsonNode *zq_policy_get (ZqPolicy *self, const char *name);

/* What a reader made of the file @name: @make is called once and its result kept as long as the policy. Any thread. */
gpointer zq_policy_get_made (ZqPolicy *self, const char *name, gpointer (*make) (JsonNode *root), GDestroyNotify free);

/* Versions of all files, "consultation=2026.1 clinic=2026.1 guard=2026.1 …"; written into each intent. */
const char *zq_policy_get_version (ZqPolicy *self);

/* Differs when what is to be done does, whatever the versions and sources say. */
const char *zq_policy_get_digest (ZqPolicy *self);

/* A duration of the file "clinic" in seconds at @path (number), as µs. */
gint64 zq_policy_get_duration (ZqPolicy *self, const char *path, gint64 fallback_us);

G_END_DECLS
