/* SPDX-License-Identifier: MIT */
#include "store/sqlstate.h"

#include <stddef.h>
#include <string.h>

/* Appendix A of PostgreSQL's manual. The first row that fits counts. */
static const struct {
    const char *begins;
    enum sql_class is;
} rows[] = {
    { "25006", SQL_RETRY },  /* read only: a standby that was not promoted yet */
    { "42501", SQL_DENIED }, /* insufficient privilege                         */
    { "55P03", SQL_RETRY },  /* lock not available                             */
    { "08", SQL_RETRY },     /* connection                                     */
    { "22", SQL_RECORD },    /* data                                           */
    { "23", SQL_RECORD },    /* constraint, or no partition takes it           */
    { "28", SQL_DENIED },    /* authorisation                                  */
    { "40", SQL_RETRY },     /* rolled back: deadlock, serialisation           */
    { "53", SQL_RETRY },     /* out of disk, memory, connections               */
    { "54", SQL_RECORD },    /* too long for an index or a row                 */
    { "57", SQL_RETRY },     /* cancelled, shut down, starting up              */
    { "58", SQL_RETRY },     /* input and output of the server                 */
    { "0L", SQL_DENIED },    /* grantor                                        */
    { "0P", SQL_DENIED },    /* role                                           */
    { "3D", SQL_CONFIG },    /* no such database                               */
    { "3F", SQL_CONFIG },    /* no such schema                                 */
    { "42", SQL_CONFIG },    /* no such table, column, function                */
};

enum sql_class sqlstate_class(const char *code)
{
    if (!code || !*code)
        return SQL_RETRY;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strncmp(code, rows[i].begins, strlen(rows[i].begins)) == 0)
            return rows[i].is;
    }
    return SQL_DEFECT;
}
