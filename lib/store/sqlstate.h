/* SPDX-License-Identifier: MIT */
/* sqlstate.h -- what an error of PostgreSQL means for who wrote.
 *
 * By class (the first two characters) but for a few codes that their class does not
 * fit. What no row names is a defect: stop, and let a person look. */
#ifndef STORE_SQLSTATE_H
#define STORE_SQLSTATE_H

enum sql_class {
    SQL_RETRY,  /* the server or the way to it: the same again later      */
    SQL_RECORD, /* a value that never fits: set the record aside          */
    SQL_CONFIG, /* another database than we were made for                 */
    SQL_DENIED, /* a role or login that may not                           */
    SQL_DEFECT, /* ours or the server's                                   */
};

/* code: five characters; NULL or "": the connection broke before it could say. */
enum sql_class sqlstate_class(const char *code);

#endif
