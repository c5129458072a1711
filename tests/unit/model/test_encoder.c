/* SPDX-License-Identifier: MIT */
/* What the encoder refuses, and that a text goes to its row and back: with a graph that
 * is the mean of a table's rows (tests/golden/minilm/tiny.xml). */
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "file/file.h"
#include "model/encoder.h"
#include "support/openvino.h"

enum { FILE_MAX = 1 << 20, TEXTS = 40 };

static const struct encoder_conf conf = { PRECISION_F32, 1, 30, 31 };
static struct buf graph, weights;

static int read_tiny(void **state)
{
    struct err err = { 0 };

    (void)state;
    buf_init(&graph, FILE_MAX);
    buf_init(&weights, FILE_MAX);
    assert_int_equal(file_read("tests/golden/minilm/tiny.xml", &graph, &err), ST_OK);
    assert_int_equal(file_read("tests/golden/minilm/tiny.bin", &weights, &err), ST_OK);
    return 0;
}

static int forget_tiny(void **state)
{
    (void)state;
    buf_release(&graph);
    buf_release(&weights);
    return 0;
}

static void refused(struct slice g, struct slice w, const char *why)
{
    struct encoder *e;
    struct err err = { 0 };

    assert_int_equal(encoder_new(g, w, &conf, &e, &err), ST_FATAL);
    assert_null(e);
    if (!strstr(err.msg, why))
        fail_msg("\"%s\" does not say \"%s\"", err.msg, why);
}

/* The graph with one text for another. */
static void refused_with(const char *from, const char *to, const char *why)
{
    struct buf changed;
    const char *at = graph.p;
    const char *end = graph.p + graph.n;

    buf_init(&changed, FILE_MAX);
    for (const char *hit; (hit = strstr(at, from)); at = hit + strlen(from)) {
        buf_add(&changed, at, (size_t)(hit - at));
        buf_str(&changed, to);
    }
    assert_ptr_not_equal(at, graph.p);
    buf_add(&changed, at, (size_t)(end - at));
    refused(buf_slice(&changed), buf_slice(&weights), why);
    buf_release(&changed);
}

static void without_the_library_it_says_what_to_install(void **state)
{
    (void)state;
    assert_int_equal(setenv("ABSA_OPENVINO", "/nonexistent", 1), 0);
    refused(buf_slice(&graph), buf_slice(&weights), "pip install openvino==");
    assert_int_equal(unsetenv("ABSA_OPENVINO"), 0);
}

/* Text i has i pieces, all of them i % 30. */
static void make_texts(struct pieces *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        texts[i].n = i * 3;
        for (size_t k = 0; k < texts[i].n; k++)
            texts[i].id[k] = (int32_t)(i % 30);
    }
}

static void each_text_gets_its_own_mean(void **state)
{
    static struct pieces texts[TEXTS];
    float out[TEXTS * 2];
    struct encoder *e;
    struct err err = { 0 };

    (void)state;
    if (!openvino_is_here())
        skip();
    make_texts(texts, TEXTS);
    if (encoder_new(buf_slice(&graph), buf_slice(&weights), &conf, &e, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(encoder_dim(e), 2);
    assert_int_equal(encoder_run(e, texts, TEXTS, out, &err), ST_OK);
    for (size_t i = 0; i < TEXTS; i++) {
        double n = (double)texts[i].n;
        double want = (30.0 + 31.0 + n * (double)(i % 30)) / (n + 2.0);

        if (!((double)out[2 * i] > want - 1e-4 && (double)out[2 * i] < want + 1e-4))
            fail_msg("text %zu: %f, want %f", i, (double)out[2 * i], want);
        assert_true(out[2 * i + 1] > 0.9999F && out[2 * i + 1] < 1.0001F);
    }
    assert_int_equal(encoder_run(e, texts, 0, out, &err), ST_OK);
    encoder_free(e);
}

static void a_graph_that_is_none_is_refused(void **state)
{
    const struct slice g = buf_slice(&graph);
    const struct slice w = buf_slice(&weights);

    (void)state;
    if (!openvino_is_here())
        skip();
    refused((struct slice){ g.p, 0 }, w, "OpenVINO: ");
    refused((struct slice){ "no graph", 8 }, w, "OpenVINO: ");
    refused((struct slice){ g.p, g.n / 2 }, w, "OpenVINO: the graph does not load");
    refused(g, (struct slice){ w.p, w.n / 2 }, "OpenVINO: the graph does not load");
    refused(g, (struct slice){ w.p, 0 }, "OpenVINO: ");
}

static void a_graph_of_another_shape_is_refused(void **state)
{
    (void)state;
    if (!openvino_is_here())
        skip();
    refused_with("shape=\"?,?\"", "shape=\"4,16\"", "OpenVINO: ");
    refused_with("names=\"input_ids\"", "names=\"words\"", "OpenVINO: the graph's inputs");
    refused_with("names=\"attention_mask\"", "names=\"mask\"", "OpenVINO: the graph's inputs");
    refused_with("type=\"ReduceSum\"", "type=\"ReduceNothing\"", "OpenVINO: ");
    /* It adds up texts, not pieces: eight rows of the shortest texts, and more of the longest. */
    refused_with("offset=\"272\"", "offset=\"256\"", "not 8 rows of 1..384 floats");
    refused_with("keep_dims=\"false\"", "keep_dims=\"true\"", "not 8 rows of 1..384 floats");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_library_it_says_what_to_install),
        cmocka_unit_test(each_text_gets_its_own_mean),
        cmocka_unit_test(a_graph_that_is_none_is_refused),
        cmocka_unit_test(a_graph_of_another_shape_is_refused),
    };

    return cmocka_run_group_tests(tests, read_tiny, forget_tiny);
}
