/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Topic "record": what stands in the timeline (clinic/patient/record.h), with its files (clinic/document/file-row.h).
 */
extern const ZqResourceKind zq_document_kind;
extern const ZqResourceKind zq_composition_kind;
extern const ZqResourceKind zq_media_kind;

/* Actions on a document of one's own. */
extern const ZqIntentRule zq_document_rules[];

G_END_DECLS
