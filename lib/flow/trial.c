/* SPDX-License-Identifier: MIT */
/* trial.c -- do these records kill? A child finds out, whose death is not ours.
 *
 * Counting deaths finds who is suspect; it cannot tell a record that kills from a process
 * that somebody killed in the same milliseconds. A child can: it has the stage as it is here,
 * gives it the records, and its parent lives to see how that ends. The child has one thread,
 * whatever its parent has, so it must not touch Kafka and may hang on a lock that another
 * thread held at the moment of the fork: that says nothing about the records. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "flow/inner.h"
#include "now/now.h"
#include "obs/log.h"

enum { TRIAL_S = 10, LOOK_MS = 1, FILES_MAX = 65536 };

/* Sockets stay open as long as anybody has them: ours are not to outlive us in the child. */
static void close_files(void)
{
    const long most = sysconf(_SC_OPEN_MAX);
    const int end = most > 0 && most < FILES_MAX ? (int)most : FILES_MAX;

    for (int fd = STDERR_FILENO + 1; fd < end; fd++)
        (void)close(fd);
}

/* All of them, or as many as the stage takes: what comes out is for nobody. */
static void read_all(struct flow *f, const struct stage_rec *in, size_t n)
{
    struct err err = { 0 };
    enum status st = ST_OK;
    size_t used = 0;

    for (size_t done = 0; st == ST_OK && done < n; done += used) {
        bool more = f->ops->resume != NULL && done > 0;

        out_clear(f->out);
        while (st == ST_OK && more) {
            st = f->ops->resume(f->stage, in->part, f->out, &more, &err);
            out_clear(f->out);
        }
        if (st == ST_OK)
            st = f->ops->process(f->stage, in->part, in + done, n - done, &used, f->out, &err);
    }
}

static _Noreturn void stand_trial(struct flow *f, const struct part *p, size_t n, pid_t parent)
{
    struct stage_rec in[FLOW_MICRO_MAX];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* died before that took hold */
        _exit(EXIT_FAILURE);
    for (size_t i = 0; i < n; i++)
        in[i] = p->queue[p->first + i].rec;
    signal(SIGALRM, SIG_DFL);
    (void)alarm(TRIAL_S);
    close_files();
    read_all(f, in, n);
    _exit(EXIT_SUCCESS); /* whatever the stage says of them, it lives */
}

/* Waits for the child's end, and for no longer than it may take. */
static enum verdict verdict_on(struct flow *f, pid_t child)
{
    const int64_t until = now_mono_ms() + (int64_t)(TRIAL_S + 2) * 1000;
    int how = 0;
    pid_t ended;

    while ((ended = waitpid(child, &how, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        if (now_mono_ms() > until)
            kill(child, SIGKILL);
        health_beat(f->health);
        now_nap(LOOK_MS);
    }
    if (ended != child || now_mono_ms() > until || (WIFSIGNALED(how) && WTERMSIG(how) == SIGALRM))
        return VERDICT_NONE;
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL)
        return VERDICT_KILLED;
    return WIFEXITED(how) && WEXITSTATUS(how) == EXIT_SUCCESS ? VERDICT_LIVES : VERDICT_KILLS;
}

enum verdict flow_trial(struct flow *f, const struct part *p, size_t n)
{
    static const char *const names[] = { "none", "lives", "kills", "killed" };
    enum verdict v = VERDICT_NONE;
    const pid_t parent = getpid();
    const pid_t child = fork();

    if (child == 0)
        stand_trial(f, p, n, parent);
    if (child > 0)
        v = verdict_on(f, child);
    log_warn("records tried by a child", LOG_INT("part", p - f->parts),
             LOG_INT("offset", p->queue[p->first].rec.offset), LOG_INT("n", n),
             LOG_STR("verdict", names[v]));
    return v;
}
