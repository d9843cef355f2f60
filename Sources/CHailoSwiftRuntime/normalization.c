// Swift takes texts for equal that are canonically equivalent, such as "é" in one and in two scalars; Embedded Swift brings 35 KB
// of tables for that. The library compares names byte by byte (`Name`), and all words that it looks for are ASCII. So these
// functions of Swift's runtime say that every scalar stands for itself; the shipped files then compare all texts by their bytes.

#include <stddef.h>
#include <stdint.h>

uint16_t _swift_stdlib_getNormData(uint32_t scalar) {
    (void)scalar;
    return 0;
}

const uint8_t *const _swift_stdlib_nfd_decompositions = NULL;

uint32_t _swift_stdlib_getDecompositionEntry(uint32_t scalar) {
    (void)scalar;
    return 0;
}

uint32_t _swift_stdlib_getComposition(uint32_t first, uint32_t second) {
    (void)first;
    (void)second;
    return UINT32_MAX;
}
