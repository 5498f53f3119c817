/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/draft.h"
#include "store/store.h"

G_BEGIN_DECLS

/* What a document of one's own is: code of CodeSystem document-type, and who may see its files. */
typedef enum
{
  ZQ_KEPT_PICTURE,   /* "visit-picture": the patient's as well */
  ZQ_KEPT_RECORDING, /* "visit-recording": the files are the doctor's alone */
} ZqKeptKind;

typedef struct
{
  ZqKeptKind kind;
  gint64 encounter;        /* row of the Encounter */
  const char *title;       /* what stands in the record: its type, in words */
  const char *description; /* (nullable) */
  gint64 from, to;         /* what it shows, µs; @to 0: a moment */
  const char *related;     /* (nullable) a reference: the Consent by which it was made */
  GPtrArray *files;        /* (element-type ZqDraftFile) HELD ones, keys of local Binaries */
  const char *draft;       /* (nullable) scope of the draft that named the files until now */
} ZqKeptDocument;

/* Puts files into the patient's record: uploads of them and the DocumentReference that names them, in one transaction
 * (FHIR R4, documentreference). What is not there any more: ZQ_CONSULT_ERROR_GONE. */
void
zq_document_keep_async (ZqStore *store, const ZqKeptDocument *document, GAsyncReadyCallback callback, gpointer data);
gboolean zq_document_keep_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* A file that was made here and is to be kept, under a key of its own. (transfer full) */
ZqDraftFile *zq_kept_file_new (const char *name, const char *content_type);

G_END_DECLS
