// Assertions on the layout of structures.

#pragma once

#define SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), "size of " #type)
#define FIELD(type, field, bytes) _Static_assert(offsetof(struct type, field) == (bytes), "offset of " #type "." #field)
