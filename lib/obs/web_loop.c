/* SPDX-License-Identifier: MIT */
/* web_loop.c -- the server's thread: connections and how long they may take, events. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "now/now.h"
#include "obs/web_inner.h"

enum { TURN_MS = 200, SPARE = 32, BACKLOG = 1024, BLOCK = 4096 };

enum guest_state { ASKING, ANSWERED, FOLLOWING, CUT };

/* A connection. */
struct guest {
    struct web *web;
    struct guest *before;
    struct guest *after;
    struct MHD_Connection *con;
    int fd;
    int requests;
    int64_t since_ms; /* monotonic: of the state below */
    enum guest_state state;
    bool suspended;
    uint64_t seen;                 /* events, when it follows          */
    char text[WEB_EVENT_MAX + 64]; /* the one that goes out, from at on */
    size_t n;
    size_t at;
};

static void enter(struct guest *g, enum guest_state state)
{
    g->state = state;
    g->since_ms = now_mono_ms();
}

static void resume(struct guest *g)
{
    if (g->suspended)
        MHD_resume_connection(g->con);
    g->suspended = false;
}

/* The library sees the end of it and closes. */
static void cut(struct guest *g)
{
    enter(g, CUT);
    (void)shutdown(g->fd, SHUT_RDWR);
    resume(g);
    if (g->web->conf.metrics)
        metrics_add(g->web->conf.metrics, METRIC_HTTP_CUT, METRIC_NO_LABEL, 1);
}

/* The library takes some more: at its own limit it does not listen again before its next turn. */
static void make_room(const struct web *w)
{
    struct guest *g = w->first;

    while (g && g->state != ASKING)
        g = g->after;
    if (g && w->n >= WEB_CONNECTIONS)
        cut(g);
}

static struct guest *arrive(struct web *w, struct MHD_Connection *con)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(con, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct guest *g = calloc(1, sizeof(*g));

    if (!g)
        return NULL;
    make_room(w);
    *g = (struct guest){ .web = w, .con = con, .fd = info ? info->connect_fd : -1 };
    enter(g, ASKING);
    g->before = w->last;
    if (w->last)
        w->last->after = g;
    else
        w->first = g;
    w->last = g;
    w->n++;
    return g;
}

static void leave(struct guest *g)
{
    struct web *w = g->web;

    if (g->before)
        g->before->after = g->after;
    else
        w->first = g->after;
    if (g->after)
        g->after->before = g->before;
    else
        w->last = g->before;
    w->n--;
    free(g);
}

/* NOLINTBEGIN(readability-non-const-parameter): libmicrohttpd's signatures */
static void on_connection(void *cls, struct MHD_Connection *con, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *context = arrive(cls, con);
    else if (*context)
        leave(*context);
}

static struct guest *guest_of(struct MHD_Connection *con)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(con, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

static void on_completed(void *cls, struct MHD_Connection *con, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct guest *g = guest_of(con);

    (void)cls, (void)state, (void)code;
    if (g && g->state == ANSWERED)
        enter(g, ASKING);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *con, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    static int seen;
    const struct request r = { url, method, version };

    (void)data;
    if (*size > 0)
        return MHD_NO; /* the start of a body that was refused */
    if (*state || web_refuses(con, &r))
        return web_answer_request(cls, con, &r);
    *state = &seen; /* who answers at the first call ends the connection */
    return MHD_YES;
}
/* NOLINTEND(readability-non-const-parameter) */

bool web_asked(struct MHD_Connection *con)
{
    struct guest *g = guest_of(con);

    if (!g)
        return true;
    if (g->state == ASKING)
        enter(g, ANSWERED);
    return ++g->requests >= WEB_REQUESTS;
}

/* Takes over the newest event, unless it has gone out. */
static void next_event(struct guest *g)
{
    struct web *w = g->web;

    pthread_mutex_lock(&w->lock);
    if (g->seen != w->number && w->event.n <= sizeof(g->text)) {
        g->seen = w->number;
        g->n = w->event.n;
        g->at = 0;
        memcpy(g->text, w->event.p, g->n);
    }
    pthread_mutex_unlock(&w->lock);
}

static ssize_t on_read(void *cls, uint64_t pos, char *out, size_t max)
{
    struct guest *g = cls;

    (void)pos;
    if (g->state == CUT || atomic_load(&g->web->stop))
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (g->at == g->n)
        next_event(g);
    const size_t n = g->n - g->at < max ? g->n - g->at : max;
    if (n == 0) {
        g->suspended = true;
        MHD_suspend_connection(g->con);
        return 0;
    }
    memcpy(out, g->text + g->at, n);
    g->at += n;
    return (ssize_t)n;
}

static void on_end(void *cls)
{
    struct guest *g = cls;

    g->web->followers--;
}

struct MHD_Response *web_follow(struct web *w, struct MHD_Connection *con)
{
    static const char hello[] = ": hello\n\n";
    struct guest *g = guest_of(con);

    if (!g || w->followers >= WEB_FOLLOWERS)
        return NULL;
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, on_read, g, on_end);
    if (!r)
        return NULL;
    w->followers++;
    enter(g, FOLLOWING);
    g->n = strlen(hello);
    memcpy(g->text, hello, g->n);
    return r;
}

/* Who takes too long is cut; who follows and has something to read is woken. */
static void tend(struct web *w)
{
    const int64_t now = now_mono_ms();

    pthread_mutex_lock(&w->lock);
    const uint64_t number = w->number;
    pthread_mutex_unlock(&w->lock);
    for (struct guest *g = w->first; g; g = g->after) {
        const int64_t ms = now - g->since_ms;

        if ((g->state == ASKING && ms > (g->requests > 0 ? WEB_IDLE_MS : WEB_ASK_MS)) ||
            (g->state == ANSWERED && ms > WEB_ANSWER_MS))
            cut(g);
        else if (g->state == FOLLOWING && g->seen != number)
            resume(g);
    }
}

static int wait_ms(struct web *w)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;

    if (MHD_get_timeout(w->daemon, &ms) != MHD_YES || ms > TURN_MS)
        return TURN_MS;
    return (int)ms;
}

static void *serve(void *ctx)
{
    struct web *w = ctx;

    while (!atomic_load(&w->stop)) {
        struct pollfd fds[] = { { .fd = w->epoll, .events = POLLIN },
                                { .fd = w->wake, .events = POLLIN } };
        uint64_t ignored;

        if (poll(fds, 2, wait_ms(w)) > 0 && (fds[1].revents & POLLIN))
            (void)!read(w->wake, &ignored, sizeof(ignored));
        tend(w);
        (void)MHD_run(w->daemon);
    }
    return NULL;
}

/* The address as a socket wants it; 0: it is none. */
static socklen_t address_of(const struct web_conf *conf, struct sockaddr_storage *out)
{
    const char *text = conf->address ? conf->address : "127.0.0.1";
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(conf->port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(conf->port) };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(out, &v4, sizeof(v4));
        return sizeof(v4);
    }
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, sizeof(v6));
        return sizeof(v6);
    }
    return 0;
}

static enum status listen_on(struct web *w, struct err *err)
{
    struct sockaddr_storage at = { 0 };
    const char *text = w->conf.address ? w->conf.address : "127.0.0.1";

    if (address_of(&w->conf, &at) == 0)
        return err_set(err, ST_FATAL, "config: http.address %.100s is no address", text);
    const unsigned flags =
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (at.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0U);
    w->daemon = MHD_start_daemon(
        flags, w->conf.port, NULL, NULL, on_request, w, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&at, MHD_OPTION_CONNECTION_LIMIT, (unsigned)(WEB_CONNECTIONS + SPARE),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)(WEB_IDLE_MS / 1000), MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION, on_connection, w,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, w, MHD_OPTION_END);
    if (!w->daemon)
        return err_set(err, ST_FATAL, "config: http.port %u: cannot listen on %.100s",
                       (unsigned)w->conf.port, text);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    w->epoll = info ? info->listen_fd : -1;
    return w->epoll >= 0 ? ST_OK : err_set(err, ST_FATAL, "libmicrohttpd has no epoll");
}

static void web_free(struct web *w)
{
    if (w->daemon)
        MHD_stop_daemon(w->daemon);
    if (w->wake >= 0)
        close(w->wake);
    buf_release(&w->event);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

enum status web_start(const struct web_conf *conf, struct web **out, struct err *err)
{
    struct web *w = calloc(1, sizeof(*w));

    *out = NULL;
    if (!w)
        return err_set(err, ST_FATAL, "out of memory");
    w->conf = *conf;
    buf_init(&w->event, sizeof(w->first->text));
    pthread_mutex_init(&w->lock, NULL);
    w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    enum status st = w->wake >= 0 ? ST_OK : err_set(err, ST_FATAL, "no eventfd");
    if (st == ST_OK)
        st = listen_on(w, err);
    if (st == ST_OK && pthread_create(&w->thread, NULL, serve, w) != 0)
        st = err_set(err, ST_FATAL, "no thread for http.port");
    if (st == ST_OK)
        *out = w;
    else
        web_free(w);
    return st;
}

static void wake(struct web *w)
{
    const uint64_t one = 1;

    (void)!write(w->wake, &one, sizeof(one));
}

void web_stop(struct web *w)
{
    if (!w)
        return;
    atomic_store(&w->stop, true);
    wake(w);
    pthread_join(w->thread, NULL);
    for (struct guest *g = w->first; g; g = g->after)
        resume(g);
    web_free(w);
}

uint16_t web_port(const struct web *w)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info ? info->port : 0;
}

void web_event(struct web *w, const char *name, struct slice data)
{
    pthread_mutex_lock(&w->lock);
    buf_clear(&w->event);
    buf_fmt(&w->event, "event: %s\ndata: ", name);
    buf_slice_add(&w->event, data);
    buf_str(&w->event, "\n\n");
    if (buf_failed(&w->event))
        buf_clear(&w->event);
    w->number++;
    pthread_mutex_unlock(&w->lock);
    wake(w);
}
