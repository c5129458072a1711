/* SPDX-License-Identifier: MIT */
#include "ingest/shapes.h"

#include <stdbool.h>
#include <string.h>

/* TikTok's own object, as the web page loads it: scrapers that hand it on
 * (TikTok-Api, TikHub, epctex, pytok) add and drop keys around these. */
static const struct alias tiktok_web[] = {
    { FIELD_ID, "cid" },
    { FIELD_VIDEO, "aweme_id" },
    { FIELD_PARENT, "reply_id" },
    { FIELD_USER, "user.uid" },
    { FIELD_USER, "user.unique_id" },
    { FIELD_TEXT, "text" },
    { FIELD_LANG, "comment_language" },
    { FIELD_CREATED, "create_time" },
    { FIELD_LIKES, "digg_count" },
    { FIELD_REPLIES, "reply_comment_total" },
    { FIELD_MEDIA, "image_list" },
};

static const struct alias ttcommentexporter[] = {
    { FIELD_ID, "Comment ID" },    { FIELD_PARENT, "Reply to Which Comment" },
    { FIELD_USER, "User ID" },     { FIELD_USER, "Username" },
    { FIELD_TEXT, "Comment" },     { FIELD_CREATED, "Comment Time" },
    { FIELD_LIKES, "Digg Count" }, { FIELD_REPLIES, "Reply Count" },
};

static const struct alias apify_clockworks[] = {
    { FIELD_ID, "cid" },
    { FIELD_VIDEO, "videoWebUrl" },
    { FIELD_VIDEO, "submittedVideoUrl" },
    { FIELD_VIDEO, "input" },
    { FIELD_PARENT, "repliesToId" },
    { FIELD_USER, "uid" },
    { FIELD_USER, "user.uid" },
    { FIELD_USER, "uniqueId" },
    { FIELD_TEXT, "text" },
    { FIELD_CREATED, "createTime" },
    { FIELD_LIKES, "diggCount" },
    { FIELD_REPLIES, "replyCommentTotal" },
};

static const struct alias research_api[] = {
    { FIELD_ID, "id" },
    { FIELD_VIDEO, "video_id" },
    { FIELD_PARENT, "parent_comment_id" },
    { FIELD_TEXT, "text" },
    { FIELD_CREATED, "create_time" },
    { FIELD_LIKES, "like_count" },
    { FIELD_REPLIES, "reply_count" },
};

static const struct alias romy[] = {
    { FIELD_ID, "comment_id" },       { FIELD_USER, "username" },       { FIELD_TEXT, "comment" },
    { FIELD_CREATED, "create_time" }, { FIELD_REPLIES, "total_reply" },
};

static const struct alias apify_happy_b[] = {
    { FIELD_ID, "commentId" },        { FIELD_PARENT, "parentCommentId" },
    { FIELD_USER, "authorUid" },      { FIELD_USER, "authorUniqueId" },
    { FIELD_TEXT, "content" },        { FIELD_LANG, "commentLanguage" },
    { FIELD_CREATED, "publishedAt" }, { FIELD_LIKES, "likeCount" },
    { FIELD_REPLIES, "replyCount" },
};

static const struct alias apidojo[] = {
    { FIELD_ID, "id" },
    { FIELD_VIDEO, "awemeId" },
    { FIELD_USER, "user.username" },
    { FIELD_TEXT, "text" },
    { FIELD_CREATED, "createdAt" },
    { FIELD_LIKES, "likeCount" },
    { FIELD_REPLIES, "replyCount" },
};

static const struct alias yasaslive[] = {
    { FIELD_ID, "commentId" },        { FIELD_VIDEO, "videoId" },
    { FIELD_VIDEO, "videoUrl" },      { FIELD_PARENT, "parentCommentId" },
    { FIELD_USER, "authorUsername" }, { FIELD_TEXT, "text" },
    { FIELD_CREATED, "createdAt" },   { FIELD_LIKES, "likes" },
    { FIELD_REPLIES, "replyCount" },
};

static const struct alias socialfetch[] = {
    { FIELD_ID, "id" },
    { FIELD_USER, "author.platformUserId" },
    { FIELD_USER, "author.handle" },
    { FIELD_TEXT, "text" },
    { FIELD_LANG, "language" },
    { FIELD_CREATED, "createdAt" },
    { FIELD_LIKES, "likes" },
    { FIELD_REPLIES, "replyCount" },
};

/* The input that the original's README shows. */
static const struct alias readme[] = {
    { FIELD_ID, "comment_id" },
    { FIELD_VIDEO, "video_id" },
    { FIELD_TEXT, "comment_text" },
    { FIELD_CREATED, "timestamp" },
    { FIELD_LIKES, "engagement_count" },
    { FIELD_FOLLOWERS, "user_metrics.followers" },
    { FIELD_VERIFIED, "user_metrics.verified" },
};

#define ALIASES(a) (a), sizeof(a) / sizeof((a)[0])

/* Tried from the top; the first whose signs are all there wins. */
static const struct shape shapes[] = {
    { "apify-clockworks",
      { "createTime", "diggCount" },
      NULL,
      TIME_FORM_SECONDS,
      ALIASES(apify_clockworks) },
    { "tiktok-web", { "cid" }, "reply_comment", TIME_FORM_SECONDS, ALIASES(tiktok_web) },
    { "ttcommentexporter",
      { "Comment ID", "Comment" },
      NULL,
      TIME_FORM_DMY,
      ALIASES(ttcommentexporter) },
    { "readme", { "comment_text" }, NULL, TIME_FORM_ISO, ALIASES(readme) },
    { "research-api", { "id", "create_time" }, NULL, TIME_FORM_SECONDS, ALIASES(research_api) },
    { "romy", { "comment_id", "comment" }, "replies", TIME_FORM_ISO, ALIASES(romy) },
    { "apify-happy-b", { "commentId", "content" }, NULL, TIME_FORM_ISO, ALIASES(apify_happy_b) },
    { "yasaslive", { "commentId", "createdAt" }, NULL, TIME_FORM_ISO, ALIASES(yasaslive) },
    { "socialfetch", { "id", "createdAt", "likes" }, NULL, TIME_FORM_ISO, ALIASES(socialfetch) },
    { "apidojo", { "createdAt", "likeCount" }, NULL, TIME_FORM_ISO, ALIASES(apidojo) },
};

enum { N_SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static bool fits(const struct shape *s, const json_t *obj)
{
    const size_t max = sizeof(s->signs) / sizeof(s->signs[0]);

    for (size_t i = 0; i < max && s->signs[i]; i++) {
        if (!json_object_get(obj, s->signs[i]))
            return false;
    }
    return true;
}

const struct shape *shape_of(const json_t *obj, struct slice name)
{
    const struct shape *found = NULL;

    for (size_t i = 0; i < N_SHAPES; i++) {
        if (!fits(&shapes[i], obj))
            continue;
        if (slice_is(name, shapes[i].name))
            return &shapes[i];
        if (!found)
            found = &shapes[i];
    }
    return found;
}

const json_t *shape_path(const json_t *obj, const char *path)
{
    while (obj) {
        const size_t n = strcspn(path, ".");

        obj = json_object_getn(obj, path, n);
        if (path[n] == '\0')
            break;
        path += n + 1;
    }
    if (json_is_null(obj) || (json_is_string(obj) && json_string_length(obj) == 0))
        return NULL;
    return obj;
}

const json_t *shape_field(const struct shape *s, enum field f, const json_t *obj)
{
    for (size_t i = 0; i < s->n; i++) {
        const json_t *v = s->aliases[i].field == f ? shape_path(obj, s->aliases[i].path) : NULL;

        if (v)
            return v;
    }
    return NULL;
}
