/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "base/id.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATH     "/recordings"
#define DOCUMENT ZQ_CODE_SYSTEM ("document-type")
/* Beside the files until they are entered: whose they are, and by whose consent. Its own time is when it began. */
#define ABOUT "about.json"
#define PIECE (256 * 1024)
/* What is missing for less is a connection that was made again. */
#define GAP_LEAST_MS 1500

/* ROLE-N-MS-video.mkv: whose, which connection, from when in the recording on. */
typedef struct
{
  char *name, *role, *hash;
  gboolean is_video;
  gint64 from, to; /* ms since it began */
  gint64 size;
} File;

typedef struct
{
  ZqHospital *hospital;
  GCancellable *cancellable;
  char *appointment, *name, *folder, *consent;
  gint64 since, until; /* until 0: it was cut off */
  GPtrArray *files;
} Entering;

static void
file_free (gpointer data)
{
  File *self = data;

  g_free (self->name);
  g_free (self->role);
  g_free (self->hash);
  g_free (self);
}

static void
entering_free (gpointer data)
{
  Entering *self = data;

  g_object_unref (self->cancellable);
  g_free (self->appointment);
  g_free (self->name);
  g_free (self->folder);
  g_free (self->consent);
  g_ptr_array_unref (self->files);
  g_free (self);
}

/* --- what lies in the folder; any thread --------------------------------------------------------- */

static char *
hash_of (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree guint8 *buffer = g_malloc (PIECE);
  guint8 digest[20];
  gsize length = sizeof digest;
  gssize n = 0;

  while (stream != NULL && (n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, PIECE, NULL, NULL)) > 0)
    g_checksum_update (checksum, buffer, n);
  if (stream == NULL || n < 0)
    return NULL;
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

static gint64
changed_ms (const GStatBuf *found)
{
  return (gint64)found->st_mtim.tv_sec * 1000 + found->st_mtim.tv_nsec / 1000000;
}

static File *
file_read (const char *folder, const char *name, gint64 begun)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_auto (GStrv) parts = g_strsplit (name, "-", -1);
  GStatBuf found;
  File *self;

  if (!g_str_has_suffix (name, ".mkv") || g_strv_length (parts) != 4 || g_stat (path, &found) != 0 ||
      found.st_size == 0)
    return NULL;
  self = g_new0 (File, 1);
  self->name = g_strdup (name);
  self->role = g_strdup (parts[0]);
  self->is_video = g_str_equal (parts[3], "video.mkv");
  self->from = g_ascii_strtoll (parts[2], NULL, 10);
  self->to = MAX (self->from, changed_ms (&found) - begun);
  self->size = found.st_size;
  self->hash = hash_of (path);
  if (self->hash != NULL)
    return self;
  file_free (self);

  return NULL;
}

static int
by_track (gconstpointer a, gconstpointer b)
{
  const File *one = *(const File *const *)a, *other = *(const File *const *)b;
  int order = g_strcmp0 (one->role, other->role);

  if (order == 0)
    order = one->is_video - other->is_video;

  return order != 0 ? order : one->from < other->from ? -1 : one->from > other->from;
}

static void
read_folder (Entering *self)
{
  g_autofree char *about = g_build_filename (self->folder, ABOUT, NULL);
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  GStatBuf begun;
  const char *name;

  if (dir == NULL || g_stat (about, &begun) != 0)
    return;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      File *file = file_read (self->folder, name, changed_ms (&begun));

      if (file != NULL)
        g_ptr_array_add (self->files, file);
    }
  g_ptr_array_sort (self->files, by_track);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  read_folder (data);
  g_task_return_boolean (task, TRUE);
}

/* --- the record ---------------------------------------------------------------------------------- */

static void
add_content (GString *contents, const Entering *self, const File *file)
{
  g_string_append_printf (contents,
                          "%s{\"attachment\":{\"contentType\":\"%s/x-matroska\",\"url\":\"%s" PATH
                          "/%s/%s/%s\",\"size\":%" G_GINT64_FORMAT ",\"hash\":\"%s\",\"title\":\"%s %s\"}}",
                          contents->len > 1 ? "," : "", file->is_video ? "video" : "audio", self->hospital->origin,
                          self->appointment, self->name, file->name, file->size, file->hash, file->role,
                          file->is_video ? "video" : "audio");
}

/* The sandbox is a Chinese hospital: what it writes into a record is Chinese. */
static const char *
role_words (const char *role)
{
  return g_str_equal (role, "doctor") ? "医生" : g_str_equal (role, "patient") ? "患者" : "家属";
}

static void
add_gap (GString *words, const File *before, const File *after)
{
  g_string_append_printf (words, "%s%s%s %02d:%02d–%02d:%02d", words->len > 0 ? "，" : "未录到：",
                          role_words (after->role), after->is_video ? "画面" : "声音", (int)(before->to / 60000),
                          (int)(before->to / 1000 % 60), (int)(after->from / 60000), (int)(after->from / 1000 % 60));
}

/* What is not in it between the parts of a track, and that it has no end; NULL: all is there. */
static char *
describe (const Entering *self)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 1; i < self->files->len; i++)
    {
      const File *before = g_ptr_array_index (self->files, i - 1), *after = g_ptr_array_index (self->files, i);

      if (g_str_equal (before->role, after->role) && before->is_video == after->is_video &&
          after->from - before->to >= GAP_LEAST_MS)
        add_gap (words, before, after);
    }
  if (self->until == 0)
    g_string_append_printf (words, "%s医院服务器中断，录制没有正常结束", words->len > 0 ? "；" : "");

  return words->len > 0 ? g_string_free (g_steal_pointer (&words), FALSE) : NULL;
}

static gint64
end_of (const Entering *self)
{
  gint64 last = 0;

  for (guint i = 0; i < self->files->len; i++)
    last = MAX (last, ((File *)g_ptr_array_index (self->files, i))->to);

  return self->until != 0 ? self->until : self->since + last * 1000;
}

/* The record that there is a recording, whose, since when and by whose consent; the files are the doctor's of the visit
 * alone to fetch. */
static char *
make_document (const Entering *self, JsonNode *appointment, GError **error)
{
  g_autoptr (GPtrArray) actors = zq_references_collect (self->hospital, appointment, "participant.actor");
  g_autoptr (GString) contents = g_string_new ("[");
  g_autofree char *start = zq_instant_us (self->since), *end = zq_instant_us (end_of (self));
  g_autofree char *description = describe (self);
  const char *patient = NULL, *doctor = NULL;

  for (guint i = 0; i < actors->len; i++)
    {
      const char *actor = g_ptr_array_index (actors, i);

      if (g_str_has_prefix (actor, "Patient/"))
        patient = actor;
      else if (g_str_has_prefix (actor, "Practitioner/"))
        doctor = actor;
    }
  for (guint i = 0; i < self->files->len; i++)
    add_content (contents, self, g_ptr_array_index (self->files, i));
  g_string_append_c (contents, ']');

  return zq_db_get_text (
      self->hospital->db, error,
      "SELECT json_patch (json_object ('resourceType', 'DocumentReference',"
      " 'meta', json_object ('tag', json_array (json_object ('system', '" ZQ_SYSTEM_DEPARTMENT "', 'code', ?1))),"
      " 'status', 'current', 'type', json_object ('coding', json_array (json_object ('system', '" DOCUMENT
      "', 'code', 'visit-recording')), 'text', '视频复诊录制'),"
      " 'subject', json_object ('reference', ?2), 'date', ?3,"
      " 'author', json_array (json_object ('reference', ?4)), 'content', json (?5),"
      " 'context', json_object ('period', json_object ('start', ?6, 'end', ?3),"
      "   'related', json_array (json_object ('reference', 'Appointment/' || ?7),"
      "                          json_object ('reference', 'Consent/' || ?8)))),"
      " iif (?9 IS NULL, '{}', json_object ('description', ?9)))",
      "sssssssss", zq_json_get_tag (appointment, ZQ_SYSTEM_DEPARTMENT), patient, end, doctor, contents->str, start,
      self->appointment, self->consent, description);
}

/* By a name that follows from its folder: it is entered once, however often it is tried. */
static char *
document_id (const Entering *self)
{
  g_autofree char *path = g_strconcat (self->appointment, "/", self->name, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, path, -1);

  return g_strconcat ("recording-", hash, NULL);
}

static gboolean
write_document (const Entering *self, GError **error)
{
  g_autofree char *id = document_id (self), *text = NULL;
  g_autoptr (ZqStored) there = zq_records_read (self->hospital, "DocumentReference", id, NULL);
  g_autoptr (ZqStored) appointment = zq_records_read (self->hospital, "Appointment", self->appointment, error);
  g_autoptr (JsonNode) node =
      appointment != NULL && appointment->text != NULL ? zq_json_read (appointment->text, -1, error) : NULL;
  g_autoptr (ZqStored) written = NULL;

  if (there != NULL)
    return TRUE;
  text = node != NULL ? make_document (self, node, error) : NULL;
  if (text == NULL || !zq_records_begin (self->hospital, error))
    return FALSE;
  written = zq_records_write (self->hospital, "DocumentReference", id, text, 0, error);

  return zq_records_end (self->hospital, written != NULL, error) && written != NULL;
}

static void
enter (Entering *self)
{
  g_autofree char *about = g_build_filename (self->folder, ABOUT, NULL);
  g_autoptr (GError) error = NULL;

  if (self->files->len == 0 || write_document (self, &error))
    g_unlink (about);
  else
    g_warning ("a recording is in its folder, and could not be entered: %s",
               error != NULL ? error->message : "its visit is gone");
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  Entering *self = g_task_get_task_data (G_TASK (result));

  /* Where the hospital ended meanwhile the next start enters it. */
  if (!g_cancellable_is_cancelled (self->cancellable))
    enter (self);
}

static Entering *
entering_new (ZqHospital *hospital, const char *appointment, const char *name, gint64 until)
{
  g_autofree char *folder = g_build_filename (hospital->data_dir, "recordings", appointment, name, NULL);
  g_autofree char *about = g_build_filename (folder, ABOUT, NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  const char *since;
  Entering *self;

  if (!g_file_get_contents (about, &text, NULL, NULL) || (node = zq_json_read (text, -1, NULL)) == NULL ||
      (since = zq_json_get_string (node, "since")) == NULL)
    return NULL;
  self = g_new0 (Entering, 1);
  self->hospital = hospital;
  self->cancellable = g_object_ref (hospital->entering);
  self->appointment = g_strdup (appointment);
  self->name = g_strdup (name);
  self->folder = g_steal_pointer (&folder);
  self->consent = g_strdup (zq_json_get_string (node, "consent"));
  self->since = g_ascii_strtoll (since, NULL, 10);
  self->until = until;
  self->files = g_ptr_array_new_with_free_func (file_free);

  return self;
}

char *
zq_recorded_begin (
    ZqHospital *self, const char *appointment, const char *name, const char *consent, gint64 since, GError **error)
{
  g_autofree char *folder = g_build_filename (self->data_dir, "recordings", appointment, name, NULL);
  g_autofree char *about = g_build_filename (folder, ABOUT, NULL);
  g_autofree char *quoted = zq_json_quote (consent);
  g_autofree char *text = g_strdup_printf ("{\"consent\":%s,\"since\":\"%" G_GINT64_FORMAT "\"}\n", quoted, since);

  if (g_mkdir_with_parents (folder, 0700) != 0 || !g_file_set_contents (about, text, -1, NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "There is no place for a recording");
      return NULL;
    }

  return g_steal_pointer (&folder);
}

void
zq_recorded_enter (ZqHospital *hospital, const char *appointment, const char *name, gint64 until, gboolean now)
{
  Entering *self = entering_new (hospital, appointment, name, until);
  g_autoptr (GTask) task = NULL;

  if (self == NULL)
    return;
  if (now)
    {
      read_folder (self);
      enter (self);
      entering_free (self);
      return;
    }
  task = g_task_new (NULL, NULL, on_read, NULL);
  g_task_set_task_data (task, self, entering_free);
  g_task_run_in_thread (task, read_in_thread);
}

/* --- what a hospital that was killed left --------------------------------------------------------- */

static void
recover_visit (ZqHospital *self, const char *appointment)
{
  g_autofree char *folder = g_build_filename (self->data_dir, "recordings", appointment, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    zq_recorded_enter (self, appointment, name, 0, FALSE);
}

void
zq_recorded_recover (ZqHospital *self)
{
  g_autofree char *folder = self->data_dir != NULL ? g_build_filename (self->data_dir, "recordings", NULL) : NULL;
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    recover_visit (self, name);
}

/* --- fetching it -------------------------------------------------------------------------------- */

static gboolean
is_name (const char *text)
{
  return strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen (text) && *text != '\0' && *text != '.' &&
         strstr (text, "..") == NULL;
}

/* Read as it is sent: a visit may be hundreds of megabytes. */
static void
send_file (ZqHospital *self, const ZqSession *session, const char *path, ZqReply *reply)
{
  g_auto (GStrv) parts = g_strsplit (path + strlen (PATH "/"), "/", -1);
  g_autoptr (ZqRoomVisit) visit = g_strv_length (parts) == 3 ? zq_room_visit_load (self, parts[0]) : NULL;
  g_autofree char *file = NULL;
  g_autoptr (GMappedFile) mapped = NULL;

  if (visit == NULL || session->role != ZQ_ROLE_DOCTOR || g_strcmp0 (session->who, visit->doctor) != 0 ||
      !is_name (parts[1]) || !is_name (parts[2]) || !g_str_has_suffix (parts[2], ".mkv"))
    {
      zq_reply_fail (reply, 404, "There is no such recording");
      return;
    }
  file = g_build_filename (self->data_dir, "recordings", parts[0], parts[1], parts[2], NULL);
  mapped = g_mapped_file_new (file, FALSE, NULL);
  if (mapped == NULL)
    {
      zq_reply_fail (reply, 404, "There is no such recording");
      return;
    }
  reply->status = 200;
  reply->content_type = g_strdup (g_str_has_suffix (parts[2], "-audio.mkv") ? "audio/x-matroska" : "video/x-matroska");
  reply->raw = g_mapped_file_get_bytes (mapped);
}

static void
handle (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqHospital *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (ZqSession) session = zq_smart_session (self, soup_message_headers_get_one (headers, "Authorization"));
  g_auto (ZqReply) reply = { 0 };

  if (session == NULL)
    zq_reply_fail (&reply, 401, "Sign in first: the access token is missing, unknown or has expired");
  else if (!g_str_equal (soup_server_message_get_method (message), "GET"))
    zq_reply_fail (&reply, 405, "Recordings are only fetched");
  else if (self->data_dir == NULL || !g_str_has_prefix (path, PATH "/"))
    zq_reply_fail (&reply, 404, "There is no such recording");
  else
    send_file (self, session, path, &reply);
  zq_server_send (self, message, &reply);
}

void
zq_recordings_register (ZqHospital *self)
{
  soup_server_add_handler (self->server, PATH, handle, self, NULL);
}
