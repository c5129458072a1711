/* SPDX-License-Identifier: MIT */
#include "stage/stage.h"

void stage_close(struct stage *s)
{
    if (s->ops && s->ops->close)
        s->ops->close(s->ctx);
    *s = (struct stage){ 0 };
}

const char *effect_how_name(enum effect_how how)
{
    static const char *const names[EFFECT_HOW_N] = {
        [EFFECT_SENT] = "sent",
        [EFFECT_RETRY] = "retry",
        [EFFECT_REFUSED] = "refused",
        [EFFECT_HOLD] = "held",
    };

    return names[how];
}

struct slice stage_header(const struct stage_rec *rec, const char *name)
{
    for (size_t i = 0; i < rec->nhdr; i++) {
        if (slice_is(rec->hdr[i].name, name))
            return rec->hdr[i].value;
    }
    return (struct slice){ NULL, 0 };
}
