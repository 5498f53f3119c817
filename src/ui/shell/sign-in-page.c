/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/sign-in-page.h"

#include "ui/widgets/problem.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _ZqSignInPage
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *scroller;
  GtkWidget *error_revealer;
  GtkLabel *error;
  GtkStack *stack;
  AdwPreferencesGroup *accounts;
  GtkWidget *address;
  GtkWidget *connect;
  GtkSpinner *spinner;
  GtkLabel *waiting;
  GtkWidget *page_group;
  AdwActionRow *page_address;

  /* owned */
  GPtrArray *rows; /* accounts; borrowed from their group */
  char *url;
};

enum
{
  CONNECT,
  CHOOSE,
  CANCEL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqSignInPage, zq_sign_in_page, GTK_TYPE_WIDGET)

static char *
dup_address (ZqSignInPage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->address))));
}

static void
on_connect_clicked (ZqSignInPage *self)
{
  g_autofree char *address = dup_address (self);

  if (*address != '\0')
    g_signal_emit (self, signals[CONNECT], 0, address);
}

static void
on_address_changed (ZqSignInPage *self)
{
  g_autofree char *address = dup_address (self);

  gtk_widget_set_sensitive (self->connect, *address != '\0');
}

static void
on_cancel_clicked (ZqSignInPage *self)
{
  g_signal_emit (self, signals[CANCEL], 0);
}

static void
on_copy_clicked (ZqSignInPage *self)
{
  if (self->url != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->url);
}

static void
on_account_activated (AdwActionRow *row, ZqSignInPage *self)
{
  g_signal_emit (self, signals[CHOOSE], 0, g_object_get_data (G_OBJECT (row), "account"));
}

static void
zq_sign_in_page_dispose (GObject *object)
{
  ZqSignInPage *self = ZQ_SIGN_IN_PAGE (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_sign_in_page_parent_class)->dispose (object);
}

static void
zq_sign_in_page_finalize (GObject *object)
{
  ZqSignInPage *self = ZQ_SIGN_IN_PAGE (object);

  g_ptr_array_unref (self->rows);
  g_free (self->url);
  G_OBJECT_CLASS (zq_sign_in_page_parent_class)->finalize (object);
}

static void
zq_sign_in_page_class_init (ZqSignInPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = zq_sign_in_page_dispose;
  object_class->finalize = zq_sign_in_page_finalize;
  signals[CONNECT] =
      g_signal_new ("connect", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CHOOSE] =
      g_signal_new ("choose", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CANCEL] = g_signal_new ("cancel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/shell/sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, error_revealer);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, error);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, accounts);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, address);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, connect);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, waiting);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, page_group);
  gtk_widget_class_bind_template_child (widget_class, ZqSignInPage, page_address);
  gtk_widget_class_bind_template_callback (widget_class, on_connect_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
zq_sign_in_page_init (ZqSignInPage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zq_sign_in_page_add_account (ZqSignInPage *self, const char *id, const char *person, const char *hospital)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (person != NULL ? person : _ ("Nobody has signed in yet"), -1);
  g_autofree char *subtitle = g_markup_escape_text (hospital, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "account", g_strdup (id), g_free);
  g_signal_connect_object (row, "activated", G_CALLBACK (on_account_activated), self, 0);
  adw_preferences_group_add (self->accounts, row);
  g_ptr_array_add (self->rows, row);
  gtk_widget_set_visible (GTK_WIDGET (self->accounts), TRUE);
}

void
zq_sign_in_page_clear_accounts (ZqSignInPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->accounts, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->accounts), FALSE);
}

void
zq_sign_in_page_set_address (ZqSignInPage *self, const char *address)
{
  gtk_editable_set_text (GTK_EDITABLE (self->address), address);
}

void
zq_sign_in_page_ask (ZqSignInPage *self, const char *error)
{
  g_autofree char *words = zq_words_problem (error);

  gtk_label_set_label (self->error, words);
  gtk_widget_set_visible (self->error_revealer, error != NULL);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->error_revealer), error != NULL);
  gtk_spinner_stop (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "choose");
}

void
zq_sign_in_page_wait (ZqSignInPage *self, const char *url)
{
  g_autofree char *plain = url != NULL ? g_markup_escape_text (url, -1) : NULL;

  g_free (self->url);
  self->url = g_strdup (url);
  gtk_widget_set_visible (self->error_revealer, FALSE);
  gtk_widget_set_visible (self->page_group, url != NULL);
  adw_action_row_set_subtitle (self->page_address, plain != NULL ? plain : "");
  gtk_label_set_label (self->waiting, url != NULL ? _ ("Sign in on the page in your browser, then come back")
                                                  : _ ("Asking the hospital…"));
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "waiting");
}
