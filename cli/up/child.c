/* SPDX-License-Identifier: MIT */
#include "cli/up/child.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "now/now.h"

enum { WORD_MAX = 8192, TAIL_MAX = 4096, NAP_MS = 20, EXEC_FAILED = 127 };

void words_add(struct words *w, const char *fmt, ...)
{
    char text[WORD_MAX];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    char *copy = n >= 0 && n < WORD_MAX && w->n < CHILD_WORDS_MAX ? strdup(text) : NULL;
    if (copy)
        w->v[w->n++] = copy;
    else
        w->n = CHILD_WORDS_MAX; /* refused by child_start() */
}

void words_release(struct words *w)
{
    for (int i = 0; i < CHILD_WORDS_MAX && w->v[i]; i++)
        free(w->v[i]);
    *w = (struct words){ 0 };
}

/* Between fork and exec: only calls that are safe there. */
static void become(const char *path, char *const *words, const struct streams *s, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* died before that took hold */
        _exit(EXEC_FAILED);
    dup2(s->in, STDIN_FILENO);
    dup2(s->out, STDOUT_FILENO);
    dup2(s->err, STDERR_FILENO);
    execv(path, words);
    _exit(EXEC_FAILED);
}

enum status child_start(const char *command, const struct words *w, const struct streams *s,
                        pid_t *pid, struct err *err)
{
    char path[FIND_PATH_MAX];
    const pid_t parent = getpid();

    if (!find_program(command, path))
        return err_set(err, ST_FATAL, "unavailable: absa-%s does not stand beside this program",
                       command);
    if (w->n >= CHILD_WORDS_MAX)
        return err_set(err, ST_FATAL, "usage: the arguments for absa %s are too long", command);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return err_set(err, ST_FATAL, "/dev/null: %s", strerror(errno));
    const struct streams to = { s->in < 0 ? null : s->in, s->out < 0 ? null : s->out,
                                s->err < 0 ? null : s->err };
    *pid = fork();
    if (*pid == 0)
        become(path, w->v, &to, parent);
    close(null);
    if (*pid < 0)
        return err_set(err, ST_FATAL, "fork: %s", strerror(errno));
    setpgid(*pid, *pid);
    return ST_OK;
}

static int open_new(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        (void)err_set(err, ST_FATAL, "denied: %s: %s", path, strerror(errno));
    return fd;
}

enum status child_run(const char *command, const struct words *w, const char *out_path,
                      const char *err_path, int *status, struct err *err)
{
    struct streams s = { -1, open_new(out_path, err), open_new(err_path, err) };
    enum status st = s.out < 0 || s.err < 0 ? ST_FATAL : ST_OK;
    pid_t pid = -1;

    if (st == ST_OK)
        st = child_start(command, w, &s, &pid, err);
    if (s.out >= 0)
        close(s.out);
    if (s.err >= 0)
        close(s.err);
    while (st == ST_OK && waitpid(pid, status, 0) < 0) {
        if (errno != EINTR)
            st = err_set(err, ST_FATAL, "waitpid: %s", strerror(errno));
    }
    return st;
}

bool child_ended(pid_t pid, int *status)
{
    return waitpid(pid, status, WNOHANG) == pid;
}

void child_stop(pid_t pid, int64_t grace_ms)
{
    const int64_t until = now_mono_ms() + grace_ms;
    int status;

    kill(pid, SIGTERM);
    while (now_mono_ms() < until) {
        if (child_ended(pid, &status))
            return;
        now_nap(NAP_MS);
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
}

void child_last_line(const char *path, char *out, size_t n)
{
    char tail[TAIL_MAX];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    ssize_t got = 0;

    if (size > 0) {
        lseek(fd, size > TAIL_MAX ? size - TAIL_MAX : 0, SEEK_SET);
        got = read(fd, tail, sizeof(tail));
    }
    if (fd >= 0)
        close(fd);
    ssize_t end = got > 0 ? got : 0;
    while (end > 0 && tail[end - 1] == '\n')
        end--;
    ssize_t at = end;
    while (at > 0 && tail[at - 1] != '\n')
        at--;
    size_t k = 0;
    for (; at < end && k + 1 < n; at++)
        out[k++] = (char)(tail[at] >= ' ' && tail[at] <= '~' ? tail[at] : '?');
    out[k] = '\0';
}

int child_free_port(uint16_t wish)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons(wish),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int port = 0;
    const int on = 1; /* one that was closed a moment ago is free */

    if (fd >= 0 && wish > 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
        getsockname(fd, (struct sockaddr *)&a, &len) == 0)
        port = ntohs(a.sin_port);
    if (fd >= 0)
        close(fd);
    return port == 0 && wish > 0 ? child_free_port(0) : port;
}
