/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cli/doctor/checks.h"
#include "cli/doctor/told.h"
#include "record/deadletter.h"
#include "wire/wire.h"

enum { DEAD_NEWEST = 1000, REASONS_MAX = 32, ARENA_BYTES = 16 << 20 };

static const struct {
    const char *group;
    enum topic_id input;
} stages[] = {
    { "absa-ingest", TOPIC_RAW },  { "absa-score", TOPIC_COMMENTS }, { "absa-pane", TOPIC_SCORES },
    { "absa-judge", TOPIC_PANES }, { "absa-notify", TOPIC_ALERTS },
};

/* Of a group in its input, over all partitions. */
struct progress_of {
    int64_t behind;
    int64_t lost; /* records that were deleted before it read them */
    bool began;
};

static enum status progress(struct doctor *d, const char *group, enum topic_id input,
                            struct progress_of *out, struct err *err)
{
    const int32_t n = d->parts[input];
    int64_t *at = calloc((size_t)n, sizeof(*at));
    enum status st = at ? kafka_admin_committed(d->admin, group, d->names.of[input], n, at, err)
                        : err_set(err, ST_FATAL, "out of memory");

    *out = (struct progress_of){ 0 };
    for (int32_t i = 0; st == ST_OK && i < n; i++) {
        int64_t low;
        int64_t end;

        st = kafka_admin_range(d->admin, d->names.of[input], i, &low, &end, err);
        if (st != ST_OK)
            break;
        out->began |= at[i] >= 0;
        out->lost += at[i] >= 0 && at[i] < low ? low - at[i] : 0;
        out->behind += end - (at[i] > low ? at[i] : low);
    }
    free(at);
    return st;
}

static void stage(struct doctor *d, const char *group, enum topic_id input)
{
    static const char means[] = "records of its topic that it has not read (marks and "
                                "transaction ends count)";
    struct progress_of p;
    struct err err = { 0 };
    enum status st = progress(d, group, input, &p, &err);
    const bool waits = st != ST_OK || (!p.began && p.behind > 0);
    struct finding *f = report_add(&d->report,
                                   st == ST_OK && p.lost > 0 ? FOUND_FAIL
                                   : waits                   ? FOUND_WARN
                                                             : FOUND_OK,
                                   group, means);

    if (st != ST_OK) {
        finding_value(f, "cannot be asked: %s", err.msg);
    } else if (p.lost > 0) {
        finding_value(f, "%" PRId64 " records of %s were deleted before it read them", p.lost,
                      d->names.of[input]);
        finding_fix(f, "raise retention.ms of %s; docs/runbook/exit-78.md", d->names.of[input]);
    } else if (waits) {
        finding_value(f, "never ran, and %" PRId64 " records wait in %s", p.behind,
                      d->names.of[input]);
        finding_fix(f, "absa %s%s",
                    input == TOPIC_SCORES  ? "drift -X drift.role=pane"
                    : input == TOPIC_PANES ? "drift -X drift.role=judge"
                                           : group + strlen("absa-"),
                    d->same_conf);
    } else {
        finding_value(f, "%" PRId64 " behind the end of %s", p.behind, d->names.of[input]);
    }
}

/* A word and how often it came. */
struct tally_row {
    char word[64];
    int n;
};

struct tally_of {
    struct tally_row row[REASONS_MAX];
    size_t n;
};

static struct tally_row *tally_at(struct tally_of *t, struct slice word)
{
    for (size_t i = 0; i < t->n; i++) {
        if (slice_is(word, t->row[i].word))
            return &t->row[i];
    }
    if (t->n == REASONS_MAX)
        return &t->row[REASONS_MAX - 1];
    struct tally_row *r = &t->row[t->n++];
    (void)snprintf(r->word, sizeof(r->word), "%.*s", SLICE_ARG(word));
    return r;
}

/* What reads a topic: each record's value, decoded by the caller. */
struct scan {
    struct doctor *d;
    struct kafka_reader *reader;
    struct wire *wire;
    struct arena *arena;
    struct tally_of tally;
    struct told told;
    int records;
};

static void take_dead(struct scan *s, const struct stage_rec *rec)
{
    struct deadletter dead;
    struct err err = { 0 };

    if (wire_decode(s->wire, RECORD_DEADLETTER, rec->value, &dead, s->arena, &err) == ST_OK)
        tally_at(&s->tally, dead.reason)->n++;
}

static void take_notify(struct scan *s, const struct stage_rec *rec)
{
    struct notify now;
    struct err err = { 0 };

    if (!rec->value.p)
        told_take(&s->told, rec->key, NULL);
    else if (wire_decode(s->wire, RECORD_NOTIFY, rec->value, &now, s->arena, &err) == ST_OK)
        told_take(&s->told, rec->key, &now);
}

static enum status scan_part(struct scan *s, enum topic_id topic, int32_t part, int64_t newest,
                             struct err *err)
{
    int64_t low;
    int64_t end;
    const struct kafka_msg *m = NULL;
    enum status st = kafka_admin_range(s->d->admin, s->d->names.of[topic], part, &low, &end, err);

    if (st == ST_OK)
        st = kafka_reader_open(s->reader, topic, part,
                               newest > 0 && end - newest > low ? end - newest : low, end, err);
    while (st == ST_OK && (st = kafka_reader_next(s->reader, &m, err)) == ST_OK && m) {
        s->records++;
        if (topic == TOPIC_DEAD)
            take_dead(s, &m->rec);
        else
            take_notify(s, &m->rec);
        arena_reset(s->arena);
    }
    return st;
}

static void dead_letters(struct doctor *d, const struct scan *s)
{
    struct finding *f =
        report_add(&d->report, s->records > 0 ? FOUND_WARN : FOUND_OK, "dead letters",
                   "records refused for ever, by reason; schemas/README.md says what helps");
    size_t at = 0;

    finding_value(f, "none");
    for (size_t i = 0; i < s->tally.n && at < sizeof(f->value) - 80; i++) {
        (void)snprintf(f->value + at, sizeof(f->value) - at, "%s%s %d", i > 0 ? ", " : "",
                       s->tally.row[i].word, s->tally.row[i].n);
        at += strlen(f->value + at);
    }
    if (s->records > 0) {
        (void)snprintf(f->value + at, sizeof(f->value) - at, " of the newest %d", s->records);
        finding_fix(f, "absa tail -t dead -e%s", d->same);
    }
}

static void deliveries(struct doctor *d, const struct scan *s)
{
    told_report(&s->told, d->same_conf, &d->report);
}

/* Reads one topic and reports by show(). */
static void scan(struct scan *s, enum topic_id topic, int64_t newest,
                 void (*show)(struct doctor *d, const struct scan *s))
{
    struct err err = { 0 };
    enum status st = ST_OK;

    memset(&s->tally, 0, sizeof(s->tally));
    s->records = 0;
    for (int32_t i = 0; st == ST_OK && i < s->d->parts[topic]; i++)
        st = scan_part(s, topic, i, newest, &err);
    if (st == ST_OK)
        show(s->d, s);
    else
        finding_value(
            report_add(&s->d->report, FOUND_WARN, s->d->names.of[topic], "read to its end"),
            "cannot be read: %s", err.msg);
}

void check_work(struct doctor *d)
{
    static struct scan s; /* large */
    struct err err = { 0 };

    d->report.area = "work";
    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
        if (d->parts[stages[i].input] > 0 && !d->embedded)
            stage(d, stages[i].group, stages[i].input);
    }
    s = (struct scan){ .d = d, .arena = arena_new(ARENA_BYTES) };
    if (s.arena && wire_new(NULL, &s.wire, &err) == ST_OK &&
        kafka_reader_new(&d->kafka, &d->names, &s.reader, &err) == ST_OK) {
        scan(&s, TOPIC_DEAD, DEAD_NEWEST, dead_letters);
        scan(&s, TOPIC_NOTIFY, 0, deliveries);
    }
    kafka_reader_free(s.reader);
    wire_free(s.wire);
    arena_free(s.arena);
}
