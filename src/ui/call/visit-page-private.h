/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/call-back.h"
#include "call/devices.h"
#include "call/tape.h"
#include "clinic/document/recording.h"
#include "clinic/visit/visit.h"
#include "ui/call/check.h"
#include "ui/call/paintable.h"
#include "ui/call/visit-page.h"
#include "ui/consult/page.h"
#include "ui/note/editor.h"
#include "ui/patient/record-page.h"
#include "ui/visit/identity.h"
#include "ui/widgets/patient-band.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_VISIT_MUTED,
  ZQ_VISIT_CAMERA_OFF,
  ZQ_VISIT_SHOWN, /* the patient is shown what stands beside */
  ZQ_VISIT_NUMBERS,
  ZQ_VISIT_N_SWITCHES,
} ZqVisitSwitch;

struct _ZqVisitPage
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  ZqPatientBand *band;
  GtkLabel *recorded;
  GtkWidget *window_button, *next_button, *guest_button;
  GtkPaned *paned;
  GtkWidget *stage;
  GtkPicture *remote;
  GtkWidget *middle;
  GtkLabel *title;
  GtkLabel *text;
  GtkBox *place;
  GtkButton *main_button;
  GtkLabel *quality;
  GtkLabel *numbers;
  GtkPicture *own;
  GtkWidget *controls;
  GtkWidget *hold, *checks, *record_button, *freeze_button;
  GtkStack *side;

  /* borrowed */
  GtkWidget *check;         /* over the stage; NULL: nothing is checked now */
  ZqIdentityCard *identity; /* in `place`; NULL: it is not asked now */
  ZqRecordPage *record;
  ZqConsultPage *thread;
  ZqNoteEditor *note;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  GObject *client;
  ZqVisit *visit;
  ZqCallSession *session; /* NULL: until there is a room to go to */
  ZqCallMedia *media;
  ZqCallDevices *devices;
  ZqSignalling *room;
  GSettings *settings;
  ZqCallBack *call_back; /* NULL: nobody is called by telephone */
  ZqVideoPaintable *remote_picture, *own_picture;
  ZqCallTape *tape;       /* NULL: this workstation records nothing now */
  ZqRecording *recording; /* with the tape */
  char *button_action;

  gint64 key;
  guint offer; /* alarm: the telephone is offered */
  gboolean switches[ZQ_VISIT_N_SWITCHES];
  gboolean is_identified;
  gboolean is_left;
  gboolean is_told;     /* the hospital was asked to record, as it wants it */
  gboolean wants_phone; /* the telephone is called as soon as the Encounter is at the hospital */
};

/* visit-call.c: devices, session, pictures. */
void zq_visit_page_begin_call (ZqVisitPage *self);
void zq_visit_page_end_call (ZqVisitPage *self);
/* Camera, microphone, speaker and network, over the stage; or the stage again. */
void zq_visit_page_show_check (ZqVisitPage *self, gboolean shown);
void zq_visit_page_tell_media (ZqVisitPage *self);

/* visit-record.c: records where the hospital wants this workstation to. */
void zq_visit_page_update_tape (ZqVisitPage *self);
void zq_visit_page_stop_tape (ZqVisitPage *self);

/* visit-words.c: what is said of the state. */
void zq_visit_page_update (ZqVisitPage *self);
void zq_visit_page_update_numbers (ZqVisitPage *self);

/* visit-actions.c */
void zq_visit_page_install_actions (GtkWidgetClass *klass);
void zq_visit_page_admit (ZqVisitPage *self, const ZqVisitIdentity *identity);
void zq_visit_page_set_switch (ZqVisitPage *self, ZqVisitSwitch which, gboolean on);
/* Calls by telephone when that was asked for before the hospital knew the visit. */
void zq_visit_page_look_for_phone (ZqVisitPage *self);
void zq_visit_page_toast (ZqVisitPage *self, const char *text);

G_END_DECLS
