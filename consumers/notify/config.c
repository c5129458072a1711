/* SPDX-License-Identifier: MIT */
#include "consumers/notify/config.h"

#include <stddef.h>
#include <string.h>

#include "base/near.h"

/* clang-format off */
const struct conf_prop notify_props[] = {
    { .name = "notify.receivers", .type = CONF_STR, .at = offsetof(struct notify_props, receivers), .dflt = "",
      .doc = "Who is told, with commas: names of notify.receiver.<name>.", .reload = CONF_LIVE },
    { .name = "notify.min_severity", .type = CONF_CHOICE, .at = offsetof(struct notify_props, min_severity), .dflt = "WARNING", .choices = "WARNING|CRITICAL",
      .doc = "Nobody is told of less.", .reload = CONF_LIVE },
    { .name = "notify.group_by", .type = CONF_STR, .at = offsetof(struct notify_props, group_by), .dflt = "segment,severity",
      .doc = "Alerts that differ in one of these come in messages of their own: segment, severity, both with a comma, or nothing.", .reload = CONF_LIVE },
    { .name = "notify.group_wait.ms", .type = CONF_MS, .at = offsetof(struct notify_props, group_wait_ms), .dflt = "30s", .min = 0, .max = 86400000,
      .doc = "How long a message waits for other alerts of its group.", .reload = CONF_LIVE },
    { .name = "notify.repeat_interval.ms", .type = CONF_MS, .at = offsetof(struct notify_props, repeat_ms), .dflt = "4h", .min = 0, .max = 31622400000,
      .doc = "After this time what still fires is told again; 0: never.", .reload = CONF_LIVE },
    { .name = "notify.send_resolved", .type = CONF_BOOL, .at = offsetof(struct notify_props, send_resolved), .dflt = "true",
      .doc = "Whether the end of an alert is told too.", .reload = CONF_LIVE },
    { .name = NULL },
};

const struct conf_prop receiver_props[] = {
    { .name = "notify.receiver.*.type", .type = CONF_CHOICE, .at = offsetof(struct receiver, type), .choices = "smtp|sns",
      .doc = "How it is told: by mail, or by an SNS topic.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.url", .type = CONF_STR, .at = offsetof(struct receiver, url), .dflt = "",
      .doc = "smtp: smtp://host:587 or smtps://host:465. sns: an endpoint of your own; empty: that of the region.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.ca_file", .type = CONF_STR, .at = offsetof(struct receiver, ca_file), .dflt = "",
      .doc = "Who may have signed the server's certificate (PEM); empty: those that the system trusts.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.from", .type = CONF_STR, .at = offsetof(struct receiver, from), .dflt = "",
      .doc = "smtp: address of the sender.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.to", .type = CONF_STR, .at = offsetof(struct receiver, to), .dflt = "",
      .doc = "smtp: addresses, with commas.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.tls", .type = CONF_CHOICE, .at = offsetof(struct receiver, tls), .dflt = "required", .choices = "required|opportunistic|none",
      .doc = "smtp: required: STARTTLS or nothing is sent; opportunistic: as the server likes; none: only to this machine.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.user", .type = CONF_STR, .at = offsetof(struct receiver, user), .dflt = "",
      .doc = "smtp: name to log in with; empty: no login.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.password", .type = CONF_SECRET, .at = offsetof(struct receiver, password), .dflt = "",
      .doc = "smtp: its password.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.topic_arn", .type = CONF_STR, .at = offsetof(struct receiver, topic_arn), .dflt = "",
      .doc = "sns: the topic.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.region", .type = CONF_STR, .at = offsetof(struct receiver, region), .dflt = "",
      .doc = "sns: region; empty: the one in topic_arn.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.access_key", .type = CONF_STR, .at = offsetof(struct receiver, access_key), .dflt = "",
      .doc = "sns: id of the access key; empty: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the environment.", .reload = CONF_LIVE },
    { .name = "notify.receiver.*.secret_key", .type = CONF_SECRET, .at = offsetof(struct receiver, secret_key), .dflt = "",
      .doc = "sns: the secret of access_key.", .reload = CONF_LIVE },
    { .name = NULL },
};
/* clang-format on */

void receivers_init(struct receivers *r)
{
    r->family = (struct conf_family){ .v = r->v,
                                      .size = sizeof(r->v[0]),
                                      .max = NOTIFY_RECEIVERS_MAX,
                                      .name_at = offsetof(struct receiver, name) };
}

static enum status no_receiver(const struct receivers *r, const char *where, struct slice name,
                               struct err *err)
{
    for (size_t i = 0; i < r->family.n; i++) {
        struct slice other = slice_str(r->v[i].name);

        if (near_enough(name, other, near_distance(name, other)))
            return err_set(err, ST_FATAL,
                           "config: %s: no receiver is called %.*s; did you mean %s?", where,
                           SLICE_ARG(name), r->v[i].name);
    }
    return err_set(err, ST_FATAL,
                   "config: %s: no receiver is called %.*s: it needs notify.receiver.%.*s.type",
                   where, SLICE_ARG(name), SLICE_ARG(name));
}

enum status receivers_find(const struct receivers *r, const char *where, struct slice name,
                           const struct receiver **out, struct err *err)
{
    *out = NULL;
    for (size_t i = 0; i < r->family.n; i++) {
        if (slice_is(name, r->v[i].name))
            *out = &r->v[i];
    }
    return *out ? ST_OK : no_receiver(r, where, name, err);
}

/* Cuts the next word off a list with commas. */
static bool next_word(struct slice *list, struct slice *word)
{
    while (list->n > 0) {
        *word = slice_trim(slice_cut(list, ','));
        if (word->n > 0)
            return true;
    }
    return false;
}

enum status receiver_addresses(const struct receiver *r, struct arena *a, struct mail *mail,
                               struct err *err)
{
    struct slice list = slice_str(r->to);
    struct slice word;

    mail->from = r->from;
    mail->n_to = 0;
    if (mail_check_address(slice_str(r->from), err) != ST_OK) {
        err_prefix(err, "config: notify.receiver.%s.from", r->name);
        return ST_FATAL;
    }
    while (next_word(&list, &word)) {
        if (mail->n_to == MAIL_TO_MAX)
            return err_set(err, ST_FATAL, "config: notify.receiver.%s.to: more than %d addresses",
                           r->name, MAIL_TO_MAX);
        if (mail_check_address(word, err) != ST_OK) {
            err_prefix(err, "config: notify.receiver.%s.to: %.60s", r->name, word.p);
            return ST_FATAL;
        }
        mail->to[mail->n_to] = arena_copy(a, word).p;
        if (!mail->to[mail->n_to++])
            return err_set(err, ST_FATAL, "out of memory");
    }
    if (mail->n_to == 0)
        return err_set(err, ST_FATAL, "config: notify.receiver.%s.to: no address", r->name);
    return ST_OK;
}

static enum status check_smtp(const struct receiver *r, struct err *err)
{
    bool local = net_is_loopback(r->url);
    struct arena *a = arena_new(1 << 20);
    struct mail mail;

    if (!a)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = receiver_addresses(r, a, &mail, err);
    arena_free(a);
    if (st != ST_OK)
        return st;
    if (!net_has_scheme(r->url, "smtp://") && !net_has_scheme(r->url, "smtps://"))
        return err_set(err, ST_FATAL,
                       "config: notify.receiver.%s.url: want smtp://host:port or smtps://host:port",
                       r->name);
    if (r->tls == SMTP_TLS_NONE && !local)
        return err_set(err, ST_FATAL,
                       "config: notify.receiver.%s.tls: none is for this machine only", r->name);
    if (r->user[0] && r->tls == SMTP_TLS_OPPORTUNISTIC && !local)
        return err_set(err, ST_FATAL,
                       "config: notify.receiver.%s.user: a password wants tls = required", r->name);
    if ((r->user[0] != '\0') != (r->password[0] != '\0'))
        return err_set(err, ST_FATAL,
                       "config: notify.receiver.%s: user and password_file go together", r->name);
    return ST_OK;
}

static enum status check_sns(const struct receiver *r, struct err *err)
{
    if (strncmp(r->topic_arn, "arn:", 4) != 0)
        return err_set(err, ST_FATAL,
                       "config: notify.receiver.%s.topic_arn: want arn:aws:sns:region:account:name",
                       r->name);
    if (r->url[0] && !net_has_scheme(r->url, "https://") &&
        !(net_has_scheme(r->url, "http://") && net_is_loopback(r->url)))
        return err_set(err, ST_FATAL,
                       "config: notify.receiver.%s.url: want https:// (http:// is for this machine "
                       "only)",
                       r->name);
    if ((r->access_key[0] != '\0') != (r->secret_key[0] != '\0'))
        return err_set(err, ST_FATAL,
                       "config: notify.receiver.%s: access_key and secret_key_file go together",
                       r->name);
    return ST_OK;
}

static enum status take_groups(const struct notify_props *props, struct notify_conf *conf,
                               struct err *err)
{
    struct slice list = slice_str(props->group_by);
    struct slice word;

    while (next_word(&list, &word)) {
        if (slice_is(word, "segment"))
            conf->by_segment = true;
        else if (slice_is(word, "severity"))
            conf->by_severity = true;
        else
            return err_set(err, ST_FATAL,
                           "config: notify.group_by: %.*s is neither segment nor severity",
                           SLICE_ARG(word));
    }
    return ST_OK;
}

enum status notify_conf_take(const struct notify_props *props, const struct receivers *r,
                             struct notify_conf *conf,
                             const struct receiver *chosen[NOTIFY_RECEIVERS_MAX], struct err *err)
{
    struct slice list = slice_str(props->receivers);
    struct slice word;

    *conf = (struct notify_conf){
        .min = props->min_severity == 0 ? SEVERITY_WARNING : SEVERITY_CRITICAL,
        .group = { props->group_wait_ms, props->repeat_ms, props->send_resolved }
    };
    enum status st = take_groups(props, conf, err);
    for (size_t i = 0; st == ST_OK && i < r->family.n; i++)
        st = r->v[i].type == RECEIVER_SMTP ? check_smtp(&r->v[i], err) : check_sns(&r->v[i], err);
    while (st == ST_OK && next_word(&list, &word)) {
        const struct receiver *one;

        st = receivers_find(r, "notify.receivers", word, &one, err);
        if (!one)
            return st;
        for (size_t i = 0; i < conf->n; i++) {
            if (chosen[i] == one)
                return err_set(err, ST_FATAL, "config: notify.receivers: %s stands there twice",
                               one->name);
        }
        chosen[conf->n] = one; /* there are no more than that */
        conf->receivers[conf->n++] = one->name;
    }
    return st;
}
