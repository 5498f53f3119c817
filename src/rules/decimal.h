/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Decimal numbers as text: `[+-]digits[.digits][e[+-]digits]`, also `.5` and `5.`. What is compared, subtracted or
 * multiplied here never passes through a double, so 7.10 keeps its zero and 10^400 is a number like any other. All
 * functions take texts that zq_decimal_is () accepts; arithmetic gives NULL for others and where a result would have
 * more than ZQ_DECIMAL_MAX_DIGITS digits. Pure, any thread.
 */

#define ZQ_DECIMAL_MAX_DIGITS 2000

gboolean zq_decimal_is (const char *text);

/* Below, at or above 0, as strcmp; numbers of any length. */
int zq_decimal_compare (const char *a, const char *b);
int zq_decimal_sign (const char *text);

/* Exact, with as many places as the longer of both: 5.6 − 5.40 = 0.20. (transfer full) (nullable) */
char *zq_decimal_add (const char *a, const char *b);
char *zq_decimal_subtract (const char *a, const char *b);
/* Exact. (transfer full) (nullable) */
char *zq_decimal_multiply (const char *a, const char *b);
/* Times 10^@power; exact. (transfer full) (nullable) */
char *zq_decimal_shift (const char *text, int power);

/* Exact when it ends within @significant digits, else rounded there, half away from zero. (transfer full) (nullable) */
char *zq_decimal_divide (const char *a, const char *b, guint significant);

/* Rounded half away from zero, written plainly, filled up with zeros only behind the point. (transfer full) (nullable)
 */
char *zq_decimal_round (const char *text, guint significant);
/* Without an exponent and without zeros at the end: "1e2" is "100", "5.60" is "5.6". (transfer full) (nullable) */
char *zq_decimal_plain (const char *text);

/* Digits that count: those of "0.0120" are 3, of "1500" 4, of "1e5" 1. */
guint zq_decimal_significant (const char *text);

/* For charts only; FALSE where a double holds it no more than as an infinity or nothing at all. */
gboolean zq_decimal_to_double (const char *text, double *value);

G_END_DECLS
