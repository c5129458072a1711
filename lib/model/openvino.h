/* SPDX-License-Identifier: MIT */
/* openvino.h -- OpenVINO's C API, looked for when a bundle asks for it: programs do not
 * link it, and run without it (docs/adr/0046).
 *
 * Looked for in the folder that $ABSA_OPENVINO names; else in the one that tools/openvino
 * fills; else where the loader looks. Once found it stays in the process. Only the parts
 * of the API that are used are described here; its values of one release family. */
#ifndef MODEL_OPENVINO_H
#define MODEL_OPENVINO_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Things of the library's, by its own names. */
struct ov_core;
struct ov_model;
struct ov_compiled_model;
struct ov_infer_request;
struct ov_tensor;

struct ov_shape {
    int64_t rank;
    int64_t *dims;
};

struct ov_version {
    const char *build;
    const char *description;
};

enum ov_element { OV_F32 = 4, OV_I8 = 7, OV_I32 = 9 };

/* Functions answer 0 when all went well; names as in the library, without its ov_. */
struct openvino {
    int (*get_openvino_version)(struct ov_version *);
    void (*version_free)(struct ov_version *);
    const char *(*get_last_err_msg)(void);
    void (*free)(const char *);
    int (*core_create)(struct ov_core **);
    void (*core_free)(struct ov_core *);
    int (*core_read_model_from_memory_buffer)(const struct ov_core *, const char *, size_t,
                                              const struct ov_tensor *, struct ov_model **);
    int (*core_compile_model)(const struct ov_core *, const struct ov_model *, const char *device,
                              size_t n_properties, struct ov_compiled_model **, ...);
    void (*model_free)(struct ov_model *);
    int (*compiled_model_create_infer_request)(const struct ov_compiled_model *,
                                               struct ov_infer_request **);
    int (*compiled_model_get_property)(const struct ov_compiled_model *, const char *, char **);
    void (*compiled_model_free)(struct ov_compiled_model *);
    int (*infer_request_set_tensor)(struct ov_infer_request *, const char *name,
                                    const struct ov_tensor *);
    int (*infer_request_infer)(struct ov_infer_request *);
    int (*infer_request_get_output_tensor_by_index)(const struct ov_infer_request *, size_t,
                                                    struct ov_tensor **);
    void (*infer_request_free)(struct ov_infer_request *);
    int (*tensor_create_from_host_ptr)(int element, struct ov_shape, void *, struct ov_tensor **);
    int (*tensor_get_shape)(const struct ov_tensor *, struct ov_shape *);
    int (*tensor_get_element_type)(const struct ov_tensor *, int *element);
    int (*tensor_data)(const struct ov_tensor *, void **);
    void (*tensor_free)(struct ov_tensor *);
    int (*shape_free)(struct ov_shape *);
};

/* Finds the library. ST_FATAL: it is not there, and what to install; or it is of another
 * release family. */
MUST_USE enum status openvino_find(struct openvino *out, struct err *err);

/* What the library said last, on one line, after what was tried: for a call that answered
 * something else than 0. Gives ST_FATAL. */
MUST_USE enum status openvino_failed(const struct openvino *ov, const char *what, struct err *err);

#endif
