/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A Secret Service (the freedesktop specification of that name) on a private session bus, which does
 * what it is told and remembers what it was asked. One a process, to its end: libsecret keeps the
 * connection, and a GTestDBus that is told to go waits for that in vain. */
typedef struct _Secrets Secrets;

typedef enum
{
  SECRETS_EMPTY = 1 << 0,   /* there is no collection */
  SECRETS_LOCKED = 1 << 1,  /* the collection is, and the person dismisses the prompt */
  SECRETS_HAS = 1 << 2,     /* an item is there already */
  SECRETS_LATE = 1 << 3,    /* the collection seems open, its items are locked */
  SECRETS_FORGETS = 1 << 4, /* says that it made an item and has none */
} SecretsFlags;

Secrets *secrets_new (void);

/* A new beginning; @fails: (nullable): methods whose names begin so answer @error. */
void secrets_set (Secrets *self, SecretsFlags flags, const char *fails, const char *error);

/* How often @method was called since then. */
guint secrets_count (Secrets *self, const char *method);

/* The secret that it was given. (transfer full) (nullable) */
GBytes *secrets_get_kept (Secrets *self);

G_END_DECLS
