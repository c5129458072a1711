/* SPDX-License-Identifier: MIT */
#include "ingest/when.h"

#include "ingest/field.h"

static const int64_t oldest_ms = INT64_C(1104537600000);    /* 2005-01-01 */
static const int64_t oldest_id_ms = INT64_C(1388534400000); /* 2014-01-01 */
static const int64_t future_ms = 5 * MS_MINUTE;
static const int64_t zone_step_ms = 15 * MS_MINUTE;
static const int64_t zone_max_ms = 14 * MS_HOUR;
static const int64_t slack_ms = 3 * MS_MINUTE;
static const int64_t posting_ms = 24 * MS_HOUR;

static bool in_future(int64_t ms, int64_t arrival_ms)
{
    return ms > arrival_ms + future_ms;
}

static bool read_text(struct slice s, enum time_form form, enum time_unit unit, int64_t *ms)
{
    bool zoned;
    int64_t n;

    if (slice_to_int64(s, &n))
        return time_from_epoch(n, unit, ms);
    if (form == TIME_FORM_DMY && time_parse_dmy(s, ms))
        return true;
    return time_parse_iso(s, ms, &zoned);
}

bool when_read(const json_t *v, enum time_form form, enum time_unit unit, int64_t *ms, bool *has)
{
    *has = v && !(json_is_string(v) && field_string(v).n == 0);
    if (!*has)
        return true;
    if (form == TIME_FORM_SECONDS)
        unit = TIME_UNIT_S;
    if (json_is_integer(v))
        return time_from_epoch(json_integer_value(v), unit, ms);
    return json_is_string(v) && read_text(field_string(v), form, unit, ms);
}

/* The creation second that an id tells, in ms; false when it tells none. */
static bool when_of_id(struct slice id, int64_t arrival_ms, int64_t *ms)
{
    int64_t n;

    if (!slice_to_int64(id, &n))
        return false;
    *ms = (n >> 32) * MS_SECOND;
    return n > 0 && *ms >= oldest_id_ms && !in_future(*ms, arrival_ms);
}

/* How far a local time is from UTC if diff (field less id) can be a zone, 0 if
 * the two agree as they are. */
static bool zone_of(int64_t diff, int64_t *zone)
{
    *zone = time_floor(diff + zone_step_ms / 2, zone_step_ms);
    const int64_t rest = diff - *zone;

    return rest >= -slack_ms && rest <= slack_ms && *zone >= -zone_max_ms && *zone <= zone_max_ms;
}

const char *when_decide(int64_t field_ms, bool has, struct slice id, int64_t arrival_ms,
                        struct when *out, enum dead_reason *reason)
{
    int64_t id_ms;
    int64_t zone;
    const bool id_tells = when_of_id(id, arrival_ms, &id_ms);

    if (!has) {
        *out =
            id_tells ? (struct when){ id_ms, TIME_ID } : (struct when){ arrival_ms, TIME_ARRIVAL };
        return NULL;
    }
    /* The range first, so that no difference below can overflow; wide enough
     * for a local time that is ahead of arrival. */
    if (field_ms < oldest_ms - zone_max_ms) {
        *reason = DEAD_CLOCK;
        return "written before 2005";
    }
    if (id_tells && field_ms - oldest_ms < INT64_MAX / 2 && zone_of(field_ms - id_ms, &zone)) {
        *out = (struct when){ field_ms - zone, zone == 0 ? TIME_FIELD : TIME_ZONE };
        return NULL;
    }
    if (field_ms < oldest_ms) {
        *reason = DEAD_CLOCK;
        return "written before 2005";
    }
    /* A local time of a comment that was long in posting (seen: 23 h) is ahead of
     * an arrival that was made from the id. */
    if (in_future(field_ms, arrival_ms) && !(id_tells && field_ms < id_ms + posting_ms)) {
        *reason = DEAD_CLOCK_SKEW;
        return "written more than 5 minutes after it arrived";
    }
    *out = id_tells ? (struct when){ id_ms, TIME_ID } : (struct when){ field_ms, TIME_FIELD };
    return NULL;
}
