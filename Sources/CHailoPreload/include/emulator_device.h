// What the emulated device offers to the functions that take the place of the C library's. Swift implements it.

#pragma once

#include <stddef.h>
#include <stdint.h>

/// How many devices there are, as the settings have it.
int emulator_device_count(void);

/// Opens device number `index`. Returns it, or NULL and the errno in `failure`.
void *emulator_device_open(int index, int *failure);

/// A request of the driver. Returns its answer, or -errno. `argument` is NULL where the program's pointer leads nowhere.
long emulator_device_perform(void *device, uint32_t request, void *argument);

/// The file behind memory that the driver allocated, or -errno.
int emulator_device_mapped_file(void *device, uint64_t handle, size_t length);

void emulator_device_close(void *device);
