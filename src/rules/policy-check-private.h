/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/policy-check.h"

G_BEGIN_DECLS

/* Checks one value; gives the reason why it is wrong, with the path below it. */
typedef char *(*ZqValueCheck) (JsonNode *node, JsonNode *root);

typedef struct
{
  const char *name; /* NULL ends; "*": any other name */
  ZqValueCheck check;
  gboolean required;
} ZqCheckMember;

char *zq_check_wrong (const char *path, const char *reason);
/* Puts @step before a reason from below; takes @reason. */
char *zq_check_below (const char *step, char *reason);

char *zq_check_text (JsonNode *node, JsonNode *root);
char *zq_check_boolean (JsonNode *node, JsonNode *root);
char *zq_check_format (JsonNode *node, JsonNode *root);
char *zq_check_version (JsonNode *node, JsonNode *root);
char *zq_check_sources (JsonNode *node, JsonNode *root);

/* A decimal number; with the sign that it may have, and whole ones. */
char *zq_check_decimal (JsonNode *node, JsonNode *root);
char *zq_check_positive (JsonNode *node, JsonNode *root);
char *zq_check_integer (JsonNode *node, JsonNode *root);
/* "source" of a row: its title and year. */
char *zq_check_row_source (JsonNode *node, JsonNode *root);
char *zq_check_texts (JsonNode *node, JsonNode *root);

char *zq_check_members (JsonNode *node, const ZqCheckMember *members, JsonNode *root);
char *zq_check_list (JsonNode *node, ZqValueCheck check, JsonNode *root);
/* A whole file, its format first: of a newer one nothing else can be said. */
char *zq_check_file (JsonNode *root, const ZqCheckMember *members);

G_END_DECLS
