/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/db.h"
#include "db/pack.h"
#include "support/support.h"

#include <string.h>

#define MESSAGE                                                                                                        \
  "{\"resourceType\":\"Communication\",\"id\":\"m-1\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\""                \
  "2026-03-04T05:06:07.890Z\"},\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/p-1\"},\"payload\":[{"    \
  "\"contentString\":\"两颗\\u0000头孢 \xf0\x9f\x92\x8a\"}]}"

/* FALSE: it stays as it is. */
static gboolean
check_round (ZqPack *pack, const char *text, gsize length)
{
  gsize frame_length = 0;
  gsize again_length = 0;
  g_autofree guint8 *frame = zq_pack_text (pack, text, length, &frame_length);
  g_autofree char *again = NULL;

  if (frame == NULL)
    return FALSE;
  g_assert_cmpuint (frame_length, <, length);
  again = zq_pack_open (pack, frame, frame_length, &again_length);
  g_assert_nonnull (again);
  g_assert_cmpmem (again, again_length, text, length);
  g_assert_cmpint (again[again_length], ==, '\0');

  return TRUE;
}

static void
test_texts_come_back (void)
{
  g_autoptr (ZqPack) pack = zq_pack_new ();
  const char zeros[200] = { 'a', '\0', '\0', 'b' };
  g_autofree char *broken = g_strnfill (300, '\xe4');

  g_assert_true (check_round (pack, MESSAGE, strlen (MESSAGE)));
  g_assert_true (check_round (pack, zeros, sizeof zeros));
  g_assert_true (check_round (pack, broken, 300));
  g_assert_false (check_round (pack, "", 0));
  g_assert_false (check_round (pack, "{}", 2));
}

static void
test_message_is_a_fraction (void)
{
  g_autoptr (ZqPack) pack = zq_pack_new ();
  gsize length = 0;
  g_autofree guint8 *frame = zq_pack_text (pack, MESSAGE, strlen (MESSAGE), &length);

  g_assert_nonnull (frame);
  g_assert_cmpuint (length, <, strlen (MESSAGE) / 2);
}

/* Frames of a store that was shipped: dictionary 1 must never change. */
static void
test_old_frames_open (void)
{
  static const guint8 frame[] = {
    0x28, 0xb5, 0x2f, 0xfd, 0x26, 0x01, 0x80, 0xe0, 0x1d, 0x02, 0x00, 0xd3, 0x42, 0x09, 0x53, 0x34, 0xab,
    0x1d, 0x52, 0x2c, 0xd1, 0x43, 0xc8, 0x49, 0x16, 0xd7, 0x95, 0x9e, 0x4b, 0x55, 0x95, 0x09, 0x22, 0x10,
    0x71, 0x92, 0xea, 0xf1, 0x09, 0x62, 0x1a, 0x61, 0x7b, 0x2a, 0x9d, 0x2a, 0x6b, 0x65, 0x8e, 0xd1, 0x08,
    0x08, 0xfc, 0x39, 0x72, 0xb4, 0x02, 0xcc, 0x93, 0x0e, 0xb4, 0xba, 0x8a, 0x00, 0xf2, 0xea, 0x95, 0xdb,
    0x7f, 0x17, 0x61, 0xd3, 0x5c, 0xfd, 0x9f, 0x28, 0x9d, 0x05, 0xd5, 0x67, 0x0c, 0x93,
  };
  g_autoptr (ZqPack) pack = zq_pack_new ();
  gsize length = 0;
  g_autofree char *text = zq_pack_open (pack, frame, sizeof frame, &length);

  g_assert_nonnull (text);
  g_assert_cmpmem (text, length, MESSAGE, strlen (MESSAGE));
}

static void
test_long_texts_come_back (void)
{
  const gsize million = 1024 * 1024;
  const gsize lengths[] = { million, 50 * million, ZQ_PACK_MAX };
  g_autoptr (ZqPack) pack = zq_pack_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *text = g_malloc (lengths[i]);

      for (gsize at = 0; at < lengths[i]; at++)
        text[at] = "0123456789abcdef"[(at * at / 7 + at / 4096) % 16];
      g_assert_true (check_round (pack, text, lengths[i]));
    }
}

static void
test_what_is_too_long_stays (void)
{
  g_autoptr (ZqPack) pack = zq_pack_new ();
  g_autofree char *text = g_strnfill (ZQ_PACK_MAX + 1, 'a');

  g_assert_false (check_round (pack, text, ZQ_PACK_MAX + 1));
}

static void
test_noise_comes_back_or_stays (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260304);
  g_autoptr (ZqPack) pack = zq_pack_new ();
  guint n_packed = 0;

  for (guint round = 0; round < 3000; round++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 0, 4000);
      int alphabet = g_rand_int_range (rand, 1, 257);
      g_autofree char *text = g_malloc (length + 1);

      for (gsize i = 0; i < length; i++)
        text[i] = (char)g_rand_int_range (rand, 0, alphabet);
      /* Pieces of a real one between the noise. */
      if (length > strlen (MESSAGE) && round % 3 == 0)
        memcpy (text + g_rand_int_range (rand, 0, (gint32)(length - strlen (MESSAGE))), MESSAGE, strlen (MESSAGE));
      n_packed += check_round (pack, text, length);
    }
  g_assert_cmpuint (n_packed, >, 1000);
  g_assert_cmpuint (n_packed, <, 3000);
}

static void
test_damage_is_noticed (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (ZqPack) pack = zq_pack_new ();
  gsize length = 0;
  g_autofree guint8 *frame = zq_pack_text (pack, MESSAGE, strlen (MESSAGE), &length);
  guint n_same = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autofree guint8 *bad = g_memdup2 (frame, length);
      gsize bad_length = round % 4 == 0 ? (gsize)g_rand_int_range (rand, 0, (gint32)length) : length;
      g_autofree char *text = NULL;
      gsize text_length = 0;

      for (gint32 n = g_rand_int_range (rand, 1, 4); n > 0; n--)
        bad[g_rand_int_range (rand, 0, (gint32)length)] ^= (guint8)g_rand_int_range (rand, 1, 256);
      text = zq_pack_open (pack, bad, bad_length, &text_length);
      /* A bit that means nothing to the format may change. */
      n_same += text != NULL;
      if (text != NULL)
        g_assert_cmpmem (text, text_length, MESSAGE, strlen (MESSAGE));
    }
  g_assert_cmpuint (n_same, <, 400);
  g_assert_true (check_round (pack, MESSAGE, strlen (MESSAGE)));
}

/* A header that promises more than it holds: nothing is set aside for what is beyond the limit. */
static void
test_forged_size_is_refused (void)
{
  const guint8 petabyte[] = { 0x28, 0xb5, 0x2f, 0xfd, 0xe2, 0x01, 0x80, 0, 0, 0, 0, 0, 0, 4, 0, 0x01, 0, 0 };
  const guint8 unknown[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x02, 0xff, 0x01, 0x80, 0x01, 0, 0 };
  /* 63 MiB, said by a frame with a block of nothing. */
  const guint8 large[] = { 0x28, 0xb5, 0x2f, 0xfd, 0xa2, 0x01, 0x80, 0, 0, 0xf0, 0x03, 0x01, 0, 0 };
  /* No dictionary of ours. */
  const guint8 foreign[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x22, 0x02, 0x80, 0x01, 0x09, 0, 0, 'a' };
  const struct
  {
    const guint8 *frame;
    gsize length;
  } forged[] = { { petabyte, sizeof petabyte },
                 { unknown, sizeof unknown },
                 { large, sizeof large },
                 { foreign, sizeof foreign },
                 { (const guint8 *)"", 0 } };
  g_autoptr (ZqPack) pack = zq_pack_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (forged); i++)
    {
      gsize length = 0;

      g_assert_null (zq_pack_open (pack, forged[i].frame, forged[i].length, &length));
    }
}

/* --- in statements ---------------------------------------------------------------------------- */

static ZqDb *
open_memory (void)
{
  g_autoptr (GError) error = NULL;
  ZqDb *db = zq_db_open (":memory:", NULL, ZQ_DB_DEFAULT, &error);

  g_assert_no_error (error);
  g_assert_true (zq_db_script (db, "CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT)", NULL));

  return db;
}

static void
test_statements_pack_and_open (void)
{
  g_autoptr (ZqDb) db = open_memory ();
  g_autofree char *text = NULL;
  gint64 n = 0;

  g_assert_true (zq_db_exec (db, NULL,
                             "INSERT INTO kept VALUES (1, zq_pack (?)), (2, ?), (3, zq_pack (?)), (4, zq_pack (?))",
                             "ssss", MESSAGE, MESSAGE, "{}", NULL));
  g_assert_true (zq_db_get_int (db, &n, NULL, "SELECT count (*) FROM kept WHERE typeof (text) = 'blob'", ""));
  g_assert_cmpint (n, ==, 1);
  g_assert_true (zq_db_get_int (db, &n, NULL, "SELECT count (*) FROM kept WHERE zq_text (text) = ?", "s", MESSAGE));
  g_assert_cmpint (n, ==, 2);
  g_assert_true (zq_db_get_int (db, &n, NULL, "SELECT count (*) FROM kept WHERE zq_text (text) = '{}'", ""));
  g_assert_cmpint (n, ==, 1);
  g_assert_true (zq_db_get_int (db, &n, NULL, "SELECT count (*) FROM kept WHERE zq_text (text) IS NULL", ""));
  g_assert_cmpint (n, ==, 1);

  /* A second time is no second layer. */
  g_assert_true (zq_db_exec (db, NULL, "UPDATE kept SET text = zq_pack (text)", ""));
  text = zq_db_get_text (db, NULL, "SELECT zq_text (text) FROM kept WHERE id = 1", "");
  g_assert_cmpstr (text, ==, MESSAGE);
  g_clear_pointer (&text, g_free);
  text = zq_db_get_text (db, NULL, "SELECT zq_text (text) ->> '$.subject.reference' FROM kept WHERE id = 2", "");
  g_assert_cmpstr (text, ==, "Patient/p-1");
}

static void
test_statements_keep_zeros (void)
{
  g_autoptr (ZqDb) db = open_memory ();
  gint64 same = 0;

  g_assert_true (zq_db_exec (db, NULL, "INSERT INTO kept VALUES (1, zq_pack (cast (zeroblob (300) AS TEXT)))", ""));
  g_assert_true (
      zq_db_get_int (db, &same, NULL,
                     "SELECT typeof (text) = 'blob' AND cast (zq_text (text) AS BLOB) = zeroblob (300) FROM kept", ""));
  g_assert_cmpint (same, ==, 1);
}

static void
test_damage_is_an_error_of_its_own (void)
{
  g_autoptr (ZqDb) db = open_memory ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 n = 0;

  g_assert_true (zq_db_exec (db, NULL, "INSERT INTO kept VALUES (1, zq_pack (?)), (2, zq_pack (?)), (3, x'28b52ffd00')",
                             "ss", MESSAGE, MESSAGE));
  g_assert_true (zq_db_exec (db, NULL, "UPDATE kept SET text = substr (text, 1, length (text) - 1) WHERE id = 1", ""));

  for (gint64 id = 1; id <= 3; id += 2)
    {
      text = zq_db_get_text (db, &error, "SELECT zq_text (text) FROM kept WHERE id = ?", "i", id);
      g_assert_null (text);
      g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_TEXT);
      g_clear_error (&error);
    }
  g_assert_true (zq_db_get_int (db, &n, &error, "SELECT count (*) FROM kept WHERE zq_text_or_null (text) IS NULL", ""));
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, 2);
  text = zq_db_get_text (db, &error, "SELECT zq_text (text) FROM kept WHERE id = 2", "");
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, MESSAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pack/texts-come-back-byte-for-byte", test_texts_come_back);
  g_test_add_func ("/pack/a-message-takes-less-than-half", test_message_is_a_fraction);
  g_test_add_func ("/pack/frames-of-dictionary-1-open-for-ever", test_old_frames_open);
  g_test_add_func ("/pack/long-texts-come-back", test_long_texts_come_back);
  g_test_add_func ("/pack/what-is-too-long-stays", test_what_is_too_long_stays);
  g_test_add_func ("/pack/noise-comes-back-or-stays", test_noise_comes_back_or_stays);
  g_test_add_func ("/pack/damage-is-noticed", test_damage_is_noticed);
  g_test_add_func ("/pack/a-forged-size-is-refused", test_forged_size_is_refused);
  g_test_add_func ("/pack/statements-pack-and-open", test_statements_pack_and_open);
  g_test_add_func ("/pack/statements-keep-zeros", test_statements_keep_zeros);
  g_test_add_func ("/pack/damage-is-an-error-of-its-own", test_damage_is_an_error_of_its_own);

  return g_test_run ();
}
