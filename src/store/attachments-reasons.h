/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gi18n-lib.h>

/* Why an attachment is REFUSED: kept as they stand here, shown through gettext. */

#define ZQ_ATTACHMENT_REASON_TOO_LARGE  N_ ("The file is larger than 64 MB and was not fetched")
#define ZQ_ATTACHMENT_REASON_SIZE       N_ ("The file has another size than the message says, so it is not shown")
#define ZQ_ATTACHMENT_REASON_HASH       N_ ("The file is not the one that the message names: its checksum differs")
#define ZQ_ATTACHMENT_REASON_FORBIDDEN  N_ ("The hospital does not show this file to you")
#define ZQ_ATTACHMENT_REASON_NOT_THERE  N_ ("The hospital does not have this file any more")
#define ZQ_ATTACHMENT_REASON_REFUSED    N_ ("The hospital refused to give out this file")
#define ZQ_ATTACHMENT_REASON_ELSEWHERE  N_ ("The file lies on another server than the hospital's and was not fetched")
#define ZQ_ATTACHMENT_REASON_UNREADABLE N_ ("What the hospital sent is not this file")

/* Why an upload is held: as above. */
#define ZQ_ATTACHMENT_REASON_LOST   N_ ("The file is no longer on this computer. Please attach it again")
#define ZQ_ATTACHMENT_REASON_UNTOLD N_ ("The hospital did not say what became of the file. Please send it again")
