/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/call-back-private.h"
#include "hospital/workflow-private.h"

#include "hospital/web/web.h"

#include <string.h>

#define DEFAULT_TOKEN_LIFETIME (3600 * (gint64)G_USEC_PER_SEC)

ZqHospital *
zq_hospital_new (const ZqHospitalOptions *options, GError **error)
{
  g_autoptr (ZqHospital) self = g_new0 (ZqHospital, 1);

  self->clock = options->clock != NULL ? g_object_ref (options->clock) : zq_clock_new_system ();
  self->policy = zq_policy_new_builtin ();
  self->entering = g_cancellable_new ();
  self->zone = g_time_zone_new_identifier ("Asia/Shanghai");
  if (self->zone == NULL)
    self->zone = g_time_zone_new_offset (8 * 3600);
  self->auto_approve = options->auto_approve;
  self->verbose = options->verbose;
  self->token_lifetime = options->token_lifetime_us > 0 ? options->token_lifetime_us : DEFAULT_TOKEN_LIFETIME;
  if (options->faults)
    self->faults = zq_faults_new ();
  if (!zq_records_open (self, options->data_dir, error))
    return NULL;

  if (options->faults)
    {
      if (!zq_hospital_add_account (self, "operator", "Operator", "system", "", NULL, error))
        return NULL;
    }
  else if (!zq_db_exec (self->db, error, "DELETE FROM account WHERE role = 'system'", ""))
    return NULL;

  return g_steal_pointer (&self);
}

void
zq_hospital_free (ZqHospital *self)
{
  zq_clock_clear (self->clock, &self->hand_over_alarm);
  zq_clock_clear (self->clock, &self->arrival_alarm);
  zq_clock_clear (self->clock, &self->call_back_alarm);
  g_clear_pointer (&self->live, zq_live_free);
  g_clear_pointer (&self->signalling, zq_signalling_server_free);
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_pointer (&self->db, zq_db_close);
  g_clear_pointer (&self->faults, zq_faults_free);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_object (&self->policy);
  g_clear_object (&self->clock);
  g_free (self->turn_address);
  g_free (self->turn_secret);
  g_cancellable_cancel (self->entering);
  g_object_unref (self->entering);
  g_free (self->recording);
  g_free (self->recorded_by);
  g_free (self->data_dir);
  g_free (self->origin);
  g_free (self->base);
  g_free (self->secret);
  g_free (self);
}

static GSocketAddress *
parse_address (const char *address, GError **error)
{
  const char *colon = strrchr (address, ':');
  g_autofree char *host = colon != NULL ? g_strndup (address, colon - address) : NULL;
  GSocketAddress *result = NULL;
  gsize length = host != NULL ? strlen (host) : 0;
  guint64 port;

  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    {
      host[length - 1] = '\0';
      memmove (host, host + 1, length - 1);
    }
  if (host != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    result = g_inet_socket_address_new_from_string (host, port);
  if (result == NULL)
    g_set_error (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_INVALID,
                 "“%s” is no address to listen at; write an IP address and a port, as in 127.0.0.1:8080", address);

  return result;
}

gboolean
zq_hospital_listen (ZqHospital *self, const char *address, GError **error)
{
  g_autoptr (GSocketAddress) wanted = parse_address (address, error);
  g_autoslist (GUri) uris = NULL;

  g_return_val_if_fail (self->server == NULL, FALSE);

  if (wanted == NULL)
    return FALSE;
  if (!zq_db_script (self->db, "PRAGMA cache_size = -65536", error))
    return FALSE;
  self->server = soup_server_new ("server-header", "zhenqiao-hospital ", NULL);
  zq_server_register (self);
  zq_smart_register (self);
  zq_hospital_web_register (self, self->server);
  if (self->faults != NULL)
    zq_faults_register (self);
  if (!soup_server_listen (self->server, wanted, 0, error))
    return FALSE;

  uris = soup_server_get_uris (self->server);
  self->origin = g_uri_to_string (uris->data);
  self->origin[strcspn (self->origin + strlen ("http://"), "/") + strlen ("http://")] = '\0';
  self->base = g_strconcat (self->origin, "/fhir", NULL);
  self->live = zq_live_new (self);
  self->signalling = zq_signalling_server_new (self, error);
  if (self->signalling == NULL || !zq_call_back_open (self, error))
    return FALSE;
  zq_results_watch (self);
  zq_hospital_read_policy (self);

  return TRUE;
}

const char *
zq_hospital_get_base (ZqHospital *self)
{
  return self->base;
}

ZqClock *
zq_hospital_get_clock (ZqHospital *self)
{
  return self->clock;
}

ZqPolicy *
zq_hospital_get_policy (ZqHospital *self)
{
  return self->policy;
}

gboolean
zq_hospital_is_empty (ZqHospital *self)
{
  gint64 found;

  return !zq_db_get_int (self->db, &found, NULL, "SELECT 1 FROM resource LIMIT 1", "");
}

/* A message that came without `received` is delivered when its recipient's client fetches it. */
static gboolean
note_undelivered (ZqHospital *self, const ZqStored *stored, GError **error)
{
  if (!g_str_equal (stored->type, "Communication"))
    return TRUE;

  return zq_db_exec (self->db, error,
                     "INSERT OR IGNORE INTO undelivered (row, sender)"
                     " SELECT ?1, CASE WHEN s.value LIKE 'Practitioner/%' THEN 'staff' ELSE 'patient' END"
                     " FROM idx s JOIN idx c ON c.row = s.row"
                     " WHERE s.row = ?1 AND s.name = 'Communication.sender' AND s.value LIKE '%/%'"
                     "   AND c.name = 'Communication.category' AND c.value = 'message'"
                     "   AND NOT EXISTS (SELECT 1 FROM idx_date d WHERE d.row = ?1"
                     "     AND d.name = 'Communication.received')",
                     "i", stored->row);
}

gboolean
zq_hospital_put (
    ZqHospital *self, const char *type, const char *id, const char *json_text, gint64 last_updated_us, GError **error)
{
  gboolean joined = self->in_transaction;
  g_autoptr (ZqStored) stored = NULL;
  gboolean ok;

  if (!zq_type_is_known (type))
    {
      g_set_error (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_INVALID, "%s is no resource type of R4", type);
      return FALSE;
    }
  if (!joined && !zq_records_begin (self, error))
    return FALSE;
  stored = zq_records_write (self, type, id, json_text, last_updated_us, error);
  ok = stored != NULL && note_undelivered (self, stored, error);

  return joined ? ok : zq_records_end (self, ok, ok ? error : NULL) && ok;
}

char *
zq_hospital_get (ZqHospital *self, const char *type, const char *id)
{
  g_autoptr (ZqStored) stored = zq_records_read (self, type, id, NULL);

  return stored != NULL ? g_steal_pointer (&stored->text) : NULL;
}

gboolean
zq_hospital_add_account (ZqHospital *self,
                         const char *login,
                         const char *display,
                         const char *role,
                         const char *fhir_user,
                         const char *department_id,
                         GError **error)
{
  ZqRole parsed;

  if (!zq_role_from_name (role, &parsed))
    {
      g_set_error (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_INVALID, "%s is no role of an account", role);
      return FALSE;
    }

  return zq_db_exec (self->db, error,
                     "INSERT INTO account (login, display, role, fhir_user, department) VALUES (?1, ?2, ?3, ?4, ?5)"
                     " ON CONFLICT (login) DO UPDATE SET display = ?2, role = ?3, fhir_user = ?4, department = ?5",
                     "sssss", login, display, role, fhir_user, department_id != NULL ? department_id : "");
}

gboolean
zq_hospital_import (ZqHospital *self, const char *path, guint *n_taken, guint *n_skipped, GError **error)
{
  guint taken = 0, skipped = 0;
  gboolean ok;

  if (!zq_records_begin (self, error))
    return FALSE;
  ok = zq_import_file (self, path, &taken, &skipped, error);
  ok = zq_records_end (self, ok, ok ? error : NULL) && ok;
  if (n_taken != NULL)
    *n_taken = taken;
  if (n_skipped != NULL)
    *n_skipped = skipped;

  return ok;
}
