// Holds hailo_kernel_4_20.h to the layout that driver 4.20.1 was built with.

#include "hailo_kernel_4_20.h"
#include "layout.h"

SIZE(hailo_4_20_vdma_interrupts_channel_data, 7);
FIELD(hailo_4_20_vdma_interrupts_channel_data, engine_index, 0);
FIELD(hailo_4_20_vdma_interrupts_channel_data, channel_index, 1);
FIELD(hailo_4_20_vdma_interrupts_channel_data, is_active, 2);
FIELD(hailo_4_20_vdma_interrupts_channel_data, transfers_completed, 3);
FIELD(hailo_4_20_vdma_interrupts_channel_data, host_error, 4);
FIELD(hailo_4_20_vdma_interrupts_channel_data, device_error, 5);
FIELD(hailo_4_20_vdma_interrupts_channel_data, validation_success, 6);

SIZE(hailo_4_20_vdma_interrupts_wait_params, 685);
FIELD(hailo_4_20_vdma_interrupts_wait_params, channels_bitmap_per_engine, 0);
FIELD(hailo_4_20_vdma_interrupts_wait_params, channels_count, 12);
FIELD(hailo_4_20_vdma_interrupts_wait_params, irq_data, 13);

SIZE(hailo_4_20_desc_list_program_params, 43);
FIELD(hailo_4_20_desc_list_program_params, buffer_handle, 0);
FIELD(hailo_4_20_desc_list_program_params, buffer_size, 8);
FIELD(hailo_4_20_desc_list_program_params, buffer_offset, 16);
FIELD(hailo_4_20_desc_list_program_params, desc_handle, 24);
FIELD(hailo_4_20_desc_list_program_params, channel_index, 32);
FIELD(hailo_4_20_desc_list_program_params, starting_desc, 33);
FIELD(hailo_4_20_desc_list_program_params, should_bind, 37);
FIELD(hailo_4_20_desc_list_program_params, last_interrupts_domain, 38);
FIELD(hailo_4_20_desc_list_program_params, is_debug, 42);

SIZE(hailo_4_20_vdma_transfer_buffer, 16);
FIELD(hailo_4_20_vdma_transfer_buffer, mapped_buffer_handle, 0);
FIELD(hailo_4_20_vdma_transfer_buffer, offset, 8);
FIELD(hailo_4_20_vdma_transfer_buffer, size, 12);

SIZE(hailo_4_20_vdma_launch_transfer_params, 65);
FIELD(hailo_4_20_vdma_launch_transfer_params, engine_index, 0);
FIELD(hailo_4_20_vdma_launch_transfer_params, channel_index, 1);
FIELD(hailo_4_20_vdma_launch_transfer_params, desc_handle, 2);
FIELD(hailo_4_20_vdma_launch_transfer_params, starting_desc, 10);
FIELD(hailo_4_20_vdma_launch_transfer_params, should_bind, 14);
FIELD(hailo_4_20_vdma_launch_transfer_params, buffers_count, 15);
FIELD(hailo_4_20_vdma_launch_transfer_params, buffers, 16);
FIELD(hailo_4_20_vdma_launch_transfer_params, first_interrupts_domain, 48);
FIELD(hailo_4_20_vdma_launch_transfer_params, last_interrupts_domain, 52);
FIELD(hailo_4_20_vdma_launch_transfer_params, is_debug, 56);
FIELD(hailo_4_20_vdma_launch_transfer_params, descs_programed, 57);
FIELD(hailo_4_20_vdma_launch_transfer_params, launch_transfer_status, 61);
