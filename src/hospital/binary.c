/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include <string.h>

/* A posted body that is no FHIR becomes a Binary (R4, binary, REST). */
char *
zq_binary_from_raw (const ZqRequest *request)
{
  g_autofree char *type = zq_json_quote (request->content_type);
  g_autofree char *data = g_base64_encode (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));
  g_autofree char *context = NULL;

  if (request->security_context == NULL)
    return g_strdup_printf ("{\"resourceType\":\"Binary\",\"contentType\":%s,\"data\":\"%s\"}", type, data);

  context = zq_json_quote (request->security_context);
  return g_strdup_printf ("{\"resourceType\":\"Binary\",\"contentType\":%s,\"securityContext\":{\"reference\":%s},"
                          "\"data\":\"%s\"}",
                          type, context, data);
}

gboolean
zq_binary_wants_raw (const ZqRequest *request, JsonNode *node)
{
  const char *type = zq_json_get_string (node, "contentType");

  return type != NULL && request->accept != NULL && strstr (request->accept, "json") == NULL &&
         strstr (request->accept, "fhir") == NULL;
}

void
zq_binary_to_raw (JsonNode *node, ZqReply *reply)
{
  const char *data = zq_json_get_string (node, "data");
  const char *type = zq_json_get_string (node, "contentType");
  gsize length = 0;
  guchar *bytes = g_base64_decode (data != NULL ? data : "", &length);

  reply->raw = g_bytes_new_take (bytes, length);
  /* a type that could break out of its header line is not passed on */
  reply->content_type = g_strdup (strpbrk (type, "\r\n") == NULL ? type : "application/octet-stream");
}
