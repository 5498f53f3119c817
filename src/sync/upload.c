/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/upload.h"

#include "base/id.h"
#include "resource/json.h"
#include "store/attachments-reasons.h"
#include "store/attachments.h"

#include <string.h>

typedef struct
{
  /* input */
  ZqPeer *peer;
  char *type; /* of the resource */
  char *key;
  char *content_type;
  gint64 began; /* monotonic */

  /* output */
  gint64 retry_after_us;
  gboolean unclear;
} Upload;

static void
upload_free (Upload *self)
{
  zq_peer_unref (self->peer);
  g_free (self->type);
  g_free (self->key);
  g_free (self->content_type);
  g_free (self);
}

static ZqAttachments *
files_of (Upload *self)
{
  return zq_store_get_attachments (self->peer->store);
}

static void
on_sent (gint64 done, gpointer data)
{
  Upload *upload = data;

  zq_attachments_note_sent (files_of (upload), upload->key, done);
}

/* "…/Binary/12/_history/1" → "12"; NULL: it does not say. */
static char *
id_of (const char *location, const char *type)
{
  g_autofree char *folder = g_strconcat (type, "/", NULL);
  const char *at = location != NULL ? g_strrstr (location, folder) : NULL;
  g_autofree char *id = NULL;

  if (at == NULL)
    return NULL;
  at += strlen (folder);
  id = g_strndup (at, strcspn (at, "/?#"));
  return zq_id_is_valid (id) ? g_steal_pointer (&id) : NULL;
}

/* Its own copy would be all the bytes again, which lie here already. */
static GBytes *
describe (Upload *upload, const char *id)
{
  g_autofree char *content_type =
      zq_json_quote (upload->content_type != NULL ? upload->content_type : "application/octet-stream");
  char *text =
      g_strdup_printf ("{\"resourceType\":\"%s\",\"id\":\"%s\",\"contentType\":%s}", upload->type, id, content_type);

  return g_bytes_new_take (text, strlen (text));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Upload *upload = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (ZqFhirResponse) response =
      zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, &upload->retry_after_us, &upload->unclear, &error);

  zq_attachments_note_sent (files_of (upload), upload->key, -1);
  if (response == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  zq_peer_note_date (upload->peer, response->date_us, upload->began);
  if (response->stream != NULL)
    g_input_stream_close_async (response->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  id = id_of (response->location, upload->type);
  if (id != NULL)
    g_task_return_pointer (task, describe (upload, id), (GDestroyNotify)g_bytes_unref);
  else
    /* To send it again and again would leave as many copies there. */
    g_task_return_new_error (task, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE, "%s", ZQ_ATTACHMENT_REASON_UNTOLD);
}

static ZqFhirRequest *
build_request (Upload *upload, const ZqPush *push, GInputStream *stream, gint64 size)
{
  ZqFhirRequest *request = zq_fhir_request_new ("POST", push->path);

  request->body_stream = g_object_ref (stream);
  request->body_length = size;
  request->content_type = g_strdup (upload->content_type != NULL ? upload->content_type : "application/octet-stream");
  request->security_context = g_strdup (push->security_context);
  request->prefer = g_strdup ("return=minimal");
  request->streamed = TRUE;
  request->sent = on_sent;
  request->sent_data = upload;
  return request;
}

void
zq_upload_async (
    ZqPeer *peer, const ZqPush *push, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Upload *upload = g_new0 (Upload, 1);
  g_auto (ZqAttachmentInfo) info = { 0 };
  g_autoptr (GInputStream) stream = NULL;

  g_task_set_source_tag (task, zq_upload_async);
  upload->peer = zq_peer_ref (peer);
  upload->type = g_strdup (push->intent->target_type);
  upload->key = g_strdup (push->content_key);
  upload->content_type = g_strdup (push->content_type);
  upload->began = zq_clock_monotonic (peer->clock);
  g_task_set_task_data (task, upload, (GDestroyNotify)upload_free);

  zq_attachments_peek (files_of (upload), upload->key, &info);
  stream = zq_attachments_open (files_of (upload), upload->key, NULL);
  if (stream == NULL)
    g_task_return_new_error (task, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "%s", ZQ_ATTACHMENT_REASON_LOST);
  else
    zq_fhir_client_send_async (peer->client, build_request (upload, push, stream, info.size), cancellable, on_answered,
                               g_steal_pointer (&task));
}

GBytes *
zq_upload_finish (GAsyncResult *result, gint64 *retry_after_us, gboolean *unclear, GError **error)
{
  Upload *upload = g_task_get_task_data (G_TASK (result));

  *retry_after_us = upload->retry_after_us;
  *unclear = upload->unclear;
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
zq_upload_dup_name (GBytes *resource)
{
  g_autoptr (JsonNode) node =
      zq_json_read (g_bytes_get_data (resource, NULL), (gssize)g_bytes_get_size (resource), NULL);

  return g_strdup_printf ("%s/%s", zq_json_get_string (node, "resourceType"), zq_json_get_string (node, "id"));
}
