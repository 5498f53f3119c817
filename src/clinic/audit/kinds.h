/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* AuditEvent: only what is written here; never pulled. Intents: record. */
extern const ZqResourceKind zq_audit_event_kind;

G_END_DECLS
