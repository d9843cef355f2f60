// What the kernel driver lays out differently up to version 4.20 (hailort-drivers 4.18 to 4.20): three requests, whose
// numbers differ because their sizes do. Everything else is as in hailo_kernel.h. Sizes and offsets are asserted in
// hailo_kernel_4_20.c.

#pragma once

#include "hailo_kernel.h"

#include <errno.h>

enum {
    HAILO_4_20_MAX_BUFFERS_PER_SINGLE_TRANSFER = 2,
};

struct HAILO_PACKED hailo_4_20_vdma_interrupts_channel_data {
    uint8_t engine_index;
    uint8_t channel_index;
    uint8_t is_active;
    uint8_t transfers_completed;
    uint8_t host_error;
    uint8_t device_error;
    uint8_t validation_success;
};

struct HAILO_PACKED hailo_4_20_vdma_interrupts_wait_params {
    uint32_t channels_bitmap_per_engine[MAX_VDMA_ENGINES];
    uint8_t channels_count;
    struct hailo_4_20_vdma_interrupts_channel_data irq_data[MAX_VDMA_CHANNELS_PER_ENGINE * MAX_VDMA_ENGINES];
};

struct HAILO_PACKED hailo_4_20_desc_list_program_params {
    uint64_t buffer_handle;
    uint64_t buffer_size;
    uint64_t buffer_offset;
    uint64_t desc_handle;
    uint8_t channel_index;
    uint32_t starting_desc;
    bool should_bind;
    uint32_t last_interrupts_domain;
    bool is_debug;
};

/// Names a buffer by its mapping, where later drivers want its address.
struct HAILO_PACKED hailo_4_20_vdma_transfer_buffer {
    uint64_t mapped_buffer_handle;
    uint32_t offset;
    uint32_t size;
};

struct HAILO_PACKED hailo_4_20_vdma_launch_transfer_params {
    uint8_t engine_index;
    uint8_t channel_index;
    uint64_t desc_handle;
    uint32_t starting_desc;
    bool should_bind;
    uint8_t buffers_count;
    struct hailo_4_20_vdma_transfer_buffer buffers[HAILO_4_20_MAX_BUFFERS_PER_SINGLE_TRANSFER];
    uint32_t first_interrupts_domain;
    uint32_t last_interrupts_domain;
    bool is_debug;
    /// Both are written by the driver: what later drivers return.
    uint32_t descs_programed;
    int32_t launch_transfer_status;
};

/// What READ_NOTIFICATION answers once notifications are disabled, or the device is removed.
enum {
    HAILO_4_19_NOTIFICATIONS_DISABLED = EINVAL,
    HAILO_NOTIFICATIONS_DISABLED = ECANCELED,
};

#define HAILO_REQUEST static const uint32_t

HAILO_REQUEST HAILO_4_20_VDMA_INTERRUPTS_WAIT = _IOWR('v', 2, struct hailo_4_20_vdma_interrupts_wait_params);
HAILO_REQUEST HAILO_4_20_DESC_LIST_PROGRAM = _IOR('v', 9, struct hailo_4_20_desc_list_program_params);
HAILO_REQUEST HAILO_4_20_VDMA_LAUNCH_TRANSFER = _IOWR('v', 15, struct hailo_4_20_vdma_launch_transfer_params);

#undef HAILO_REQUEST
