/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include "resource/reference.h"
#include "resource/scan.h"

#include <string.h>

/* What patients and doctors show each other. A type that ends in "/" or "." stands for all that begin so. */
static const char *const accepted[] = { "image/",
                                        "audio/",
                                        "video/",
                                        "application/pdf",
                                        "text/plain",
                                        "application/msword",
                                        "application/vnd.ms-excel",
                                        "application/vnd.ms-powerpoint",
                                        "application/vnd.openxmlformats-officedocument.",
                                        "application/vnd.oasis.opendocument." };
/* A picture that is a program. */
static const char *const refused[] = { "image/svg+xml", NULL };

/* A posted body that is no FHIR becomes a Binary (R4, binary, REST). */
char *
zq_binary_from_raw (const ZqRequest *request, const char *id)
{
  g_autofree char *type = zq_json_quote (request->content_type);
  g_autofree char *data = g_base64_encode (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));
  g_autofree char *context = NULL;
  GString *out = g_string_sized_new (strlen (data) + 512);

  g_string_append (out, "{\"resourceType\":\"Binary\",");
  if (id != NULL)
    g_string_append_printf (out, "\"id\":\"%s\",", id);
  g_string_append_printf (out, "\"contentType\":%s,", type);
  if (request->security_context != NULL)
    {
      context = zq_json_quote (request->security_context);
      g_string_append_printf (out, "\"securityContext\":{\"reference\":%s},", context);
    }
  g_string_append (out, "\"data\":\"");
  g_string_append (out, data);
  g_string_append (out, "\"}");

  return g_string_free (out, FALSE);
}

static gboolean
wants_raw (const ZqRequest *request)
{
  return request->accept != NULL && strstr (request->accept, "json") == NULL &&
         strstr (request->accept, "fhir") == NULL;
}

gboolean
zq_binary_to_raw (const ZqRequest *request, const char *text, ZqReply *reply)
{
  g_autofree char *type = NULL, *data = NULL;
  ZqScan scan;
  gsize length = 0;
  guchar *bytes;

  if (!wants_raw (request))
    return FALSE;
  zq_scan_init (&scan, text, strlen (text));
  zq_scan_next (&scan);
  while (zq_scan_next (&scan) == ZQ_TOKEN_NAME)
    {
      gboolean is_data = zq_scan_string_equals (&scan, "data");
      gboolean is_type = zq_scan_string_equals (&scan, "contentType");

      if (zq_scan_next (&scan) == ZQ_TOKEN_STRING && is_data)
        data = (g_free (data), zq_scan_dup_string (&scan));
      else if (scan.type == ZQ_TOKEN_STRING && is_type)
        type = (g_free (type), zq_scan_dup_string (&scan));
      else if (!zq_scan_skip (&scan))
        return FALSE;
    }
  if (type == NULL)
    return FALSE;

  bytes = g_base64_decode (data != NULL ? data : "", &length);
  reply->raw = g_bytes_new_take (bytes, length);
  /* a type that could break out of its header line is not passed on */
  reply->content_type = g_strdup (strpbrk (type, "\r\n") == NULL ? type : "application/octet-stream");
  return TRUE;
}

static gboolean
is_accepted (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      gsize length = strlen (accepted[i]);
      char last = accepted[i][length - 1];

      if (last == '/' || last == '.' ? g_str_has_prefix (type, accepted[i]) && type[length] != '\0'
                                     : g_str_equal (type, accepted[i]))
        return !g_strv_contains (refused, type);
    }

  return FALSE;
}

gboolean
zq_binary_check (const ZqSession *session, JsonNode *node, ZqReply *reply)
{
  const char *full = zq_json_get_string (node, "contentType");
  g_autofree char *type = NULL;

  if (session->role == ZQ_ROLE_SYSTEM)
    return TRUE;
  type = g_ascii_strdown (full != NULL ? full : "", -1);
  type[strcspn (type, ";")] = '\0';
  g_strchomp (type);

  return is_accepted (type) ||
         zq_reply_fail (reply, 422,
                        "This hospital takes pictures, sound, video, PDF, plain text and office documents only");
}

char *
zq_binary_hash (const void *bytes, gsize length)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;

  g_checksum_update (checksum, bytes, (gssize)length);
  g_checksum_get_digest (checksum, digest, &size);
  return g_base64_encode (digest, size);
}

/* Size and hash of an attachment are those of its file (R4, datatypes, Attachment). */
static gboolean
matches (JsonNode *attachment, JsonNode *binary, ZqReply *reply)
{
  const char *size = zq_json_get_string (attachment, "size");
  const char *hash = zq_json_get_string (attachment, "hash");
  const char *data = zq_json_get_string (binary, "data");
  g_autofree guchar *bytes = NULL;
  g_autofree char *found = NULL;
  gsize length = 0;

  if (size == NULL && hash == NULL)
    return TRUE;
  bytes = g_base64_decode (data != NULL ? data : "", &length);
  found = zq_binary_hash (bytes, length);
  if (size != NULL && g_ascii_strtoull (size, NULL, 10) != length)
    return zq_reply_fail (reply, 422, "An attachment has another size than its file");

  return hash == NULL || g_str_equal (hash, found) ||
         zq_reply_fail (reply, 422, "An attachment has another hash than its file");
}

gboolean
zq_binary_check_attachment (ZqHospital *self, const ZqSession *session, JsonNode *attachment, ZqReply *reply)
{
  g_autoptr (ZqReference) reference = zq_reference_parse (zq_json_get_string (attachment, "url"), self->base);
  g_autoptr (ZqStored) stored = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (reference == NULL || reference->foreign || g_strcmp0 (reference->type, "Binary") != 0)
    return TRUE;
  stored = zq_records_read (self, "Binary", reference->id, NULL);
  if (stored == NULL || stored->text == NULL ||
      !zq_access_reads_text (self, session, "Binary", stored->id, stored->text))
    return zq_reply_fail (reply, 422, "An attachment names a file that this account does not reach");
  node = zq_json_read (stored->text, -1, NULL);

  return node == NULL || matches (attachment, node, reply);
}
