/* SPDX-License-Identifier: MIT */
/* Retention took panes that open windows need, and perhaps scores: the judge says what leads on,
 * and windows that miss something say so. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "support/drift/judge_host.h"

static const struct fate calm = { 7, -1, false };

/* Takes the panes of the world until windows were written, and loses those that it has taken. */
static void run_and_cut(struct host *h, struct world *w)
{
    struct err err = { { 0 } };
    size_t used;

    host_empty(h, w);
    host_copy_panes(h, w, ALL_PANES, 1);
    assert_int_equal(host_start(h, &err), ST_OK);
    while (check_log_n(h->log, TOPIC_WINDOWS, 0) < 2 && !host_at_end(h)) {
        assert_int_equal(host_feed(h, 7, &used, &err), ST_OK);
        (void)host_settle(h, &calm);
        (void)host_commit(h, &calm);
    }
    assert_false(host_at_end(h));
    host_cut(h, h->committed);
}

/* The panes that open windows need are gone: it says so, and what to do leads on. */
static void a_log_that_was_cut(void **state)
{
    struct world *w = *state;
    struct arena *a = arena_new(64 << 20);
    struct host first;
    struct host h;
    struct err err = { { 0 } };
    char want[80];
    char to[TIME_INSTANT_LEN + 1];

    host_init(&first, w, w->panes);
    host_run(&first, &calm);
    for (int i = -1; i < 8; i += 4) {
        const struct fate f = { 5, i, i % 3 == 0 };

        run_and_cut(&h, w);
        const size_t before = check_log_n(h.log, TOPIC_WINDOWS, 0);
        const int64_t open_ms = host_window(&h, before - 1, a).end_ms;

        time_format_instant(open_ms, to);
        (void)snprintf(want, sizeof(want), "absa drift rewind --to %s counts", to);
        assert_int_equal(host_start(&h, &err), ST_FATAL);
        assert_non_null(strstr(err.msg, "config: absa.panes "));
        assert_non_null(strstr(err.msg, want));
        const struct order o = rewind_to(open_ms, WM_NONE);
        host_order(&h, &o);
        host_copy_panes(&h, w, ALL_PANES, 2);
        host_run(&h, &f);
        host_check_run_two(&first, &h, before, open_ms, a);
        host_release(&h);
    }
    host_release(&first);
    arena_free(a);
}

/* Scores are gone too: the windows that miss them say so, whenever it dies. */
static void a_rewind_to_what_is_left(void **state)
{
    struct world *w = *state;
    struct arena *a = arena_new(64 << 20);
    const struct order o = rewind_to(WM_NONE, T0 + 3 * HOUR);
    struct host h;

    for (int i = -1; i < 40; i += 10) {
        const struct fate f = { 5, i, i % 2 == 0 };
        size_t whole = 0;

        run_and_cut(&h, w);
        const size_t before = check_log_n(h.log, TOPIC_WINDOWS, 0);
        host_order(&h, &o);
        host_copy_panes(&h, w, ALL_PANES, 2);
        host_run(&h, &f);
        for (size_t k = before; k < check_log_n(h.log, TOPIC_WINDOWS, 0); k++) {
            struct window win = host_window(&h, k, a);

            assert_int_equal(win.run, 2);
            assert_int_equal(win.state == WINDOW_INCOMPLETE, win.start_ms < o.until_ms);
            whole += win.state == WINDOW_EVALUATED ? 1 : 0;
        }
        assert_true(whole > 0);
        host_release(&h);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_that_was_cut),
        cmocka_unit_test(a_rewind_to_what_is_left),
    };

    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
