/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/policy.h"

#include "policy-files.h"
#include "resource/json.h"
#include "rules/policy-check.h"

#include <string.h>

#define MAX_SIZE (4 * 1024 * 1024)

struct _ZqPolicy
{
  GObject parent_instance;

  /* owned */
  GHashTable *files; /* name → JsonNode */
  char *version;
};

G_DEFINE_FINAL_TYPE (ZqPolicy, zq_policy, G_TYPE_OBJECT)

/* The files that the program knows, in the order of the version text. */
typedef struct
{
  const char *name;
  ZqPolicyCheck check;
} PolicyFile;

static const PolicyFile policy_files[] = {
  { "consultation", zq_policy_check_consultation },
  { "clinic", zq_policy_check_clinic },
};

static void
zq_policy_finalize (GObject *object)
{
  ZqPolicy *self = ZQ_POLICY (object);

  g_hash_table_unref (self->files);
  g_free (self->version);

  G_OBJECT_CLASS (zq_policy_parent_class)->finalize (object);
}

static void
zq_policy_class_init (ZqPolicyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_policy_finalize;
}

static void
zq_policy_init (ZqPolicy *self)
{
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)json_node_unref);
}

/* The file's contents, or NULL with the reason why it cannot be followed. */
static JsonNode *
read_file (const PolicyFile *file, GBytes *bytes, char **reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  root = zq_json_read (text, length, &error);
  if (root == NULL)
    {
      *reason = g_strdup (error->message);
      return NULL;
    }
  *reason = file->check (root);

  return *reason == NULL ? g_steal_pointer (&root) : NULL;
}

static void
load_builtin (ZqPolicy *self)
{
  GResource *resource = zq_policy_files_get_resource ();

  for (guint i = 0; i < G_N_ELEMENTS (policy_files); i++)
    {
      g_autofree char *path = g_strdup_printf ("/org/zhenqiao/policy/%s.json", policy_files[i].name);
      g_autoptr (GBytes) bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      g_autofree char *reason = NULL;
      JsonNode *root = bytes == NULL ? NULL : read_file (&policy_files[i], bytes, &reason);

      if (root == NULL)
        g_error ("The built-in policy is broken: %s: %s", path, reason);
      g_hash_table_insert (self->files, (gpointer)policy_files[i].name, root);
    }
}

static void
add_problem (GPtrArray *problems, const char *path, const char *reason)
{
  /* A reason for the whole file starts with its colon. */
  g_ptr_array_add (problems, g_strdup_printf (*reason == ':' ? "%s%s" : "%s: %s", path, reason));
}

static void
load_one (ZqPolicy *self, const PolicyFile *file, const char *dir, GPtrArray *problems)
{
  g_autofree char *name = g_strconcat (file->name, ".json", NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *reason = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  JsonNode *root;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &error))
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        add_problem (problems, path, "cannot be read");
      return;
    }
  if (length > MAX_SIZE)
    {
      add_problem (problems, path, "is too large");
      return;
    }

  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  root = read_file (file, bytes, &reason);
  if (root == NULL)
    add_problem (problems, path, reason);
  else
    g_hash_table_insert (self->files, (gpointer)file->name, root);
}

/* A name that the program does not know is most likely a known one misspelt. */
static void
look_for_strangers (const char *dir, GPtrArray *problems)
{
  g_autoptr (GDir) handle = g_dir_open (dir, 0, NULL);
  const char *name;

  while (handle != NULL && (name = g_dir_read_name (handle)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      gboolean known = !g_str_has_suffix (name, ".json") || g_str_has_suffix (name, ".schema.json");

      for (guint i = 0; !known && i < G_N_ELEMENTS (policy_files); i++)
        known = strlen (name) == strlen (policy_files[i].name) + strlen (".json") &&
                g_str_has_prefix (name, policy_files[i].name);
      if (!known)
        add_problem (problems, path, "is no policy that this program knows");
    }
}

static void
make_version (ZqPolicy *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (policy_files); i++)
    {
      JsonNode *root = g_hash_table_lookup (self->files, policy_files[i].name);

      g_string_append_printf (text, "%s%s=%s", i == 0 ? "" : " ", policy_files[i].name,
                              zq_json_get_string (root, "version"));
    }
  self->version = g_string_free (text, FALSE);
}

ZqPolicy *
zq_policy_new_builtin (void)
{
  return zq_policy_load (NULL, NULL);
}

ZqPolicy *
zq_policy_load (const char *const *dirs, GPtrArray **problems)
{
  ZqPolicy *self = g_object_new (ZQ_TYPE_POLICY, NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

  load_builtin (self);
  for (; dirs != NULL && *dirs != NULL; dirs++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (policy_files); i++)
        load_one (self, &policy_files[i], *dirs, found);
      look_for_strangers (*dirs, found);
    }
  make_version (self);
  if (problems != NULL)
    *problems = g_steal_pointer (&found);

  return self;
}

JsonNode *
zq_policy_get (ZqPolicy *self, const char *name)
{
  g_return_val_if_fail (ZQ_IS_POLICY (self), NULL);

  return g_hash_table_lookup (self->files, name);
}

const char *
zq_policy_get_version (ZqPolicy *self)
{
  g_return_val_if_fail (ZQ_IS_POLICY (self), NULL);

  return self->version;
}

gint64
zq_policy_get_duration (ZqPolicy *self, const char *path, gint64 fallback_us)
{
  const char *text;

  g_return_val_if_fail (ZQ_IS_POLICY (self), fallback_us);

  text = zq_json_get_string (zq_policy_get (self, "clinic"), path);

  return text == NULL ? fallback_us : (gint64)(g_ascii_strtod (text, NULL) * G_USEC_PER_SEC + 0.5);
}
