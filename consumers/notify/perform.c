/* SPDX-License-Identifier: MIT */
#include "consumers/notify/perform.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/sns.h"

enum { ADDRESSES_MAX = 1 << 20, REGION_MAX = 40 };

static void mail(const struct receiver *r, const struct message *m, struct effect_result *res)
{
    const struct smtp server = { r->url, (enum smtp_tls)r->tls, r->user, r->password, r->ca_file };
    struct mail mail = {
        .subject = m->subject, .text = m->text, .html = m->html, .key = m->key, .state = m->state
    };
    struct arena *a = arena_new(ADDRESSES_MAX);
    struct err err = { 0 };

    if (!a)
        net_result(res, EFFECT_RETRY, 0, "out of memory");
    else if (receiver_addresses(r, a, &mail, &err) != ST_OK)
        net_result(res, EFFECT_HOLD, 0, err.msg);
    else
        smtp_send(&server, &mail, res);
    arena_free(a);
}

/* arn:aws:sns:eu-west-1:123456789012:name */
static void region_of(const char *arn, char out[REGION_MAX])
{
    out[0] = '\0';
    (void)sscanf(arn, "arn:%*[^:]:sns:%39[a-z0-9-]:", out);
}

static const char *from_env(const char *name)
{
    const char *value = getenv(name);

    return value ? value : "";
}

static void publish(const struct receiver *r, const struct message *m, struct effect_result *res)
{
    bool own = r->access_key[0] != '\0';
    char region[REGION_MAX];
    struct sns s = { .url = r->url,
                     .region = r->region,
                     .topic_arn = r->topic_arn,
                     .access_key = own ? r->access_key : from_env("AWS_ACCESS_KEY_ID"),
                     .secret_key = own ? r->secret_key : from_env("AWS_SECRET_ACCESS_KEY"),
                     .session_token = own ? "" : from_env("AWS_SESSION_TOKEN"),
                     .ca_file = r->ca_file };
    const struct sns_message message = { m->subject, m->text, m->key, m->severity, m->state };

    region_of(r->topic_arn, region);
    if (!r->region[0])
        s.region = region;
    if (!s.access_key[0] || !s.secret_key[0])
        net_result(res, EFFECT_HOLD, 0,
                   "no access key: neither configured nor in AWS_ACCESS_KEY_ID");
    else
        sns_publish(&s, &message, res);
}

void notify_tell(const struct receiver *r, const struct message *m, struct effect_result *res)
{
    if (r->type == RECEIVER_SMTP)
        mail(r, m, res);
    else
        publish(r, m, res);
}

void notify_perform(void *ctx, const struct effect *e, struct effect_result *res)
{
    const struct receiver *const *receivers = ctx;
    const struct message *m = e->what;

    notify_tell(receivers[m->receiver], m, res);
}
