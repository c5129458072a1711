/* SPDX-License-Identifier: MIT */
#include "model/encoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/openvino.h"
#include "score/linear.h"

const char *const precision_names[PRECISION_N] = { "f32", "bf16", "int8" };

/* What texts are padded to: the work grows with it, and comments are short. */
static const size_t lengths[] = { 8, 16, 24, 32, 40, 48, 64, 96, ENCODER_LENGTH_MAX };

enum { N_LENGTHS = sizeof(lengths) / sizeof(lengths[0]) };

struct encoder {
    struct openvino ov;
    struct encoder_conf conf;
    void *weights; /* the library reads them where they are */
    struct ov_core *core;
    struct ov_compiled_model *compiled;
    struct ov_infer_request *request;
    struct ov_tensor *ids[N_LENGTHS]; /* views of the rows below */
    struct ov_tensor *mask[N_LENGTHS];
    int32_t id_rows[ENCODER_BATCH * ENCODER_LENGTH_MAX];
    int32_t mask_rows[ENCODER_BATCH * ENCODER_LENGTH_MAX];
    size_t dim;
};

/* Rows on their way through the graph: which texts they are. */
struct batch {
    size_t of[ENCODER_BATCH];
    size_t n;
};

static enum status make_tensors(struct encoder *e, struct err *err)
{
    for (size_t i = 0; i < N_LENGTHS; i++) {
        int64_t dims[2] = { ENCODER_BATCH, (int64_t)lengths[i] };
        struct ov_shape shape = { 2, dims };

        if (e->ov.tensor_create_from_host_ptr(OV_I32, shape, e->id_rows, &e->ids[i]) != 0 ||
            e->ov.tensor_create_from_host_ptr(OV_I32, shape, e->mask_rows, &e->mask[i]) != 0)
            return openvino_failed(&e->ov, "a tensor", err);
    }
    return ST_OK;
}

static enum status read_graph(struct encoder *e, struct slice graph, size_t n_weights,
                              struct ov_model **out, struct err *err)
{
    int64_t dims[1] = { (int64_t)n_weights };
    struct ov_shape shape = { 1, dims };
    struct ov_tensor *weights = NULL;
    enum status st = ST_OK;

    if (e->ov.tensor_create_from_host_ptr(OV_I8, shape, e->weights, &weights) != 0)
        return openvino_failed(&e->ov, "the weights", err);
    if (e->ov.core_read_model_from_memory_buffer(e->core, graph.p, graph.n, weights, out) != 0)
        st = openvino_failed(&e->ov, "the graph does not load", err);
    e->ov.tensor_free(weights);
    return st;
}

/* A CPU without bfloat16 would answer in f32, and not say so. */
static enum status check_precision(struct encoder *e, struct err *err)
{
    char *hint = NULL;
    enum status st = ST_OK;

    if (e->conf.precision != PRECISION_BF16)
        return ST_OK;
    if (e->ov.compiled_model_get_property(e->compiled, "INFERENCE_PRECISION_HINT", &hint) != 0)
        return openvino_failed(&e->ov, "the precision", err);
    if (strcmp(hint, "bf16") != 0)
        st = err_set(err, ST_FATAL, "this CPU has no bfloat16: take a bundle of f32 or int8");
    e->ov.free(hint);
    return st;
}

static enum status compile(struct encoder *e, const struct ov_model *model, struct err *err)
{
    const char *hint = e->conf.precision == PRECISION_BF16 ? "bf16" : "f32";
    char threads[16];

    snprintf(threads, sizeof(threads), "%d", e->conf.threads);
    if (e->ov.core_compile_model(e->core, model, "CPU", 6, &e->compiled, "INFERENCE_PRECISION_HINT",
                                 hint, "INFERENCE_NUM_THREADS", threads, "NUM_STREAMS", "1") != 0)
        return openvino_failed(&e->ov, "the graph does not compile", err);
    if (e->ov.compiled_model_create_infer_request(e->compiled, &e->request) != 0)
        return openvino_failed(&e->ov, "a request", err);
    return check_precision(e, err);
}

/* The answer must be rows of floats; the first answer says how many. */
static enum status check_answer(struct encoder *e, const struct ov_tensor *answer, struct err *err)
{
    struct ov_shape shape = { 0, NULL };
    enum status st = ST_OK;
    int element = -1;

    if (e->ov.tensor_get_element_type(answer, &element) != 0 ||
        e->ov.tensor_get_shape(answer, &shape) != 0)
        return openvino_failed(&e->ov, "the answer", err);
    if (element != OV_F32 || shape.rank != 2 || shape.dims[0] != ENCODER_BATCH ||
        shape.dims[1] < 1 || shape.dims[1] > LINEAR_DIM_MAX ||
        (e->dim > 0 && shape.dims[1] != (int64_t)e->dim))
        st = err_set(err, ST_FATAL, "the graph's answer is not %d rows of 1..%d floats",
                     ENCODER_BATCH, LINEAR_DIM_MAX);
    else
        e->dim = (size_t)shape.dims[1];
    (void)e->ov.shape_free(&shape);
    return st;
}

/* Runs the rows and hands each embedding to its text. */
static enum status infer(struct encoder *e, size_t length, const struct batch *batch, float *out,
                         struct err *err)
{
    struct ov_tensor *answer = NULL;
    void *rows = NULL;
    enum status st;

    if (e->ov.infer_request_set_tensor(e->request, "input_ids", e->ids[length]) != 0 ||
        e->ov.infer_request_set_tensor(e->request, "attention_mask", e->mask[length]) != 0)
        return openvino_failed(&e->ov, "the graph's inputs", err);
    if (e->ov.infer_request_infer(e->request) != 0 ||
        e->ov.infer_request_get_output_tensor_by_index(e->request, 0, &answer) != 0)
        return openvino_failed(&e->ov, "the graph does not run", err);
    st = check_answer(e, answer, err);
    if (st == ST_OK && e->ov.tensor_data(answer, &rows) != 0)
        st = openvino_failed(&e->ov, "the answer", err);
    for (size_t i = 0; st == ST_OK && i < batch->n; i++)
        memcpy(out + batch->of[i] * e->dim, (float *)rows + i * e->dim, e->dim * sizeof(*out));
    e->ov.tensor_free(answer);
    return st;
}

/* Writes a text as a row of so many pieces; NULL: an empty one. */
static void fill_row(struct encoder *e, size_t row, size_t length, const struct pieces *text)
{
    int32_t *id = e->id_rows + row * length;
    int32_t *mask = e->mask_rows + row * length;
    size_t n = text ? text->n : 0;

    memset(id, 0, length * sizeof(*id));
    memset(mask, 0, length * sizeof(*mask));
    id[0] = e->conf.start;
    for (size_t i = 0; i < n; i++)
        id[i + 1] = text->id[i];
    id[n + 1] = e->conf.end;
    for (size_t i = 0; i < n + 2; i++)
        mask[i] = 1;
}

static enum status flush(struct encoder *e, size_t length, struct batch *batch, float *out,
                         struct err *err)
{
    enum status st;

    for (size_t row = batch->n; row < ENCODER_BATCH; row++)
        fill_row(e, row, lengths[length], NULL);
    st = infer(e, length, batch, out, err);
    batch->n = 0;
    return st;
}

/* The shortest length that holds a text. */
static size_t length_of(const struct pieces *text)
{
    size_t i = 0;

    while (text->n + 2 > lengths[i])
        i++;
    return i;
}

enum status encoder_run(struct encoder *e, const struct pieces *texts, size_t n, float *out,
                        struct err *err)
{
    enum status st = ST_OK;

    for (size_t length = 0; st == ST_OK && length < N_LENGTHS; length++) {
        struct batch batch = { .n = 0 };

        for (size_t i = 0; st == ST_OK && i < n; i++) {
            if (length_of(&texts[i]) != length)
                continue;
            fill_row(e, batch.n, lengths[length], &texts[i]);
            batch.of[batch.n++] = i;
            if (batch.n == ENCODER_BATCH)
                st = flush(e, length, &batch, out, err);
        }
        if (st == ST_OK && batch.n > 0)
            st = flush(e, length, &batch, out, err);
    }
    return st;
}

/* The shortest and the longest rows, so that a graph that cannot do them is found now. */
static enum status try_graph(struct encoder *e, struct err *err)
{
    struct batch none = { .n = 0 };
    enum status st = flush(e, 0, &none, NULL, err);

    return st == ST_OK ? flush(e, N_LENGTHS - 1, &none, NULL, err) : st;
}

static enum status load(struct encoder *e, struct slice graph, struct slice weights,
                        struct err *err)
{
    struct ov_model *model = NULL;
    enum status st = openvino_find(&e->ov, err);

    if (st != ST_OK)
        return st;
    e->weights = malloc(weights.n > 0 ? weights.n : 1);
    if (!e->weights)
        return err_set(err, ST_FATAL, "out of memory for %zu weights", weights.n);
    if (weights.n > 0)
        memcpy(e->weights, weights.p, weights.n);
    if (e->ov.core_create(&e->core) != 0)
        return openvino_failed(&e->ov, "it does not start", err);
    st = make_tensors(e, err);
    if (st == ST_OK)
        st = read_graph(e, graph, weights.n, &model, err);
    if (st == ST_OK)
        st = compile(e, model, err);
    if (model)
        e->ov.model_free(model);
    return st == ST_OK ? try_graph(e, err) : st;
}

enum status encoder_new(struct slice graph, struct slice weights, const struct encoder_conf *conf,
                        struct encoder **out, struct err *err)
{
    struct encoder *e = calloc(1, sizeof(*e));
    enum status st;

    *out = NULL;
    if (!e)
        return err_set(err, ST_FATAL, "out of memory for an encoder");
    e->conf = *conf;
    st = load(e, graph, weights, err);
    if (st != ST_OK) {
        encoder_free(e);
        return st;
    }
    *out = e;
    return ST_OK;
}

void encoder_free(struct encoder *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < N_LENGTHS; i++) {
        if (e->ids[i])
            e->ov.tensor_free(e->ids[i]);
        if (e->mask[i])
            e->ov.tensor_free(e->mask[i]);
    }
    if (e->request)
        e->ov.infer_request_free(e->request);
    if (e->compiled)
        e->ov.compiled_model_free(e->compiled);
    if (e->core)
        e->ov.core_free(e->core);
    free(e->weights);
    free(e);
}

size_t encoder_dim(const struct encoder *e)
{
    return e->dim;
}
