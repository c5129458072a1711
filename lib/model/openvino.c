/* SPDX-License-Identifier: MIT */
#include "model/openvino.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/slice.h"

/* The release family whose element types and shapes openvino.h describes, its file first. */
static const char family[] = "2026.";
static const char *const files[] = { "libopenvino_c.so.2641", "libopenvino_c.so" };

enum { N_FILES = sizeof(files) / sizeof(files[0]), PATH_LEN = 4096, MESSAGE_LEN = 200 };

static const struct {
    const char *name;
    size_t at;
} functions[] = {
#define F(name)                                                                                    \
    {                                                                                              \
        "ov_" #name, offsetof(struct openvino, name)                                               \
    }
    F(get_openvino_version),
    F(version_free),
    F(get_last_err_msg),
    F(free),
    F(core_create),
    F(core_free),
    F(core_read_model_from_memory_buffer),
    F(core_compile_model),
    F(model_free),
    F(compiled_model_create_infer_request),
    F(compiled_model_get_property),
    F(compiled_model_free),
    F(infer_request_set_tensor),
    F(infer_request_infer),
    F(infer_request_get_output_tensor_by_index),
    F(infer_request_free),
    F(tensor_create_from_host_ptr),
    F(tensor_get_shape),
    F(tensor_get_element_type),
    F(tensor_data),
    F(tensor_free),
    F(shape_free),
#undef F
};

enum { N_FUNCTIONS = sizeof(functions) / sizeof(functions[0]) };

/* Its threads outlive whoever started them: it is never unloaded. */
static void *open_in(const char *dir, size_t file)
{
    char path[PATH_LEN];
    int n = snprintf(path, sizeof(path), "%s%s%s", dir, *dir ? "/" : "", files[file]);

    if (n < 0 || (size_t)n >= sizeof(path))
        return NULL;
    return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

static void *open_any(const char *dir)
{
    void *library = NULL;

    for (size_t i = 0; !library && i < N_FILES; i++)
        library = open_in(dir, i);
    return library;
}

static void *find_library(void)
{
    const char *env = getenv("ABSA_OPENVINO");
    void *library = NULL;

    if (env && *env)
        return open_any(env);
    if (access(OPENVINO_FETCHED_DIR, F_OK) == 0)
        library = open_any(OPENVINO_FETCHED_DIR);
    return library ? library : open_any("");
}

static enum status check_family(const struct openvino *ov, struct err *err)
{
    struct ov_version version = { NULL, NULL };
    enum status st = ST_OK;

    if (ov->get_openvino_version(&version) != 0)
        return openvino_failed(ov, "its version", err);
    if (!version.build || strncmp(version.build, family, strlen(family)) != 0)
        st = err_set(err, ST_FATAL, "OpenVINO %.20s: want %sx (pip install openvino==2026.4.1)",
                     version.build ? version.build : "of no version", family);
    ov->version_free(&version);
    return st;
}

enum status openvino_find(struct openvino *out, struct err *err)
{
    void *library = find_library();
    void *found[N_FUNCTIONS] = { NULL };

    if (!library)
        return err_set(err, ST_FATAL,
                       "OpenVINO is not here: tools/setup --full fetches it; elsewhere, pip "
                       "install openvino==2026.4.1 and name its folder openvino/libs in "
                       "ABSA_OPENVINO");
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        found[i] = dlsym(library, functions[i].name);
        if (!found[i])
            return err_set(err, ST_FATAL, "OpenVINO has no %s: want %sx", functions[i].name,
                           family);
        memcpy((char *)out + functions[i].at, &found[i], sizeof(found[i]));
    }
    return check_family(out, err);
}

/* The last line of a message says what it is about; those before, where it was. */
static struct slice last_line(const char *msg)
{
    struct slice s = slice_trim(slice_str(msg));
    const char *p = s.p + s.n;

    while (p > s.p && p[-1] != '\n')
        p--;
    return (struct slice){ p, (size_t)(s.p + s.n - p) };
}

enum status openvino_failed(const struct openvino *ov, const char *what, struct err *err)
{
    const char *msg = ov->get_last_err_msg();
    struct slice line = last_line(msg ? msg : "no reason given");

    err_message(err, "OpenVINO: %s: %.*s", what,
                (int)(line.n < MESSAGE_LEN ? line.n : (size_t)MESSAGE_LEN), line.p);
    if (msg)
        ov->free(msg);
    return ST_FATAL;
}
