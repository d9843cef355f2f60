// Embedded Swift 6.3 returns bridge objects from these functions without their tag bits, although the compiler takes for granted that
// they return their argument. Code for ARM goes on with the returned value, so that short strings were destroyed there; code for
// x86-64 never looks at it. Theirs are weak, so these take their place. Tests/system/test_portability.py says when the compiler
// no longer needs them.

#include <stdint.h>

/// The bits of a bridge object that are the address of an object.
#define ADDRESS_BITS UINT64_C(0x8ffffffffffffff8)

uintptr_t swift_retain_n(uintptr_t object, uint32_t count);

__attribute__((visibility("hidden"))) uintptr_t swift_bridgeObjectRetain_n(uintptr_t object, uint32_t count) {
    swift_retain_n(object & ADDRESS_BITS, count);
    return object;
}

__attribute__((visibility("hidden"))) uintptr_t swift_bridgeObjectRetain(uintptr_t object) {
    return swift_bridgeObjectRetain_n(object, 1);
}
