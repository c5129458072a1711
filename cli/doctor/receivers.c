/* SPDX-License-Identifier: MIT */
#include "cli/doctor/checks.h"
#include "consumers/notify/config.h"
#include "net/smtp.h"

/* Connects, starts TLS and logs in; sends nothing. */
static void mail_server(struct doctor *d, const struct receiver *to)
{
    static const char means[] = "connects, starts TLS and logs in; nothing is sent";
    const struct smtp server = { .url = to->url,
                                 .tls = (enum smtp_tls)to->tls,
                                 .user = to->user,
                                 .password = to->password,
                                 .ca_file = to->ca_file };
    struct effect_result res = { 0 };

    smtp_try(&server, &res);
    const bool ok = res.how == EFFECT_SENT;
    struct finding *f = report_add(&d->report,
                                   ok                        ? FOUND_OK
                                   : res.how == EFFECT_RETRY ? FOUND_GONE
                                                             : FOUND_FAIL,
                                   to->name, means);
    finding_value(f, ok ? "%s takes us%s" : "%s: %s", to->url, res.why);
    if (res.how == EFFECT_HOLD)
        finding_fix(f, "absa check-config notify%s   # user, password_file, tls and ca_file of %s",
                    d->same_conf, to->name);
    else if (!ok)
        finding_fix(f, "absa notify --test %s%s   # once its server is up, and its url right",
                    to->name, d->same_conf);
}

static void topic_of_sns(struct doctor *d, const struct receiver *to)
{
    struct finding *f = report_add(&d->report, FOUND_OK, to->name,
                                   "complete; whether it takes us, only a message tells");

    finding_value(f, "%s", to->topic_arn);
    finding_fix(f, "absa notify --test %s%s", to->name, d->same_conf);
}

static void each(struct doctor *d, const struct receiver *const *to, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (to[i]->type == RECEIVER_SMTP)
            mail_server(d, to[i]);
        else
            topic_of_sns(d, to[i]);
    }
}

void check_receivers(struct doctor *d)
{
    static const char means[] = "who is told of alerts: notify.receivers";
    const struct receiver *chosen[NOTIFY_RECEIVERS_MAX];
    struct notify_conf conf;
    struct err err = { 0 };

    d->report.area = "receivers";
    enum status st = notify_conf_take(d->notify, d->receivers, &conf, chosen, &err);
    if (st == ST_OK && conf.n > 0)
        st = net_start(&err);
    if (st != ST_OK) {
        struct finding *f = report_add(&d->report, FOUND_FAIL, "receivers", means);

        finding_value(f, "%s", err.msg);
        finding_fix(f, "absa notify --help   # lists what a receiver needs");
    } else if (conf.n == 0) {
        finding_value(report_add(&d->report, FOUND_OK, "receivers", means),
                      "nobody: alerts stay in %salerts", d->conf->topics.prefix);
    } else {
        each(d, chosen, conf.n);
        net_stop();
    }
}
