/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "base/clock.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A hospital that signs in by SMART, and can be told to do it wrongly. */
typedef struct
{
  SoupServer *server;
  ZqClock *clock;
  char *base;

  /* what it is told to do */
  const char *configuration; /* replaces the smart-configuration */
  guint configuration_status;
  const char *scopes;  /* JSON of capabilities and scopes_supported, with a comma at its end */
  const char *deny;    /* error of the authorize page */
  gboolean ask_person; /* a page instead of a redirect */
  const char *issuer;  /* in the id_token; NULL: the right one */
  const char *audience;
  const char *nonce;
  const char *user;       /* fhirUser claim; NULL: none */
  const char *plain_user; /* fhirUser of the token response; NULL: none */
  gint64 lifetime_s;      /* of the id_token */
  gint64 expires_in_s;
  gboolean without_id_token;
  gboolean refuse_refresh;
  guint token_status; /* when not 0: that and nothing else */
  const char *roles;  /* entries of the PractitionerRole search */
  void (*on_task) (gpointer data);
  gpointer task_data;

  /* what it saw */
  GHashTable *asked; /* the authorize page's query */
  char *access;      /* valid now */
  char *refresh;
  guint n_authorize;
  guint n_code_grants;
  guint n_refreshes;
  guint n_tasks;
} SmartServer;

SmartServer *smart_server_new (ZqClock *clock);
void smart_server_free (SmartServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmartServer, smart_server_free)

G_END_DECLS
