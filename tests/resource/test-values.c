/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/datetime.h"
#include "resource/json.h"
#include "resource/reference.h"
#include "support/support.h"

static GTimeZone *
shanghai (void)
{
  return g_time_zone_new_offset (8 * 3600);
}

typedef struct
{
  const char *text;
  ZqPrecision precision;
  const char *start; /* in UTC */
} Date;

static const Date dates[] = {
  { "2026", ZQ_PRECISION_YEAR, "2025-12-31T16:00:00.000Z" },
  { "2026-11", ZQ_PRECISION_MONTH, "2026-10-31T16:00:00.000Z" },
  { "2026-11-22", ZQ_PRECISION_DAY, "2026-11-21T16:00:00.000Z" },
  { "2026-11-22T10:42:07Z", ZQ_PRECISION_INSTANT, "2026-11-22T10:42:07.000Z" },
  { "2026-11-22T10:42:07.123456789Z", ZQ_PRECISION_INSTANT, "2026-11-22T10:42:07.123Z" },
  { "2026-11-22T10:42:07.9996Z", ZQ_PRECISION_INSTANT, "2026-11-22T10:42:07.999Z" },
  { "2026-11-22T10:42:07+08:00", ZQ_PRECISION_INSTANT, "2026-11-22T02:42:07.000Z" },
  { "2026-11-22T10:42:07-14:00", ZQ_PRECISION_INSTANT, "2026-11-23T00:42:07.000Z" },
  { "2026-11-22T10:42:07+05:45", ZQ_PRECISION_INSTANT, "2026-11-22T04:57:07.000Z" },
  { "2026-11-22T10:42:07", ZQ_PRECISION_INSTANT, "2026-11-22T02:42:07.000Z" },
  { "2026-11-22T10:42", ZQ_PRECISION_INSTANT, "2026-11-22T02:42:00.000Z" },
  { "2016-12-31T23:59:60Z", ZQ_PRECISION_INSTANT, "2017-01-01T00:00:00.000Z" },
  { "2024-02-29", ZQ_PRECISION_DAY, "2024-02-28T16:00:00.000Z" },
  { "2000-02-29T00:00:00Z", ZQ_PRECISION_INSTANT, "2000-02-29T00:00:00.000Z" },
  { "1900-01-01T00:00:00Z", ZQ_PRECISION_INSTANT, "1900-01-01T00:00:00.000Z" },
  { "1969-12-31T23:59:59.5Z", ZQ_PRECISION_INSTANT, "1969-12-31T23:59:59.500Z" },
  { "0001-01-02T00:00:00Z", ZQ_PRECISION_INSTANT, "0001-01-02T00:00:00.000Z" },
  { "9999-12-31T23:59:59Z", ZQ_PRECISION_INSTANT, "9999-12-31T23:59:59.000Z" },
};

static const char *const no_dates[] = {
  "",
  "0000",
  "-0001",
  "-1",
  "1 BC",
  "26",
  "20261",
  "2026-",
  "2026-1",
  "2026-13",
  "2026-00",
  "2026-11-",
  "2026-11-31",
  "2026-02-29",
  "1900-02-29",
  "2026-11-00",
  "2026-11-22T",
  "2026-11-22T10",
  "2026-11-22T24:00:00Z",
  "2026-11-22T10:60:00Z",
  "2026-11-22T10:42:61Z",
  "2026-11-22T10:42:07.Z",
  "2026-11-22T10:42:07+8",
  "2026-11-22T10:42:07+14:01",
  "2026-11-22T10:42:07+15:00",
  "2026-11-22T10:42:07Zx",
  "2026-11-22 10:42:07",
  "2026-11-22t10:42:07z",
  " 2026",
  "2026 ",
  "2026/11/22",
  "２０２６",
  "22.11.2026",
  "now",
  "2026-11-22T10:42:07.1.2Z",
};

static void
test_dates (void)
{
  g_autoptr (GTimeZone) zone = shanghai ();

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      ZqDateTime date = zq_date_time_parse (dates[i].text, zone);
      g_autofree char *start = zq_instant_format (date.start);

      g_assert_cmpstr (start, ==, dates[i].start);
      g_assert_cmpint (date.precision, ==, dates[i].precision);
    }
  g_assert_cmpint (zq_date_time_parse ("1970-01-01T00:00:00.123456Z", zone).start, ==, 123456);
  g_assert_cmpint (zq_date_time_parse ("1970-01-02", NULL).start, ==, 24 * 60 * ZQ_TEST_MINUTE_US);
}

static void
test_no_dates (void)
{
  g_autoptr (GTimeZone) zone = shanghai ();

  for (guint i = 0; i < G_N_ELEMENTS (no_dates); i++)
    {
      ZqDateTime date = zq_date_time_parse (no_dates[i], zone);

      if (date.precision != ZQ_PRECISION_NONE || date.start != 0)
        g_error ("“%s” was taken for a date", no_dates[i]);
    }
  g_assert_cmpint (zq_date_time_parse (NULL, zone).precision, ==, ZQ_PRECISION_NONE);
}

/* Berlin's clocks went forward on 29 March 2026 and back on 25 October. */
static void
test_changing_clocks (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  static const char *const wanted[][2] = {
    { "2026-03-29T01:59:00", "2026-03-29T00:59:00.000Z" }, { "2026-03-29T02:30:00", "2026-03-29T01:00:00.000Z" },
    { "2026-03-29T03:00:00", "2026-03-29T01:00:00.000Z" }, { "2026-07-01T12:00:00", "2026-07-01T10:00:00.000Z" },
    { "2026-10-25T02:30:00", "2026-10-25T00:30:00.000Z" }, { "2026-10-25T03:00:00", "2026-10-25T02:00:00.000Z" },
    { "2026-12-01", "2026-11-30T23:00:00.000Z" },
  };

  if (zone == NULL)
    {
      g_test_skip ("this computer has no time zone data");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autofree char *start = zq_instant_format (zq_date_time_parse (wanted[i][0], zone).start);
      g_assert_cmpstr (start, ==, wanted[i][1]);
    }
}

static void
test_format_reads_back (void)
{
  g_autofree char *long_ago = zq_instant_format (G_MININT64);
  g_autofree char *far_away = zq_instant_format (G_MAXINT64);

  for (gint64 us = -62135596800 * G_GINT64_CONSTANT (1000000); us < 253402300800 * G_GINT64_CONSTANT (1000000);
       us += 7654321 * G_GINT64_CONSTANT (987654000))
    {
      g_autofree char *text = zq_instant_format (us);
      g_assert_cmpint (zq_date_time_parse (text, NULL).start, ==, us - (us % 1000 + 1000) % 1000);
    }
  g_assert_true (g_str_has_prefix (long_ago, "0001-"));
  g_assert_true (g_str_has_prefix (far_away, "9999-"));
}

static int
years (const char *born, const char *today)
{
  g_autoptr (GTimeZone) zone = shanghai ();

  return zq_age_years (born, zq_date_time_parse (today, zone).start, zone);
}

static int
months (const char *born, const char *today)
{
  g_autoptr (GTimeZone) zone = shanghai ();

  return zq_age_months (born, zq_date_time_parse (today, zone).start, zone);
}

static void
test_ages (void)
{
  g_assert_cmpint (years ("1959-11-22", "2026-11-21T23:59:59"), ==, 66);
  g_assert_cmpint (years ("1959-11-22", "2026-11-22"), ==, 67);
  g_assert_cmpint (years ("1959-11-22", "2026-11-21T16:00:00Z"), ==, 67); /* the hospital's day, not UTC's */
  g_assert_cmpint (years ("2004-02-29", "2026-02-28"), ==, 21);
  g_assert_cmpint (years ("2004-02-29", "2026-03-01"), ==, 22);
  g_assert_cmpint (years ("1959", "2026-06-01"), ==, 67);
  g_assert_cmpint (years ("1959-12", "2026-11-30"), ==, 66);
  g_assert_cmpint (years ("2026-11-22", "2026-11-22"), ==, 0);
  g_assert_cmpint (years ("2026-11-23", "2026-11-22"), ==, -1);
  g_assert_cmpint (years ("1850-01-01", "2026-11-22"), ==, 176);
  g_assert_cmpint (years ("yesterday", "2026-11-22"), ==, -1);
  g_assert_cmpint (years (NULL, "2026-11-22"), ==, -1);

  g_assert_cmpint (months ("2026-08-23", "2026-11-22"), ==, 2);
  g_assert_cmpint (months ("2026-08-22", "2026-11-22"), ==, 3);
  g_assert_cmpint (months ("2025-12", "2026-11-22"), ==, 11);
  g_assert_cmpint (months ("2025", "2026-11-22"), ==, -1);
}

typedef struct
{
  const char *text;
  const char *type;
  const char *id;
  gboolean foreign;
} Reference;

#define UUID "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"

static const Reference references[] = {
  { "Patient/12", "Patient", "12" },
  { "Patient/12/_history/3", "Patient", "12" },
  { "http://h/fhir/Patient/12", "Patient", "12" },
  { "http://h/fhir/Patient/12/_history/2", "Patient", "12" },
  { "http://other/fhir/Patient/12", "Patient", "http://other/fhir/Patient/12", TRUE },
  { "http://other/fhir/Patient/12/_history/1", "Patient", "http://other/fhir/Patient/12/_history/1", TRUE },
  { "http://h/fhirother/Patient/12", "Patient", "http://h/fhirother/Patient/12", TRUE },
  { "https://example.org/thing", NULL, "https://example.org/thing", TRUE },
  { "urn:uuid:" UUID, NULL, UUID },
  { "URN:UUID:0C3151BD-1CBF-4D64-B04D-CD9187A4C6E0", NULL, UUID },
  { "#p", NULL, "#p" },
  { "#", NULL, "#" },
  { "" },
  { "Patient" },
  { "Patient/" },
  { "/Patient/12" },
  { "Patient/1 2" },
  { "Patient/12/" },
  { "patient/12" },
  { "Patient/../Task/1" },
  { "Patient/12/_history" },
  { "Patient?identifier=1" },
  { "urn:uuid:12" },
  { "urn:oid:1.2.3" },
  { "#a b" },
  { "http://h/fhir/metadata" },
  { "Patient/12/x/1" },
  { "P4tient/1" },
};

static void
test_references (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (references); i++)
    {
      g_autoptr (ZqReference) reference = zq_reference_parse (references[i].text, "http://h/fhir/");

      g_assert_cmpstr (reference->type, ==, references[i].type);
      g_assert_cmpstr (reference->id, ==, references[i].id);
      g_assert_true (reference->foreign == references[i].foreign);
    }
}

static void
test_reference_is (void)
{
  g_autoptr (ZqReference) ours = zq_reference_parse ("Patient/12", NULL);
  g_autoptr (ZqReference) foreign = zq_reference_parse ("http://h/fhir/Patient/12", NULL);
  g_autoptr (ZqReference) nothing = zq_reference_parse (NULL, NULL);

  g_assert_true (zq_reference_is (ours, "Patient"));
  g_assert_false (zq_reference_is (ours, "Task"));
  g_assert_false (zq_reference_is (foreign, "Patient"));
  g_assert_false (zq_reference_is (nothing, "Patient"));
  g_assert_false (zq_reference_is (NULL, "Patient"));
}

static void
test_reference_read (void)
{
  g_autoptr (JsonNode) node =
      zq_json_read ("{\"for\":{\"reference\":\"http://h/fhir/Patient/1\"},\"owner\":[{\"reference\":\"A/2\"}],"
                    "\"focus\":{\"display\":\"x\"},\"odd\":7}",
                    -1, NULL);
  g_autoptr (ZqReference) absolute = zq_reference_read_from (node, "for", "http://h/fhir");
  g_autoptr (ZqReference) bare = zq_reference_read (node, "for");
  g_autoptr (ZqReference) second = zq_reference_read (node, "owner[0]");

  g_assert_true (zq_reference_is (absolute, "Patient"));
  g_assert_true (bare->foreign);
  g_assert_true (zq_reference_is (second, "A"));
  g_assert_null (zq_reference_read (node, "focus"));
  g_assert_null (zq_reference_read (node, "odd"));
  g_assert_null (zq_reference_read (node, "none"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/datetime/precision-and-zone-are-kept", test_dates);
  g_test_add_func ("/datetime/what-is-no-date-is-none", test_no_dates);
  g_test_add_func ("/datetime/changing-clocks-are-followed", test_changing_clocks);
  g_test_add_func ("/datetime/formatted-instants-read-back", test_format_reads_back);
  g_test_add_func ("/datetime/ages-are-full-years-and-months", test_ages);
  g_test_add_func ("/reference/every-form-is-taken-apart", test_references);
  g_test_add_func ("/reference/points-at-our-server-or-not", test_reference_is);
  g_test_add_func ("/reference/read-from-a-resource", test_reference_read);

  return g_test_run ();
}
