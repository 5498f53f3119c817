/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "hospital/hospital.h"
#include "hospital/seed/seed.h"
#include "resource/json.h"

#include <malloc.h>
#include <string.h>

#define START G_GINT64_CONSTANT (1795000000123000)
#define SMALL "demo:patients=150,consultations=600,messages=6000,observations=300"

/* Takes what the generator writes, and looks at what is of the bulk. */
typedef struct
{
  GChecksum *checksum;
  guint n;
  gsize most_memory;

  GHashTable *counts;  /* type, "message", "correction", "withdrawn", state, "owner <ref>"… → n */
  GHashTable *threads; /* header → n of messages */
  GHashTable *files;   /* "Binary/id" → "type size hash" */
  guint n_texts, n_characters, shortest, longest;
  gboolean looks;
} Sink;

static void
count (Sink *self, const char *sort, const char *what)
{
  char *key = g_strconcat (sort, what, NULL);

  g_hash_table_insert (self->counts, key,
                       GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, key)) + 1));
}

static guint
counted (Sink *self, const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, key));
}

static void
look_at_file (Sink *self, const char *id, JsonNode *node)
{
  gsize length = 0, digest_length = 20;
  guint8 digest[20];
  const char *type = zq_json_get_string (node, "contentType");
  g_autofree guchar *data = g_base64_decode (zq_json_get_string (node, "data"), &length);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *hash = NULL;

  g_checksum_update (checksum, data, (gssize)length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  hash = g_base64_encode (digest, digest_length);
  g_assert_true (g_str_has_prefix (zq_json_get_string (node, "securityContext.reference"), "Patient/bp-"));
  g_hash_table_insert (self->files, g_strconcat ("Binary/", id, NULL),
                       g_strdup_printf ("%s %" G_GSIZE_FORMAT " %s", type, length, hash));
  count (self, "file ", type);
  if (g_str_equal (type, "image/jpeg"))
    g_assert_cmpmem (data, 2, "\xFF\xD8", 2);
  else if (g_str_equal (type, "application/pdf"))
    g_assert_cmpmem (data, 5, "%PDF-", 5);
  if (g_str_equal (type, "image/jpeg") && memcmp (data + 2, "\xFF\xE1", 2) == 0)
    {
      g_assert_cmpmem (data + 6, 6, "Exif\0", 6);
      count (self, "orientation ", (char[]){ (char)('0' + data[31]), '\0' });
    }
}

static void
look_at_text (Sink *self, const char *text)
{
  guint length = (guint)g_utf8_strlen (text, -1);

  self->n_texts++;
  self->n_characters += length;
  self->shortest = MIN (self->shortest, length);
  self->longest = MAX (self->longest, length);
  for (const char *const *word = (const char *const[]){ "血糖", "头晕", "二甲双胍", "嗜铬细胞瘤", "黟县", NULL };
       *word != NULL; word++)
    if (strstr (text, *word) != NULL)
      count (self, "word ", *word);
}

static void
look_at_message (Sink *self, JsonNode *node)
{
  const char *category = zq_json_get_code (node, "category", ZQ_CODE_SYSTEM ("communication-category"));
  const char *thread = zq_json_get_string (node, "partOf[0].reference");

  count (self, "category ", category);
  if (!g_str_equal (category, "message") && !g_str_equal (category, "correction"))
    return;

  count (self, "status ", zq_json_get_string (node, "status"));
  g_hash_table_insert (self->threads, g_strdup (thread),
                       GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (self->threads, thread)) + 1));
  g_assert_cmpuint (zq_json_get_length (node, "payload"), >, 0);
  for (guint i = 0; i < zq_json_get_length (node, "payload"); i++)
    {
      JsonNode *part = zq_json_get_at (node, "payload", i);
      const char *url = zq_json_get_string (part, "contentAttachment.url");
      g_autofree char *told = NULL;

      if (url == NULL)
        {
          look_at_text (self, zq_json_get_string (part, "contentString"));
          continue;
        }
      told = g_strdup_printf ("%s %s %s", zq_json_get_string (part, "contentAttachment.contentType"),
                              zq_json_get_string (part, "contentAttachment.size"),
                              zq_json_get_string (part, "contentAttachment.hash"));
      g_assert_cmpstr (told, ==, g_hash_table_lookup (self->files, url));
      count (self, "", "attachments");
    }
  if (g_str_equal (category, "correction"))
    g_assert_nonnull (zq_json_get_string (node, "inResponseTo[0].reference"));
  if (g_str_has_prefix (zq_json_get_string (node, "sender.reference"), "RelatedPerson/"))
    count (self, "", "by relatives");
}

static void
look_at (Sink *self, const char *type, const char *id, const char *json, gint64 updated)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = zq_json_read (json, -1, &error);
  char instant[ZQ_SEED_INSTANT];

  g_assert_no_error (error);
  zq_seed_instant_us (updated, instant);
  g_assert_cmpstr (zq_json_get_string (node, "resourceType"), ==, type);
  g_assert_cmpstr (zq_json_get_string (node, "id"), ==, id);
  g_assert_cmpstr (zq_json_get_string (node, "meta.lastUpdated"), ==, instant);
  g_assert_cmpint (updated, <=, START);
  g_assert_true (zq_id_is_valid (id));
  count (self, "type ", type);
  if (g_str_equal (type, "Binary"))
    look_at_file (self, id, node);
  else if (g_str_equal (type, "Communication"))
    look_at_message (self, node);
  else if (g_str_equal (type, "Task"))
    {
      count (self, "state ", zq_json_get_code (node, "businessStatus", ZQ_CODE_SYSTEM ("consultation-status")));
      count (self, "owner ", zq_json_get_string (node, "owner.reference"));
      count (self, "priority ", zq_json_get_string (node, "priority"));
      g_assert_cmpstr (zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT), ==, ZQ_SEED_ENDO);
    }
  else if (g_str_equal (type, "Observation"))
    count (self, strlen (json) >= 1200 ? "" : "short ", "observations");
}

static gboolean
put (gpointer data, const char *type, const char *id, const char *json, gboolean whole, gint64 updated, GError **error)
{
  Sink *self = data;

  g_checksum_update (self->checksum, (const guchar *)type, -1);
  g_checksum_update (self->checksum, (const guchar *)id, -1);
  g_checksum_update (self->checksum, (const guchar *)json, -1);
  g_checksum_update (self->checksum, (const guchar *)&updated, sizeof updated);
  if (whole && self->looks)
    look_at (self, type, id, json, updated);
  if (++self->n % 512 == 0)
    {
      struct mallinfo2 memory = mallinfo2 ();

      self->most_memory = MAX (self->most_memory, memory.uordblks + memory.hblkhd);
    }
  return TRUE;
}

static gboolean
account (gpointer data,
         const char *login,
         const char *display,
         const char *role,
         const char *user,
         const char *department,
         GError **error)
{
  return TRUE;
}

static void
sink_free (Sink *self)
{
  g_checksum_free (self->checksum);
  g_hash_table_unref (self->counts);
  g_hash_table_unref (self->threads);
  g_hash_table_unref (self->files);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sink, sink_free)

static Sink *
seeded (const char *text, gboolean looks)
{
  static const ZqSeedSink sink = { put, account };
  g_autoptr (ZqPolicy) policy = zq_policy_new_builtin ();
  g_autoptr (GError) error = NULL;
  Sink *self = g_new0 (Sink, 1);
  ZqSeedSpec spec;

  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->threads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->shortest = G_MAXUINT;
  self->looks = looks;
  zq_seed_spec_parse (text, &spec, &error);
  g_assert_no_error (error);
  zq_seed_write (&spec, policy, START, &sink, self, &error);
  g_assert_no_error (error);
  return self;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void
test_same_bytes (void)
{
  g_autoptr (Sink) one = seeded (SMALL, FALSE);
  g_autoptr (Sink) other = seeded (SMALL, FALSE);
  g_autoptr (Sink) larger = seeded ("demo:patients=150,consultations=600,messages=6001,observations=300", FALSE);

  g_assert_cmpstr (g_checksum_get_string (one->checksum), ==, g_checksum_get_string (other->checksum));
  g_assert_cmpstr (g_checksum_get_string (one->checksum), !=, g_checksum_get_string (larger->checksum));
}

static void
test_counts (void)
{
  g_autoptr (Sink) sink = seeded (SMALL, TRUE);

  g_assert_cmpuint (counted (sink, "type Patient"), ==, 150);
  g_assert_cmpuint (counted (sink, "type Task"), ==, 600);
  g_assert_cmpuint (counted (sink, "type Encounter"), ==, 600);
  g_assert_cmpuint (counted (sink, "category thread"), ==, 600);
  g_assert_cmpuint (counted (sink, "category message") + counted (sink, "category correction"), ==, 6000);
  g_assert_cmpuint (counted (sink, "type Observation"), ==, 300);
  g_assert_cmpuint (counted (sink, "observations"), ==, 300);
  g_assert_cmpuint (g_hash_table_size (sink->threads), ==, 600);
}

static void
test_more_patients_than_consultations (void)
{
  g_autoptr (Sink) sink = seeded ("demo:patients=40,consultations=10,messages=10", TRUE);

  g_assert_cmpuint (counted (sink, "type Patient"), ==, 40);
  g_assert_cmpuint (counted (sink, "type Task"), ==, 10);
  g_assert_cmpuint (counted (sink, "category message"), ==, 10);
}

static void
test_states (void)
{
  static const char *const open_states[] = { "awaiting-acceptance", "in-consultation", "awaiting-patient",
                                             "ended-questions-left" };
  static const char *const closed_states[] = { "completed", "declined", "expired-refunded", "sent-offline",
                                               "transferred" };
  g_autoptr (Sink) sink = seeded ("demo:patients=1000,consultations=8000,messages=16000", TRUE);
  guint n_open = 0, n_closed = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (open_states); i++)
    {
      g_autofree char *key = g_strconcat ("state ", open_states[i], NULL);

      g_assert_cmpuint (counted (sink, key), >, 5);
      n_open += counted (sink, key);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (closed_states); i++)
    {
      g_autofree char *key = g_strconcat ("state ", closed_states[i], NULL);

      g_assert_cmpuint (counted (sink, key), >, 50);
      n_closed += counted (sink, key);
    }
  g_assert_cmpuint (n_open, ==, 500);
  g_assert_cmpuint (n_open + n_closed, ==, 8000);
  g_assert_cmpuint (counted (sink, "owner Practitioner/doc-lin"), >, 6000);
  g_assert_cmpuint (counted (sink, "owner Practitioner/doc-fang"), >, 100);
  g_assert_cmpuint (counted (sink, "owner Organization/" ZQ_SEED_ENDO), >, 100);
  g_assert_cmpuint (counted (sink, "priority urgent"), >, 200);
}

static void
test_what_people_do (void)
{
  g_autoptr (Sink) sink = seeded ("demo:patients=1000,consultations=2000,messages=40000", TRUE);

  g_assert_cmpuint (counted (sink, "status entered-in-error"), >, 50);
  g_assert_cmpuint (counted (sink, "category correction"), >, 20);
  g_assert_cmpuint (counted (sink, "category internal-note"), >, 50);
  g_assert_cmpuint (counted (sink, "attachments"), >, 500);
  g_assert_cmpuint (counted (sink, "by relatives"), >, 1000);
  g_assert_cmpuint (counted (sink, "type Basic"), >, 300);
}

static void
test_words_are_skewed (void)
{
  g_autoptr (Sink) sink = seeded ("demo:patients=1000,consultations=2000,messages=40000", TRUE);
  double mean = (double)sink->n_characters / sink->n_texts;

  g_assert_cmpuint (sink->shortest, >=, 2);
  g_assert_cmpuint (sink->longest, <=, 200);
  g_assert_cmpuint (sink->longest, >, 150);
  g_assert_cmpfloat (mean, >, 30);
  g_assert_cmpfloat (mean, <, 50);
  g_assert_cmpuint (counted (sink, "word 血糖"), >, 10 * counted (sink, "word 嗜铬细胞瘤"));
  g_assert_cmpuint (counted (sink, "word 头晕"), >, 1000);
  g_assert_cmpuint (counted (sink, "word 嗜铬细胞瘤"), >, 10);
  g_assert_cmpuint (counted (sink, "word 黟县"), >, 0);
  g_assert_cmpuint (counted (sink, "word 黟县"), <, 200);
}

static void
test_long_thread (void)
{
  g_autoptr (Sink) sink = seeded ("demo:patients=100,consultations=900,messages=100000", TRUE);
  GHashTableIter iter;
  gpointer n;
  guint longest = 0, shortest = G_MAXUINT, sum = 0;

  g_hash_table_iter_init (&iter, sink->threads);
  while (g_hash_table_iter_next (&iter, NULL, &n))
    {
      longest = MAX (longest, GPOINTER_TO_UINT (n));
      shortest = MIN (shortest, GPOINTER_TO_UINT (n));
      sum += GPOINTER_TO_UINT (n);
    }
  g_assert_cmpuint (longest, ==, 10000);
  g_assert_cmpuint (shortest, <, 30);
  g_assert_cmpuint (sum, ==, 100000);
}

static void
test_files (void)
{
  g_autoptr (Sink) sink = seeded ("demo:patients=20,consultations=900,messages=80000", TRUE);

  g_assert_cmpuint (counted (sink, "type Binary"), ==, 16);
  g_assert_cmpuint (counted (sink, "file image/jpeg"), >=, 10);
  g_assert_cmpuint (counted (sink, "file image/png"), >, 0);
  g_assert_cmpuint (counted (sink, "file application/pdf"), >, 0);
  g_assert_cmpuint (counted (sink, "file audio/wav"), >, 0);
  g_assert_cmpuint (counted (sink, "orientation 6"), >, 0);
  g_assert_cmpuint (counted (sink, "orientation 3"), >, 0);
  g_assert_cmpuint (counted (sink, "orientation 8"), >, 0);
}

/* Twice as much needs no more memory: nothing is kept of what was written. */
static void
test_memory (void)
{
  g_autoptr (Sink) warm = seeded ("demo:patients=100,consultations=1000,messages=10000", FALSE);
  g_autoptr (Sink) one = seeded ("demo:patients=1000,consultations=2000,messages=20000", FALSE);
  g_autoptr (Sink) two = seeded ("demo:patients=2000,consultations=4000,messages=40000", FALSE);

  g_assert_cmpuint (two->n, >, one->n * 3 / 2);
  /* The drawing of a few pictures more, of which only one is there at a time, is the rest. */
  g_assert_cmpuint (two->most_memory, <, one->most_memory + 2 * 1024 * 1024);
}

static void
test_specs (void)
{
  static const char *const wrong[] = { "demo:",
                                       "demo:patients",
                                       "demo:patients=-1",
                                       "demo:messages=x",
                                       "demo:people=3",
                                       "demo:consultations=10,messages=5",
                                       "demo:patients=0,consultations=1",
                                       "other" };
  ZqSeedSpec spec;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (zq_seed_spec_parse (wrong[i], &spec, &error));
      g_assert_error (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_INVALID);
    }
  g_assert_true (zq_seed_spec_parse ("demo", &spec, NULL));
  g_assert_cmpint (spec.patients, ==, 0);
  g_assert_true (zq_seed_spec_parse ("demo:messages=1000,at=1795000000", &spec, NULL));
  g_assert_cmpint (spec.consultations, ==, 100);
  g_assert_cmpint (spec.patients, ==, 20);
  g_assert_cmpint (spec.at, ==, G_GINT64_CONSTANT (1795000000000000));
}

/* What the hospital holds afterwards is what was written, and it goes on working. */
static void
test_hospital (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (START);
  ZqHospitalOptions options = { .clock = clock };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqHospital) hospital = zq_hospital_new (&options, &error);
  g_autofree char *message = NULL;
  g_autofree char *last = NULL;
  g_autofree char *demo = NULL;

  g_assert_no_error (error);
  zq_hospital_seed_spec (hospital, SMALL, &error);
  g_assert_no_error (error);
  message = zq_hospital_get (hospital, "Communication", "bm-1-1");
  last = zq_hospital_get (hospital, "Task", "bt-600");
  demo = zq_hospital_get (hospital, "Task", "task-001");
  g_assert_nonnull (message);
  g_assert_nonnull (last);
  g_assert_nonnull (demo);
  zq_hospital_put (hospital, "Communication", "bm-1-1", message, 0, &error);
  g_assert_no_error (error);
  g_assert_false (zq_hospital_seed_spec (hospital, "demo:nonsense=1", &error));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed-scale/same-instant-and-numbers-same-bytes", test_same_bytes);
  g_test_add_func ("/seed-scale/as-many-as-were-asked-for", test_counts);
  g_test_add_func ("/seed-scale/more-patients-than-consultations", test_more_patients_than_consultations);
  g_test_add_func ("/seed-scale/every-state-in-its-share", test_states);
  g_test_add_func ("/seed-scale/withdrawn-corrected-relatives-files", test_what_people_do);
  g_test_add_func ("/seed-scale/common-words-are-common", test_words_are_skewed);
  g_test_add_func ("/seed-scale/one-thread-is-long", test_long_thread);
  g_test_add_func ("/seed-scale/files-are-what-they-say", test_files);
  g_test_add_func ("/seed-scale/nothing-is-kept", test_memory);
  g_test_add_func ("/seed-scale/wrong-specs-are-refused", test_specs);
  g_test_add_func ("/seed-scale/hospital-holds-it", test_hospital);
  return g_test_run ();
}
