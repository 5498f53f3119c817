/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

G_DEFINE_QUARK (zq - hospital - error - quark, zq_hospital_error)

void
zq_reply_clear (ZqReply *self)
{
  g_clear_pointer (&self->body, g_free);
  g_clear_pointer (&self->raw, g_bytes_unref);
  g_clear_pointer (&self->content_type, g_free);
  g_clear_pointer (&self->etag, g_free);
  g_clear_pointer (&self->last_modified, g_free);
  g_clear_pointer (&self->updated, g_free);
  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->resource_ref, g_free);
  self->status = 0;
  self->retry_after = 0;
}

char *
zq_outcome_new (const char *severity, const char *code, const char *text)
{
  g_autofree char *quoted = zq_json_quote (text);

  return g_strdup_printf ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"%s\",\"code\":\"%s\","
                          "\"details\":{\"text\":%s}}]}",
                          severity, code, quoted);
}

/* FHIR's issue-type (R4, valueset-issue-type) that goes with a status. */
static const char *
issue_code (guint status)
{
  static const struct
  {
    guint status;
    const char *code;
  } codes[] = {
    { 400, "invalid" },       { 401, "login" },         { 403, "forbidden" },     { 404, "not-found" },
    { 405, "not-supported" }, { 406, "not-supported" }, { 409, "conflict" },      { 410, "deleted" },
    { 412, "conflict" },      { 413, "too-long" },      { 415, "not-supported" }, { 422, "business-rule" },
    { 429, "throttled" },     { 503, "transient" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (codes[i].status == status)
      return codes[i].code;

  return "exception";
}

gboolean
zq_reply_fail (ZqReply *self, guint status, const char *text)
{
  zq_reply_clear (self);
  self->status = status;
  self->body = zq_outcome_new (status == 500 ? "fatal" : "error", issue_code (status), text);
  return FALSE;
}

gboolean
zq_reply_fail_error (ZqReply *self, GError *error)
{
  gboolean clients_fault = error != NULL && (error->domain == ZQ_JSON_ERROR || error->domain == ZQ_HOSPITAL_ERROR);

  if (clients_fault)
    return zq_reply_fail (self, 400, error->message);
  g_warning ("The hospital's database failed: %s", error != NULL ? error->message : "no reason given");
  return zq_reply_fail (self, 500, "The hospital's database failed");
}

void
zq_session_free (ZqSession *self)
{
  g_free (self->login);
  g_free (self->who);
  g_free (self->org);
  g_free (self);
}

static const char *const role_names[] = { "system", "doctor", "assistant", "patient" };

const char *
zq_role_name (ZqRole role)
{
  return role_names[role];
}

gboolean
zq_role_from_name (const char *name, ZqRole *role)
{
  for (gsize i = 0; i < G_N_ELEMENTS (role_names); i++)
    if (g_strcmp0 (name, role_names[i]) == 0)
      {
        *role = i;
        return TRUE;
      }

  return FALSE;
}
