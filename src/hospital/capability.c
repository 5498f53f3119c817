/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include "base/id.h"

#define WEBSOCKET "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket"

static const char *const kinds[] = { "token", "reference", "date", "string" };

static void
append_params (GString *out, const char *type)
{
  gsize n;
  const ZqParam *table = zq_params_table (&n);

  g_string_append (out, "{\"name\":\"_id\",\"type\":\"token\"},{\"name\":\"_lastUpdated\",\"type\":\"date\"}");
  for (gsize i = 0; i < n; i++)
    if (table[i].type == NULL || g_str_equal (table[i].type, type))
      g_string_append_printf (out, ",{\"name\":\"%s\",\"type\":\"%s\"}", table[i].name, kinds[table[i].kind]);
}

static void
append_names (GString *out, const char *member, GPtrArray *names)
{
  if (names->len == 0)
    return;
  g_string_append_printf (out, ",\"%s\":[", member);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (out, "%s\"%s\"", i > 0 ? "," : "", (char *)g_ptr_array_index (names, i));
  g_string_append_c (out, ']');
}

/* What a parameter leads to is told only where it leads to one type. */
static void
append_includes (GString *out, const char *type)
{
  gsize n;
  const ZqParam *table = zq_params_table (&n);
  g_autoptr (GPtrArray) forwards = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) backwards = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n; i++)
    {
      if (table[i].kind != ZQ_PARAM_REFERENCE || table[i].type == NULL)
        continue;
      if (g_str_equal (table[i].type, type))
        g_ptr_array_add (forwards, g_strconcat (type, ":", table[i].name, NULL));
      if (table[i].target != NULL && g_str_equal (table[i].target, type))
        g_ptr_array_add (backwards, g_strconcat (table[i].type, ":", table[i].name, NULL));
    }
  append_names (out, "searchInclude", forwards);
  append_names (out, "searchRevInclude", backwards);
}

/* Made from the tables that the server runs on, so that it cannot promise what is not there. */
char *
zq_capability_new (ZqHospital *self)
{
  static const char *const interactions[] = { "read",   "vread",      "update", "delete", "history-instance",
                                              "create", "search-type" };
  const char *const *types = zq_types_list ();
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autofree char *live = self->live != NULL ? zq_live_address (self->live) : NULL;
  g_autofree char *extension =
      live != NULL ? g_strdup_printf ("\"extension\":[{\"url\":\"" WEBSOCKET "\",\"valueUri\":\"%s\"}],", live)
                   : g_strdup ("");
  GString *out = g_string_new (NULL);

  g_string_append_printf (
      out,
      "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\",\"date\":\"%s\",\"kind\":\"instance\","
      "\"software\":{\"name\":\"zhenqiao-hospital\",\"version\":\"" ZQ_VERSION "\"},"
      "\"implementation\":{\"description\":\"Zhenqiao sandbox hospital\",\"url\":\"%s\"},"
      "\"fhirVersion\":\"4.0.1\",\"format\":[\"application/fhir+json\",\"json\"],"
      "\"rest\":[{%s\"mode\":\"server\",\"security\":{\"extension\":[{"
      "\"url\":\"http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris\",\"extension\":["
      "{\"url\":\"authorize\",\"valueUri\":\"%s/auth/authorize\"},{\"url\":\"token\",\"valueUri\":\"%s/auth/"
      "token\"}]}],"
      "\"service\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/restful-security-service\","
      "\"code\":\"SMART-on-FHIR\"}]}]},\"resource\":[",
      now, self->base, extension, self->origin, self->origin);

  for (guint i = 0; types[i] != NULL; i++)
    {
      g_string_append_printf (out, "%s{\"type\":\"%s\",\"interaction\":[", i > 0 ? "," : "", types[i]);
      for (gsize n = 0; n < G_N_ELEMENTS (interactions); n++)
        g_string_append_printf (out, "%s{\"code\":\"%s\"}", n > 0 ? "," : "", interactions[n]);
      g_string_append (out, "],\"versioning\":\"versioned-update\",\"readHistory\":true,\"updateCreate\":true,"
                            "\"conditionalCreate\":true,\"conditionalUpdate\":false,"
                            "\"conditionalDelete\":\"not-supported\",\"searchParam\":[");
      append_params (out, types[i]);
      g_string_append (out, "]");
      append_includes (out, types[i]);
      if (g_str_equal (types[i], "Encounter"))
        g_string_append (out, ",\"operation\":[{\"name\":\"call-back\",\"definition\":\"" ZQ_FHIR_BASE
                              "OperationDefinition/call-back\"}]");
      g_string_append (out, "}");
    }
  g_string_append (out, "],\"interaction\":[{\"code\":\"transaction\"},{\"code\":\"batch\"}]}]}");

  return g_string_free (out, FALSE);
}
