/* SPDX-License-Identifier: MIT */
/* smtp.h -- one mail to one server, and what its answer means.
 *
 *     250                                          sent
 *     4yz, nobody there, cut off, too slow         retry
 *     530 534 535 538, no STARTTLS, a certificate
 *       that the CA did not sign                   hold: the configuration is wrong
 *     any other 5yz, a header that may not be      refused
 *
 * All recipients or none: one that is refused refuses the mail, so nobody is left
 * out unseen. */
#ifndef NET_SMTP_H
#define NET_SMTP_H

#include "net/mail.h"
#include "net/net.h"

enum smtp_tls { SMTP_TLS_REQUIRED, SMTP_TLS_OPPORTUNISTIC, SMTP_TLS_NONE };

struct smtp {
    const char *url; /* smtp://host:587, smtps://host:465 */
    enum smtp_tls tls;
    const char *user; /* "": no AUTH */
    const char *password;
    const char *ca_file; /* "": the system's */
};

/* Sends it within NET_TOTAL_MS; m->date is filled in when NULL. */
void smtp_send(const struct smtp *s, const struct mail *m, struct effect_result *res);

/* Connects, starts TLS and logs in as smtp_send() would, and sends nothing:
 * EFFECT_SENT means that this went well. */
void smtp_try(const struct smtp *s, struct effect_result *res);

/* The table above. */
enum effect_how smtp_how(int code);

#endif
