/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gi18n-lib.h>

/* Why an intent is held or refused: kept in the outbox as they stand here, shown through gettext. */

#define ZQ_REASON_NEWER_MESSAGE N_ ("A newer message came in: please look again")
#define ZQ_REASON_CLOSED        N_ ("The consultation is no longer open")
#define ZQ_REASON_NOT_MINE      N_ ("The consultation is no longer yours")
#define ZQ_REASON_STATE_CHANGED N_ ("The consultation has changed since then")
#define ZQ_REASON_TOO_OLD       N_ ("It was written some time ago: please look again before it goes")
#define ZQ_REASON_NOT_HELD      N_ ("The consultation is no longer to be seen here")
#define ZQ_REASON_OTHER_PATIENT                                                                                        \
  N_ ("The conversation belongs to another patient than the consultation. Nothing was sent: please tell the hospital")
#define ZQ_REASON_NOT_ALLOWED N_ ("The hospital's rules do not allow this now")

#define ZQ_REASON_READ_ALREADY N_ ("The patient has read it: correct it instead")
#define ZQ_REASON_WITHDRAWN    N_ ("It has been withdrawn already")
#define ZQ_REASON_WITHDRAWAL_WAITS                                                                                     \
  N_ ("Its withdrawal has not gone out yet: send it again or take it back, under Waiting to Be Sent")
#define ZQ_REASON_CORRECTION_WAITS N_ ("A correction of it has not gone out yet: take that back first")

/* Said by the store, word for word. */
#define ZQ_REASON_NOT_OURS N_ ("The hospital answered with something else. Please look whether it has arrived.")

/* Followed by the reference of who has it ("taken-by Practitioner/12"): the name is looked up where
 * it is shown. */
#define ZQ_REASON_TAKEN_BY "taken-by "

/* What commands say when they cannot be carried out. */
#define ZQ_REASON_GONE            N_ ("This consultation is no longer there. Nothing was changed")
#define ZQ_REASON_NO_RESULT       N_ ("This result is no longer there. Nothing was changed")
#define ZQ_REASON_RESULT_NOT_MINE N_ ("A colleague has taken this result over")
#define ZQ_REASON_EMPTY           N_ ("There is no text to send")
#define ZQ_REASON_NO_THREAD       N_ ("The conversation has not arrived yet. Your text is kept as a draft")
#define ZQ_REASON_NO_MESSAGE      N_ ("This message is no longer there. Nothing was changed")
#define ZQ_REASON_NO_REASON       N_ ("A correction says why: please give the reason")
#define ZQ_REASON_NO_PERSON       N_ ("Nobody is named to hand it over to")
#define ZQ_REASON_ON_ITS_WAY      N_ ("It is on its way to the hospital and cannot be taken back now")
