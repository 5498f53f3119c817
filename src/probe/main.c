/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe/probe.h"

#include <locale.h>
#include <stdlib.h>

G_DEFINE_QUARK (zq - probe - error - quark, zq_probe_error)

static const struct
{
  const char *name;
  ZqProbeCommand run;
  const char *help;
} commands[] = {
  { "sign-in", zq_probe_sign_in, "signs in and remembers who works here" },
  { "pull", zq_probe_pull, "fetches everything that changed; then as `counts`" },
  { "push", zq_probe_push, "sends what waits" },
  { "counts", zq_probe_counts, "what is held, by type and by view of the inbox" },
  { "inbox", zq_probe_inbox, "every consultation: ids, state, SHA-256 of its draft" },
  { "thread", zq_probe_thread, "--thread REF: its messages: ids, state, SHA-256 of the text" },
  { "send", zq_probe_send, "--thread REF --text T [--file PATH] [--seen REF]: replies, then pushes" },
  { "comment", zq_probe_comment,
    "--about OBSERVATION[,OBSERVATION] --text T: says something of what was measured at home, then pushes" },
  { "files", zq_probe_files, "--thread REF: fetches its files; SHA-1, size and state of each" },
  { "draft", zq_probe_draft, "--thread REF --text T: keeps a draft" },
  { "close", zq_probe_close, "--task REF [--outcome CODE]: closes, then pushes" },
  { "claim", zq_probe_claim, "--task REF: takes it from the pool, then pushes" },
  { "set-urgent", zq_probe_set_urgent, "--task REF: marks it urgent, then pushes" },
  { "read", zq_probe_read, "--thread REF [--seen REF]: marks it as read, then pushes" },
  { "reviews", zq_probe_reviews, "results that were given to me: ids, the one state of five, its times" },
  { "review", zq_probe_review,
    "--task REF --step see|tell|told-otherwise|received|contacted|not-reached|handled [--text T], then pushes" },
  { "diagnose", zq_probe_diagnose, "what waits, is held, refused or could not be read, and why" },
  { "watch", zq_probe_watch, "keeps in step until it is interrupted; a line a change of state or message" },
};

static const char description[] =
    "REF is a thread (Communication/12) or its consultation (Task/7). Nothing that a patient wrote is ever\n"
    "printed: messages and drafts appear as SHA-256 of their text.\n"
    "\n"
    "Exit status:\n"
    "  0  done\n"
    "  1  failed\n"
    "  2  the command line is wrong\n"
    "  3  the hospital was not reached, or asked to wait; what was done here is kept\n"
    "  4  a person has to sign in; what was done here is kept\n"
    "  5  kept here, but something waits, is held or was refused\n"
    "\n"
    "With --json standard output is one object (of `watch`: one a line, then that one):\n"
    "  command   the command's name\n"
    "  ok        whether the exit status is 0\n"
    "  exit      the exit status\n"
    "  error     null, or what failed, without patient data\n"
    "  outbox    {waiting, held, refused}: intents that the hospital does not have\n"
    "  unreadable            resources that are kept but could not be read\n"
    "  types, views          `pull`, `counts`: numbers by FHIR type, by view of the inbox\n"
    "  account, practitioner, role, departments      `sign-in`\n"
    "  intent, localId       `send`: the outbox entry and the message's identifier at the hospital\n"
    "  consultations         `inbox`: [{task, thread, kind, status, mine, pool, urgent, overdue, final,\n"
    "                        canReply, canClose, canClaim, draft}]\n"
    "  consultation, messages  `thread`: [{message, mine, pending, text, sent, localId, outbox}]\n"
    "  reviews               `reviews`: [{task, report, state, version, seen, told, read, handled, received,\n"
    "                        contacted, abnormal, critical, open}], times in microseconds\n"
    "  intents               `diagnose`: [{intent, action, target, localId, chain, state, attempts, reason,\n"
    "                        policy}]\n"
    "  policy, policyProblems  `diagnose`: the versions that count; [{problem}]: files refused, and why\n"
    "  unreadableResources   `diagnose`: [{type, id, reason}]\n";

static char *
summary_text (void)
{
  GString *text = g_string_new ("Works with a hospital without a window.\n\nCommands:");

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "\n  %-11s %s", commands[i].name, commands[i].help);
  return g_string_free (text, FALSE);
}

static GOptionContext *
make_options (ZqProbe *self)
{
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_FILENAME, &self->account, "Work with this account file", "FILE" },
    { "base", 0, 0, G_OPTION_ARG_STRING, &self->base, "Work with the hospital at this FHIR base address", "URL" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file, "Use this access token (with --practitioner)",
      "FILE" },
    { "login-hint", 0, 0, G_OPTION_ARG_STRING, &self->login_hint,
      "Sign in by itself as NAME where the hospital approves by itself", "NAME" },
    { "auth-none", 0, 0, G_OPTION_ARG_NONE, &self->auth_none, "A bare server on this computer, without sign-in", NULL },
    { "practitioner", 0, 0, G_OPTION_ARG_STRING, &self->practitioner, "Who works here, of --auth-none and --token-file",
      "ID" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &self->ca, "Certificate authority of the hospital (with --base)", "FILE" },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &self->store,
      "With --base: where accounts and stores lie; with --account: the store's folder", "DIR" },
    { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &self->key_file, "The store's key: 32 bytes; made with a new store",
      "FILE" },
    { "keyring", 0, 0, G_OPTION_ARG_NONE, &self->keyring, "Key and tokens in the Secret Service (the default)", NULL },
    { "clock-socket", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &self->clock_socket, NULL, "PATH" },
    { "thread", 0, 0, G_OPTION_ARG_STRING, &self->thread, "Which conversation", "REF" },
    { "task", 0, 0, G_OPTION_ARG_STRING, &self->task, "Which consultation", "REF" },
    { "text", 0, 0, G_OPTION_ARG_STRING, &self->text, "What to say", "T" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &self->file, "A file that goes with the reply", "PATH" },
    { "seen", 0, 0, G_OPTION_ARG_STRING, &self->seen, "The last message that was seen (default: the newest held)",
      "REF" },
    { "step", 0, 0, G_OPTION_ARG_STRING, &self->step, "What is done with a result", "STEP" },
    { "about", 0, 0, G_OPTION_ARG_STRING, &self->about, "What was measured at home: Observation/12", "REF" },
    { "outcome", 0, 0, G_OPTION_ARG_STRING, &self->outcome, "Why it is closed (default: advised)", "CODE" },
    { "offline", 0, 0, G_OPTION_ARG_NONE, &self->offline, "Keep it in the outbox only", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Print one JSON object", NULL },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("COMMAND");
  g_autofree char *summary = summary_text ();

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  return context;
}

static ZqExit
exit_of (const GError *error)
{
  if (error == NULL)
    return ZQ_EXIT_OK;
  if (g_error_matches (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_USAGE) || error->domain == G_OPTION_ERROR)
    return ZQ_EXIT_USAGE;
  if (g_error_matches (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_WAITS))
    return ZQ_EXIT_WAITS;
  if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK) ||
      g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS) ||
      g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_BUSY) ||
      g_error_matches (error, ZQ_SYNC_ERROR, ZQ_SYNC_ERROR_PAUSED))
    return ZQ_EXIT_NETWORK;
  if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT) ||
      g_error_matches (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_SIGN_IN) ||
      g_error_matches (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_NOT_SMART) || error->domain == ZQ_SESSION_ERROR)
    return ZQ_EXIT_SIGNED_OUT;
  return ZQ_EXIT_FAILED;
}

static gboolean
check_usage (ZqProbe *self, int argc, char **argv, ZqProbeCommand *command, GError **error)
{
  const char *wrong = NULL;

  for (gsize i = 0; argc == 2 && i < G_N_ELEMENTS (commands); i++)
    {
      if (g_str_equal (argv[1], commands[i].name))
        *command = commands[i].run;
    }
  if (*command == NULL)
    wrong = "Exactly one command is needed. See --help.";
  else if ((self->account == NULL) == (self->base == NULL))
    wrong = "Either --account or --base is needed.";
  else if (self->keyring && self->key_file != NULL)
    wrong = "--keyring and --key-file do not go together.";
  else if (self->auth_none && (self->practitioner == NULL || self->base == NULL))
    wrong = "--auth-none needs --base and --practitioner.";
  if (wrong != NULL)
    g_set_error_literal (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_USAGE, wrong);
  self->keyring = self->key_file == NULL;
  return wrong == NULL;
}

static gboolean
run (ZqProbe *self, ZqProbeCommand command, GError **error)
{
  self->clock =
      self->clock_socket != NULL ? zq_clock_new_from_socket (self->clock_socket, error) : zq_clock_new_system ();
  if (self->clock == NULL || !zq_probe_open_account (self, error))
    return FALSE;
  if (command != zq_probe_sign_in && !zq_probe_open_session (self, error))
    return FALSE;
  return command (self, error);
}

static void
clear (ZqProbe *self)
{
  char **texts[] = { &self->account, &self->base,     &self->token_file,   &self->login_hint, &self->practitioner,
                     &self->store,   &self->key_file, &self->clock_socket, &self->ca,         &self->thread,
                     &self->task,    &self->text,     &self->file,         &self->seen,       &self->outcome,
                     &self->step,    &self->about };

  if (self->session != NULL)
    zq_session_close (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->self_sign_in);
  g_clear_object (&self->fixed);
  g_clear_object (&self->tokens);
  g_clear_object (&self->zq_account);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->report, zq_report_free);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
}

int
main (int argc, char **argv)
{
  ZqProbe self = { 0 };
  g_autoptr (GOptionContext) options = make_options (&self);
  g_autoptr (GError) error = NULL;
  ZqProbeCommand command = NULL;
  ZqExit status;

  setlocale (LC_ALL, "");
  g_set_prgname ("zhenqiao-probe");
  self.report = zq_report_new ();
  if (g_option_context_parse (options, &argc, &argv, &error) && check_usage (&self, argc, argv, &command, &error))
    {
      zq_report_string (self.report, "command", argv[1]);
      run (&self, command, &error);
    }
  status = exit_of (error);
  zq_report_boolean (self.report, "ok", status == ZQ_EXIT_OK);
  zq_report_int (self.report, "exit", status);
  zq_report_string (self.report, "error", error != NULL ? error->message : NULL);
  {
    g_autofree char *text = self.json ? zq_report_to_json (self.report) : zq_report_to_text (self.report);

    g_print ("%s%s", text, self.json ? "\n" : "");
  }
  if (error != NULL)
    g_printerr ("zhenqiao-probe: %s\n", error->message);
  clear (&self);
  return status;
}
