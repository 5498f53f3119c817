/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gi18n-lib.h>

/* As those of clinic/consult/reasons.h: kept as they stand here, shown through gettext. */
#define ZQ_REASON_NO_VISIT        N_ ("This visit is no longer to be seen here")
#define ZQ_REASON_VISIT_CANCELLED N_ ("The visit was cancelled meanwhile")
#define ZQ_REASON_VISIT_OVER      N_ ("The visit is over already")
#define ZQ_REASON_VISIT_UNSENT    N_ ("The hospital does not have this visit yet")
