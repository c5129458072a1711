/* SPDX-License-Identifier: MIT */
/* absa tail: what a topic holds and what comes, on a terminal. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "consumers/tail/entry.h"
#include "consumers/tail/evidence.h"
#include "consumers/tail/format.h"
#include "consumers/tail/line.h"
#include "consumers/tail/pick.h"
#include "consumers/tail/start.h"
#include "kafka/follower.h"
#include "kafka/topics.h"
#include "now/now.h"

enum { POLL_MS = 200, STALL_MS = 60000, OUT_MAX = 256 << 20, OUT_BATCH = 64 << 10 };

static struct kafka_topics topics;
static const char *brokers;
static const char *topic = "alerts";
static int64_t part = -1;
static const char *offset;
static const char *since;
static int64_t count = -1;
static bool to_end;
static bool json;
static const char *format;
static bool evidence;
static const char *severity;
static bool local;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "topic", 't', "TOPIC", APP_STR, &topic,
      "any of absa's, with or without its prefix (alerts)" },
    { "partition", 'p', "N", APP_INT, &part, "this partition alone" },
    { "offset", 'o', "OFFSET", APP_STR, &offset,
      "from here on: beginning, end, -N (before the end) or an offset (default -10)" },
    { "since", 0, "2h|TIME", APP_STR, &since, "from what was written then on" },
    { "count", 'c', "N", APP_INT, &count, "end after N records" },
    { "exit", 'e', NULL, APP_FLAG, &to_end, "end where the topic ends now" },
    { "severity", 0, "WARNING|CRITICAL", APP_STR, &severity, "alerts of at least this severity" },
    { "evidence", 0, NULL, APP_FLAG, &evidence, "show the histograms of each alert, and more" },
    { "json", 'J', NULL, APP_FLAG, &json, "write JSON lines with the schema's names" },
    { "format", 'f', "FORMAT", APP_STR, &format,
      "write %t topic %p partition %o offset %T timestamp %k key %s value as JSON; \\n is a "
      "newline" },
    { "local", 0, NULL, APP_FLAG, &local, "times in the local zone, not in UTC" },
    { .name = NULL },
};

struct tail {
    struct kafka_conf kafka;
    struct kafka_names names;
    struct kafka_follower *follower;
    struct entry_reader reader;
    struct style style;
    enum topic_id topic;
    enum severity least;
    char where[2 * KAFKA_TOPIC_MAX + 100]; /* options of commands for the same deployment */
    struct buf out;
    int64_t shown;
    int idle_ms; /* since anything came              */
    bool told;   /* that the brokers are away        */
    bool gone;   /* nobody reads our output any more */
};

static bool is_terminal(void)
{
    return isatty(STDOUT_FILENO) == 1;
}

static bool wants_colour(void)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return is_terminal() && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}

/* Writes what was gathered. That nobody reads it is no failure. */
static enum status flush(struct tail *t, struct err *err)
{
    size_t done = 0;

    if (buf_failed(&t->out))
        return err_set(err, ST_FATAL, "out of memory");
    while (done < t->out.n && !t->gone) {
        ssize_t n = write(STDOUT_FILENO, t->out.p + done, t->out.n - done);

        if (n >= 0)
            done += (size_t)n;
        else if (errno == EPIPE)
            t->gone = true;
        else if (errno != EINTR)
            return err_set(err, ST_RETRY, "cannot write the output: %s", strerror(errno));
        else if (app_stopping())
            break;
    }
    buf_clear(&t->out);
    return ST_OK;
}

/* Whether the reader of a pipe went away while nothing was written. */
static bool is_gone(void)
{
    struct pollfd fd = { .fd = STDOUT_FILENO };

    return poll(&fd, 1, 0) == 1 && (fd.revents & POLLERR);
}

static void add(struct tail *t, const struct entry *e)
{
    if (format) {
        format_add(format, e, t->style.terminal, &t->out);
        return;
    }
    if (json) {
        const struct entry plain = { .topic = e->topic, .rec = e->rec, .json = e->json };

        line_add(&plain, &t->style, &t->out);
        return;
    }
    line_add(e, &t->style, &t->out);
    if (evidence && e->alert)
        evidence_add(e->alert, t->where, &t->style, &t->out);
}

/* What cannot be read is shown whatever was asked for: it may be the one. */
static enum status show(struct tail *t, const struct stage_rec *rec, struct err *err)
{
    struct entry e;

    entry_read(&t->reader, t->names.of[t->topic], rec, &e);
    if (e.alert && e.alert->severity < t->least)
        return ST_OK;
    add(t, &e);
    t->shown++;
    return t->style.terminal || t->out.n >= OUT_BATCH ? flush(t, err) : ST_OK;
}

static enum status idle(struct tail *t, struct err *err)
{
    bool away = kafka_follower_away(t->follower);

    if (away && !t->told)
        fprintf(stderr, "absa tail: no broker answers at %s; still trying\n",
                kafka_conf_get(&t->kafka, "bootstrap.servers"));
    t->told = away;
    t->gone = t->gone || is_gone();
    t->idle_ms += POLL_MS;
    if (to_end && t->idle_ms >= STALL_MS)
        return err_set(err, ST_RETRY,
                       "nothing for %d s before the end of %s: no broker, or a transaction that "
                       "is left open",
                       STALL_MS / 1000, t->names.of[t->topic]);
    return flush(t, err);
}

static enum status step(struct tail *t, struct err *err)
{
    struct kafka_msg m = { 0 };
    bool have = false;
    enum status st = kafka_follower_poll(t->follower, POLL_MS, &m, &have, err);

    if (st != ST_OK)
        return st;
    if (!have)
        return idle(t, err);
    t->idle_ms = 0;
    t->told = false;
    st = show(t, &m.rec, err);
    kafka_msg_release(&m);
    return st;
}

static bool is_over(const struct tail *t)
{
    return t->gone || app_stopping() || (count >= 0 && t->shown >= count) ||
           (to_end && kafka_follower_done(t->follower));
}

/* What the options say, checked before anybody is asked. */
static enum status take_options(struct tail *t, struct kafka_watch *w, struct err *err)
{
    enum status st = pick_topic(topic, &t->names, &t->topic, err);

    if (st == ST_OK && severity)
        st = pick_severity(severity, &t->least, err);
    if (st == ST_OK && severity && t->topic != TOPIC_ALERTS)
        st = err_set(err, ST_FATAL, "usage: --severity is for alerts");
    if (st == ST_OK && format && json)
        st = err_set(err, ST_FATAL, "usage: --format and --json exclude each other");
    if (st == ST_OK && format)
        st = format_check(format, err);
    if (st == ST_OK && (part < -1 || part > INT32_MAX))
        st = err_set(err, ST_FATAL, "usage: --partition is not in 0..%d", INT32_MAX);
    *w = (struct kafka_watch){ .name = t->names.of[t->topic],
                               .topic = t->topic,
                               .part = (int32_t)part };
    return st == ST_OK ? start_parse(offset, since, now_wall_ms(), &w->start, err) : st;
}

/* What a person has to type behind a command for the same deployment. */
static void make_where(struct tail *t)
{
    bool usual = strcmp(topics.prefix, "absa.") == 0;

    snprintf(t->where, sizeof(t->where), "%s%.200s%s%s", brokers ? " -b " : "",
             brokers ? brokers : "", usual ? "" : " -X topic.prefix=", usual ? "" : topics.prefix);
}

static enum status follow(struct tail *t, struct err *err)
{
    enum status st = ST_OK;

    while (st == ST_OK && !is_over(t))
        st = step(t, err);
    return st == ST_OK ? flush(t, err) : st;
}

/* At the start nobody waits: a wrong name is the likely reason. */
static enum status open_follower(struct tail *t, const struct kafka_watch *w, struct err *err)
{
    enum status st = kafka_follower_new(&t->kafka, w, &t->follower, err);

    if (st != ST_RETRY)
        return st;
    err_prefix(err, "unavailable: no answer from %.100s",
               kafka_conf_get(&t->kafka, "bootstrap.servers"));
    return ST_FATAL;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct tail t = { .style = { wants_colour(), is_terminal(), local },
                      .names = kafka_names_make(topics.prefix) };
    struct kafka_watch watch;

    buf_init(&t.out, OUT_MAX);
    make_where(&t);
    enum status st = take_options(&t, &watch, err);
    if (st == ST_OK)
        st = kafka_conf_take(&t.kafka, run->conf, brokers, err);
    if (st == ST_OK)
        st = entry_reader_init(&t.reader, err);
    if (st == ST_OK)
        st = open_follower(&t, &watch, err);
    if (st == ST_OK)
        st = follow(&t, err);
    kafka_follower_free(t.follower);
    entry_reader_release(&t.reader);
    kafka_conf_release(&t.kafka);
    buf_release(&t.out);
    return st;
}

static const struct app app = {
    .name = "tail",
    .summary = "alerts as they come, or what any topic of absa holds",
    .examples = "  absa tail -b localhost:9092\n"
                "  absa tail -b localhost:9092 --since 12h --severity CRITICAL --evidence\n"
                "  absa tail -b localhost:9092 -t windows -o beginning -e -J\n"
                "  absa tail -b localhost:9092 -t dead -f '%p %o %s\\n'\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
