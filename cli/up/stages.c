/* SPDX-License-Identifier: MIT */
#include "cli/up/stages.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/up/decide.h"
#include "cli/up/inner.h"
#include "file/file.h"
#include "now/now.h"

enum { PLAN_MAX = 1 << 16, ADDRESS_WAIT_MS = 10000, DRAIN_MS = 10000 };

/* The broker's first line is its address. */
static enum status read_address(struct stages *s, int fd, struct err *err)
{
    const int64_t until = now_mono_ms() + ADDRESS_WAIT_MS;
    size_t n = 0;

    while (now_mono_ms() < until && n + 1 < sizeof(s->address)) {
        struct pollfd p = { .fd = fd, .events = POLLIN };

        if (poll(&p, 1, 100) <= 0)
            continue;
        if (read(fd, s->address + n, 1) != 1)
            break;
        if (s->address[n] == '\n') {
            s->address[n] = '\0';
            return ST_OK;
        }
        n++;
    }
    return err_set(err, ST_FATAL,
                   "unavailable: the embedded broker does not start: see %s/broker.log", s->dir);
}

static enum status start_broker(struct stages *s, struct err *err)
{
    struct stage_proc p = { .name = "broker", .command = "broker" };
    struct words w = { 0 };
    char log[FILE_PATH_MAX];
    int in[2] = { -1, -1 };
    int out[2] = { -1, -1 };
    enum status st = stages_learn(s, &p, err);

    if (st != ST_OK)
        return st;
    stages_words(s, &p, &w);
    stages_path(s, "broker", "log", log, sizeof(log));
    int log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0 || pipe(in) != 0 || pipe(out) != 0)
        st = err_set(err, ST_FATAL, "%s: %s", log, strerror(errno));
    for (int i = 0; st == ST_OK && i < 2; i++) {
        fcntl(in[i], F_SETFD, FD_CLOEXEC);
        fcntl(out[i], F_SETFD, FD_CLOEXEC);
    }
    if (st == ST_OK)
        st = child_start("broker", &w, &(struct streams){ in[0], out[1], log_fd }, &s->broker, err);
    words_release(&w);
    close(in[0]);
    close(out[1]);
    close(log_fd);
    s->broker_stdin = in[1];
    if (st == ST_OK)
        st = read_address(s, out[0], err);
    close(out[0]);
    return st;
}

/* Says which command makes the topics that are not there. */
static enum status compare_topics(struct stages *s, struct err *err)
{
    struct stage_proc p = { .name = "topics", .command = "topics" };
    struct words w = { 0 };
    struct buf plan;
    char path[FILE_PATH_MAX];
    enum status st = stages_learn(s, &p, err);

    if (st == ST_OK) {
        stages_words(s, &p, &w);
        words_add(&w, "plan");
        st = stages_ask(s, &p, &w, err);
        if (st != ST_OK && strncmp(err->msg, "unavailable: ", strlen("unavailable: ")) == 0)
            st = err_set(err, ST_FATAL,
                         "unavailable: no broker answers at %s: is the address right?\n"
                         "  absa doctor -b %s",
                         s->address, s->address);
    }
    stages_path(s, "topics", "conf", path, sizeof(path));
    buf_init(&plan, PLAN_MAX);
    if (st == ST_OK)
        st = file_read(path, &plan, err);
    buf_byte(&plan, '\0');
    if (st == ST_OK && !buf_failed(&plan) &&
        (strncmp(plan.p, "create", 6) == 0 || strstr(plan.p, "\ncreate")))
        st = err_set(err, ST_FATAL,
                     "config: topics are missing: absa topics apply -b %s%s%s (and the same -X)",
                     s->address, s->run->conf_file ? " -c " : "",
                     s->run->conf_file ? s->run->conf_file : "");
    buf_release(&plan);
    return st;
}

enum status stages_broker(struct stages *s, struct err *err)
{
    return s->embedded ? start_broker(s, err) : compare_topics(s, err);
}

static enum status start(struct stages *s, struct stage_proc *p, struct err *err)
{
    struct words w = { 0 };
    char log[FILE_PATH_MAX];

    if (!p->beside)
        p->port = child_free_port(0);
    if (p->port == 0)
        return err_set(err, ST_FATAL, "unavailable: no free port on 127.0.0.1");
    stages_words(s, p, &w);
    stages_path(s, p->name, "log", log, sizeof(log));
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    enum status st = fd < 0 ? err_set(err, ST_FATAL, "%s: %s", log, strerror(errno)) : ST_OK;
    if (st == ST_OK)
        st = child_start(p->command, &w, &(struct streams){ -1, -1, fd }, &p->pid, err);
    if (fd >= 0)
        close(fd);
    words_release(&w);
    p->started_ms = now_mono_ms();
    p->restart_ms = 0;
    return st;
}

enum status stages_start(struct stages *s, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < s->n; i++) {
        struct stage_proc *p = &s->v[i];

        if (p->pid == 0 && now_mono_ms() >= p->restart_ms)
            st = start(s, p, err);
    }
    return st;
}

/* p is dead: decides, and says so. False: the run is over. */
static bool bury(struct stages *s, struct stage_proc *p, int status)
{
    const struct death death = { .embedded = s->embedded && !p->beside,
                                 .status = status,
                                 .lived_ms = now_mono_ms() - p->started_ms,
                                 .in_row = p->in_row };
    const struct decision d = decide(&death);
    char log[FILE_PATH_MAX];
    char last[LAST_LINE];
    char how[32];

    p->pid = 0;
    p->port = p->beside ? p->port : 0;
    p->in_row = d.in_row;
    p->restart_ms = d.restart ? now_mono_ms() + d.wait_ms : INT64_MAX;
    decide_describe(status, how, sizeof(how));
    if (d.restart || p->beside) {
        p->restarts++;
        return true;
    }
    stages_path(s, p->name, "log", log, sizeof(log));
    child_last_line(log, last, sizeof(last));
    s->exit_code = d.exit_code;
    (void)snprintf(s->why, sizeof(s->why), "%s died (%s)%s\n  its last line: %s\n  more in %s",
                   p->name, how,
                   s->embedded && d.exit_code == EXIT_TEMPORARY
                       ? ": the embedded broker cannot resume; absa up -b HOST:PORT can"
                       : "",
                   last, log);
    return false;
}

bool stages_tend(struct stages *s)
{
    int status;

    if (s->broker > 0 && child_ended(s->broker, &status)) {
        s->broker = 0;
        s->exit_code = EXIT_TEMPORARY;
        (void)snprintf(s->why, sizeof(s->why),
                       "the embedded broker died, and what it held with it: see %s/broker.log",
                       s->dir);
        return false;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].pid > 0 && child_ended(s->v[i].pid, &status) && !bury(s, &s->v[i], status))
            return false;
    }
    return true;
}

int stages_console(const struct stages *s)
{
    return s->n > 0 && s->v[s->n - 1].beside ? s->v[s->n - 1].port : 0;
}

void stages_show(const struct stages *s, struct watch *w)
{
    for (size_t i = 0; i < s->n && !s->v[i].beside; i++)
        watch_stage(w, i, s->v[i].name, s->v[i].port, s->v[i].restarts);
}

void stages_drain(struct stages *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].pid > 0)
            child_stop(s->v[i].pid, DRAIN_MS);
        s->v[i].pid = 0;
    }
}

void stages_stop_broker(struct stages *s)
{
    if (s->broker_stdin > 0)
        close(s->broker_stdin);
    if (s->broker > 0)
        child_stop(s->broker, DRAIN_MS);
    s->broker = 0;
    s->broker_stdin = -1;
}
