/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/token-provider.h"

#include "fhir/client.h"

G_DEFINE_INTERFACE (ZqTokenProvider, zq_token_provider, G_TYPE_OBJECT)

static void
zq_token_provider_default_init (ZqTokenProviderInterface *iface)
{
}

void
zq_token_provider_get_async (ZqTokenProvider *self,
                             const char *stale,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (ZQ_IS_TOKEN_PROVIDER (self));

  ZQ_TOKEN_PROVIDER_GET_IFACE (self)->get_async (self, stale, cancellable, callback, user_data);
}

char *
zq_token_provider_get_finish (ZqTokenProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ZQ_IS_TOKEN_PROVIDER (self), NULL);

  return ZQ_TOKEN_PROVIDER_GET_IFACE (self)->get_finish (self, result, error);
}

#define ZQ_TYPE_FIXED_TOKEN (zq_fixed_token_get_type ())
G_DECLARE_FINAL_TYPE (ZqFixedToken, zq_fixed_token, ZQ, FIXED_TOKEN, GObject)

struct _ZqFixedToken
{
  GObject parent_instance;
  char *token;
};

static void zq_fixed_token_provider_init (ZqTokenProviderInterface *iface);

G_DEFINE_TYPE_WITH_CODE (ZqFixedToken,
                         zq_fixed_token,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (ZQ_TYPE_TOKEN_PROVIDER, zq_fixed_token_provider_init))

static void
zq_fixed_token_get_async (ZqTokenProvider *provider,
                          const char *stale,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  ZqFixedToken *self = ZQ_FIXED_TOKEN (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, zq_fixed_token_get_async);
  if (g_strcmp0 (stale, self->token) == 0)
    g_task_return_new_error (task, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT,
                             "The hospital does not accept the given token");
  else
    g_task_return_pointer (task, g_strdup (self->token), g_free);
}

static char *
zq_fixed_token_get_finish (ZqTokenProvider *provider, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
zq_fixed_token_finalize (GObject *object)
{
  g_free (ZQ_FIXED_TOKEN (object)->token);
  G_OBJECT_CLASS (zq_fixed_token_parent_class)->finalize (object);
}

static void
zq_fixed_token_provider_init (ZqTokenProviderInterface *iface)
{
  iface->get_async = zq_fixed_token_get_async;
  iface->get_finish = zq_fixed_token_get_finish;
}

static void
zq_fixed_token_class_init (ZqFixedTokenClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_fixed_token_finalize;
}

static void
zq_fixed_token_init (ZqFixedToken *self)
{
}

ZqTokenProvider *
zq_token_provider_new_fixed (const char *token)
{
  ZqFixedToken *self = g_object_new (ZQ_TYPE_FIXED_TOKEN, NULL);

  g_return_val_if_fail (token != NULL, NULL);
  self->token = g_strdup (token);
  return ZQ_TOKEN_PROVIDER (self);
}
