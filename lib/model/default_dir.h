/* SPDX-License-Identifier: MIT */
/* default_dir.h -- where the default bundle is. A library of its own, so that a
 * program that wants only its baseline does not link XGBoost. */
#ifndef MODEL_DEFAULT_DIR_H
#define MODEL_DEFAULT_DIR_H

/* dir; when it is empty the folder of the default bundle: $ABSA_BUNDLE, else the one that
 * was installed with this program, else (a program in its build tree) that of the source
 * tree. Borrowed, static or the environment's memory. */
const char *bundle_dir(const char *dir);

#endif
