/* SPDX-License-Identifier: MIT */
#include "producers/train/golden.h"

#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }

const struct facts golden_facts[] = {
    { TEXT("This product is amazing but the shipping was slow"), false },
    { TEXT(""), false },
    { TEXT("   \n\t"), false },
    { TEXT("the package came on tuesday"), false },
    { TEXT("I love this song sooooo much!!! \xF0\x9F\x98\x8D\xF0\x9F\x98\x8D"), false },
    { TEXT("worst app ever, it crashes all the time and support never answers"), false },
    { TEXT("NOT good. Don't buy it, the quality is terrible :("), true },
    { TEXT("not bad at all, actually really nice"), true },
    { TEXT("Great, another update that breaks everything"), false },
    { TEXT("\xF0\x9F\x98\x82\xF0\x9F\x98\x82\xF0\x9F\x98\x82"), true },
    { TEXT("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7 "
           "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA \xE2\x9D\xA4\xEF\xB8\x8F"),
      false },
    { TEXT("@shop is this the same price as on https://shop.example/x?id=7 #deal #wow"), true },
    { TEXT("12.99 for two, 5 stars"), false },
    { TEXT("\xE3\x81\x93\xE3\x82\x8C\xE3\x81\xAF\xE3\x81\xA8\xE3\x81\xA6\xE3\x82\x82"
           "\xE8\x89\xAF\xE3\x81\x84"),
      false },
    { TEXT("\xD9\x85\xD9\x85\xD8\xAA\xD8\xA7\xD8\xB2 \xD8\xAC\xD8\xAF\xD8\xA7"), false },
    { TEXT("\xD0\x9E\xD1\x87\xD0\xB5\xD0\xBD\xD1\x8C \xD0\xBF\xD0\xBB\xD0\xBE\xD1\x85\xD0\xBE!"),
      false },
    { TEXT("Z\xCC\x81\xCC\x82\xCC\x83"
           "a\xCC\x81lgo \xE2\x80\xAEtxet\xE2\x80\xAC \xEF\xBF\xBD"),
      false },
    { TEXT("what is the name of the song? asking for a friend"), true },
    { TEXT("The colour faded after one wash, though the fabric felt nice and the delivery was "
           "quick."),
      false },
    { TEXT("yeah sure, like that ever worked"), true },
};

const size_t golden_n = sizeof(golden_facts) / sizeof(golden_facts[0]);
