/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the command line asks for. */
typedef struct
{
  char *hospital;     /* base address, or NULL */
  char *login_hint;   /* or NULL */
  char *data_dir;     /* or NULL: the user's */
  char *clock_socket; /* or NULL: the system's clock */
  char *screenshot;   /* file, or NULL */
  gboolean auto_follow;
  gboolean trace_start;
  gboolean trace_live;
  gboolean version;
} ZqOptions;

ZqOptions *zq_options_parse (int *argc, char ***argv, GError **error);
void zq_options_free (ZqOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqOptions, zq_options_free)

G_END_DECLS
