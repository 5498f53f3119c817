/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/review/review-page.h"

#include "clinic/lab/report-fast.h"
#include "rules/context.h"
#include "ui/review/review-report.h"
#include "ui/review/review-row.h"
#include "ui/review/review-words.h"
#include "ui/widgets/ask-words.h"
#include "ui/widgets/patient-band.h"
#include "ui/widgets/problem.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/words.h"

#include <adwaita.h>

/* As long as this on the screen is seen. */
#define LOOK (G_TIME_SPAN_MILLISECOND * 700)

/* What can be done, in the order of the buttons. */
typedef enum
{
  RECEIVED,
  CONTACTED,
  NOT_REACHED,
  TELL,
  OTHERWISE,
  HANDLED,
  OPEN,
  N_OFFERS,
} Offer;

static const struct
{
  const char *label;
  const char *key;
  const char *action;
  const char *ask; /* what is asked for; NULL: nothing */
  ZqReviewStep step;
} offers[N_OFFERS] = {
  [TELL] = { N_ ("Tell the Patient"), "T", "review.tell", NULL, 0 },
  [RECEIVED] = { N_ ("Received"), "C", "review.received", NULL, ZQ_REVIEW_RECEIVED },
  [CONTACTED] = { N_ ("Patient Contacted"), "P", "review.otherwise", N_ ("How, and who was spoken to"),
                  ZQ_REVIEW_CONTACTED },
  [NOT_REACHED] = { N_ ("Not Reached"), "X", "review.not-reached", N_ ("How it was tried"), ZQ_REVIEW_NOT_REACHED },
  [OTHERWISE] = { N_ ("Told Otherwise"), "P", "review.otherwise", N_ ("How: on the telephone, in person …"),
                  ZQ_REVIEW_TOLD_OTHERWISE },
  [HANDLED] = { N_ ("Handled"), "H", "review.handled", N_ ("What was done, or arranged"), ZQ_REVIEW_HANDLED },
  [OPEN] = { N_ ("Consultation"), "⏎", "review.open", NULL, 0 },
};

struct _ZqReviewPage
{
  GtkWidget parent_instance;

  /* template */
  GtkStack *stack;
  AdwStatusPage *empty;
  AdwLeaflet *leaflet;
  GtkWidget *detail;
  GtkListView *view;
  ZqPatientBand *band;
  GtkLabel *title;
  GtkLabel *critical;
  GtkLabel *steps;
  ZqReviewReport *report_view;
  GtkFlowBox *actions;

  /* borrowed */
  GtkWidget *button[N_OFFERS];
  GtkPopover *asking; /* NULL: nothing is asked */

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  ZqReviewModel *model;
  GtkSingleSelection *selection;
  ZqReview *review;       /* the one that is shown, with where it is told */
  const ZqReport *report; /* borrowed: the view's; NULL: none */
  gint64 last_synced;
  gint64 shown; /* its version that was shown */
  guint focus_tick;
  guint seen_alarm;
};

enum
{
  SIGNAL_TELL,
  SIGNAL_OPEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqReviewPage, zq_review_page, GTK_TYPE_WIDGET)

static ZqDb *
get_db (ZqReviewPage *self)
{
  return zq_store_get_main_db (self->store);
}

static GTimeZone *
get_zone (ZqStore *store)
{
  const ZqContext *context = zq_store_get_context (store);

  return context->zone;
}

static const ZqContext *
get_context (ZqReviewPage *self)
{
  return zq_store_get_context (self->store);
}

/* --- what is shown ------------------------------------------------------------------------------- */

static void
on_seen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zq_review_finish (ZQ_STORE (source), result, &error))
    g_warning ("a result could not be marked as seen: %s", error->message);
}

/* Who only passes by has not looked. */
static void
on_looked_at (gpointer data)
{
  ZqReviewPage *self = data;

  self->seen_alarm = 0;
  if (self->review != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    zq_review_see_async (self->store, self->review->key, on_seen, NULL);
}

static void
show_report (ZqReviewPage *self)
{
  gboolean is_there = zq_review_report_show (self->report_view, self->store, get_context (self),
                                             zq_ticker_get_now (self->ticker), self->review);

  self->report = zq_review_report_get (self->report_view);
  self->shown = self->review->times.version;
  zq_clock_clear (zq_store_get_clock (self->store), &self->seen_alarm);
  if (is_there)
    self->seen_alarm = zq_clock_alarm_in (zq_store_get_clock (self->store), LOOK, on_looked_at, self);
}

/* The laboratory's own, or ours: the two are not the same promise. */
static void
show_critical (ZqReviewPage *self)
{
  gboolean is_shown = self->review->is_critical;

  gtk_widget_set_visible (GTK_WIDGET (self->critical), is_shown);
  gtk_label_set_label (self->critical,
                       _ ("Critical value. This supplements the laboratory's call and does not replace it."));
}

static void
show_offers (ZqReviewPage *self)
{
  const ZqReview *review = self->review;
  gboolean untold = review->state == ZQ_RESULT_UNSEEN || review->state == ZQ_RESULT_SEEN_UNTOLD;
  gboolean offered[N_OFFERS] = {
    [TELL] = untold || review->comes_back,
    [RECEIVED] = review->is_critical && review->received_at == 0 && review->state != ZQ_RESULT_HANDLED,
    [CONTACTED] = review->is_critical && review->contacted_at == 0,
    [NOT_REACHED] = review->is_critical && review->contacted_at == 0,
    [OTHERWISE] = !review->is_critical && (untold || review->comes_back),
    [HANDLED] = review->state != ZQ_RESULT_HANDLED,
    [OPEN] = review->consult != 0,
  };

  for (guint i = 0; i < N_OFFERS; i++)
    gtk_widget_set_visible (gtk_widget_get_parent (self->button[i]), offered[i]);
}

static void
show_steps (ZqReviewPage *self)
{
  g_autofree char *steps =
      zq_review_words_steps (self->review, zq_ticker_get_now (self->ticker), get_context (self)->zone);

  gtk_label_set_label (self->steps, steps);
}

static void
show_review (ZqReviewPage *self, ZqReview *review)
{
  gboolean is_other = self->review == NULL || self->review->key != review->key;
  g_autoptr (ZqPatient) patient = NULL;

  g_clear_pointer (&self->review, zq_review_free);
  self->review = review;
  patient = zq_patient_load (get_db (self), get_context (self), review->patient, NULL);
  zq_patient_band_set_patient (self->band, patient);
  gtk_label_set_label (self->title, review->title != NULL ? review->title : _ ("The report has not come yet"));
  show_critical (self);
  show_steps (self);
  show_offers (self);
  if (is_other || self->shown != review->times.version)
    show_report (self);
}

static ZqReviewItem *
get_selected (ZqReviewPage *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

static void
on_selected (ZqReviewPage *self)
{
  ZqReviewItem *item = get_selected (self);
  ZqReview *review;

  /* What is typed about one is not lost to news of it. */
  if (self->asking != NULL && (item == NULL || zq_review_item_get_review (item)->key != zq_review_page_get_key (self)))
    gtk_popover_popdown (self->asking);
  if (item == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  adw_leaflet_set_visible_child (self->leaflet, self->detail);
  review = zq_review_load (get_db (self), get_context (self), zq_review_item_get_review (item)->key);
  if (review != NULL)
    show_review (self, review);
}

static void
show_empty (ZqReviewPage *self)
{
  g_autofree char *when = NULL, *words = NULL;

  if (self->last_synced == 0)
    {
      adw_status_page_set_title (self->empty, _ ("Nothing Fetched Yet"));
      adw_status_page_set_description (self->empty, _ ("Results come as soon as the hospital can be reached"));
      return;
    }
  when = zq_words_day_clock (self->last_synced, zq_ticker_get_now (self->ticker), get_context (self)->zone);
  words = g_strdup_printf (_ ("As of %s"), when);
  adw_status_page_set_title (self->empty, _ ("No Results to Review"));
  adw_status_page_set_description (self->empty, words);
}

static void
show_place (ZqReviewPage *self)
{
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0;

  if (is_empty)
    show_empty (self);
  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "list");
}

/* --- on to the next ------------------------------------------------------------------------------ */

/* A row has a widget only after the list has scrolled to it. */
static gboolean
on_focus_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqReviewPage *self = ZQ_REVIEW_PAGE (widget);
  ZqReviewItem *selected = get_selected (self);
  GtkWidget *row;

  self->focus_tick = 0;
  for (row = gtk_widget_get_first_child (GTK_WIDGET (self->view)); row != NULL; row = gtk_widget_get_next_sibling (row))
    if (selected != NULL && zq_review_row_get_item (gtk_widget_get_first_child (row)) == selected)
      gtk_widget_grab_focus (row);

  return G_SOURCE_REMOVE;
}

static void
select_position (ZqReviewPage *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
  if (self->focus_tick == 0)
    self->focus_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_focus_tick, NULL, NULL);
}

static gboolean
step (ZqReviewPage *self, int by)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  guint position = gtk_single_selection_get_selected (self->selection);

  if (n == 0 || position == GTK_INVALID_LIST_POSITION || (by < 0 && position == 0) || (by > 0 && position + 1 >= n))
    return FALSE;
  select_position (self, position + by);

  return TRUE;
}

/* The next one that still waits; the last one done stays in sight. */
static void
go_on (ZqReviewPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  guint position = gtk_single_selection_get_selected (self->selection);

  for (guint i = 1; i < n; i++)
    {
      guint next = (position + i) % n;
      g_autoptr (ZqReviewItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), next);

      if (zq_review_item_get_review (item)->to_do)
        {
          select_position (self, next);
          return;
        }
    }
}

/* --- steps --------------------------------------------------------------------------------------- */

typedef struct
{
  ZqReviewPage *page;
  gint64 review;
  ZqUndo *undo;
} Done;

static Done *
done_new (ZqReviewPage *self)
{
  Done *done = g_new0 (Done, 1);

  done->page = g_object_ref (self);
  done->review = self->review->key;

  return done;
}

static void
done_free (Done *self)
{
  g_clear_pointer (&self->undo, zq_undo_free);
  g_object_unref (self->page);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Done, done_free)

static void
say_failed (ZqReviewPage *self, const GError *error)
{
  g_autofree char *words = zq_words_problem (error->message);

  zq_toast_show (GTK_WIDGET (self), words);
}

static void
on_stepped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Done) done = data;
  g_autoptr (GError) error = NULL;
  ZqReviewPage *self = done->page;
  g_autoptr (ZqReview) review = NULL;

  if (!zq_review_finish (ZQ_STORE (source), result, &error))
    {
      say_failed (self, error);
      return;
    }
  if (self->store == NULL || self->review == NULL || self->review->key != done->review)
    return;
  review = zq_review_load (get_db (self), get_context (self), done->review);
  if (review == NULL)
    return;
  if (review->to_do)
    show_review (self, g_steal_pointer (&review));
  else
    go_on (self);
}

static void
take_step (ZqReviewPage *self, Offer offer, const char *words)
{
  zq_review_step_async (self->store, self->review->key, offers[offer].step, words, on_stepped, done_new (self));
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqReviewPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!zq_consult_undo_finish (ZQ_STORE (source), result, &error))
    say_failed (self, error);
}

static void
on_undo_clicked (AdwToast *toast, Done *done)
{
  if (done->undo != NULL && done->page->store != NULL)
    zq_consult_undo_async (done->page->store, done->undo, on_undone, g_object_ref (done->page));
}

static void
free_done (gpointer data, GClosure *closure)
{
  done_free (data);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Done) done = data;
  g_autoptr (GError) error = NULL;
  ZqReviewPage *self = done->page;
  gboolean is_shown = self->review != NULL && self->review->key == done->review;
  AdwToast *toast;

  if (zq_consult_send_finish (ZQ_STORE (source), result, &done->undo, &error) == 0)
    {
      say_failed (self, error);
      return;
    }
  toast = zq_toast_new (_ ("The patient is told that it is normal"));
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo_clicked), g_steal_pointer (&done), free_done, 0);
  zq_toast_present (GTK_WIDGET (self), toast);
  if (is_shown)
    go_on (self);
}

/* Why one key is not enough for it; NULL: it is. */
static const char *
why_not_fast (ZqReviewPage *self)
{
  const ZqReview *review = self->review;
  ZqPolicy *policy = zq_context_get_policy (get_context (self));
  ZqFastKey fast;

  if (review->consult == 0)
    return _ ("No consultation of this patient takes a message: tell it otherwise (P)");
  if (self->report == NULL)
    return _ ("A result that stands alone is told in your own words");
  if (review->is_waiting)
    return _ ("Something of this patient is unread or unanswered: look at it first");
  fast = review->is_critical ? ZQ_FAST_CRITICAL
                             : zq_report_fast_key (get_db (self), policy, self->report, review->age_years);

  return fast == ZQ_FAST_ALLOWED ? NULL : zq_review_words_fast (fast);
}

static void
tell_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqReviewPage *self = ZQ_REVIEW_PAGE (widget);
  const char *why;
  g_autofree char *text = NULL;

  if (self->review == NULL || !gtk_widget_get_visible (gtk_widget_get_parent (self->button[TELL])))
    return;
  why = why_not_fast (self);
  text = why == NULL ? zq_review_words_normal (self->review, zq_context_get_policy (get_context (self)),
                                               get_context (self)->zone)
                     : NULL;
  if (text != NULL)
    zq_review_tell_async (self->store, self->review, text, 0, on_told, done_new (self));
  else if (self->review->consult == 0)
    zq_toast_show (widget, why);
  else
    g_signal_emit (self, signals[SIGNAL_TELL], 0, self->review->consult, self->review->report, self->review->key,
                   self->review->title != NULL ? self->review->title : "", why != NULL ? why : "");
}

/* --- asking for words ---------------------------------------------------------------------------- */

typedef struct
{
  ZqReviewPage *page; /* borrowed: the question lives in it */
  gint64 review;
  Offer offer;
} Asking;

/* For the one that was asked about. */
static void
on_asked (const char *words, gpointer data)
{
  Asking *asking = data;
  ZqReviewPage *self = asking->page;

  if (self->review != NULL && self->review->key == asking->review)
    take_step (self, asking->offer, words);
}

static void
on_asking_closed (ZqReviewPage *self)
{
  self->asking = NULL;
}

static void
ask (ZqReviewPage *self, Offer offer)
{
  Asking *asking = g_new0 (Asking, 1);

  asking->page = self;
  asking->review = self->review->key;
  asking->offer = offer;
  self->asking = zq_ask_words (self->button[offer], _ (offers[offer].ask), _ (offers[offer].label), on_asked, asking);
  g_signal_connect_object (self->asking, "closed", G_CALLBACK (on_asking_closed), self, G_CONNECT_SWAPPED);
}

static void
offer_action (ZqReviewPage *self, Offer offer)
{
  if (self->review == NULL || self->asking != NULL ||
      !gtk_widget_get_visible (gtk_widget_get_parent (self->button[offer])))
    return;
  if (offers[offer].ask != NULL)
    ask (self, offer);
  else
    take_step (self, offer, NULL);
}

static void
received_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  offer_action (ZQ_REVIEW_PAGE (widget), RECEIVED);
}

static void
not_reached_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  offer_action (ZQ_REVIEW_PAGE (widget), NOT_REACHED);
}

/* Of a critical value it is the contact that is asked for. */
static void
otherwise_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqReviewPage *self = ZQ_REVIEW_PAGE (widget);

  offer_action (self, self->review != NULL && self->review->is_critical ? CONTACTED : OTHERWISE);
}

static void
handled_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  offer_action (ZQ_REVIEW_PAGE (widget), HANDLED);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqReviewPage *self = ZQ_REVIEW_PAGE (widget);

  if (self->review != NULL && self->review->consult != 0)
    g_signal_emit (self, signals[SIGNAL_OPEN], 0, self->review->consult);
}

static void
on_activate (ZqReviewPage *self, guint position)
{
  open_action (GTK_WIDGET (self), NULL, NULL);
}

static gboolean
step_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  step (ZQ_REVIEW_PAGE (widget), g_variant_get_int32 (args));
  return TRUE;
}

/* --- object -------------------------------------------------------------------------------------- */

static void
on_model_changed (ZqReviewPage *self)
{
  show_place (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_selected (self);
}

static void
zq_review_page_map (GtkWidget *widget)
{
  ZqReviewPage *self = ZQ_REVIEW_PAGE (widget);

  GTK_WIDGET_CLASS (zq_review_page_parent_class)->map (widget);
  zq_review_model_set_held (self->model, TRUE);
  show_place (self);
  on_selected (self);
}

static void
zq_review_page_unmap (GtkWidget *widget)
{
  ZqReviewPage *self = ZQ_REVIEW_PAGE (widget);

  if (self->model != NULL)
    zq_review_model_set_held (self->model, FALSE);
  GTK_WIDGET_CLASS (zq_review_page_parent_class)->unmap (widget);
}

static void
zq_review_page_dispose (GObject *object)
{
  ZqReviewPage *self = ZQ_REVIEW_PAGE (object);

  if (self->focus_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->focus_tick);
  self->focus_tick = 0;
  if (self->store != NULL)
    zq_clock_clear (zq_store_get_clock (self->store), &self->seen_alarm);
  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->ticker);
  g_clear_object (&self->store);
  g_clear_pointer (&self->review, zq_review_free);
  G_OBJECT_CLASS (zq_review_page_parent_class)->dispose (object);
}

static void
install_keys (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    const char *action;
  } keys[] = {
    { GDK_KEY_t, "review.tell" },        { GDK_KEY_c, "review.received" }, { GDK_KEY_p, "review.otherwise" },
    { GDK_KEY_x, "review.not-reached" }, { GDK_KEY_h, "review.handled" },  { GDK_KEY_Return, "review.open" },
  };

  gtk_widget_class_install_action (klass, "review.tell", NULL, tell_action);
  gtk_widget_class_install_action (klass, "review.received", NULL, received_action);
  gtk_widget_class_install_action (klass, "review.otherwise", NULL, otherwise_action);
  gtk_widget_class_install_action (klass, "review.not-reached", NULL, not_reached_action);
  gtk_widget_class_install_action (klass, "review.handled", NULL, handled_action);
  gtk_widget_class_install_action (klass, "review.open", NULL, open_action);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (klass, keys[i].key, 0, keys[i].action, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_j, 0, step_key, "i", 1);
  gtk_widget_class_add_binding (klass, GDK_KEY_k, 0, step_key, "i", -1);
}

static void
zq_review_page_class_init (ZqReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_review_page_dispose;
  widget_class->map = zq_review_page_map;
  widget_class->unmap = zq_review_page_unmap;
  signals[SIGNAL_TELL] =
      g_signal_new ("tell", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                    G_TYPE_INT64, G_TYPE_INT64, G_TYPE_INT64, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_INT64);
  install_keys (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  g_type_ensure (ZQ_TYPE_PATIENT_BAND);
  g_type_ensure (ZQ_TYPE_REVIEW_REPORT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/review/review-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, empty);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, detail);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, view);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, band);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, title);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, critical);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, steps);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, report_view);
  gtk_widget_class_bind_template_child (widget_class, ZqReviewPage, actions);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
add_offer (ZqReviewPage *self, Offer offer)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *key = gtk_label_new (offers[offer].key);

  gtk_widget_add_css_class (key, "key");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), gtk_label_new (_ (offers[offer].label)));
  gtk_box_append (GTK_BOX (box), key);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (offers[offer].label), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), offers[offer].action);
  if (offer == TELL || offer == RECEIVED)
    gtk_widget_add_css_class (button, "suggested-action");
  gtk_flow_box_append (self->actions, button);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
  self->button[offer] = button;
}

static void
zq_review_page_init (ZqReviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_OFFERS; i++)
    add_offer (self, i);
}

ZqReviewPage *
zq_review_page_new (ZqStore *store, ZqTicker *ticker, ZqReviewModel *model)
{
  ZqReviewPage *self = g_object_new (ZQ_TYPE_REVIEW_PAGE, NULL);
  g_autoptr (GtkListItemFactory) factory = zq_review_row_factory_new (ticker, get_zone (store));

  self->store = g_object_ref (store);
  self->ticker = g_object_ref (ticker);
  self->model = g_object_ref (model);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (model)));
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "changed", G_CALLBACK (on_model_changed), self, G_CONNECT_SWAPPED);
  show_place (self);

  return self;
}

void
zq_review_page_begin (ZqReviewPage *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0)
    select_position (self, 0);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
zq_review_page_set_synced (ZqReviewPage *self, gint64 last_synced)
{
  if (self->last_synced == last_synced)
    return;
  self->last_synced = last_synced;
  show_place (self);
}

gint64
zq_review_page_get_key (ZqReviewPage *self)
{
  return self->review != NULL ? self->review->key : 0;
}

gint64
zq_review_page_get_report (ZqReviewPage *self)
{
  return self->review != NULL ? self->review->report : 0;
}
