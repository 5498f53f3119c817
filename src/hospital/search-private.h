/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/private.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_SORT_UPDATED,
  ZQ_SORT_ID,
  ZQ_SORT_DATE,
} ZqSort;

/* A search on its way to SQL: conditions are made of literals and of places in the JSON `values`, which is bound
 * as ?2; ?1 is the type, ?3 and ?4 are who asks. */
typedef struct
{
  const char *type;
  gboolean strict;
  GString *where;   /* " AND …" over resource r */
  GString *updated; /* " AND …" over the instant of the change, "@" standing for it */
  GArray *criteria; /* ZqCriterion: what is looked up in idx */
  GString *values;  /* members of a JSON object, "v0": [...] */
  guint n_values;
  GPtrArray *ignored;  /* names that this hospital does not know */
  GPtrArray *includes; /* values of _include and _revinclude, each after "+" or "-" */
  GPtrArray *elements; /* of _elements; NULL: all */
  ZqSort sort;
  const char *sort_name; /* of a date: "authored-on" */
  gboolean by_id;
  guint id_place; /* of the ids in `values` */
  gboolean descending;
  guint count;
  gboolean only_total;
  gboolean want_total;
} ZqSearch;

typedef struct
{
  const char *name; /* "Task.owner"; interned */
  guint place;
  guint n_values;
  guint rank; /* how few rows it is likely to leave; 0: it may leave nearly all */
} ZqCriterion;

void zq_search_init (ZqSearch *self, const char *type);
void zq_search_clear (ZqSearch *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqSearch, zq_search_clear)

gboolean zq_search_read (ZqSearch *self, ZqHospital *hospital, const char *query, ZqReply *reply);
/* What the fault "access-lost" withholds. */
void zq_search_add_lost (ZqSearch *self, ZqHospital *hospital, const ZqSession *session);
/* Values separated by commas that no backslash stands before (R4, search, escaping). */
GPtrArray *zq_search_split (const char *text);
guint zq_search_add_values (ZqSearch *self, GPtrArray *values);
/* The JSON for ?2; @more: further members, or NULL. */
char *zq_search_values (const ZqSearch *self, const char *more);

/* "FROM … WHERE …" over resource r; @key: the sort's expression. What it costs grows with what it finds, not with
 * what there is, as long as it is searched by a reference, an identifier, a tag or the time of the change. */
char *zq_search_from (const ZqSearch *self, const ZqSession *session, char **key);
/* The same for the rows in the array "rows" of ?2 only. */
char *zq_search_from_rows (const ZqSearch *self, const ZqSession *session);

/* Where a page of a search begins. */
typedef struct
{
  const char *type;
  char *query; /* raw, or NULL */
  char *key;   /* the sort's value of the last row before, as JSON; NULL: from the start */
  gint64 row;
} ZqPage;

void zq_page_clear (ZqPage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqPage, zq_page_clear)

/* page.c: what goes into a link, of use to nobody but the account that it was made for. (transfer full) */
char *zq_page_token (ZqHospital *self, const ZqSession *session, const ZqPage *page);
gboolean zq_page_read (ZqHospital *self, const ZqSession *session, const char *token, ZqPage *page, ZqReply *reply);

/* include.c: appends what _include and _revinclude ask for; @matches: ids of the type's resources, by row. */
gboolean zq_search_include (ZqSearch *self,
                            ZqHospital *hospital,
                            const ZqRequest *request,
                            GHashTable *matches,
                            GString *entries,
                            ZqReply *reply);

/* elements.c: @text with its `elements` only, tagged as SUBSETTED. (transfer full) */
char *zq_elements_keep (ZqHospital *hospital, const char *text, GPtrArray *elements);

G_END_DECLS
