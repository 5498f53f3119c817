/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* What is measured at home: an Observation like any other (all that clinic/lab makes of one), and its readings beside
 * them. Stands before zq_observation_kind. Topics: "home" (row = the resource), "result", "record". */
extern const ZqResourceKind zq_home_kind;

G_END_DECLS
