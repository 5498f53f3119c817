/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/id.h"

#include <string.h>

const char fixture_verifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const char fixture_redirect[] = "http://127.0.0.1:5/callback";
/* RFC 7636, appendix B */
static const char challenge[] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

char *
quotes (const char *json)
{
  return g_strdelimit (g_strdup (json), "'", '"');
}

char *
replaced (const char *text, const char *find, const char *with)
{
  g_auto (GStrv) parts = g_strsplit (text, find, 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  return g_strjoinv (with, parts);
}

void
put (Fixture *fixture, const char *type, const char *id, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = quotes (json);

  zq_hospital_put (fixture->hospital, type, id, text, 0, &error);
  g_assert_no_error (error);
}

static void
add_account (Fixture *fixture, const char *login, const char *role, const char *user, const char *department)
{
  g_autoptr (GError) error = NULL;

  zq_hospital_add_account (fixture->hospital, login, login, role, user, department, &error);
  g_assert_no_error (error);
}

void
put_consultation (Fixture *fixture, const char *id, const char *patient, const char *owner, const char *status)
{
  g_autofree char *thread_id = g_strconcat ("t-", id, NULL);
  g_autofree char *thread = g_strdup_printf (
      "{'resourceType':'Communication','meta':{'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':'endo'}]},"
      "'status':'in-progress','category':[{'coding':[{'code':'thread'}]}],'subject':{'reference':'Patient/%s'}}",
      patient);
  g_autofree char *task = g_strdup_printf (
      "{'resourceType':'Task','meta':{'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':'endo'}]},"
      "'status':'in-progress','intent':'order','priority':'routine','code':{'coding':[{'code':'advice'}]},"
      "'businessStatus':{'coding':[{'code':'%s'}]},'focus':{'reference':'Communication/%s'},"
      "'for':{'reference':'Patient/%s'},'owner':{'reference':'%s'}}",
      status, thread_id, patient, owner);

  put (fixture, "Communication", thread_id, thread);
  put (fixture, "Task", id, task);
}

char *
message_json (const char *thread, const char *patient, const char *sender, const char *text)
{
  g_autofree char *json = g_strdup_printf (
      "{'resourceType':'Communication','status':'completed','category':[{'coding':[{'code':'message'}]}],"
      "'partOf':[{'reference':'Communication/%s'}],'subject':{'reference':'Patient/%s'},'sender':{'reference':'%s'},"
      "'payload':[{'contentString':'%s'}]}",
      thread, patient, sender, text);

  return quotes (json);
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ZqHospitalOptions options = { .auto_approve = TRUE, .faults = TRUE };

  fixture->clock = zq_test_clock ();
  options.clock = fixture->clock;
  fixture->hospital = zq_hospital_new (&options, &error);
  g_assert_no_error (error);
  zq_hospital_listen (fixture->hospital, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  fixture->base = zq_hospital_get_base (fixture->hospital);
  fixture->origin = g_strndup (fixture->base, strlen (fixture->base) - strlen ("/fhir"));
  fixture->session = soup_session_new ();

  put (fixture, "Organization", "endo", "{'resourceType':'Organization','name':'endo'}");
  put (fixture, "Patient", "p1", "{'resourceType':'Patient','name':[{'text':'One'}],'birthDate':'1980-05'}");
  put (fixture, "Patient", "p2", "{'resourceType':'Patient','name':[{'text':'Two'}],'birthDate':'1990'}");
  add_account (fixture, "lin", "doctor", "Practitioner/lin", "endo");
  add_account (fixture, "wang", "doctor", "Practitioner/wang", "endo");
  add_account (fixture, "zhao", "doctor", "Practitioner/zhao", "skin");
  add_account (fixture, "p1", "patient", "Patient/p1", NULL);
  add_account (fixture, "p2", "patient", "Patient/p2", NULL);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  soup_session_abort (fixture->session);
  g_clear_object (&fixture->session);
  zq_hospital_free (fixture->hospital);
  zq_test_settle ();
  g_object_unref (fixture->clock);
  g_free (fixture->origin);
}

void
answer_free (Answer *self)
{
  g_free (self->text);
  g_clear_pointer (&self->node, json_node_unref);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_free (self);
}

typedef struct
{
  gboolean done;
  GBytes *bytes;
} Waiting;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Waiting *waiting = data;

  waiting->bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  waiting->done = TRUE;
}

static Answer *
send (Fixture *fixture, SoupMessage *message)
{
  Answer *answer = g_new0 (Answer, 1);
  Waiting waiting = { FALSE, NULL };

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  soup_session_send_and_read_async (fixture->session, message, G_PRIORITY_DEFAULT, NULL, on_answer, &waiting);
  g_assert_true (zq_test_wait_flag (&waiting.done, 20));
  answer->headers = soup_message_headers_ref (soup_message_get_response_headers (message));
  if (waiting.bytes == NULL)
    return answer;

  answer->status = soup_message_get_status (message);
  answer->length = g_bytes_get_size (waiting.bytes);
  answer->text = g_malloc0 (answer->length + 1);
  if (answer->length > 0)
    memcpy (answer->text, g_bytes_get_data (waiting.bytes, NULL), answer->length);
  answer->node = answer->length > 0 ? zq_json_read (answer->text, answer->length, NULL) : NULL;
  g_bytes_unref (waiting.bytes);

  return answer;
}

static SoupMessage *
message_new (Fixture *fixture, const char *method, const char *path, const char *token)
{
  g_autofree char *url = NULL;
  SoupMessage *message;

  if (g_str_has_prefix (path, "http:"))
    url = g_strdup (path);
  else if (*path == '/')
    url = g_strconcat (fixture->origin, path, NULL);
  else
    url = g_strconcat (fixture->base, *path != '\0' ? "/" : "", path, NULL);
  message = soup_message_new (method, url);
  g_assert_nonnull (message);
  if (token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);

      soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", bearer);
    }

  return message;
}

Answer *
ask (Fixture *fixture, const char *method, const char *path, const char *token, const char *body, ...)
{
  g_autoptr (SoupMessage) message = message_new (fixture, method, path, token);
  const char *name;
  va_list pairs;

  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/fhir+json", bytes);
    }
  va_start (pairs, body);
  while ((name = va_arg (pairs, const char *)) != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), name, va_arg (pairs, const char *));
  va_end (pairs);

  return send (fixture, message);
}

Answer *
ask_bytes (Fixture *fixture,
           const char *method,
           const char *path,
           const char *token,
           const char *type,
           GBytes *body,
           const char *header,
           const char *value)
{
  g_autoptr (SoupMessage) message = message_new (fixture, method, path, token);

  soup_message_set_request_body_from_bytes (message, type, body);
  if (header != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), header, value);

  return send (fixture, message);
}

static GHashTable *
read_pairs (va_list pairs)
{
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);
  const char *name;

  while ((name = va_arg (pairs, const char *)) != NULL)
    g_hash_table_replace (table, (gpointer)name, va_arg (pairs, char *));

  return table;
}

Answer *
authorize (Fixture *fixture, ...)
{
  const char *const usual[][2] = {
    { "response_type", "code" },
    { "client_id", "zhenqiao" },
    { "redirect_uri", fixture_redirect },
    { "scope", "openid fhirUser offline_access user/*.cruds" },
    { "state", "a b&c=d/é" },
    { "nonce", "n-1" },
    { "aud", fixture->base },
    { "code_challenge", challenge },
    { "code_challenge_method", "S256" },
    { "login_hint", "lin" },
  };
  g_autoptr (GHashTable) wanted = NULL;
  g_autofree char *query = NULL, *path = NULL;
  GHashTableIter iter;
  gpointer value;
  va_list pairs;

  va_start (pairs, fixture);
  wanted = read_pairs (pairs);
  va_end (pairs);
  for (gsize i = 0; i < G_N_ELEMENTS (usual); i++)
    if (!g_hash_table_contains (wanted, usual[i][0]))
      g_hash_table_insert (wanted, (gpointer)usual[i][0], (gpointer)usual[i][1]);
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (value == NULL)
      g_hash_table_iter_remove (&iter);
  query = soup_form_encode_hash (wanted);
  path = g_strconcat ("/auth/authorize?", query, NULL);

  return ask (fixture, "GET", path, NULL, NULL, NULL);
}

char *
redirect_value (Answer *answer, const char *name)
{
  const char *location = soup_message_headers_get_one (answer->headers, "Location");
  const char *mark = location != NULL ? strchr (location, '?') : NULL;
  g_autoptr (GHashTable) values = mark != NULL ? soup_form_decode (mark + 1) : NULL;

  return values != NULL ? g_strdup (g_hash_table_lookup (values, name)) : NULL;
}

Answer *
post_form (Fixture *fixture, const char *path, ...)
{
  g_autoptr (GHashTable) values = NULL;
  g_autofree char *form = NULL;
  g_autoptr (GBytes) body = NULL;
  va_list pairs;

  va_start (pairs, path);
  values = read_pairs (pairs);
  va_end (pairs);
  form = soup_form_encode_hash (values);
  body = g_bytes_new (form, strlen (form));

  return ask_bytes (fixture, "POST", path, NULL, "application/x-www-form-urlencoded", body, NULL, NULL);
}

Answer *
exchange (Fixture *fixture, const char *code, const char *verifier)
{
  return post_form (fixture, "/auth/token", "grant_type", "authorization_code", "code", code, "client_id", "zhenqiao",
                    "redirect_uri", fixture_redirect, "code_verifier", verifier, NULL);
}

char *
sign_in (Fixture *fixture, const char *login)
{
  g_autoptr (Answer) redirect = authorize (fixture, "login_hint", login, NULL);
  g_autofree char *code = redirect_value (redirect, "code");
  g_autoptr (Answer) token = NULL;

  g_assert_cmpuint (redirect->status, ==, 302);
  g_assert_nonnull (code);
  token = exchange (fixture, code, fixture_verifier);
  g_assert_cmpuint (token->status, ==, 200);

  return g_strdup (zq_json_get_string (token->node, "access_token"));
}

void
assert_outcome (Answer *answer, guint status)
{
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_nonnull (answer->node);
  g_assert_cmpstr (zq_json_get_string (answer->node, "resourceType"), ==, "OperationOutcome");
  g_assert_nonnull (zq_json_get_string (answer->node, "issue[0].details.text"));
}

guint
entries (Answer *answer)
{
  g_assert_cmpuint (answer->status, ==, 200);
  return zq_json_get_length (answer->node, "entry");
}

gboolean
holds (Answer *answer, const char *id)
{
  for (guint i = 0; i < entries (answer); i++)
    {
      JsonNode *entry = zq_json_get_at (answer->node, "entry", i);

      if (g_strcmp0 (zq_json_get_string (entry, "resource.id"), id) == 0)
        return TRUE;
    }

  return FALSE;
}
