/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/opening.h"

#include "account/keyring.h"

G_DEFINE_QUARK (zq - opening - error, zq_opening_error)

struct _ZqOpening
{
  /* input */
  char *data_dir;
  char *base;
  ZqClock *clock;
  gboolean interactive;

  /* in progress */
  GThread *thread;
  GMutex mutex;
  gboolean done;

  /* output */
  ZqAccount *account;
  ZqSession *session;
  GError *error;
  ZqOpeningFunc func;
  gpointer data;
};

static void
zq_opening_free (ZqOpening *self)
{
  g_free (self->data_dir);
  g_free (self->base);
  g_object_unref (self->clock);
  g_clear_object (&self->account);
  g_clear_object (&self->session);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static ZqAccount *
find_account (ZqOpening *self, GError **error)
{
  g_autoptr (GPtrArray) accounts = NULL;
  ZqAccount *account;

  if (self->base != NULL)
    {
      account = zq_account_find (self->data_dir, self->base);
      return account != NULL ? account : zq_account_new (self->data_dir, self->base, error);
    }
  accounts = zq_account_list (self->data_dir);
  if (accounts->len > 0)
    return g_object_ref (g_ptr_array_index (accounts, 0));
  g_set_error_literal (error, ZQ_OPENING_ERROR, ZQ_OPENING_ERROR_NO_ACCOUNT, "no account");
  return NULL;
}

static gboolean
open_session (ZqOpening *self, GError **error)
{
  g_autoptr (ZqSession) session = NULL;
  g_autoptr (GBytes) key = NULL;

  if (self->account == NULL)
    self->account = find_account (self, error);
  if (self->account == NULL)
    return FALSE;
  if (zq_account_get_practitioner (self->account) == NULL)
    {
      g_set_error_literal (error, ZQ_OPENING_ERROR, ZQ_OPENING_ERROR_SIGN_IN, "nobody has signed in");
      return FALSE;
    }
  if (zq_account_get_signed_out (self->account))
    {
      g_set_error_literal (error, ZQ_OPENING_ERROR, ZQ_OPENING_ERROR_SIGNED_OUT, "signed out");
      return FALSE;
    }
  if (!zq_account_lock (self->account, error))
    return FALSE;
  key = zq_keyring_get_store_key (self->account, self->interactive, error);
  if (key == NULL)
    return FALSE;
  session = zq_session_new (self->account, self->clock);
  if (!zq_session_open_store (session, key, error))
    return FALSE;
  self->session = g_steal_pointer (&session);
  return TRUE;
}

static gboolean
deliver (gpointer data)
{
  ZqOpening *self = data;

  g_thread_join (self->thread);
  self->func (self->account, self->session, self->error, self->data);
  zq_opening_free (self);
  return G_SOURCE_REMOVE;
}

static void
deliver_later (ZqOpening *self)
{
  g_idle_add_full (G_PRIORITY_HIGH, deliver, self, NULL);
}

static gpointer
run (gpointer data)
{
  ZqOpening *self = data;
  gboolean is_awaited;

  open_session (self, &self->error);
  g_mutex_lock (&self->mutex);
  self->done = TRUE;
  is_awaited = self->func != NULL;
  g_mutex_unlock (&self->mutex);
  if (is_awaited)
    deliver_later (self);
  return NULL;
}

ZqOpening *
zq_opening_start (const char *data_dir, const char *base, ZqAccount *account, ZqClock *clock, gboolean interactive)
{
  ZqOpening *self = g_new0 (ZqOpening, 1);

  self->data_dir = g_strdup (data_dir);
  self->base = g_strdup (base);
  self->clock = g_object_ref (clock);
  self->interactive = interactive;
  g_set_object (&self->account, account);
  g_mutex_init (&self->mutex);
  self->thread = g_thread_new ("opening", run, self);
  return self;
}

void
zq_opening_then (ZqOpening *self, ZqOpeningFunc func, gpointer data)
{
  gboolean is_done;

  g_mutex_lock (&self->mutex);
  self->func = func;
  self->data = data;
  is_done = self->done;
  g_mutex_unlock (&self->mutex);
  if (is_done)
    deliver_later (self);
}
