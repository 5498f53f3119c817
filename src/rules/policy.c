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
  char *digest;
  GMutex lock;
  GHashTable *made; /* name → Made, under the lock */
};

typedef struct
{
  gpointer what;
  GDestroyNotify free;
} Made;

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
  { "guard", zq_policy_check_guard },
  { "lab", zq_policy_check_lab },
  { "conversion", zq_policy_check_conversion },
  { "critical", zq_policy_check_critical },
  { "home", zq_policy_check_home },
  { "visit", zq_policy_check_visit },
};

static void
free_made (gpointer data)
{
  Made *made = data;

  made->free (made->what);
  g_free (made);
}

static void
zq_policy_finalize (GObject *object)
{
  ZqPolicy *self = ZQ_POLICY (object);

  g_hash_table_unref (self->made);
  g_mutex_clear (&self->lock);
  g_hash_table_unref (self->files);
  g_free (self->version);
  g_free (self->digest);

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
  self->made = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_made);
  g_mutex_init (&self->lock);
}

static const PolicyFile *
find_file (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (policy_files); i++)
    {
      if (g_str_equal (policy_files[i].name, name))
        return &policy_files[i];
    }

  return NULL;
}

/* The file's contents, or NULL with the reason why it cannot be followed. */
static JsonNode *
read_file (const PolicyFile *file, const char *text, gsize length, char **reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;

  if (length > MAX_SIZE)
    {
      *reason = g_strdup ("is too large");
      return NULL;
    }
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
      gsize length = 0;
      const char *text = bytes == NULL ? NULL : g_bytes_get_data (bytes, &length);
      JsonNode *root = text == NULL ? NULL : read_file (&policy_files[i], text, length, &reason);

      if (root == NULL)
        g_error ("The built-in policy is broken: %s: %s", path, reason);
      g_hash_table_insert (self->files, (gpointer)policy_files[i].name, root);
    }
}

static void
add_problem (GPtrArray *problems, const char *origin, const char *reason)
{
  /* A reason for the whole file starts with its colon. */
  g_ptr_array_add (problems, g_strdup_printf (*reason == ':' ? "%s%s" : "%s: %s", origin, reason));
}

/* Puts the file over the one that is there, or says why not. */
static void
put_file (
    ZqPolicy *self, const PolicyFile *file, const char *origin, const char *text, gsize length, GPtrArray *problems)
{
  g_autofree char *reason = NULL;
  JsonNode *root = read_file (file, text, length, &reason);

  if (root == NULL)
    add_problem (problems, origin, reason);
  else
    g_hash_table_insert (self->files, (gpointer)file->name, root);
}

static void
load_one (ZqPolicy *self, const PolicyFile *file, const char *dir, GPtrArray *problems)
{
  g_autofree char *name = g_strconcat (file->name, ".json", NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (g_file_get_contents (path, &text, &length, &error))
    put_file (self, file, path, text, length, problems);
  else if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    add_problem (problems, path, "cannot be read");
}

static gboolean
comes_again (GPtrArray *texts, guint place)
{
  const ZqPolicyText *one = g_ptr_array_index (texts, place);

  for (guint i = place + 1; i < texts->len; i++)
    {
      const ZqPolicyText *other = g_ptr_array_index (texts, i);

      if (g_strcmp0 (one->name, other->name) == 0 && g_strcmp0 (one->origin, other->origin) != 0)
        return TRUE;
    }

  return FALSE;
}

static void
load_texts (ZqPolicy *self, GPtrArray *texts, GPtrArray *problems)
{
  for (guint i = 0; i < texts->len; i++)
    {
      const ZqPolicyText *text = g_ptr_array_index (texts, i);
      const PolicyFile *file = find_file (text->name);

      if (file == NULL)
        {
          add_problem (problems, text->origin, "is no policy that this program knows");
          continue;
        }
      if (comes_again (texts, i))
        add_problem (problems, text->origin, "a newer one has the same name");
      if (*text->text == '\0')
        add_problem (problems, text->origin, "content: a JSON file is wanted");
      else
        put_file (self, file, text->origin, text->text, strlen (text->text), problems);
    }
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
      g_autofree char *stem = NULL;

      if (!g_str_has_suffix (name, ".json") || g_str_has_suffix (name, ".schema.json"))
        continue;
      stem = g_strndup (name, strlen (name) - strlen (".json"));
      if (find_file (stem) == NULL)
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

static void
make_digest (ZqPolicy *self)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < G_N_ELEMENTS (policy_files); i++)
    {
      JsonNode *root = g_hash_table_lookup (self->files, policy_files[i].name);
      JsonObjectIter iter;
      const char *name;
      JsonNode *value;

      json_object_iter_init (&iter, json_node_get_object (root));
      while (json_object_iter_next (&iter, &name, &value))
        {
          g_autofree char *text = json_to_string (value, FALSE);

          if (g_str_equal (name, "version") || g_str_equal (name, "sources"))
            continue;
          g_checksum_update (sum, (const guchar *)name, (gssize)strlen (name) + 1);
          g_checksum_update (sum, (const guchar *)text, (gssize)strlen (text) + 1);
        }
    }
  self->digest = g_strdup (g_checksum_get_string (sum));
}

ZqPolicyText *
zq_policy_text_new (const char *origin, const char *name, const char *text)
{
  ZqPolicyText *self = g_new0 (ZqPolicyText, 1);

  self->origin = g_strdup (origin);
  self->name = g_strdup (name);
  self->text = g_strdup (text);

  return self;
}

void
zq_policy_text_free (ZqPolicyText *self)
{
  if (self == NULL)
    return;

  g_free (self->origin);
  g_free (self->name);
  g_free (self->text);
  g_free (self);
}

ZqPolicy *
zq_policy_new_builtin (void)
{
  return zq_policy_load (NULL, NULL, NULL);
}

char *
zq_policy_check (const char *name, const char *text)
{
  const PolicyFile *file = find_file (name);
  char *reason = NULL;
  g_autoptr (JsonNode) root = NULL;

  if (file == NULL)
    return g_strdup ("is no policy that this program knows");
  root = read_file (file, text, strlen (text), &reason);

  return reason;
}

ZqPolicy *
zq_policy_load (const char *const *dirs, GPtrArray *texts, GPtrArray **problems)
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
  if (texts != NULL)
    load_texts (self, texts, found);
  make_version (self);
  make_digest (self);
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

gpointer
zq_policy_get_made (ZqPolicy *self, const char *name, gpointer (*make) (JsonNode *root), GDestroyNotify free)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Made *made;

  g_return_val_if_fail (ZQ_IS_POLICY (self), NULL);

  locker = g_mutex_locker_new (&self->lock);
  made = g_hash_table_lookup (self->made, name);
  if (made == NULL)
    {
      made = g_new (Made, 1);
      made->what = make (g_hash_table_lookup (self->files, name));
      made->free = free;
      g_hash_table_insert (self->made, (gpointer)g_intern_string (name), made);
    }

  return made->what;
}

const char *
zq_policy_get_version (ZqPolicy *self)
{
  g_return_val_if_fail (ZQ_IS_POLICY (self), NULL);

  return self->version;
}

const char *
zq_policy_get_digest (ZqPolicy *self)
{
  g_return_val_if_fail (ZQ_IS_POLICY (self), NULL);

  return self->digest;
}

gint64
zq_policy_get_duration (ZqPolicy *self, const char *path, gint64 fallback_us)
{
  const char *text;

  g_return_val_if_fail (ZQ_IS_POLICY (self), fallback_us);

  text = zq_json_get_string (zq_policy_get (self, "clinic"), path);

  return text == NULL ? fallback_us : (gint64)(g_ascii_strtod (text, NULL) * G_USEC_PER_SEC + 0.5);
}
