/* SPDX-License-Identifier: MIT */
/* up.c -- absa up: the whole pipeline on one machine, a process a stage, and a
 * picture of what flows.
 *
 * It supervises, no more: the stages are the programs that also run alone. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "cli/up/stages.h"
#include "cli/up/term.h"
#include "cli/up/watch.h"
#include "file/file.h"
#include "now/now.h"
#include "obs/log.h"

enum {
    EMBEDDED_MAX_MS = 600000,
    TURN_MS = 200,
    DRAW_MS = 500,
    LINE_MS = 5000,
    SCREEN_MAX = 1 << 17,
};

static struct kafka_topics topics;
static const char *brokers;
static const char *dir;
static int64_t for_ms;
static bool no_console;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers,
      "Apache Kafka; without it, and kafka.bootstrap.servers, a broker in memory" },
    { "for", 0, "TIME", APP_MS, &for_ms, "end after this time (in memory at most 10m)" },
    { "dir", 'd', "DIR", APP_STR, &dir,
      "for logs (default: a new one in $XDG_STATE_HOME/absa or /tmp)" },
    { "no-console", 0, NULL, APP_FLAG, &no_console, "without the page of absa console" },
    { .name = NULL },
};

struct up {
    struct stages stages;
    struct watch *watch;
    struct view view;
    struct frame frame;
    struct buf screen;
    char dir[FILE_PATH_MAX];
    bool terminal;
    int stderr_fd; /* the real one, while lines go to a file */
    bool quiet;
    bool quit;
    int64_t began_ms;
    int64_t drawn_ms;
    int64_t alerts; /* that were told, without a terminal */
};

/* Lines of a log would lie across the picture. */
static void divert_stderr(struct up *up)
{
    char path[FILE_PATH_MAX + 16];

    (void)snprintf(path, sizeof(path), "%s/up.log", up->dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    up->stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (fd >= 0 && up->stderr_fd >= 0)
        dup2(fd, STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

static void give_back_stderr(struct up *up)
{
    if (up->stderr_fd > 0)
        dup2(up->stderr_fd, STDERR_FILENO);
}

/* A new folder in $XDG_STATE_HOME/absa, or in /tmp. */
static bool make_new_dir(char path[FILE_PATH_MAX])
{
    const char *state = getenv("XDG_STATE_HOME");

    if (!state || state[0] != '/') {
        (void)snprintf(path, FILE_PATH_MAX, "/tmp/absa-up-XXXXXX");
        return mkdtemp(path);
    }
    (void)mkdir(state, 0700);
    (void)snprintf(path, FILE_PATH_MAX, "%s/absa", state);
    (void)mkdir(path, 0700);
    (void)snprintf(path, FILE_PATH_MAX, "%s/absa/up-XXXXXX", state);
    return mkdtemp(path);
}

static enum status make_dir(struct up *up, struct err *err)
{
    bool ok;

    if (dir) {
        (void)snprintf(up->dir, sizeof(up->dir), "%s", dir);
        ok = mkdir(up->dir, 0700) == 0 || errno == EEXIST;
    } else {
        ok = make_new_dir(up->dir);
    }
    if (!ok || access(up->dir, W_OK | X_OK) != 0)
        return err_set(err, ST_FATAL, "denied: --dir %.200s: %s", up->dir, strerror(errno));
    return ST_OK;
}

/* The brokers that are configured; NULL: none. */
static const char *find_brokers(const struct conf *conf)
{
    const char *name;
    const char *value;

    for (size_t i = 0; !brokers && conf_pass(conf, i, &name, &value); i++) {
        if (strcmp(name, "bootstrap.servers") == 0)
            return value;
    }
    return brokers;
}

static void introduce(struct up *up)
{
    if (up->quiet)
        return;
    if (up->stages.embedded) {
        fprintf(
            stderr,
            "absa up: a broker in memory at %s: no Apache Kafka. It forgets all at the end, and\n"
            "  does not promise: going on after a stage died (the run ends), more than one "
            "process\n"
            "  a stage, over 5 MiB or 100,000 records a partition, a time of its own.\n"
            "  absa up -b HOST:PORT works on Apache Kafka, which promises exactly-once.\n",
            up->stages.address);
    } else {
        fprintf(stderr, "absa up: Kafka at %s\n", up->stages.address);
    }
    if (stages_console(&up->stages) > 0)
        fprintf(stderr, "  page: http://127.0.0.1:%d/\n", stages_console(&up->stages));
    view_import(&up->frame, &up->screen);
    fprintf(stderr, "  logs: %s\n  next, in another terminal: %.*s\n", up->dir, (int)up->screen.n,
            up->screen.p);
    (void)fflush(stderr);
}

static void draw(struct up *up)
{
    struct frame *f = &up->frame;

    f->elapsed_ms = now_mono_ms() - up->began_ms;
    watch_view(up->watch, &up->view);
    buf_clear(&up->screen);
    if (up->terminal) {
        term_size(&f->width, &f->height);
        view_picture(&up->view, f, &up->screen);
    } else {
        view_line(&up->view, f, &up->screen);
    }
    term_write(buf_slice(&up->screen));
}

/* Without a terminal an alert is a line, as soon as it is seen. */
static void tell_alerts(struct up *up)
{
    struct view v;

    watch_view(up->watch, &v);
    int64_t fresh = v.alerts - up->alerts;
    up->alerts = v.alerts;
    if (fresh > (int64_t)v.n_last)
        fresh = (int64_t)v.n_last;
    for (int64_t i = fresh - 1; i >= 0; i--) {
        buf_clear(&up->screen);
        buf_str(&up->screen, "absa up: alert  ");
        view_alert(&v.last[i], &up->screen);
        buf_byte(&up->screen, '\n');
        term_write(buf_slice(&up->screen));
    }
}

static void on_key(struct up *up, int key)
{
    up->frame.help ^= key == 'h' || key == '?';
    up->frame.paused ^= key == 'p';
    up->quit |= key == 'q';
    if (key != 0)
        up->drawn_ms = 0;
    if (key == 'p')
        draw(up);
}

static void show(struct up *up)
{
    const int64_t now = now_mono_ms();

    stages_show(&up->stages, up->watch);
    if (!up->terminal)
        tell_alerts(up);
    if (now - up->drawn_ms < (up->terminal ? DRAW_MS : LINE_MS))
        return;
    up->drawn_ms = now;
    if (!up->frame.paused && !(up->quiet && !up->terminal))
        draw(up);
}

static enum status loop(struct up *up, struct err *err)
{
    enum status st = ST_OK;

    while (st == ST_OK && !up->quit && !app_stopping() && stages_tend(&up->stages)) {
        if (for_ms > 0 && now_mono_ms() - up->began_ms >= for_ms)
            break;
        st = stages_start(&up->stages, err);
        show(up);
        if (up->terminal)
            on_key(up, term_key(TURN_MS));
        else
            now_nap(TURN_MS);
    }
    return st;
}

/* All end in order, whatever happened. */
static void finish(struct up *up)
{
    term_give_back();
    give_back_stderr(up);
    if (!up->quiet && up->watch && up->stages.exit_code == 0)
        fputs("absa up: draining\n", stderr);
    stages_drain(&up->stages);
    if (up->watch) {
        watch_stop(up->watch, &up->view);
        if (!up->quiet)
            printf("absa up: %" PRId64 " window%s, %" PRId64 " alert%s; logs in %s\n",
                   up->view.windows, up->view.windows == 1 ? "" : "s", up->view.alerts,
                   up->view.alerts == 1 ? "" : "s", up->dir);
    }
    stages_stop_broker(&up->stages);
    if (up->stages.why[0] != '\0')
        fprintf(stderr, "absa up: %s\n", up->stages.why);
}

static enum status begin(struct up *up, const struct app_run *run, struct kafka_conf *kafka,
                         struct err *err)
{
    enum status st = make_dir(up, err);

    up->frame.dir = up->dir;
    up->stages.dir = up->dir;
    if (st == ST_OK)
        st = stages_prepare(&up->stages, err);
    if (st == ST_OK)
        st = stages_broker(&up->stages, err);
    if (st == ST_OK)
        st = kafka_conf_take(kafka, run->conf, up->stages.address, err);
    if (st != ST_OK)
        return st;
    introduce(up);
    st = stages_start(&up->stages, err);
    if (st == ST_OK)
        st = watch_start(kafka, &topics, &up->watch, err);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    static struct up up; /* large */
    static struct kafka_conf kafka;
    const char *given = find_brokers(run->conf);

    up.stages.run = run;
    up.stages.embedded = !given;
    up.stages.no_console = no_console;
    up.stages.broker_stdin = -1;
    up.quiet = run->verbosity < 0;
    (void)snprintf(up.stages.address, sizeof(up.stages.address), "%s", given ? given : "");
    if (!given && for_ms > EMBEDDED_MAX_MS)
        return err_set(err, ST_FATAL,
                       "usage: --for: the broker in memory keeps 10 minutes at most: -b HOST:PORT");
    buf_init(&up.screen, SCREEN_MAX);
    up.frame.embedded = !given;
    up.frame.broker = up.stages.address;
    up.frame.conf_file = run->conf_file;
    up.frame.for_ms = for_ms;
    up.frame.colour = !getenv("NO_COLOR");
    log_setup(LOG_ERROR, LOG_LOGFMT, "up", NULL);
    up.began_ms = now_mono_ms();
    enum status st = begin(&up, run, &kafka, err);
    if (st == ST_OK) {
        up.terminal = term_take();
        if (up.terminal)
            divert_stderr(&up);
        st = loop(&up, err);
    }
    finish(&up);
    run->exit_code = up.stages.exit_code;
    buf_release(&up.screen);
    return st;
}

static const struct app app = {
    .name = "up",
    .summary = "the whole pipeline on this machine, a process a stage, and a picture of what flows",
    .examples = "  absa up\n"
                "  absa up --for 60s -c absa.conf\n"
                "  absa up -b localhost:9092 -c absa.conf\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .passes_on = true,
    .check = kafka_conf_check,
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
