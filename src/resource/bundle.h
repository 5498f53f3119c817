/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One entry of a Bundle; strings are owned by the bundle. */
typedef struct
{
  const char *raw; /* the resource's bytes as they came, not zero-terminated; NULL if none */
  gsize raw_length;
  const char *full_url;
  const char *search_mode; /* "match", "include", "outcome" or NULL */
  const char *status;      /* response.status */
  const char *location;    /* response.location */
  const char *etag;        /* response.etag */
} ZqBundleEntry;

typedef struct _ZqBundle ZqBundle;

/**
 * zq_bundle_read:
 *
 * Splits a Bundle into its entries without changing a byte of them. Anything that is not a Bundle
 * is ZQ_JSON_ERROR_TYPE. Any thread. Keeps a reference to @text.
 */
ZqBundle *zq_bundle_read (GBytes *text, GError **error);
ZqBundle *zq_bundle_ref (ZqBundle *self);
void zq_bundle_unref (ZqBundle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqBundle, zq_bundle_unref)

/* A bundle of one entry, made of a single resource's text. */
ZqBundle *zq_bundle_new_single (GBytes *resource);

const char *zq_bundle_get_type_code (ZqBundle *self); /* "searchset", … or NULL */
const char *zq_bundle_get_next (ZqBundle *self);      /* link "next", as it is, or NULL */
gint64 zq_bundle_get_total (ZqBundle *self);          /* or -1 */
guint zq_bundle_get_n_entries (ZqBundle *self);
const ZqBundleEntry *zq_bundle_get_entry (ZqBundle *self, guint index);

G_END_DECLS
