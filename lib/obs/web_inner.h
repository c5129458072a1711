/* SPDX-License-Identifier: MIT */
/* web_inner.h -- what web.c (answers) and web_loop.c (connections, time) share. */
#ifndef OBS_WEB_INNER_H
#define OBS_WEB_INNER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "obs/web.h"

struct guest;

struct web {
    struct web_conf conf;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    int wake; /* an eventfd: stop, or an event */
    int epoll;
    atomic_bool stop;

    /* the thread's own */
    struct guest *first; /* the oldest connection */
    struct guest *last;
    int n;
    int followers;

    pthread_mutex_t lock; /* of what follows */
    struct buf event;     /* as it goes over the wire */
    uint64_t number;      /* of the event             */
};

struct request {
    const char *path;
    const char *method;
    const char *version;
};

/* web.c: whether it is refused before its body, if it has one, is looked at. */
bool web_refuses(struct MHD_Connection *con, const struct request *r);

/* web.c: answers a request whose headers are there. */
enum MHD_Result web_answer_request(struct web *w, struct MHD_Connection *con,
                                   const struct request *r);

/* web_loop.c: notes that a request is there; true: it is the last one of its connection. */
bool web_asked(struct MHD_Connection *con);

/* web_loop.c: a response that ends with the connection; NULL: there are too many, or no memory. */
struct MHD_Response *web_follow(struct web *w, struct MHD_Connection *con);

#endif
