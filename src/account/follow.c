/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/follow.h"

#include "account/grant.h"
#include "fhir/address.h"
#include "fhir/body.h"
#include "fhir/response.h"

#include <libsoup/soup.h>

#define MAX_REDIRECTS 10
#define MAX_BODY      (1024 * 1024)

typedef struct
{
  SoupSession *session;
  SoupMessage *message;
  GUri *uri;
  GUri *home; /* the redirect_uri that the address names */
  guint redirects;
} Following;

static void fetch (GTask *task);

static void
following_free (Following *self)
{
  g_clear_object (&self->session);
  g_clear_object (&self->message);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->home, g_uri_unref);
  g_free (self);
}

static void
refuse (GTask *task, const char *message)
{
  g_task_return_new_error (task, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_SIGN_IN, "%s", message);
}

static gboolean
is_home (Following *following)
{
  return zq_address_same_origin (following->uri, following->home) &&
         g_str_equal (g_uri_get_path (following->uri), g_uri_get_path (following->home));
}

static void
go_on (GTask *task)
{
  Following *following = g_task_get_task_data (task);
  guint status = soup_message_get_status (following->message);
  const char *location;
  g_autoptr (GUri) target = NULL;

  if (is_home (following))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  location = soup_message_headers_get_one (soup_message_get_response_headers (following->message), "Location");
  if (status / 100 != 3 || location == NULL)
    {
      refuse (task, status < 300 ? "The hospital's sign-in page wants a person: open its address in a browser"
                                 : "The hospital's sign-in page failed");
      return;
    }
  target = zq_address_resolve (following->uri, location);
  if (target == NULL || ++following->redirects > MAX_REDIRECTS)
    {
      refuse (task, "The hospital's sign-in page leads nowhere");
      return;
    }
  g_clear_pointer (&following->uri, g_uri_unref);
  following->uri = g_steal_pointer (&target);
  fetch (task);
}

static void
on_body (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = zq_body_read_finish (result, &error);

  if (body == NULL)
    g_task_return_error (task, zq_fhir_error_from_transport (g_steal_pointer (&error), TRUE));
  else
    go_on (task);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    g_task_return_error (task, zq_fhir_error_from_transport (g_steal_pointer (&error), FALSE));
  else
    zq_body_read_async (stream, MAX_BODY, g_task_get_cancellable (task), on_body, g_object_ref (task));
}

static void
fetch (GTask *task)
{
  Following *following = g_task_get_task_data (task);

  g_clear_object (&following->message);
  following->message = soup_message_new_from_uri ("GET", following->uri);
  soup_message_add_flags (following->message, SOUP_MESSAGE_NO_REDIRECT);
  if (zq_address_is_loopback (g_uri_get_host (following->uri)))
    soup_session_set_proxy_resolver (following->session, NULL);
  soup_session_send_async (following->session, following->message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                           on_sent, g_object_ref (task));
}

static GUri *
read_home (GUri *address)
{
  const char *query = g_uri_get_query (address);
  g_autoptr (GHashTable) form = query != NULL ? soup_form_decode (query) : NULL;
  const char *redirect = form != NULL ? g_hash_table_lookup (form, "redirect_uri") : NULL;

  return redirect != NULL ? zq_address_parse (redirect) : NULL;
}

void
zq_sign_in_follow_async (
    const char *url, const char *ca, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Following *following = g_new0 (Following, 1);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, zq_sign_in_follow_async);
  g_task_set_task_data (task, following, (GDestroyNotify)following_free);
  following->uri = zq_address_parse (url);
  following->home = following->uri != NULL ? read_home (following->uri) : NULL;
  if (following->home == NULL)
    {
      refuse (task, "The address of the sign-in page is not one");
      return;
    }
  following->session = zq_grant_session_new (url, ca, &error);
  if (following->session == NULL)
    refuse (task, "The file of the hospital's certificate authority cannot be used");
  else
    fetch (task);
}

gboolean
zq_sign_in_follow_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
