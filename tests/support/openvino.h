/* SPDX-License-Identifier: MIT */
/* openvino.h -- for tests that need OpenVINO. */
#ifndef SUPPORT_OPENVINO_H
#define SUPPORT_OPENVINO_H

#include <stdio.h>

#include "model/openvino.h"

/* Not with sanitizers: they see neither what the library allocates nor its threads, and
 * call what they miss a defect. What calls it is tested there with a folder that has none. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { OPENVINO_FITS = 0 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { OPENVINO_FITS = 0 };
#else
enum { OPENVINO_FITS = 1 };
#endif
#else
enum { OPENVINO_FITS = 1 };
#endif

/* Whether it is here; says why a test is skipped when it is not. */
static inline int openvino_is_here(void)
{
    struct openvino ov;
    struct err err = { 0 };

    if (!OPENVINO_FITS) {
        printf("skipped: OpenVINO and sanitizers do not go together\n");
        return 0;
    }
    if (openvino_find(&ov, &err) != ST_OK) {
        printf("skipped: %s\n", err.msg);
        return 0;
    }
    return 1;
}

#endif
