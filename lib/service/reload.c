/* SPDX-License-Identifier: MIT */
#include "obs/log.h"
#include "service/service.h"

enum { LIST_MAX = 3000 };

enum status service_reload(struct app_run *run, struct err *err)
{
    struct buf what;
    struct buf why;

    buf_init(&what, LIST_MAX);
    buf_init(&why, LIST_MAX);
    enum status st = app_reload(run, &what, &why, err);
    buf_byte(&what, '\0');
    buf_byte(&why, '\0');
    if (st == ST_REJECT)
        log_error("the configuration stays as it was",
                  LOG_STR("why", buf_failed(&why) ? "too much to list" : why.p));
    else if (st == ST_OK)
        log_info("configuration taken over",
                 LOG_STR("changed", buf_failed(&what) ? "too much to list" : what.p));
    buf_release(&what);
    buf_release(&why);
    return st;
}
