/* SPDX-License-Identifier: MIT */
/* Messages as they were looked at and found good: tests/golden/notify. With
 * ABSA_UPDATE=1 it writes them anew. */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/render_inner.h"
#include "support/notify/alerts.h"

static void expect(const char *name, struct slice is)
{
    char path[128];
    static char want[1 << 18];

    snprintf(path, sizeof(path), "tests/golden/notify/%s", name);
    if (getenv("ABSA_UPDATE")) {
        FILE *f = fopen(path, "wb");

        assert_non_null(f);
        assert_int_equal(fwrite(is.p, 1, is.n, f), is.n);
        assert_int_equal(fclose(f), 0);
        return;
    }
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(want, 1, sizeof(want), f);
    fclose(f);
    if (n != is.n || memcmp(want, is.p, n) != 0)
        fail_msg("%s is now:\n%.*s", path, SLICE_ARG(is));
}

static void check(const char *name, const struct telling *t, const char *subject)
{
    struct buf part[3];
    struct err err = { 0 };
    char file[64];

    for (size_t i = 0; i < 3; i++)
        buf_init(&part[i], MESSAGE_MAX);
    assert_int_equal(render(t, &part[0], &part[1], &part[2], &err), ST_OK);
    assert_true(slice_is(buf_slice(&part[0]), subject));
    snprintf(file, sizeof(file), "%s.txt", name);
    expect(file, buf_slice(&part[1]));
    snprintf(file, sizeof(file), "%s.html", name);
    expect(file, buf_slice(&part[2]));
    for (size_t i = 0; i < 3; i++)
        buf_release(&part[i]);
}

static void test_messages(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct alert v[2] = { sample_alert(a, "all", 0, 1), sample_alert(a, "lang:de", 0, 2) };
    const struct telling one = { v, 1, 0 };
    const struct telling over = { v + 1, 1, 0 };
    const struct telling both = { v, 2, 3 };

    (void)state;
    check("critical", &one, "[absa] CRITICAL drift in all: sentiment_score, PSI 0.412");
    check("resolved", &over, "[absa] RESOLVED drift in lang:de: sentiment_score");
    check("both", &both, "[absa] CRITICAL drift: 2 alerts (still, 3)");
    arena_free(a);
}

/* Names from elsewhere stay text; arrays that do not fit make no picture. */
static void test_hostile_alert(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct alert al = sample_alert(a, "x\r\nBcc: y<script>\"&", 0, 0);
    const struct telling t = { &al, 1, 0 };
    struct buf part[3];
    struct err err = { 0 };

    (void)state;
    al.window_counts.n = 3;
    al.moved.v[0].bin = 1000;
    for (size_t i = 0; i < 3; i++)
        buf_init(&part[i], MESSAGE_MAX);
    assert_int_equal(render(&t, &part[0], &part[1], &part[2], &err), ST_OK);
    for (size_t i = 0; i < part[0].n; i++)
        assert_true((unsigned char)part[0].p[i] >= ' ');
    buf_byte(&part[2], '\0');
    assert_null(strstr(part[2].p, "<script"));
    assert_non_null(strstr(part[2].p, "&lt;script&gt;&quot;&amp;"));
    for (size_t i = 0; i < 3; i++)
        buf_release(&part[i]);
    arena_free(a);
}

/* The command can be pasted; of many other features those that moved most are named. */
static void test_many_others(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct alert al = sample_alert(a, "all", 0, 0);
    const struct telling t = { &al, 1, 0 };
    struct other_feature others[11];
    struct buf part[3];
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < 11; i++)
        others[i] = (struct other_feature){ .name = slice_str(i == 10 ? "most" : "some"),
                                            .psi = 0.25 + (double)i / 100,
                                            .severity = SEVERITY_WARNING };
    al.others.v = others;
    al.others.n = 11;
    al.alert_id = slice_str("00ff");
    al.psi_bins.v[3] = 0;                        /* bin 0 is now of two pieces */
    al.edges.v[4] = nextafter(al.edges.v[3], 1); /* and the last but one is a value alone */
    for (size_t i = 0; i < 3; i++)
        buf_init(&part[i], MESSAGE_MAX);
    assert_int_equal(render(&t, &part[0], &part[1], &part[2], &err), ST_OK);
    for (size_t i = 1; i < 3; i++) {
        buf_byte(&part[i], '\0');
        assert_non_null(strstr(part[i].p, "-J | grep 00ff | absa verify-alert -"));
        assert_non_null(strstr(part[i].p, "and 3 more"));
        assert_true(strstr(part[i].p, "most") < strstr(part[i].p, "some"));
        assert_null(strstr(part[i].p, "0.270")); /* the third least */
        assert_non_null(strstr(part[i].p, "0.280"));
    }
    assert_non_null(strstr(part[2].p, "other below 0.25"));
    assert_non_null(strstr(part[2].p, "<td>0.25</td>"));
    assert_non_null(strstr(part[2].p, "<b>above 0.25</b>"));
    for (size_t i = 0; i < 3; i++)
        buf_release(&part[i]);
    arena_free(a);
}

/* As many alerts as a group can have, each as large as it gets: it is still a message, and its
 * subject is cut between characters. */
static void test_a_message_always_fits(void **state)
{
    enum { ALERTS = 16, CELLS = BINS_MAX };
    static char wide[100000];
    struct arena *a = arena_new(1 << 24);
    struct alert v[ALERTS];
    struct other_feature others[VIEW_OTHERS_MAX];
    int64_t counts[CELLS];
    int32_t bins[CELLS];
    double edges[CELLS];
    struct buf part[3];
    struct err err = { 0 };

    (void)state;
    memset(wide, '"', sizeof(wide));
    const struct slice text = { wide, sizeof(wide) };
    for (int i = 0; i < CELLS; i++) {
        counts[i] = 1000000;
        bins[i] = i;
        edges[i] = -1.2345e-300 * (CELLS - i);
    }
    for (size_t i = 0; i < VIEW_OTHERS_MAX; i++)
        others[i] =
            (struct other_feature){ .name = text, .psi = 1e300, .severity = SEVERITY_CRITICAL };
    for (size_t i = 0; i < ALERTS; i++) {
        v[i] = sample_alert(a, "all", 0, 1);
        v[i].feature = v[i].segment = v[i].message = v[i].todo = v[i].alert_id = text;
        v[i].others.v = others;
        v[i].others.n = VIEW_OTHERS_MAX;
        v[i].edges = (struct doubles){ edges, CELLS - 1 };
        v[i].psi_bins = (struct ints){ bins, CELLS };
        v[i].baseline_counts = v[i].window_counts = (struct longs){ counts, CELLS };
    }
    for (size_t i = 0; i < 3; i++)
        buf_init(&part[i], i == 0 ? SUBJECT_MAX : MESSAGE_MAX);
    const struct telling all = { v, ALERTS, 1 };
    assert_int_equal(render(&all, &part[0], &part[1], &part[2], &err), ST_OK);

    for (size_t i = 0; i + 2 < sizeof(wide); i += 3)
        memcpy(wide + i, "\xe2\x82\xac", 3);
    const struct telling one = { v, 1, 0 };
    assert_int_equal(render(&one, &part[0], &part[1], &part[2], &err), ST_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_true(utf8_valid(buf_slice(&part[i])));
        buf_release(&part[i]);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_hostile_alert),
        cmocka_unit_test(test_many_others),
        cmocka_unit_test(test_a_message_always_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
