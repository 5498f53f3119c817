/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/visit-page-private.h"

#include "store/changes.h"
#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (ZqVisitPage, zq_visit_page, GTK_TYPE_WIDGET)

/* --- what it is about --------------------------------------------------------------------------- */

static void
load (ZqVisitPage *self)
{
  ZqVisit *visit = zq_visit_load (zq_store_get_main_db (self->store), zq_store_get_context (self->store), self->key);

  if (visit == NULL)
    return;
  g_clear_pointer (&self->visit, zq_visit_free);
  self->visit = visit;
  self->is_identified = self->is_identified || zq_visit_is_identified (zq_store_get_main_db (self->store), self->key);
}

static void
on_changed (ZqVisitPage *self, ZqChanges *changes)
{
  if (!zq_changes_has_row (changes, "visit", self->key) || self->visit == NULL)
    return;
  load (self);
  if (self->visit->server_id != NULL && self->session == NULL && !self->is_left)
    zq_visit_page_begin_call (self);
  zq_note_editor_set_encounter (self->note, self->visit->encounter);
  zq_visit_page_update_tape (self);
  zq_visit_page_look_for_phone (self);
  zq_visit_page_update (self);
}

static void
fill_side (ZqVisitPage *self)
{
  self->note = zq_note_editor_new (self->store);
  zq_note_editor_set_encounter (self->note, self->visit->encounter);
  gtk_stack_add_titled (self->side, GTK_WIDGET (self->note), "note", _ ("Note"));
  self->record = g_object_new (ZQ_TYPE_RECORD_PAGE, NULL);
  zq_record_page_set_store (self->record, self->store, self->ticker);
  zq_record_page_open (self->record, self->visit->patient);
  gtk_stack_add_titled (self->side, GTK_WIDGET (self->record), "record", _ ("Record"));
  self->thread = g_object_new (ZQ_TYPE_CONSULT_PAGE, NULL);
  zq_consult_page_set_store (self->thread, self->store, self->ticker);
  gtk_stack_add_titled (self->side, GTK_WIDGET (self->thread), "thread", _ ("Conversation"));
  if (self->visit->consult != 0)
    zq_consult_page_open (self->thread, self->visit->consult);
}

ZqVisitPage *
zq_visit_page_new (const ZqVisitHost *host)
{
  ZqVisitPage *self = g_object_new (ZQ_TYPE_VISIT_PAGE, NULL);
  ZqDb *db = zq_store_get_main_db (host->store);
  g_autoptr (ZqPatient) patient = NULL;

  self->store = g_object_ref (host->store);
  self->ticker = g_object_ref (host->ticker);
  self->client = host->client != NULL ? g_object_ref (host->client) : NULL;
  self->settings = host->settings != NULL ? g_object_ref (host->settings) : NULL;
  self->key = host->visit;
  load (self);
  if (self->visit == NULL)
    return self;
  patient = zq_patient_load (db, zq_store_get_context (self->store), self->visit->patient, NULL);
  zq_patient_band_set_patient (self->band, patient);
  gtk_overlay_set_measure_overlay (GTK_OVERLAY (self->stage), self->controls, TRUE); /* never cut off */
  fill_side (self);
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  if (self->visit->server_id != NULL)
    zq_visit_page_begin_call (self);
  zq_visit_page_update (self);

  return self;
}

void
zq_visit_page_leave (ZqVisitPage *self)
{
  self->is_left = TRUE;
  if (self->thread != NULL)
    zq_consult_page_flush (self->thread);
  if (self->note != NULL)
    zq_note_editor_flush (self->note);
  zq_visit_page_end_call (self);
}

/* --- object ------------------------------------------------------------------------------------- */

static void
on_main_button (ZqVisitPage *self)
{
  if (self->button_action != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), self->button_action, NULL);
}

enum
{
  PROP_MUTED = 1, /* the switches, in their order */
  PROP_CAMERA_OFF,
  PROP_SHOWN,
  PROP_NUMBERS,
  PROP_VISIT,
};

static void
zq_visit_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (object);

  if (id == PROP_VISIT)
    g_value_set_int64 (value, self->key);
  else
    g_value_set_boolean (value, self->switches[id - PROP_MUTED]);
}

static void
zq_visit_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  zq_visit_page_set_switch (ZQ_VISIT_PAGE (object), id - PROP_MUTED, g_value_get_boolean (value));
  g_object_notify_by_pspec (object, spec);
}

static void
zq_visit_page_dispose (GObject *object)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (object);

  zq_visit_page_leave (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->call_back);
  g_clear_object (&self->settings);
  g_clear_object (&self->remote_picture);
  g_clear_object (&self->own_picture);
  g_clear_object (&self->client);
  g_clear_object (&self->ticker);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zq_visit_page_parent_class)->dispose (object);
}

static void
zq_visit_page_finalize (GObject *object)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (object);

  g_clear_pointer (&self->visit, zq_visit_free);
  g_free (self->button_action);
  G_OBJECT_CLASS (zq_visit_page_parent_class)->finalize (object);
}

static const char *const switches[ZQ_VISIT_N_SWITCHES] = { "muted", "camera-off", "shown", "numbers" };

static void
zq_visit_page_class_init (ZqVisitPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_visit_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_visit_page_finalize;
  G_OBJECT_CLASS (klass)->get_property = zq_visit_page_get_property;
  G_OBJECT_CLASS (klass)->set_property = zq_visit_page_set_property;
  g_type_ensure (ZQ_TYPE_PATIENT_BAND);
  for (guint i = 0; i < ZQ_VISIT_N_SWITCHES; i++)
    g_object_class_install_property (
        G_OBJECT_CLASS (klass), PROP_MUTED + i,
        g_param_spec_boolean (switches[i], NULL, NULL, FALSE,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_VISIT,
      g_param_spec_int64 ("visit", NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_signal_new ("close", ZQ_TYPE_VISIT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("detach", ZQ_TYPE_VISIT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("open", ZQ_TYPE_VISIT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/call/visit-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, box);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, band);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, recorded);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, window_button);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, next_button);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, guest_button);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, paned);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, stage);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, remote);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, middle);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, title);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, text);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, place);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, main_button);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, quality);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, numbers);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, own);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, controls);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, hold);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, record_button);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, freeze_button);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, checks);
  gtk_widget_class_bind_template_child (widget_class, ZqVisitPage, side);
  zq_visit_page_install_actions (widget_class);
}

static void
zq_visit_page_init (ZqVisitPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->remote_picture = zq_video_paintable_new ();
  self->own_picture = zq_video_paintable_new ();
  zq_video_paintable_set_mirrored (self->own_picture, TRUE);
  gtk_picture_set_paintable (self->remote, GDK_PAINTABLE (self->remote_picture));
  gtk_picture_set_paintable (self->own, GDK_PAINTABLE (self->own_picture));
  g_signal_connect_swapped (self->main_button, "clicked", G_CALLBACK (on_main_button), self);
}
