/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"

#include "base/id.h"

#include <string.h>

#define VERSION "\"version\": \""

/* The hospital's own policy: what is built in, under a version of its own. */
void
zq_seed_policy (ZqSeed *self)
{
  g_autoptr (GBytes) bytes = g_resources_lookup_data ("/org/zhenqiao/policy/clinic.json", 0, &self->error);
  g_autoptr (GString) text = NULL;
  g_autofree char *data = NULL;

  if (bytes == NULL)
    return;

  text = g_string_new_len (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_string_replace (text, VERSION, VERSION "demo-", 1);
  data = g_base64_encode ((const guchar *)text->str, text->len);
  zq_seed_json (self,
                "{'resourceType':'Library','meta':{'tag':[{'system':'" ZQ_SYSTEM_POLICY "','code':'policy'}]},"
                "'name':'clinic','title':'云桥互联网医院诊疗规则','status':'active','type':{'coding':[{'system':"
                "'http://terminology.hl7.org/CodeSystem/library-type','code':'asset-collection'}]},"
                "'publisher':'云桥互联网医院','content':[{'contentType':'application/json','data':%q}]}",
                data);
  zq_seed_put (self, "Library", "policy-clinic", self->now - 30 * ZQ_SEED_DAY);
}
