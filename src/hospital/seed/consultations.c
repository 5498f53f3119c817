/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"

#include "resource/json.h"

#include <string.h>

/* How many consultations are in which state, and whose they are. */
typedef struct
{
  const char *status;
  const char *owner; /* NULL: the pool */
  const char *department;
  int count;
} Group;

static const Group open_groups[] = {
  { "in-consultation", "doc-lin", ZQ_SEED_ENDO, 16 },     { "awaiting-acceptance", NULL, ZQ_SEED_ENDO, 12 },
  { "awaiting-acceptance", "doc-lin", ZQ_SEED_ENDO, 4 },  { "awaiting-patient", "doc-lin", ZQ_SEED_ENDO, 6 },
  { "ended-questions-left", "doc-lin", ZQ_SEED_ENDO, 4 }, { "in-consultation", "doc-fang", ZQ_SEED_ENDO, 6 },
  { "in-consultation", "doc-he", ZQ_SEED_ENDO, 4 },       { "awaiting-acceptance", "doc-fang", ZQ_SEED_ENDO, 2 },
  { "awaiting-patient", "doc-he", ZQ_SEED_ENDO, 4 },      { "ended-questions-left", "doc-fang", ZQ_SEED_ENDO, 2 },
  { "in-consultation", "doc-qin", ZQ_SEED_GENERAL, 3 },   { "awaiting-acceptance", NULL, ZQ_SEED_GENERAL, 3 },
};

static const Group closed_groups[] = {
  { "completed", "doc-lin", ZQ_SEED_ENDO, 24 },  { "completed", "doc-fang", ZQ_SEED_ENDO, 10 },
  { "completed", "doc-he", ZQ_SEED_ENDO, 6 },    { "declined", "doc-lin", ZQ_SEED_ENDO, 6 },
  { "expired-refunded", NULL, ZQ_SEED_ENDO, 5 }, { "sent-offline", "doc-lin", ZQ_SEED_ENDO, 5 },
  { "transferred", "doc-lin", ZQ_SEED_ENDO, 4 },
};

/* Minutes since the patient began to wait: of 24 hours most have hours left, some are over. */
static const int waits[] = { 95,   1420, 12,   1560, 340, 35,  720, 1290, 5, 210,
                             2140, 60,   1418, 450,  20,  980, 150, 1115, 8, 600 };

char *
zq_seed_fill (ZqSeedConsultation *c, const char *text)
{
  g_autoptr (GString) out = g_string_new (text);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, c->values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_autofree char *place = g_strdup_printf ("{%s}", (const char *)key);

      g_string_replace (out, place, value, 0);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
draw_tenths (ZqSeed *self, int low, int high)
{
  int tenths = zq_seed_between (self, low, high);

  return g_strdup_printf ("%d.%d", tenths / 10, tenths % 10);
}

static void
draw_values (ZqSeed *self, ZqSeedConsultation *c)
{
  int upper = zq_seed_between (self, 138, 172);

  c->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_hash_table_insert (c->values, (gpointer) "fbg", draw_tenths (self, 74, 134));
  g_hash_table_insert (c->values, (gpointer) "pbg", draw_tenths (self, 112, 168));
  g_hash_table_insert (c->values, (gpointer) "a1c", draw_tenths (self, 72, 104));
  g_hash_table_insert (c->values, (gpointer) "kg", draw_tenths (self, 620, 930));
  g_hash_table_insert (c->values, (gpointer) "bp",
                       g_strdup_printf ("%d/%d", upper, upper - zq_seed_between (self, 52, 66)));
}

static void
add_message (ZqSeedConsultation *c, char who, const char *text)
{
  ZqSeedMessage message = { who, text, 0 };

  g_array_append_val (c->messages, message);
}

static gboolean
is (ZqSeedConsultation *c, const char *status)
{
  return strcmp (c->status, status) == 0;
}

/* Which of the script's words have been said already. */
static void
choose_messages (ZqSeed *self, ZqSeedConsultation *c)
{
  int n_turns = (int)zq_json_get_length (c->script, "turns");
  int said = n_turns;
  g_autofree char *closing_path = g_strconcat ("closings.", c->status, NULL);
  const char *closing = zq_json_get_string (self->scripts, closing_path);

  for (guint i = 0; i < zq_json_get_length (c->script, "open"); i++)
    add_message (c, 'P', json_node_get_string (zq_json_get_at (c->script, "open", i)));

  if (is (c, "awaiting-acceptance") || is (c, "expired-refunded") || is (c, "declined"))
    said = 0;
  else if (is (c, "in-consultation")) /* up to words of the patient, or none yet */
    said = 2 * (c->number % 3);
  else if (is (c, "awaiting-patient") || closing != NULL)
    said = 1 + 2 * (c->number % 2);
  if (said >= 2 && c->number % 4 == 3)
    add_message (c, 'A', "您好，我是内分泌科护士小童。最近的化验单也请拍一张发上来，医生会一起看。");

  for (int i = 0; i < said; i++)
    {
      const char *turn = json_node_get_string (zq_json_get_at (c->script, "turns", (guint)i));

      add_message (c, g_str_has_prefix (turn, "医") ? 'D' : 'P', strchr (turn, ' ') + 1);
    }
  if (closing != NULL)
    add_message (c, 'D', closing);
}

/* Times go backwards from the start of the last turn, which is `waiting` ago. */
static void
set_times (ZqSeed *self, ZqSeedConsultation *c)
{
  gint64 at = self->now - c->waiting;
  int first = (int)c->messages->len - 1;
  char who = g_array_index (c->messages, ZqSeedMessage, first).who;

  while (first > 0 && g_array_index (c->messages, ZqSeedMessage, first - 1).who == who)
    first--;
  for (guint i = (guint)first; i < c->messages->len; i++)
    g_array_index (c->messages, ZqSeedMessage, i).sent = at + (i - (guint)first) * 45 * ZQ_SEED_SECOND;
  for (int i = first - 1; i >= 0; i--)
    {
      gboolean same =
          g_array_index (c->messages, ZqSeedMessage, i).who == g_array_index (c->messages, ZqSeedMessage, i + 1).who;
      int minutes = same ? 1 : zq_seed_between (self, 4, zq_seed_chance (self, 25) ? 900 : 120);

      at -= minutes * ZQ_SEED_MINUTE + zq_seed_between (self, 0, 59999) * 1000;
      g_array_index (c->messages, ZqSeedMessage, i).sent = at;
    }
  c->begun = g_array_index (c->messages, ZqSeedMessage, 0).sent;
  c->changed = g_array_index (c->messages, ZqSeedMessage, c->messages->len - 1).sent;
}

static ZqSeedPatient *
patient_for (ZqSeed *self, JsonNode *script, const char *department)
{
  return zq_seed_add_patient (self, zq_json_get_string (script, "sex"),
                              (int)g_ascii_strtoll (zq_json_get_string (script, "age[0]"), NULL, 10),
                              (int)g_ascii_strtoll (zq_json_get_string (script, "age[1]"), NULL, 10),
                              zq_json_get_string (script, "relative"), department);
}

static void
put_consultation (ZqSeed *self, const Group *group, int number, ZqSeedPatient *known, gint64 waiting)
{
  guint n_scripts = zq_json_get_length (self->scripts, "scripts");
  ZqSeedConsultation c = { .number = number, .status = group->status, .owner = group->owner };

  c.script = zq_json_get_at (self->scripts, "scripts", (guint)((number - 1) * 7) % n_scripts);
  c.department = group->department;
  c.waiting = waiting;
  c.patient = known != NULL ? known : patient_for (self, c.script, group->department);
  if (c.patient->doctor == NULL)
    c.patient->doctor = c.owner;
  c.messages = g_array_new (FALSE, TRUE, sizeof (ZqSeedMessage));
  draw_values (self, &c);
  choose_messages (self, &c);
  set_times (self, &c);

  zq_seed_thread (self, &c);
  zq_seed_task (self, &c);
  g_array_unref (c.messages);
  g_hash_table_unref (c.values);
}

/* A patient of before whom the script of consultation @number would fit, or NULL. */
static ZqSeedPatient *
patient_again (ZqSeed *self, int number)
{
  guint n_scripts = zq_json_get_length (self->scripts, "scripts");
  JsonNode *script = zq_json_get_at (self->scripts, "scripts", (guint)((number - 1) * 7) % n_scripts);
  const char *sex = zq_json_get_string (script, "sex");
  int youngest = (int)g_ascii_strtoll (zq_json_get_string (script, "age[0]"), NULL, 10);
  int oldest = (int)g_ascii_strtoll (zq_json_get_string (script, "age[1]"), NULL, 10);

  if (number % 3 != 0 || zq_json_get_string (script, "relative") != NULL)
    return NULL;
  for (guint i = (guint)number % 20; i < self->patients->len; i++)
    {
      ZqSeedPatient *patient = g_ptr_array_index (self->patients, i);
      int age = patient->age_days / 365;

      if (age >= youngest && age <= oldest && patient->relative_id == NULL &&
          strcmp (patient->department, ZQ_SEED_ENDO) == 0 &&
          (strcmp (sex, "any") == 0 || patient->female == (strcmp (sex, "female") == 0)))
        return patient;
    }
  return NULL;
}

static void
add_patient_account (ZqSeed *self, const char *login, ZqSeedPatient *patient)
{
  g_autofree char *user = g_strconcat ("Patient/", patient->id, NULL);

  zq_seed_account (self, login, patient->name, "patient", user, NULL);
}

void
zq_seed_consultations (ZqSeed *self)
{
  int number = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (open_groups); i++)
    for (int j = 0; j < open_groups[i].count; j++, number++)
      {
        int minutes = waits[(gsize)number % G_N_ELEMENTS (waits)];

        /* Where the patient has the word, nothing is late. */
        put_consultation (self, &open_groups[i], number + 1, NULL,
                          minutes * ZQ_SEED_MINUTE + zq_seed_between (self, 0, 59999) * 1000);
      }
  for (gsize i = 0; i < G_N_ELEMENTS (closed_groups); i++)
    for (int j = 0; j < closed_groups[i].count; j++, number++)
      put_consultation (self, &closed_groups[i], number + 1, patient_again (self, number + 1),
                        zq_seed_between (self, 30, 60 * 24) * ZQ_SEED_HOUR);
  while (self->patients->len < 300)
    zq_seed_add_patient (self, "any", self->patients->len % 9 == 0 ? 0 : 18, self->patients->len % 9 == 0 ? 15 : 96,
                         NULL, self->patients->len % 7 == 0 ? ZQ_SEED_GENERAL : ZQ_SEED_ENDO);

  /* One with an answer on the way, one in the pool, one who has not asked anything yet. */
  add_patient_account (self, "patient", g_ptr_array_index (self->patients, 0));
  add_patient_account (self, "patient2", g_ptr_array_index (self->patients, 16));
  add_patient_account (self, "patient3", g_ptr_array_index (self->patients, self->patients->len - 1));
}
