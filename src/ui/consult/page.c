/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/page-private.h"

#include "ui/widgets/words.h"

/* Of windows and of the card's unfolded part, in pixels. */
#define HIGH_WINDOW  900
#define MOST_INTAKE  240
#define LEAST_INTAKE 130

enum
{
  OPENED,
  NEXT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqConsultPage, zq_consult_page, GTK_TYPE_WIDGET)

static const ZqContext *
get_context (ZqConsultPage *self)
{
  return zq_store_get_context (self->store);
}

/* --- what is shown ---------------------------------------------------------------------------- */

static void
show_state (ZqConsultPage *self)
{
  const ZqConsult *consult = self->consult;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *line = NULL;
  gint64 now;

  if (consult == NULL)
    return;
  now = zq_ticker_get_now (self->ticker);
  g_ptr_array_add (words, g_strdup (zq_words_kind (consult->kind)));
  if (consult->in_pool)
    g_ptr_array_add (words, g_strdup (_ ("In the department's pool")));
  else if (consult->status != NULL && *consult->status != '\0')
    g_ptr_array_add (words, g_strdup (zq_words_status (consult->status)));
  if (consult->urgent)
    g_ptr_array_add (words, g_strdup (_ ("Urgent")));
  if (consult->requester != NULL)
    /* Translators: %s is a relative's name and relation */
    g_ptr_array_add (words, g_strdup_printf (_ ("asked by %s for the patient"), consult->requester));
  if (consult->owner != NULL)
    /* Translators: %s is a doctor's name */
    g_ptr_array_add (words, g_strdup_printf (_ ("with %s"), consult->owner));
  if (consult->authored != 0)
    {
      g_autofree char *when = zq_words_day_clock (consult->authored, now, get_context (self)->zone);

      /* Translators: %s is a time */
      g_ptr_array_add (words, g_strdup_printf (_ ("since %s"), when));
    }
  g_ptr_array_add (words, NULL);
  line = g_strjoinv (" · ", (char **)words->pdata);
  gtk_label_set_label (self->state, line);
}

static gboolean
on_query_state (ZqConsultPage *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, gtk_label_get_label (self->state));
  return TRUE;
}

static void
show_due (ZqConsultPage *self)
{
  gint64 now = zq_ticker_get_now (self->ticker);
  gint64 due = self->consult == NULL || self->consult->final ? 0 : self->consult->due;
  g_autofree char *words = zq_words_due (due, now);

  gtk_label_set_label (self->due, words);
  gtk_widget_set_visible (GTK_WIDGET (self->due), due != 0);
  if (due != 0 && due <= now)
    gtk_widget_add_css_class (GTK_WIDGET (self->due), "overdue");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->due), "overdue");
}

static void
on_minute (ZqConsultPage *self)
{
  show_due (self);
  show_state (self);
}

static char *
words_to_whom (ZqConsultPage *self)
{
  g_autofree char *person = NULL;

  if (self->patient == NULL)
    return g_strdup (_ ("Reply to a patient who is not loaded yet"));
  person = zq_words_sex_age (self->patient->sex, self->patient->age_years, self->patient->age_months);
  /* Translators: to whom the reply goes: name, then sex and age */
  return g_strdup_printf (_ ("Reply to %1$s %2$s"),
                          self->patient->name != NULL ? self->patient->name : _ ("name not known"), person);
}

static char *
words_cannot (const ZqConsult *consult)
{
  if (consult->can_claim && consult->mine)
    return g_strdup (_ ("Accept this consultation to answer."));
  if (consult->can_claim)
    return g_strdup (_ ("This consultation is in the department's pool. Claim it to answer."));
  if (consult->owner != NULL && !consult->mine)
    /* Translators: %s is a doctor's name */
    return g_strdup_printf (_ ("%s answers this consultation."), consult->owner);
  if (consult->final)
    return g_strdup (_ ("This consultation is over. Nothing can be sent any more."));
  if (consult->thread_id <= 0)
    return g_strdup (_ ("The hospital has not opened a thread for this consultation yet."));
  return g_strdup (_ ("The hospital's rules allow no reply in this state."));
}

/* GTK asks the display where the pointer is, also for words that are the same. */
static void
set_tooltip (GtkWidget *widget, const char *words)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), words) != 0)
    gtk_widget_set_tooltip_text (widget, words);
}

static void
show_actions (ZqConsultPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const ZqConsult *consult = self->consult;
  g_autofree char *to = words_to_whom (self);
  g_autofree char *cannot = words_cannot (consult);

  gtk_widget_action_set_enabled (widget, "consult.close", consult->can_close);
  gtk_widget_action_set_enabled (widget, "consult.reopen", consult->can_reopen);
  gtk_widget_action_set_enabled (widget, "consult.assign", consult->can_assign);
  gtk_widget_action_set_enabled (widget, "consult.unread", consult->can_mark);
  gtk_widget_action_set_enabled (widget, "consult.note", consult->can_note);
  gtk_widget_action_set_enabled (widget, "consult.quote", consult->can_reply);
  gtk_widget_action_set_enabled (widget, "consult.correct", consult->can_correct);
  gtk_widget_action_set_enabled (widget, "consult.withdraw", consult->can_withdraw);
  gtk_widget_action_set_enabled (widget, "consult.claim", consult->can_claim);
  gtk_widget_action_set_enabled (widget, "consult.urgent", consult->can_set_priority);
  gtk_widget_action_set_enabled (widget, "consult.reply", consult->can_reply);
  zq_consult_page_show_outcomes (self);
  gtk_widget_set_visible (self->close, consult->can_close);
  gtk_widget_set_visible (self->reopen, consult->can_reopen && !consult->can_close);
  gtk_widget_set_visible (self->claim, consult->can_claim);
  /* One's own that waits to be accepted, or one of the department's. */
  gtk_button_set_label (GTK_BUTTON (self->claim), consult->mine ? _ ("Accept") : _ ("Claim"));
  set_tooltip (self->claim, consult->mine ? _ ("Accept this consultation (C)")
                                          : _ ("Take this consultation over from the pool (C)"));
  gtk_widget_set_visible (self->urgent, consult->can_set_priority);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->urgent), consult->urgent);
  set_tooltip (self->urgent, consult->urgent ? _ ("Urgent: take the mark away (!)") : _ ("Mark as urgent (!)"));
  zq_composer_set_to (self->composer, to);
  gtk_label_set_label (self->cannot, cannot);
  zq_consult_page_show_foot (self);
}

/* FALSE: it is not held (any more). */
static gboolean
load (ZqConsultPage *self)
{
  ZqDb *db = zq_store_get_main_db (self->store);
  g_autoptr (GError) error = NULL;
  ZqConsult *consult = zq_consult_load (db, get_context (self), self->key, &error);

  if (consult == NULL)
    {
      if (error != NULL)
        g_warning ("consultation %" G_GINT64_FORMAT ": %s", self->key, error->message);
      return FALSE;
    }
  g_clear_pointer (&self->consult, zq_consult_free);
  g_clear_pointer (&self->patient, zq_patient_free);
  self->consult = consult;
  self->patient = zq_patient_load (db, get_context (self), consult->patient_id, &error);
  if (error != NULL)
    g_warning ("patient %" G_GINT64_FORMAT ": %s", consult->patient_id, error->message);
  return TRUE;
}

static void
show (ZqConsultPage *self)
{
  zq_patient_band_set_patient (self->band, self->patient);
  if (self->viewer_band != NULL)
    zq_patient_band_set_patient (self->viewer_band, self->patient);
  zq_intake_card_set_consult (self->intake, self->consult);
  show_due (self);
  show_state (self);
  show_actions (self);
}

void
zq_consult_page_refresh (ZqConsultPage *self)
{
  if (self->consult != NULL)
    show (self);
}

static void
open_thread (ZqConsultPage *self)
{
  zq_thread_find_set_thread (self->find, self->store, self->consult->thread_id);
  zq_thread_open (self->thread, self->store, self->ticker, get_context (self)->zone, self->consult->thread_id);
}

void
zq_consult_page_go_on (ZqConsultPage *self)
{
  g_signal_emit (self, signals[NEXT], 0);
}

static void
on_changed (ZqConsultPage *self, ZqChanges *changes)
{
  gint64 thread, patient;

  if (self->consult == NULL || !(zq_changes_has_row (changes, "consult", self->key) ||
                                 zq_changes_has_patient (changes, self->consult->patient_id)))
    return;
  thread = self->consult->thread_id;
  patient = self->consult->patient_id;
  if (!load (self))
    return;
  show (self);
  if (self->consult->thread_id != thread)
    open_thread (self);
  /* Whose it is has changed: what stands beside it goes with it. */
  if (self->consult->patient_id != patient)
    g_signal_emit (self, signals[OPENED], 0, self->key);
}

/* --- room ------------------------------------------------------------------------------------- */

/* Half of the page is the thread's. Who unfolds the card all the same gets a few lines of it. */
static void
fit_intake (gpointer data)
{
  ZqConsultPage *self = data;
  int others = self->height - gtk_widget_get_height (GTK_WIDGET (self->thread));

  self->fit_id = 0;
  if (zq_intake_card_get_open (self->intake))
    others -= zq_intake_card_measure_more (self->intake);
  zq_intake_card_set_most (self->intake, CLAMP (self->height / 2 - others, LEAST_INTAKE, MOST_INTAKE));
}

static void
fit_later (ZqConsultPage *self)
{
  if (self->fit_id == 0)
    self->fit_id = g_idle_add_once (fit_intake, self);
}

/* Before the doctor's first answer what the patient told on the form is what there is to read. */
static void
offer_intake (ZqConsultPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  self->wants_intake = self->consult->in_pool || g_strcmp0 (self->consult->status, "awaiting-acceptance") == 0;
  zq_intake_card_set_open (self->intake, self->wants_intake && root != NULL &&
                                             gtk_widget_get_height (GTK_WIDGET (root)) >= HIGH_WINDOW);
}

static void
on_settled (ZqConsultPage *self)
{
  if (self->wants_intake && !zq_intake_card_get_open (self->intake))
    {
      /* Where the messages leave it, it may have more than its share. */
      zq_intake_card_set_most (self->intake, MOST_INTAKE);
      if (zq_thread_get_room (self->thread) >= zq_intake_card_measure_more (self->intake))
        zq_intake_card_set_open (self->intake, TRUE);
      else
        fit_later (self);
    }
  self->wants_intake = FALSE;
}

static GtkSizeRequestMode
zq_consult_page_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
zq_consult_page_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (ZQ_CONSULT_PAGE (widget)->stack), orientation, for_size, minimum, natural, NULL,
                      NULL);
}

static void
zq_consult_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  gtk_widget_allocate (GTK_WIDGET (self->stack), width, height, baseline, NULL);
  if (height != self->height)
    fit_later (self); /* not within an allocation */
  self->height = height;
}

/* --- signals of the parts --------------------------------------------------------------------- */

static void
on_seen (ZqConsultPage *self, gint64 message)
{
  zq_consult_page_mark_read (self, message);
}

static void
on_n_unseen (ZqConsultPage *self)
{
  zq_consult_page_say_unseen (self);
}

static void
on_resend (ZqConsultPage *self, gint64 intent)
{
  zq_consult_page_resend (self, intent);
}

static void
on_take_back (ZqConsultPage *self, gint64 intent)
{
  zq_consult_page_take_back (self, intent);
}

static void
on_send (ZqConsultPage *self, gboolean next)
{
  zq_consult_page_send (self, next);
}

static void
on_found (ZqConsultPage *self, gint64 message)
{
  zq_thread_set_sought (self->thread, zq_thread_find_get_words (self->find));
  zq_thread_show_message (self->thread, message);
}

static void
on_find_closed (ZqConsultPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  zq_thread_set_sought (self->thread, NULL);
  /* Not away from the list, where another consultation was chosen. */
  if (self->key != 0 && (focus == NULL || gtk_widget_is_ancestor (focus, GTK_WIDGET (self->find))))
    zq_consult_page_focus_thread (self);
}

static void
on_mode (ZqConsultPage *self)
{
  if (self->consult != NULL)
    zq_consult_page_show_foot (self);
}

static void
on_open_file (ZqConsultPage *self, gint64 message, const char *key)
{
  zq_consult_page_open_file (self, message, key);
}

static void
on_save_file (ZqConsultPage *self, gint64 message, const char *key)
{
  zq_consult_page_save_file (self, message, key);
}

static void
on_leave (ZqConsultPage *self)
{
  zq_composer_flush (self->composer);
  zq_consult_page_focus_thread (self);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_consult_page_dispose (GObject *object)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (object);
  GtkWidget *child;

  if (self->store != NULL)
    g_clear_signal_handler (&self->changed_id, self->store);
  g_clear_handle_id (&self->fit_id, g_source_remove);
  g_clear_pointer (&self->outcomes, g_ptr_array_unref);
  g_clear_pointer (&self->opened, g_array_unref);
  g_clear_pointer (&self->last, zq_take_back_unref);
  self->viewer = NULL;
  self->viewer_band = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->store);
  g_clear_object (&self->ticker);
  g_clear_pointer (&self->consult, zq_consult_free);
  g_clear_pointer (&self->patient, zq_patient_free);
  G_OBJECT_CLASS (zq_consult_page_parent_class)->dispose (object);
}

static void
zq_consult_page_class_init (ZqConsultPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_consult_page_dispose;
  widget_class->get_request_mode = zq_consult_page_get_request_mode;
  widget_class->measure = zq_consult_page_measure;
  widget_class->size_allocate = zq_consult_page_size_allocate;
  signals[OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[NEXT] =
      g_signal_new ("next", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  zq_consult_page_install_actions (widget_class);
  zq_consult_page_install_writing (widget_class);

  g_type_ensure (ZQ_TYPE_PATIENT_BAND);
  g_type_ensure (ZQ_TYPE_INTAKE_CARD);
  g_type_ensure (ZQ_TYPE_THREAD);
  g_type_ensure (ZQ_TYPE_THREAD_FIND);
  g_type_ensure (ZQ_TYPE_COMPOSER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/consult/page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, band);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, urgent);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, claim);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, close);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, reopen);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, more);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, write_note);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, due);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, state);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, intake);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, find);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, thread);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, foot);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, composer);
  gtk_widget_class_bind_template_child (widget_class, ZqConsultPage, cannot);
  gtk_widget_class_bind_template_callback (widget_class, on_query_state);
  gtk_widget_class_bind_template_callback (widget_class, on_seen);
  gtk_widget_class_bind_template_callback (widget_class, on_settled);
  gtk_widget_class_bind_template_callback (widget_class, on_n_unseen);
  gtk_widget_class_bind_template_callback (widget_class, on_resend);
  gtk_widget_class_bind_template_callback (widget_class, on_take_back);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
  gtk_widget_class_bind_template_callback (widget_class, on_mode);
  gtk_widget_class_bind_template_callback (widget_class, on_found);
  gtk_widget_class_bind_template_callback (widget_class, on_find_closed);
  gtk_widget_class_bind_template_callback (widget_class, on_open_file);
  gtk_widget_class_bind_template_callback (widget_class, on_save_file);
}

static void
zq_consult_page_init (ZqConsultPage *self)
{
  GtkWidget *child;

  gtk_widget_init_template (GTK_WIDGET (self));
  zq_consult_page_add_undo_keys (self);
  /* The split button names its first half only. */
  for (child = gtk_widget_get_first_child (self->close); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_MENU_BUTTON (child))
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Other ways to close"),
                                      -1);
}

void
zq_consult_page_set_store (ZqConsultPage *self, ZqStore *store, ZqTicker *ticker)
{
  g_return_if_fail (self->store == NULL);

  self->store = g_object_ref (store);
  self->ticker = g_object_ref (ticker);
  self->changed_id = g_signal_connect_swapped (store, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_object (ticker, "notify::now", G_CALLBACK (on_minute), self, G_CONNECT_SWAPPED);
}

void
zq_consult_page_open (ZqConsultPage *self, gint64 key)
{
  self->keeps_unread = FALSE;
  if (self->key == key)
    return;
  self->key = key;
  self->is_warned = FALSE;
  zq_consult_page_close_viewer (self);
  if (key == 0 || !load (self))
    {
      self->key = 0;
      g_clear_pointer (&self->consult, zq_consult_free);
      zq_composer_open (self->composer, self->store, 0);
      zq_thread_find_set_thread (self->find, self->store, 0);
      zq_thread_close (self->thread);
      gtk_stack_set_visible_child_name (self->stack, "none");
      g_signal_emit (self, signals[OPENED], 0, (gint64)0);
      return;
    }
  zq_composer_open (self->composer, self->store, key);
  show (self);
  offer_intake (self);
  zq_consult_page_note_opened (self);
  open_thread (self);
  gtk_stack_set_visible_child_name (self->stack, "open");
  fit_later (self);
  g_signal_emit (self, signals[OPENED], 0, key);
}

gint64
zq_consult_page_get_patient (ZqConsultPage *self)
{
  return self->key != 0 && self->consult != NULL ? self->consult->patient_id : 0;
}

gint64
zq_consult_page_get_key (ZqConsultPage *self)
{
  return self->key;
}

void
zq_consult_page_show_message (ZqConsultPage *self, gint64 message)
{
  if (self->key != 0)
    zq_thread_show_message (self->thread, message);
}

void
zq_consult_page_flush (ZqConsultPage *self)
{
  if (self->store != NULL)
    zq_composer_flush (self->composer);
}

void
zq_consult_page_focus_thread (ZqConsultPage *self)
{
  if (self->key != 0 && !zq_thread_grab_focus (self->thread))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

GListModel *
zq_consult_page_get_messages (ZqConsultPage *self)
{
  return zq_thread_get_messages (self->thread);
}
