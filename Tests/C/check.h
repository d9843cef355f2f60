/* What the C tests share: a check that counts, and the closing line. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int checks_failed, checks_made;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        checks_made++;                                                                                                 \
        if (!(condition)) {                                                                                            \
            checks_failed++;                                                                                           \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                                    \
        }                                                                                                              \
    } while (0)

static int finish_checks(void) {
    printf("%d passed, %d failed\n", checks_made - checks_failed, checks_failed);
    return checks_failed != 0;
}

#endif
