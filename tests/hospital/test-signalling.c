/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <string.h>

#define MINUTE ZQ_TEST_MINUTE_US

static Line *
line_new (Fixture *fixture, const char *token)
{
  g_autofree char *url = g_strconcat ("ws", fixture->origin + strlen ("http"), "/signalling", NULL);

  return line_open (fixture, url, token);
}

/* ' stands for ". */
static void
tell (Line *self, const char *json)
{
  g_autofree char *text = quotes (json);

  soup_websocket_connection_send_text (self->socket, text);
}

/* The next frame that came. (transfer full) */
static JsonNode *
hear (Line *self)
{
  g_assert_true (zq_test_wait_count (&self->n_frames, self->next + 1, 20));

  return zq_json_read (g_ptr_array_index (self->frames, self->next++), -1, NULL);
}

/* The next frame is of @type; an error's code stands in its place. What is told of others is not asked for. */
static void
expect (Line *self, const char *type)
{
  g_autoptr (JsonNode) node = hear (self);
  const char *code = zq_json_get_string (node, "code"), *found = zq_json_get_string (node, "type");

  if (g_strcmp0 (found, "member") == 0 && !g_str_equal (type, "member"))
    expect (self, type);
  else
    g_assert_cmpstr (code != NULL ? code : found, ==, type);
}

static void
put_visit (Fixture *fixture, const char *id, int minute, const char *status)
{
  g_autoptr (GDateTime) base = g_date_time_new_from_unix_utc ((ZQ_TEST_START_US + minute * MINUTE) / G_USEC_PER_SEC);
  g_autofree char *start = g_date_time_format (base, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char *json = g_strdup_printf (
      "{'resourceType':'Appointment','id':'%s','status':'%s','meta':{'tag':[{'system':"
      "'https://zhenqiao.org/fhir/department','code':'endo'}]},'start':'%s','end':'%s','participant':[{'actor':{"
      "'reference':'Patient/p1'},'status':'accepted'},{'actor':{'reference':'Practitioner/lin'},'status':'accepted'}]}",
      id, status, start, start);

  put (fixture, "Appointment", id, json);
}

static Answer *
ask_link (Fixture *fixture, const char *login, const char *visit)
{
  g_autofree char *token = sign_in (fixture, login);
  g_autofree char *json = g_strdup_printf ("{'appointment':'Appointment/%s'}", visit);
  g_autofree char *body = quotes (json);

  return ask (fixture, "POST", "/signalling/links", token, body, NULL);
}

/* The patient's line, in the waiting room of visit v. */
static Line *
patient_line (Fixture *fixture)
{
  g_autoptr (Answer) answer = ask_link (fixture, "p1", "v");
  Line *line = line_new (fixture, NULL);
  g_autofree char *join = NULL;

  g_assert_cmpuint (answer->status, ==, 201);
  join =
      g_strdup_printf ("{'type':'join','room':'Appointment/v','link':'%s'}", zq_json_get_string (answer->node, "link"));
  tell (line, join);

  return line;
}

static Line *
doctor_line (Fixture *fixture)
{
  g_autofree char *token = sign_in (fixture, "lin");
  Line *line = line_new (fixture, token);

  tell (line, "{'type':'join','room':'Appointment/v'}");

  return line;
}

static char *
status_of (Fixture *fixture)
{
  g_autofree char *token = sign_in (fixture, "lin");
  g_autoptr (Answer) answer = get (fixture, token, "Appointment/v");

  return g_strdup (zq_json_get_string (answer->node, "status"));
}

/* --- tests -------------------------------------------------------------------------------------- */

static void
test_let_in_and_relayed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) doctor = NULL, patient = NULL;
  g_autoptr (JsonNode) joined = NULL, offer = NULL;

  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  expect (doctor, "joined");
  patient = patient_line (fixture);
  joined = hear (patient);
  g_assert_cmpstr (zq_json_get_string (joined, "role"), ==, "patient");
  expect (doctor, "member");
  tell (patient, "{'type':'answer','to':'m1','call':1,'sdp':'v=0'}");
  expect (patient, "not-admitted");
  tell (doctor, "{'type':'offer','to':'m2','call':1,'sdp':'v=0'}");
  expect (doctor, "not-admitted");
  tell (patient, "{'type':'admit','member':'m2'}");
  expect (patient, "not-allowed");
  tell (doctor, "{'type':'admit','member':'m2'}");
  expect (patient, "admitted");
  tell (doctor, "{'type':'offer','to':'m2','call':7,'sdp':'v=0 \\u00e9'}");
  offer = hear (patient);
  g_assert_cmpstr (zq_json_get_string (offer, "from"), ==, "m1");
  g_assert_cmpstr (zq_json_get_string (offer, "call"), ==, "7");
  g_assert_cmpstr (zq_json_get_string (offer, "sdp"), ==, "v=0 é");
  tell (patient, "{'type':'answer','to':'m1','call':7,'sdp':'v=0'}");
  expect (doctor, "answer");
  tell (doctor, "{'type':'end'}");
  expect (patient, "ended");
  g_assert_true (zq_test_wait_flag (&patient->closed, 20));
}

static void
test_nonsense_does_no_harm (Fixture *fixture, gconstpointer data)
{
  static const char *const nonsense[] = {
    "[]",  "{",   "null",     "{'type':7}", "{'type':'sing'}", "{'type':'answer','to':'m1','call':'x','sdp':'v=0'}",
    "\"x", "3.5", "{'a':{}}",
  };
  g_autoptr (Line) doctor = NULL, patient = NULL;
  g_autofree char *large = g_strnfill (70 * 1024, 'x');

  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  expect (doctor, "joined");
  patient = patient_line (fixture);
  expect (patient, "joined");
  expect (doctor, "member");
  tell (doctor, "{'type':'admit','member':'m2'}");
  expect (patient, "admitted");
  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      tell (patient, nonsense[i]);
      expect (patient, "bad-json");
    }
  tell (patient, "{'type':'answer','to':'m1','call':1,'sdp':'hello'}");
  expect (patient, "bad-json");
  soup_websocket_connection_send_text (patient->socket, large);
  expect (patient, "too-large");
  g_assert_true (zq_test_wait_flag (&patient->closed, 20));
  expect (doctor, "member");
  tell (doctor, "{'type':'ping','n':1}");
  expect (doctor, "pong");
}

static void
test_too_fast_is_hung_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) doctor = NULL, patient = NULL;
  guint refused = 0;

  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  expect (doctor, "joined");
  patient = patient_line (fixture);
  expect (patient, "joined");
  for (guint i = 0; i < 200; i++)
    tell (patient, "{'type':'ping','n':1}");
  g_assert_true (zq_test_wait_flag (&patient->closed, 20));
  for (guint i = 0; i < patient->n_frames; i++)
    refused += strstr (g_ptr_array_index (patient->frames, i), "too-fast") != NULL;
  g_assert_cmpuint (refused, ==, 1);
  g_assert_cmpuint (patient->n_frames, <, 130);
  expect (doctor, "member");
  tell (doctor, "{'type':'ping','n':1}");
  expect (doctor, "pong");
}

static void
test_comes_back_into_its_place (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) doctor = NULL, patient = NULL, again = NULL;
  g_autoptr (JsonNode) joined = NULL, back = NULL;
  g_autofree char *resume = NULL;

  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  expect (doctor, "joined");
  patient = patient_line (fixture);
  joined = hear (patient);
  expect (doctor, "member");
  tell (doctor, "{'type':'admit','member':'m2'}");
  expect (patient, "admitted");
  soup_websocket_connection_close (patient->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  expect (doctor, "member"); /* is away */
  again = line_new (fixture, NULL);
  resume =
      g_strdup_printf ("{'type':'join','room':'Appointment/v','resume':'%s'}", zq_json_get_string (joined, "resume"));
  tell (again, resume);
  back = hear (again);
  g_assert_cmpstr (zq_json_get_string (back, "you"), ==, "m2");
  g_assert_true (zq_json_get_boolean (zq_json_get_at (back, "members", 1), "admitted", FALSE));
  /* A second time it is good for nothing. */
  {
    g_autoptr (Line) thief = line_new (fixture, NULL);

    tell (thief, resume);
    expect (thief, "no-room");
  }
}

static void
test_second_workstation_takes_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) first = NULL, second = NULL;

  put_visit (fixture, "v", 10, "booked");
  first = doctor_line (fixture);
  expect (first, "joined");
  second = doctor_line (fixture);
  expect (second, "joined");
  expect (first, "taken");
  g_assert_true (zq_test_wait_flag (&first->closed, 20));
}

static void
test_links_expire (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Answer) answer = NULL, others = NULL, early = NULL, over = NULL;
  g_autoptr (Line) late = NULL;
  g_autofree char *join = NULL;

  put_visit (fixture, "v", 10, "booked");
  put_visit (fixture, "later", 31, "booked");
  put_visit (fixture, "gone", 10, "cancelled");
  others = ask_link (fixture, "p2", "v");
  g_assert_cmpuint (others->status, ==, 404);
  early = ask_link (fixture, "p1", "later");
  g_assert_cmpuint (early->status, ==, 409);
  over = ask_link (fixture, "p1", "gone");
  g_assert_cmpuint (over->status, ==, 410);
  answer = ask_link (fixture, "p1", "v");
  join =
      g_strdup_printf ("{'type':'join','room':'Appointment/v','link':'%s'}", zq_json_get_string (answer->node, "link"));
  zq_clock_advance (fixture->clock, 5 * 60 * MINUTE);
  late = line_new (fixture, NULL);
  tell (late, join);
  expect (late, "link-expired");
  g_assert_true (zq_test_wait_flag (&late->closed, 20));
}

/* A guest's line, by a link that the doctor asked for. */
static Line *
guest_line (Fixture *fixture, const char *token)
{
  g_autofree char *body = quotes ("{'appointment':'Appointment/v','name':'Li','relation':'child','as':'guest'}");
  g_autoptr (Answer) answer = ask (fixture, "POST", "/signalling/links", token, body, NULL);
  Line *line = line_new (fixture, NULL);
  g_autofree char *join = NULL;

  g_assert_cmpuint (answer->status, ==, 201);
  join =
      g_strdup_printf ("{'type':'join','room':'Appointment/v','link':'%s'}", zq_json_get_string (answer->node, "link"));
  tell (line, join);

  return line;
}

static void
test_guests_of_one_name_are_two (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "lin");
  g_autoptr (Line) first = NULL, second = NULL;
  g_autoptr (JsonNode) one = NULL, two = NULL;

  put_visit (fixture, "v", 10, "booked");
  first = guest_line (fixture, token);
  one = hear (first);
  second = guest_line (fixture, token);
  two = hear (second);
  g_assert_cmpstr (zq_json_get_string (one, "role"), ==, "guest");
  g_assert_cmpstr (zq_json_get_string (one, "you"), ==, "m1");
  g_assert_cmpstr (zq_json_get_string (two, "you"), ==, "m2");
  g_assert_false (first->closed);
}

static void
test_links_open_one_door (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Answer) answer = NULL;
  g_autoptr (Line) forged = line_new (fixture, NULL), other = line_new (fixture, NULL);
  g_autofree char *join = NULL;

  put_visit (fixture, "v", 10, "booked");
  put_visit (fixture, "w", 10, "booked");
  answer = ask_link (fixture, "p1", "v");
  join =
      g_strdup_printf ("{'type':'join','room':'Appointment/w','link':'%s'}", zq_json_get_string (answer->node, "link"));
  tell (other, join);
  expect (other, "link-unknown");
  g_assert_true (zq_test_wait_flag (&other->closed, 20));
  tell (forged, "{'type':'join','room':'Appointment/v','link':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}");
  expect (forged, "link-unknown");
  g_assert_true (zq_test_wait_flag (&forged->closed, 20));
}

static void
test_another_doctor_is_not_let_in (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (Line) line = NULL, none = NULL;

  put_visit (fixture, "v", 10, "booked");
  token = sign_in (fixture, "wang");
  line = line_new (fixture, token);
  tell (line, "{'type':'join','room':'Appointment/v'}");
  expect (line, "no-room");
  none = line_new (fixture, "forged");
  g_assert_null (none->socket);
}

static gboolean
has_status (Fixture *fixture, const char *wanted)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *status = status_of (fixture);

      if (g_str_equal (status, wanted))
        return TRUE;
      zq_test_settle ();
      zq_clock_advance (fixture->clock, 1000);
    }

  return FALSE;
}

/* Who speaks for the patient has a place on the patient's side, and a page to go to. */
static void
test_a_relative_is_of_the_patients_side (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "lin");
  g_autofree char *body = quotes ("{'appointment':'Appointment/v','name':'Li','relation':'child','as':'relative'}");
  g_autofree char *join = NULL, *end = NULL;
  g_autoptr (Answer) answer = NULL;
  g_autoptr (Line) line = line_new (fixture, NULL);
  g_autoptr (JsonNode) joined = NULL;
  const char *link;

  put_visit (fixture, "v", 10, "booked");
  answer = ask (fixture, "POST", "/signalling/links", token, body, NULL);
  link = zq_json_get_string (answer->node, "link");
  end = g_strdup_printf ("/patient/visit.html#link=%s&room=Appointment/v", link);
  g_assert_true (g_str_has_suffix (zq_json_get_string (answer->node, "page"), end));
  join = g_strdup_printf ("{'type':'join','room':'Appointment/v','link':'%s'}", link);
  tell (line, join);
  joined = hear (line);
  g_assert_cmpstr (zq_json_get_string (joined, "role"), ==, "relative");
  g_assert_true (has_status (fixture, "arrived"));
}

/* The same from within the room; the doctor's alone. */
static void
test_asked_in_from_the_room (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) doctor = NULL, patient = NULL, guest = line_new (fixture, NULL);
  g_autoptr (JsonNode) invited = NULL, joined = NULL, member = NULL;
  g_autofree char *join = NULL, *link = NULL;
  const char *page;

  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  expect (doctor, "joined");
  patient = patient_line (fixture);
  expect (patient, "joined");
  expect (doctor, "member");
  tell (patient, "{'type':'invite','name':'Li'}");
  expect (patient, "not-allowed");
  tell (doctor, "{'type':'invite','name':''}");
  expect (doctor, "bad-json");
  tell (doctor, "{'type':'invite','name':'Li','as':'relative'}");
  invited = hear (doctor);
  g_assert_cmpstr (zq_json_get_string (invited, "type"), ==, "invited");
  page = zq_json_get_string (invited, "page");
  g_assert_nonnull (strstr (page, "/patient/visit.html#link="));
  link = g_strndup (strstr (page, "#link=") + strlen ("#link="), 43);
  join = g_strdup_printf ("{'type':'join','room':'Appointment/v','link':'%s'}", link);
  tell (guest, join);
  joined = hear (guest);
  g_assert_cmpstr (zq_json_get_string (joined, "role"), ==, "relative");
  member = hear (doctor);
  g_assert_cmpstr (zq_json_get_string (member, "member.name"), ==, "Li");
}

static void
test_waiting_is_written (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) patient = NULL;

  put_visit (fixture, "v", 10, "booked");
  patient = patient_line (fixture);
  expect (patient, "joined");
  g_assert_true (has_status (fixture, "arrived"));
  soup_websocket_connection_close (patient->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_assert_true (zq_test_wait_flag (&patient->closed, 20));
  zq_test_settle ();
  g_assert_true (has_status (fixture, "arrived"));
  zq_test_advance (fixture->clock, 3 * MINUTE, MINUTE);
  g_assert_true (has_status (fixture, "booked"));
}

/* The hospital was stopped while the patient waited, and the patient did not come again. */
static void
test_nobody_waits_over_a_restart (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (ZQ_TEST_START_US);
  ZqHospitalOptions options = { .clock = clock };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqHospital) hospital = zq_hospital_new (&options, &error);
  g_autofree char *json = quotes ("{'resourceType':'Appointment','id':'v','status':'arrived','extension':[{'url':"
                                  "'https://zhenqiao.org/fhir/StructureDefinition/arrived-at','valueInstant':"
                                  "'2026-11-22T02:00:00Z'}]}");
  g_autofree char *before = NULL, *after = NULL;

  g_assert_no_error (error);
  g_assert_true (zq_hospital_put (hospital, "Appointment", "v", json, 0, &error));
  g_assert_true (zq_hospital_listen (hospital, "127.0.0.1:0", &error));
  zq_test_advance (clock, MINUTE, MINUTE);
  before = zq_hospital_get (hospital, "Appointment", "v");
  g_assert_nonnull (strstr (before, "\"arrived\""));
  zq_test_advance (clock, 2 * MINUTE, MINUTE);
  after = zq_hospital_get (hospital, "Appointment", "v");
  g_assert_nonnull (strstr (after, "\"booked\""));
  g_assert_null (strstr (after, "arrived-at"));
}

/* Who was sent away waits no more, though nobody's connection broke. */
static void
test_sent_away_waits_no_more (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) doctor = NULL, patient = NULL;

  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  expect (doctor, "joined");
  patient = patient_line (fixture);
  expect (patient, "joined");
  g_assert_true (has_status (fixture, "arrived"));
  tell (doctor, "{'type':'refuse','member':'m2'}");
  expect (patient, "refused");
  zq_test_advance (fixture->clock, 3 * MINUTE, MINUTE);
  g_assert_true (has_status (fixture, "booked"));
}

/* The doctor's comings and goings do not make the patient wait longer than it did. */
static void
test_doctor_does_not_keep_patient_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) patient = NULL;

  put_visit (fixture, "v", 10, "booked");
  patient = patient_line (fixture);
  expect (patient, "joined");
  g_assert_true (has_status (fixture, "arrived"));
  soup_websocket_connection_close (patient->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_assert_true (zq_test_wait_flag (&patient->closed, 20));
  zq_test_settle ();
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Line) doctor = doctor_line (fixture);

      expect (doctor, "joined");
      zq_test_advance (fixture->clock, MINUTE, MINUTE / 2);
    }
  g_assert_true (has_status (fixture, "booked"));
}

/* Frames that are cut, turned and grown, 200 of them, a second apart: whoever sends them is answered or hung up, the
 * doctor is not disturbed. */
static void
test_garbage_does_no_harm (Fixture *fixture, gconstpointer data)
{
  static const char seed[] = "{\"type\":\"offer\",\"to\":\"m1\",\"call\":7,\"sdp\":\"v=0\",\"members\":[{}]}";
  g_autoptr (GRand) chance = g_rand_new_with_seed (20261123);
  g_autoptr (Line) doctor = NULL, patient = NULL;

  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  expect (doctor, "joined");
  patient = patient_line (fixture);
  expect (patient, "joined");
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup (seed);
      guint answered = patient->n_frames;

      for (gint32 n = g_rand_int_range (chance, 1, 6); n > 0; n--)
        text[g_rand_int_range (chance, 0, (gint32)strlen (seed))] = (char)g_rand_int_range (chance, 32, 127);
      if (i % 3 == 0)
        text[g_rand_int_range (chance, 0, (gint32)strlen (seed))] = '\0';
      zq_clock_advance (fixture->clock, G_USEC_PER_SEC);
      soup_websocket_connection_send_text (patient->socket, text);
      tell (patient, "{'type':'ping','n':1}");
      while (strstr (patient->n_frames > answered ? g_ptr_array_index (patient->frames, patient->n_frames - 1) : "",
                     "pong") == NULL)
        g_assert_true (zq_test_wait_count (&patient->n_frames, patient->n_frames + 1, 20));
    }
  for (guint i = 0; i < doctor->n_frames; i++)
    g_assert_null (strstr (g_ptr_array_index (doctor->frames, i), "offer"));
  tell (doctor, "{'type':'ping','n':1}");
  expect (doctor, "pong");
}

static void
test_relay_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Line) doctor = NULL;
  g_autoptr (JsonNode) joined = NULL;
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *)"secret", 6);
  g_autofree char *wanted = NULL;
  const char *name;
  guint8 digest[20];
  gsize length = sizeof digest;

  zq_hospital_set_turn (fixture->hospital, "192.0.2.1:3478", "secret");
  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  joined = hear (doctor);
  name = zq_json_get_string (joined, "ice[1].username");
  g_assert_cmpint (g_ascii_strtoll (name, NULL, 10), >, ZQ_TEST_START_US / G_USEC_PER_SEC);
  g_hmac_update (hmac, (const guchar *)name, (gssize)strlen (name));
  g_hmac_get_digest (hmac, digest, &length);
  wanted = g_base64_encode (digest, length);
  g_assert_cmpstr (zq_json_get_string (joined, "ice[1].credential"), ==, wanted);
  g_assert_cmpstr (zq_json_get_string (joined, "ice[0].urls[0]"), ==, "stun:192.0.2.1:3478");
}

static void
test_task_of_a_visit (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "lin"), *patient = sign_in (fixture, "p1"),
                  *other = sign_in (fixture, "p2");
  g_autofree char *json = quotes (
      "{'resourceType':'Appointment','status':'booked','meta':{'tag':[{'system':'https://zhenqiao.org/fhir/department',"
      "'code':'endo'}]},'start':'2026-11-22T02:10:00Z','end':'2026-11-22T02:25:00Z','participant':[{'actor':{'"
      "reference':"
      "'Patient/p1'},'status':'accepted'},{'actor':{'reference':'Practitioner/lin'},'status':'accepted'}]}");
  g_autofree char *body = NULL, *moved = NULL, *path = NULL, *task_path = NULL;
  g_autoptr (Answer) made = NULL, task = NULL, gone = NULL, visit = NULL, refused = NULL, cancelled = NULL, none = NULL;

  put_consultation (fixture, "c", "p1", "Practitioner/lin", "in-consultation");
  made = ask (fixture, "POST", "Appointment", token, json, NULL);
  g_assert_cmpuint (made->status, ==, 201);
  path = g_strconcat ("Appointment/", zq_json_get_string (made->node, "id"), NULL);
  task_path = g_strconcat ("Task/visit-", zq_json_get_string (made->node, "id"), NULL);
  task = get (fixture, token, task_path);
  g_assert_cmpuint (task->status, ==, 200);
  g_assert_cmpstr (zq_json_get_string (task->node, "focus.reference"), ==, path);
  none = get (fixture, other, path);
  g_assert_cmpuint (none->status, >=, 403);
  visit = get (fixture, patient, path);
  g_assert_cmpuint (visit->status, ==, 200);
  moved = replaced (visit->text, "T02:10", "T03:10");
  refused = ask (fixture, "PUT", path, patient, moved, NULL);
  g_assert_cmpuint (refused->status, ==, 403);
  body = replaced (visit->text, "booked", "cancelled");
  cancelled = ask (fixture, "PUT", path, patient, body, NULL);
  g_assert_cmpuint (cancelled->status, ==, 200);
  gone = get (fixture, token, task_path);
  g_assert_cmpstr (zq_json_get_string (gone->node, "status"), ==, "cancelled");
}

/* Saying no is all that a patient does to an appointment. */
static void
test_patient_only_cancels (Fixture *fixture, gconstpointer data)
{
  static const char *const changes[][2] = {
    { "T02:10", "T03:10" },
    { "Practitioner/lin", "Practitioner/wang" },
    { "\"accepted\"", "\"declined\"" },
    { "\"endo\"", "\"cardio\"" },
    { "\"cancelled\"", "\"cancelled\",\"description\":\"something else\"" },
    { "\"cancelled\"", "\"cancelled\",\"minutesDuration\":600" },
    { "\"cancelled\"", "\"cancelled\",\"supportingInformation\":[{\"reference\":\"Communication/other\"}]" },
    { "\"cancelled\"", "\"cancelled\",\"extension\":[{\"url\":\"https://example.org/x\",\"valueString\":\"x\"}]" },
    { "\"cancelled\"", "\"fulfilled\"" },
  };
  g_autofree char *patient = sign_in (fixture, "p1"), *body = NULL, *with_reason = NULL;
  g_autoptr (Answer) visit = NULL, cancelled = NULL, again = NULL;

  put_visit (fixture, "v", 10, "booked");
  visit = get (fixture, patient, "Appointment/v");
  body = replaced (visit->text, "booked", "cancelled");
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *changed = replaced (body, changes[i][0], changes[i][1]);
      g_autoptr (Answer) refused = ask (fixture, "PUT", "Appointment/v", patient, changed, NULL);
      g_autoptr (Answer) after = get (fixture, patient, "Appointment/v");

      g_assert_cmpstr (changed, !=, body);
      g_assert_cmpuint (refused->status, ==, 403);
      g_assert_cmpstr (after->text, ==, visit->text);
    }
  with_reason = replaced (body, "\"cancelled\"", "\"cancelled\",\"cancelationReason\":{\"text\":\"better\"}");
  cancelled = ask (fixture, "PUT", "Appointment/v", patient, with_reason, NULL);
  g_assert_cmpuint (cancelled->status, ==, 200);
  again = ask (fixture, "PUT", "Appointment/v", patient, with_reason, NULL);
  g_assert_cmpuint (again->status, ==, 403);
}

static guint
consent (Fixture *fixture, const char *token, const char *patient, const char *visit, const char *rest)
{
  g_autofree char *json = g_strdup_printf (
      "{'resourceType':'Consent','status':'active','scope':{'coding':[{'system':"
      "'http://terminology.hl7.org/CodeSystem/"
      "consentscope','code':'patient-privacy'}]},'category':[{'coding':[{'system':"
      "'https://zhenqiao.org/fhir/CodeSystem/consent-category','code':'video-recording'}]}],'patient':{'reference':"
      "'Patient/%s'},'provision':{'type':'permit','data':[{'meaning':'instance','reference':{'reference':"
      "'Appointment/%s'}}]}%s}",
      patient, visit, rest);
  g_autofree char *body = quotes (json);
  g_autoptr (Answer) answer = ask (fixture, "POST", "Consent", token, body, NULL);

  return answer->status;
}

/* Whether one may be recorded is said by oneself, of a visit of one's own. */
static void
test_consent_is_ones_own (Fixture *fixture, gconstpointer data)
{
  g_autofree char *patient = sign_in (fixture, "p1"), *other = sign_in (fixture, "p2");

  put_visit (fixture, "v", 10, "booked");
  g_assert_cmpuint (consent (fixture, patient, "p1", "v", ""), ==, 201);
  g_assert_cmpuint (consent (fixture, other, "p1", "v", ""), ==, 403);
  g_assert_cmpuint (consent (fixture, other, "p2", "v", ""), ==, 403);
  g_assert_cmpuint (consent (fixture, patient, "p1", "none", ""), ==, 403);
}

/* What the hospital decides of visits is in its own Library, and counts at once. */
static void
test_the_policy_says_when (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autofree char *text =
      quotes ("{'format':1,'version':'7','opens-before':3600,'closes-after':0,'recording':'required'}");
  g_autofree char *packed = g_base64_encode ((const guchar *)text, strlen (text));
  g_autofree char *library =
      g_strdup_printf ("{'resourceType':'Library','id':'policy-visit','status':'active','name':'visit','meta':{'tag':[{"
                       "'system':'https://zhenqiao.org/fhir/policy','code':'policy'}]},'type':{'text':'x'},"
                       "'content':[{'contentType':'application/json','data':'%s'}]}",
                       packed);
  g_autofree char *body = quotes (library);
  g_autoptr (Answer) before = ask (fixture, "GET", "/signalling/links", NULL, NULL, NULL);
  g_autoptr (Answer) early = NULL, put_there = NULL, after = NULL, link = NULL, over = NULL;

  put_visit (fixture, "v", 40, "booked");
  put_visit (fixture, "past", -1, "booked");
  g_assert_cmpstr (zq_json_get_string (before->node, "opens-before"), ==, "1800");
  g_assert_cmpstr (zq_json_get_string (before->node, "closes-after"), ==, "14400");
  g_assert_cmpstr (zq_json_get_string (before->node, "recording"), ==, "off");
  early = ask_link (fixture, "p1", "v");
  g_assert_cmpuint (early->status, ==, 409);
  put_there = ask (fixture, "PUT", "Library/policy-visit", token, body, NULL);
  g_assert_cmpuint (put_there->status, ==, 201);
  after = ask (fixture, "GET", "/signalling/links", NULL, NULL, NULL);
  g_assert_cmpstr (zq_json_get_string (after->node, "opens-before"), ==, "3600");
  g_assert_cmpstr (zq_json_get_string (after->node, "recording"), ==, "required");
  link = ask_link (fixture, "p1", "v");
  g_assert_cmpuint (link->status, ==, 201);
  over = ask_link (fixture, "p1", "past");
  g_assert_cmpuint (over->status, ==, 410);
}

/* Where every visit is recorded nobody is let in who has not agreed to it; the doctor hears what is said. */
static void
test_required_recording_needs_consent (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "p1");
  g_autoptr (Line) doctor = NULL, patient = NULL;
  g_autoptr (JsonNode) joined = NULL, permitted = NULL;

  zq_hospital_set_recording (fixture->hospital, "required", NULL);
  put_visit (fixture, "v", 10, "booked");
  doctor = doctor_line (fixture);
  joined = hear (doctor);
  g_assert_cmpstr (zq_json_get_string (joined, "recording"), ==, "required");
  g_assert_null (zq_json_get_string (joined, "consent"));
  patient = patient_line (fixture);
  expect (patient, "joined");
  expect (doctor, "member");
  tell (doctor, "{'type':'admit','member':'m2'}");
  expect (doctor, "no-consent");
  g_assert_cmpuint (consent (fixture, token, "p1", "v", ",'id':'x'"), ==, 201);
  permitted = hear (doctor);
  g_assert_cmpstr (zq_json_get_string (permitted, "type"), ==, "consent");
  g_assert_cmpstr (zq_json_get_string (permitted, "answer"), ==, "permit");
  tell (doctor, "{'type':'admit','member':'m2'}");
  expect (patient, "admitted");
  /* It has nowhere to keep anything. */
  tell (doctor, "{'type':'recording','on':true}");
  expect (doctor, "not-allowed");
}

static void
assert_call (Fixture *fixture, const char *token, const char *path, const char *status, const char *outcome)
{
  g_autoptr (Answer) answer = get (fixture, token, path);

  g_assert_cmpstr (zq_json_get_string (answer->node, "status"), ==, status);
  g_assert_cmpstr (zq_json_get_code (answer->node, "statusReason", NULL), ==, outcome);
}

static void
test_called_back (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "lin"), *patient = sign_in (fixture, "p1"), *path = NULL, *second = NULL;
  g_autofree char *fault = quotes ("{'call-back':'no-answer'}"), *operator= sign_in (fixture, "operator");
  g_autoptr (Answer) called = NULL, twice = NULL, others = NULL, hidden = NULL, again = NULL, set = NULL;

  put_consultation (fixture, "c", "p1", "Practitioner/lin", "in-consultation");
  put (fixture, "Encounter", "e",
       "{'resourceType':'Encounter','id':'e','status':'in-progress','class':{'code':'VR'},"
       "'subject':{'reference':'Patient/p1'},'participant':[{'individual':{'reference':'Practitioner/lin'}}]}");
  others = ask (fixture, "POST", "Encounter/e/$call-back", patient, "{}", NULL);
  g_assert_cmpuint (others->status, >=, 403);
  called = ask (fixture, "POST", "Encounter/e/$call-back", token, "{}", NULL);
  g_assert_cmpuint (called->status, ==, 201);
  path = g_strconcat ("Communication/", zq_json_get_string (called->node, "id"), NULL);
  assert_call (fixture, token, path, "in-progress", NULL);
  hidden = get (fixture, patient, path);
  g_assert_cmpuint (hidden->status, >=, 403);
  twice = ask (fixture, "POST", "Encounter/e/$call-back", token, "{}", NULL);
  g_assert_cmpuint (twice->status, ==, 201); /* the same call */
  zq_test_advance (fixture->clock, 4 * G_USEC_PER_SEC, G_USEC_PER_SEC);
  assert_call (fixture, token, path, "in-progress", "answered");
  zq_test_advance (fixture->clock, 2 * MINUTE, MINUTE / 4);
  assert_call (fixture, token, path, "completed", "answered");
  set = ask (fixture, "PUT", "/_sandbox/faults", operator, fault, NULL);
  g_assert_cmpuint (set->status, <, 300);
  again = ask (fixture, "POST", "Encounter/e/$call-back", token, "{}", NULL);
  second = g_strconcat ("Communication/", zq_json_get_string (again->node, "id"), NULL);
  zq_test_advance (fixture->clock, 4 * G_USEC_PER_SEC, G_USEC_PER_SEC);
  assert_call (fixture, token, second, "not-done", "no-answer");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/signalling/let-in-and-relayed", test_let_in_and_relayed);
  fixture_add ("/signalling/nonsense-does-no-harm", test_nonsense_does_no_harm);
  fixture_add ("/signalling/too-fast-is-hung-up", test_too_fast_is_hung_up);
  fixture_add ("/signalling/comes-back-into-its-place", test_comes_back_into_its_place);
  fixture_add ("/signalling/second-workstation-takes-over", test_second_workstation_takes_over);
  fixture_add ("/signalling/links-expire", test_links_expire);
  fixture_add ("/signalling/links-open-one-door", test_links_open_one_door);
  fixture_add ("/signalling/a-relative-is-of-the-patients-side", test_a_relative_is_of_the_patients_side);
  fixture_add ("/signalling/asked-in-from-the-room", test_asked_in_from_the_room);
  fixture_add ("/signalling/guests-of-one-name-are-two", test_guests_of_one_name_are_two);
  fixture_add ("/signalling/another-doctor-is-not-let-in", test_another_doctor_is_not_let_in);
  fixture_add ("/signalling/waiting-is-written", test_waiting_is_written);
  g_test_add_func ("/signalling/nobody-waits-over-a-restart", test_nobody_waits_over_a_restart);
  fixture_add ("/signalling/sent-away-waits-no-more", test_sent_away_waits_no_more);
  fixture_add ("/signalling/doctor-does-not-keep-patient-waiting", test_doctor_does_not_keep_patient_waiting);
  fixture_add ("/signalling/garbage-does-no-harm", test_garbage_does_no_harm);
  fixture_add ("/signalling/relay-password", test_relay_password);
  fixture_add ("/visits/task-of-a-visit", test_task_of_a_visit);
  fixture_add ("/visits/patient-only-cancels", test_patient_only_cancels);
  fixture_add ("/visits/consent-is-ones-own", test_consent_is_ones_own);
  fixture_add ("/visits/the-policy-says-when", test_the_policy_says_when);
  fixture_add ("/visits/required-recording-needs-consent", test_required_recording_needs_consent);
  fixture_add ("/visits/called-back", test_called_back);

  return g_test_run ();
}
