/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/problem.h"

#include <glib/gi18n.h>
#include <string.h>

/* What the libraries below say when something fails; what follows a colon is somebody else's words. */
G_GNUC_UNUSED static const char *const known[] = {
  N_ ("The hospital was not reached"),
  N_ ("The connection to the hospital is not secure"),
  N_ ("The hospital's server failed"),
  N_ ("The hospital is busy"),
  N_ ("The hospital is busy and asked to wait. What you sent is kept and will go out."),
  N_ ("The hospital refused this"),
  N_ ("The hospital does not allow this"),
  N_ ("The hospital does not have this"),
  N_ ("The hospital no longer has this"),
  N_ ("The hospital did not say what became of it"),
  N_ ("The hospital asks you to sign in again"),
  N_ ("The hospital does not accept the given token"),
  N_ ("The hospital sent us elsewhere"),
  N_ ("The hospital sent us round in circles"),
  N_ ("What is sent cannot be read again"),
  N_ ("The hospital's answer is not understood"),
  N_ ("The hospital's answer is too large"),
  N_ ("The hospital's answer was cut off"),
  N_ ("The hospital's answer is empty"),
  N_ ("The hospital's copy kept changing while this was sent. Look at it and send it again."),
  N_ ("This was changed at the hospital meanwhile"),
  N_ ("The hospital refused the sign-in"),
  N_ ("The hospital's answer to the sign-in is not understood"),
  N_ ("The hospital's sign-in page failed"),
  N_ ("The hospital's sign-in page leads nowhere"),
  N_ ("The hospital's sign-in page wants a person: open its address in a browser"),
  N_ ("The hospital's proof of identity is wrong"),
  N_ ("The hospital's address must begin with https"),
  N_ ("The hospital does not tell a secure address to sign in at"),
  N_ ("The hospital does not offer a sign-in that this program knows"),
  N_ ("The hospital does not offer a sign-in that is safe for this program (PKCE S256)"),
  N_ ("The hospital did not tell who signed in"),
  N_ ("This hospital account does not belong to a doctor or assistant. Sign in with another one."),
  N_ ("Another person signed in than the one whose data this account holds"),
  N_ ("Somebody else signed in than the one whose work is kept here. Nothing was changed"),
  N_ ("Nobody has signed in to this hospital yet. Sign in first."),
  N_ ("This computer has no place for the sign-in to come back to"),
  N_ ("This session has no working keyring"),
  N_ ("The keyring of this computer is locked"),
  N_ ("The key of this account's data in the keyring is damaged: the data cannot be opened"),
  N_ ("The account file is not usable"),
  N_ ("The account file cannot be written"),
  N_ ("The account's folder cannot be made"),
  N_ ("The account cannot be locked"),
  N_ ("The file of the hospital's certificate authority cannot be used"),
  N_ ("Sign in to the hospital again"),
  N_ ("Who signed in is not a doctor or an assistant of this hospital"),
  N_ ("The account does not say whose it is"),
  N_ ("The hospital's answer about who you are is not understood"),
  N_ ("The hospital's answer about your departments is not understood"),
  N_ ("The account's redirect must be an http:// address on this computer"),
  N_ ("The address of the sign-in page is not one"),
  N_ ("What answered is not the hospital's FHIR server"),
  N_ ("The key of this account's data is not in the keyring"),
  N_ ("the data cannot be opened"),
  N_ ("This computer gave no random numbers"),
  N_ ("The hospital's pages go round in a circle. What was read is kept"),
  N_ ("The hospital's answer cannot be read"),
};

char *
zq_words_problem (const char *text)
{
  const char *words, *colon;
  g_autofree char *head = NULL, *tail = NULL;

  if (text == NULL || *text == '\0')
    return g_strdup ("");
  words = _ (text);
  if (words != text)
    return g_strdup (words);
  colon = strstr (text, ": ");
  if (colon == NULL)
    return g_strdup (text);
  head = g_strndup (text, colon - text);
  words = _ (head);
  if (words == head)
    return g_strdup (text);
  tail = zq_words_problem (colon + 2);
  /* Translators: what failed, and why */
  return g_strdup_printf (_ ("%1$s: %2$s"), words, tail);
}
