/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/person.h"

#include "resource/bundle.h"
#include "resource/json.h"
#include "resource/reference.h"

#include <string.h>

#define MAX_PAGES 10

typedef struct
{
  /* input */
  char *id;

  /* in progress */
  guint pages;
  gboolean assists;
  GPtrArray *departments;

  /* output */
  char *name;
} LookUp;

static void ask_for_roles (GTask *task, const char *path);

static void
look_up_free (LookUp *self)
{
  g_free (self->id);
  g_free (self->name);
  g_clear_pointer (&self->departments, g_ptr_array_unref);
  g_free (self);
}

void
zq_signed_in_person_free (ZqSignedInPerson *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->role);
  g_strfreev (self->departments);
  g_free (self);
}

/* Chinese names are written without a space, family name first. */
static char *
read_name (JsonNode *practitioner)
{
  const char *text = zq_json_get_string (practitioner, "name[0].text");
  const char *family = zq_json_get_string (practitioner, "name[0].family");
  const char *given = zq_json_get_string (practitioner, "name[0].given[0]");

  if (text != NULL && *text != '\0')
    return g_strdup (text);
  if (family == NULL || given == NULL)
    return g_strdup (family != NULL ? family : given);
  if (g_str_is_ascii (family))
    return g_strdup_printf ("%s %s", given, family);
  return g_strconcat (family, given, NULL);
}

static gboolean
is_assistant (JsonNode *role)
{
  for (guint i = 0; i < zq_json_get_length (role, "code"); i++)
    {
      JsonNode *concept = zq_json_get_at (role, "code", i);

      for (guint j = 0; j < zq_json_get_length (concept, "coding"); j++)
        {
          const char *code = zq_json_get_string (zq_json_get_at (concept, "coding", j), "code");

          if (g_strcmp0 (code, "assistant") == 0 || g_strcmp0 (code, "nurse") == 0)
            return TRUE;
        }
    }
  return FALSE;
}

static void
collect_role (LookUp *look_up, JsonNode *role, const char *base)
{
  const char *text = zq_json_get_string (role, "organization.reference");
  g_autoptr (ZqReference) organization = text != NULL ? zq_reference_parse (text, base) : NULL;

  if (g_strcmp0 (zq_json_get_string (role, "resourceType"), "PractitionerRole") != 0 ||
      !zq_json_get_boolean (role, "active", TRUE))
    return;
  look_up->assists |= is_assistant (role);
  if (organization != NULL && zq_reference_is (organization, "Organization") &&
      !g_ptr_array_find_with_equal_func (look_up->departments, organization->id, g_str_equal, NULL))
    g_ptr_array_add (look_up->departments, g_strdup (organization->id));
}

static void
finish (GTask *task)
{
  LookUp *look_up = g_task_get_task_data (task);
  ZqSignedInPerson *person = g_new0 (ZqSignedInPerson, 1);

  person->name = g_steal_pointer (&look_up->name);
  person->role = g_strdup (look_up->assists ? "assistant" : "doctor");
  g_ptr_array_add (look_up->departments, NULL);
  person->departments = (GStrv)g_ptr_array_free (g_steal_pointer (&look_up->departments), FALSE);
  g_task_return_pointer (task, person, (GDestroyNotify)zq_signed_in_person_free);
}

static void
collect_page (GTask *task, ZqBundle *bundle)
{
  ZqFhirClient *client = g_task_get_source_object (task);
  LookUp *look_up = g_task_get_task_data (task);
  const char *next = zq_bundle_get_next (bundle);

  for (guint i = 0; i < zq_bundle_get_n_entries (bundle); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (bundle, i);
      g_autoptr (JsonNode) role = NULL;

      if (entry->raw == NULL)
        continue;
      role = zq_json_read (entry->raw, (gssize)entry->raw_length, NULL);
      if (role != NULL)
        collect_role (look_up, role, zq_fhir_client_get_base (client));
    }
  if (next != NULL && ++look_up->pages < MAX_PAGES)
    ask_for_roles (task, next);
  else
    finish (task);
}

/* A hospital that keeps no roles, or does not show them, has doctors all the same. */
static gboolean
means_no_roles (const GError *error)
{
  return g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NOT_FOUND) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_REFUSED);
}

static void
on_roles (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirResponse) response = NULL;
  g_autoptr (ZqBundle) bundle = NULL;

  response = zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, NULL, NULL, &error);
  if (response == NULL && means_no_roles (error))
    {
      finish (task);
      return;
    }
  if (response != NULL)
    {
      bundle = zq_bundle_read (response->body, &error);
      if (bundle == NULL)
        {
          g_clear_error (&error);
          g_set_error_literal (&error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL,
                               "The hospital's answer about your departments is not understood");
        }
    }
  if (bundle != NULL)
    collect_page (task, bundle);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
ask_for_roles (GTask *task, const char *path)
{
  zq_fhir_client_send_async (g_task_get_source_object (task), zq_fhir_request_new ("GET", path),
                             g_task_get_cancellable (task), on_roles, g_object_ref (task));
}

static void
on_practitioner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LookUp *look_up = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirResponse) response = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *path = NULL;
  gsize size = 0;
  const char *text;

  response = zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, NULL, NULL, &error);
  if (response == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  text = g_bytes_get_data (response->body, &size);
  node = size > 0 ? zq_json_read (text, (gssize)size, NULL) : NULL;
  if (node == NULL || g_strcmp0 (zq_json_get_string (node, "resourceType"), "Practitioner") != 0)
    {
      g_task_return_new_error (task, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL,
                               "The hospital's answer about who you are is not understood");
      return;
    }
  look_up->name = read_name (node);
  path = g_strdup_printf ("PractitionerRole?practitioner=Practitioner/%s&_count=100", look_up->id);
  ask_for_roles (task, path);
}

void
zq_signed_in_person_look_up_async (
    ZqFhirClient *client, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (client, cancellable, callback, user_data);
  LookUp *look_up = g_new0 (LookUp, 1);
  g_autofree char *path = g_strconcat ("Practitioner/", id, NULL);

  g_task_set_source_tag (task, zq_signed_in_person_look_up_async);
  look_up->id = g_strdup (id);
  look_up->departments = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, look_up, (GDestroyNotify)look_up_free);
  zq_fhir_client_send_async (client, zq_fhir_request_new ("GET", path), cancellable, on_practitioner, task);
}

ZqSignedInPerson *
zq_signed_in_person_look_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
