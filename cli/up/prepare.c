/* SPDX-License-Identifier: MIT */
/* prepare.c -- what is found out before anything runs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/near.h"
#include "cli/up/inner.h"
#include "consumers/console/config.h"
#include "file/file.h"

enum { CONF_MAX = 1 << 20, KEY_BYTES = 32 };

/* Given by us, to each process its own. */
static const char *const reserved[] = { "slot", "group.id", "http.port", "drift.role", NULL };

void stages_path(const struct stages *s, const char *name, const char *suffix, char *out, size_t n)
{
    (void)snprintf(out, n, "%s/%s.%s", s->dir, name, suffix);
}

static struct slice name_of(const char *option)
{
    const char *eq = strchr(option, '=');

    return slice_trim((struct slice){ option, eq ? (size_t)(eq - option) : strlen(option) });
}

static bool is_given(const struct stages *s, const char *name)
{
    for (size_t i = 0; i < s->run->set->n; i++) {
        if (slice_is(name_of(s->run->set->item[i]), name))
            return true;
    }
    return false;
}

void stages_words(const struct stages *s, const struct stage_proc *p, struct words *w)
{
    words_add(w, "absa-%s", p->command);
    if (s->run->conf_file) {
        words_add(w, "-c");
        words_add(w, "%s", s->run->conf_file);
    }
    for (size_t i = 0; i < s->run->set->n; i++) {
        if (p->takes[i])
            words_add(w, "-X%s", s->run->set->item[i]);
    }
    if (s->address[0] != '\0')
        words_add(w, "-Xkafka.bootstrap.servers=%s", s->address);
    if (strcmp(p->command, "drift") == 0)
        words_add(w, "-Xdrift.role=%s", p->name);
    if (strcmp(p->name, "ingest") == 0 && s->embedded && !is_given(s, "raw.time"))
        words_add(w, "-Xraw.time=replayed");
    if (strcmp(p->name, "ingest") == 0 && s->own_key)
        words_add(w, "-Xingest.user_key_file=%s/user.key", s->dir);
    if (p->port > 0)
        words_add(w, "-Xhttp.port=%d", p->port);
}

/* What app_exit_code() is to make of a program's end. */
static const char *kind_of(int status)
{
    switch (WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_INTERNAL) {
    case EXIT_CONFIG:
        return "config: ";
    case EXIT_DENIED:
        return "denied: ";
    case EXIT_UNAVAILABLE:
    case EXIT_TEMPORARY:
        return "unavailable: ";
    default:
        return "";
    }
}

enum status stages_ask(const struct stages *s, const struct stage_proc *p, struct words *w,
                       struct err *err)
{
    char out[FILE_PATH_MAX];
    char log[FILE_PATH_MAX];
    char last[LAST_LINE];
    int status = 0;

    stages_path(s, p->name, "conf", out, sizeof(out));
    stages_path(s, p->name, "log", log, sizeof(log));
    enum status st = child_run(p->command, w, out, log, &status, err);
    words_release(w);
    if (st != ST_OK || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return st;
    child_last_line(log, last, sizeof(last));
    return err_set(err, ST_FATAL, "%s%s; more in %s", kind_of(status), last, log);
}

static bool starts(struct slice s, const char *with)
{
    const size_t n = strlen(with);

    return s.n > n && memcmp(s.p, with, n) == 0;
}

/* Cuts the next "name = value", or "#name = value", off the sample of a configuration. */
static bool next_name(struct slice *sample, struct slice *name)
{
    while (sample->n > 0) {
        const struct slice line = slice_cut(sample, '\n');
        const size_t mark = line.n > 0 && line.p[0] == '#';
        const char *eq = memchr(line.p, '=', line.n);

        *name = slice_trim((struct slice){ line.p + mark, eq ? (size_t)(eq - line.p) - mark : 0 });
        if (name->n > 0)
            return true;
    }
    return false;
}

static bool is_in_sample(struct slice sample, struct slice name)
{
    struct slice other;

    while (next_name(&sample, &other)) {
        if (slice_eq(name, other))
            return true;
    }
    return false;
}

/* Which of the -X are for a program: what its sample shows, names that begin with its own
 * (notify.receiver.NAME is in no sample; it says itself what it does not know), kafka.*. */
static void find_takes(const struct stages *s, struct stage_proc *p, struct slice sample)
{
    char own[32];

    (void)snprintf(own, sizeof(own), "%s.", p->command);
    for (size_t i = 0; i < s->run->set->n; i++) {
        const struct slice name = name_of(s->run->set->item[i]);

        p->takes[i] = !slice_is(name, "kafka.bootstrap.servers") &&
                      (starts(name, "kafka.") || starts(name, own) || is_in_sample(sample, name));
    }
}

enum status stages_learn(const struct stages *s, struct stage_proc *p, struct err *err)
{
    struct words w = { 0 };
    struct buf sample;
    char path[FILE_PATH_MAX];

    words_add(&w, "absa-%s", p->command);
    words_add(&w, "--sample-config");
    enum status st = stages_ask(s, p, &w, err);
    stages_path(s, p->name, "conf", path, sizeof(path));
    buf_init(&sample, CONF_MAX);
    if (st == ST_OK)
        st = file_read(path, &sample, err);
    if (st == ST_OK)
        find_takes(s, p, buf_slice(&sample));
    buf_release(&sample);
    return st;
}

/* A key for the pseudonyms of one life, when none is configured. */
static enum status make_key(struct stages *s, const struct stage_proc *p, struct err *err)
{
    char path[FILE_PATH_MAX];
    char key[KEY_BYTES];
    struct buf text;

    stages_path(s, p->name, "conf", path, sizeof(path));
    buf_init(&text, CONF_MAX);
    enum status st = file_read(path, &text, err);
    buf_byte(&text, '\0');
    bool missing = st == ST_OK && strstr(text.p, "\ningest.user_key_file = \n");
    buf_release(&text);
    if (!missing)
        return st;
    stages_path(s, "user", "key", path, sizeof(path));
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || getrandom(key, sizeof(key), 0) != sizeof(key) ||
        write(fd, key, sizeof(key)) != sizeof(key))
        st = err_set(err, ST_FATAL, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    s->own_key = st == ST_OK;
    return st;
}

static bool is_reserved(struct slice name)
{
    for (const char *const *r = reserved; *r; r++) {
        if (slice_is(name, *r))
            return true;
    }
    return false;
}

static bool is_taken(const struct stages *s, size_t option)
{
    for (size_t k = 0; k < s->n; k++) {
        if (s->v[k].takes[option])
            return true;
    }
    return false;
}

/* Takes into best the name of a sample that is nearer to name than *least. */
static void near_in(struct slice sample, struct slice name, size_t *least, char *best, size_t n)
{
    struct slice other;

    while (next_name(&sample, &other)) {
        const size_t d = near_distance(name, other);

        if (d < *least && near_enough(name, other, d)) {
            *least = d;
            (void)snprintf(best, n, "%.*s", SLICE_ARG(other));
        }
    }
}

/* The property of some stage that name may be meant to be, into a buffer; "": none. The samples
 * are still where stages_learn() had them written. */
static void find_near(const struct stages *s, struct slice name, char *best, size_t n)
{
    size_t least = SIZE_MAX;
    struct err ignored = { 0 };

    best[0] = '\0';
    for (size_t i = 0; i < s->n; i++) {
        char path[FILE_PATH_MAX];
        struct buf text;

        stages_path(s, s->v[i].name, "conf", path, sizeof(path));
        buf_init(&text, CONF_MAX);
        if (file_read(path, &text, &ignored) == ST_OK)
            near_in(buf_slice(&text), name, &least, best, n);
        buf_release(&text);
    }
}

static enum status check_option(const struct stages *s, size_t i, struct err *err)
{
    const struct slice name = name_of(s->run->set->item[i]);
    char near[NEAR_MAX + 1];

    if (is_reserved(name))
        return err_set(err, ST_FATAL, "usage: -X %.*s: absa up gives it to each stage",
                       SLICE_ARG(name));
    if (!starts(name, "kafka.") && !is_taken(s, i)) {
        find_near(s, name, near, sizeof(near));
        return err_set(err, ST_FATAL, "config: -X: no stage has a property \"%.*s\"%s%s%s",
                       SLICE_ARG(name), near[0] ? "; did you mean " : "", near, near[0] ? "?" : "");
    }
    return ST_OK;
}

static enum status check_options(const struct stages *s, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < s->run->set->n; i++)
        st = check_option(s, i, err);
    return st;
}

/* Is there a heading of this name in the file? Then the program is to run, too. */
static bool has_heading(const struct stages *s, const char *name)
{
    char heading[32];
    struct buf text;
    struct err ignored = { 0 };
    char path[FIND_PATH_MAX];
    bool yes = false;

    if (!s->run->conf_file || !find_program(name, path))
        return false;
    (void)snprintf(heading, sizeof(heading), "\n[%s]", name);
    buf_init(&text, CONF_MAX);
    if (file_read(s->run->conf_file, &text, &ignored) == ST_OK) {
        buf_byte(&text, '\0');
        yes = !buf_failed(&text) &&
              (strncmp(text.p, heading + 1, strlen(heading) - 1) == 0 || strstr(text.p, heading));
    }
    buf_release(&text);
    return yes;
}

static void list(struct stages *s)
{
    const struct {
        const char *name, *command;
        bool wanted;
    } all[] = { { "ingest", "ingest", true },
                { "score", "score", true },
                { "pane", "drift", true },
                { "judge", "drift", true },
                { "notify", "notify", has_heading(s, "notify") },
                /* its positions are of a log that stays */
                { "sink", "sink", !s->embedded && has_heading(s, "sink") } };
    char path[FIND_PATH_MAX];

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].wanted)
            s->v[s->n++] = (struct stage_proc){ .name = all[i].name, .command = all[i].command };
    }
    if (!s->no_console && find_program("console", path))
        s->v[s->n++] = (struct stage_proc){ .name = "console",
                                            .command = "console",
                                            .beside = true,
                                            .port = child_free_port(CONSOLE_PORT) };
}

enum status stages_prepare(struct stages *s, struct err *err)
{
    enum status st = ST_OK;

    list(s);
    for (size_t i = 0; st == ST_OK && i < s->n; i++)
        st = stages_learn(s, &s->v[i], err);
    if (st == ST_OK)
        st = check_options(s, err);
    for (size_t i = 0; st == ST_OK && i < s->n; i++) {
        struct words w = { 0 };

        stages_words(s, &s->v[i], &w);
        words_add(&w, "--print-config");
        st = stages_ask(s, &s->v[i], &w, err);
        if (st == ST_OK && s->embedded && strcmp(s->v[i].name, "ingest") == 0)
            st = make_key(s, &s->v[i], err);
    }
    return st;
}
