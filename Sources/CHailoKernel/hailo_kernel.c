// Holds hailo_kernel.h to the layout that driver 4.23.0 was built with: a wrong offset here would reach the kernel as
// a wrong address or length, so it must not compile.

#include "hailo_kernel.h"
#include "layout.h"

_Static_assert(sizeof(void *) == 8, "the driver's structures are laid out here for 64-bit hosts");
_Static_assert(HAILO_FW_CONTROL_MD5_OFFSET == offsetof(struct hailo_fw_control, expected_md5), "helper offset");
_Static_assert(HAILO_FW_CONTROL_BUFFER_OFFSET == offsetof(struct hailo_fw_control, buffer), "helper offset");

SIZE(hailo_device_properties, 23);
FIELD(hailo_device_properties, desc_max_page_size, 0);
FIELD(hailo_device_properties, board_type, 2);
FIELD(hailo_device_properties, allocation_mode, 6);
FIELD(hailo_device_properties, dma_type, 10);
FIELD(hailo_device_properties, dma_engines_count, 14);
FIELD(hailo_device_properties, is_fw_loaded, 22);

SIZE(hailo_driver_info, 12);
FIELD(hailo_driver_info, major_version, 0);
FIELD(hailo_driver_info, minor_version, 4);
FIELD(hailo_driver_info, revision_version, 8);

SIZE(hailo_vdma_enable_channels_params, 13);
FIELD(hailo_vdma_enable_channels_params, channels_bitmap_per_engine, 0);
FIELD(hailo_vdma_enable_channels_params, enable_timestamps_measure, 12);

SIZE(hailo_vdma_disable_channels_params, 12);
FIELD(hailo_vdma_disable_channels_params, channels_bitmap_per_engine, 0);

SIZE(hailo_vdma_interrupts_channel_data, 3);
FIELD(hailo_vdma_interrupts_channel_data, engine_index, 0);
FIELD(hailo_vdma_interrupts_channel_data, channel_index, 1);
FIELD(hailo_vdma_interrupts_channel_data, data, 2);

SIZE(hailo_vdma_interrupts_wait_params, 301);
FIELD(hailo_vdma_interrupts_wait_params, channels_bitmap_per_engine, 0);
FIELD(hailo_vdma_interrupts_wait_params, channels_count, 12);
FIELD(hailo_vdma_interrupts_wait_params, irq_data, 13);

SIZE(hailo_channel_interrupt_timestamp, 10);
FIELD(hailo_channel_interrupt_timestamp, timestamp_ns, 0);
FIELD(hailo_channel_interrupt_timestamp, desc_num_processed, 8);

SIZE(hailo_vdma_interrupts_read_timestamp_params, 2566);
FIELD(hailo_vdma_interrupts_read_timestamp_params, engine_index, 0);
FIELD(hailo_vdma_interrupts_read_timestamp_params, channel_index, 1);
FIELD(hailo_vdma_interrupts_read_timestamp_params, timestamps_count, 2);
FIELD(hailo_vdma_interrupts_read_timestamp_params, timestamps, 6);

SIZE(hailo_vdma_transfer_buffer, 16);
FIELD(hailo_vdma_transfer_buffer, buffer_type, 0);
FIELD(hailo_vdma_transfer_buffer, addr_or_fd, 4);
FIELD(hailo_vdma_transfer_buffer, size, 12);

SIZE(hailo_vdma_launch_transfer_params, 153);
FIELD(hailo_vdma_launch_transfer_params, engine_index, 0);
FIELD(hailo_vdma_launch_transfer_params, channel_index, 1);
FIELD(hailo_vdma_launch_transfer_params, desc_handle, 2);
FIELD(hailo_vdma_launch_transfer_params, starting_desc, 10);
FIELD(hailo_vdma_launch_transfer_params, should_bind, 14);
FIELD(hailo_vdma_launch_transfer_params, buffers_count, 15);
FIELD(hailo_vdma_launch_transfer_params, buffers, 16);
FIELD(hailo_vdma_launch_transfer_params, first_interrupts_domain, 144);
FIELD(hailo_vdma_launch_transfer_params, last_interrupts_domain, 148);
FIELD(hailo_vdma_launch_transfer_params, is_debug, 152);

SIZE(hailo_vdma_buffer_map_params, 40);
FIELD(hailo_vdma_buffer_map_params, user_address, 0);
FIELD(hailo_vdma_buffer_map_params, size, 8);
FIELD(hailo_vdma_buffer_map_params, data_direction, 16);
FIELD(hailo_vdma_buffer_map_params, buffer_type, 20);
FIELD(hailo_vdma_buffer_map_params, allocated_buffer_handle, 24);
FIELD(hailo_vdma_buffer_map_params, mapped_handle, 32);

SIZE(hailo_vdma_buffer_unmap_params, 8);
FIELD(hailo_vdma_buffer_unmap_params, mapped_handle, 0);

SIZE(hailo_vdma_buffer_sync_params, 28);
FIELD(hailo_vdma_buffer_sync_params, handle, 0);
FIELD(hailo_vdma_buffer_sync_params, sync_type, 8);
FIELD(hailo_vdma_buffer_sync_params, offset, 12);
FIELD(hailo_vdma_buffer_sync_params, count, 20);

SIZE(hailo_allocate_low_memory_buffer_params, 16);
FIELD(hailo_allocate_low_memory_buffer_params, buffer_size, 0);
FIELD(hailo_allocate_low_memory_buffer_params, buffer_handle, 8);

SIZE(hailo_free_low_memory_buffer_params, 8);
FIELD(hailo_free_low_memory_buffer_params, buffer_handle, 0);

SIZE(hailo_allocate_continuous_buffer_params, 24);
FIELD(hailo_allocate_continuous_buffer_params, buffer_size, 0);
FIELD(hailo_allocate_continuous_buffer_params, buffer_handle, 8);
FIELD(hailo_allocate_continuous_buffer_params, dma_address, 16);

SIZE(hailo_free_continuous_buffer_params, 8);
FIELD(hailo_free_continuous_buffer_params, buffer_handle, 0);

SIZE(hailo_mark_as_in_use_params, 1);
FIELD(hailo_mark_as_in_use_params, in_use, 0);

SIZE(hailo_desc_list_create_params, 27);
FIELD(hailo_desc_list_create_params, desc_count, 0);
FIELD(hailo_desc_list_create_params, desc_page_size, 8);
FIELD(hailo_desc_list_create_params, is_circular, 10);
FIELD(hailo_desc_list_create_params, desc_handle, 11);
FIELD(hailo_desc_list_create_params, dma_address, 19);

SIZE(hailo_desc_list_release_params, 8);
FIELD(hailo_desc_list_release_params, desc_handle, 0);

SIZE(hailo_desc_list_program_params, 51);
FIELD(hailo_desc_list_program_params, buffer_handle, 0);
FIELD(hailo_desc_list_program_params, buffer_size, 8);
FIELD(hailo_desc_list_program_params, buffer_offset, 16);
FIELD(hailo_desc_list_program_params, batch_size, 24);
FIELD(hailo_desc_list_program_params, desc_handle, 28);
FIELD(hailo_desc_list_program_params, channel_index, 36);
FIELD(hailo_desc_list_program_params, starting_desc, 37);
FIELD(hailo_desc_list_program_params, should_bind, 41);
FIELD(hailo_desc_list_program_params, last_interrupts_domain, 42);
FIELD(hailo_desc_list_program_params, is_debug, 46);
FIELD(hailo_desc_list_program_params, stride, 47);

SIZE(hailo_d2h_buffer_details, 4);
FIELD(hailo_d2h_buffer_details, is_buffer_in_use, 0);
FIELD(hailo_d2h_buffer_details, buffer_len, 2);

SIZE(hailo_fw_control, 1528);
FIELD(hailo_fw_control, expected_md5, 0);
FIELD(hailo_fw_control, buffer_len, 16);
FIELD(hailo_fw_control, buffer, 20);
FIELD(hailo_fw_control, timeout_ms, 1520);
FIELD(hailo_fw_control, cpu_id, 1524);

SIZE(hailo_d2h_notification, 1508);
FIELD(hailo_d2h_notification, buffer_len, 0);
FIELD(hailo_d2h_notification, buffer, 8);

SIZE(hailo_read_log_params, 532);
FIELD(hailo_read_log_params, cpu_id, 0);
FIELD(hailo_read_log_params, buffer, 4);
FIELD(hailo_read_log_params, buffer_size, 516);
FIELD(hailo_read_log_params, read_bytes, 524);

SIZE(hailo_write_action_list_params, 24);
FIELD(hailo_write_action_list_params, data, 0);
FIELD(hailo_write_action_list_params, size, 8);
FIELD(hailo_write_action_list_params, dma_address, 16);

SIZE(hailo_soc_connect_params, 20);
FIELD(hailo_soc_connect_params, port_number, 0);
FIELD(hailo_soc_connect_params, input_channel_index, 2);
FIELD(hailo_soc_connect_params, output_channel_index, 3);
FIELD(hailo_soc_connect_params, input_desc_handle, 4);
FIELD(hailo_soc_connect_params, output_desc_handle, 12);

SIZE(hailo_soc_close_params, 2);
FIELD(hailo_soc_close_params, input_channel_index, 0);
FIELD(hailo_soc_close_params, output_channel_index, 1);

SIZE(hailo_pci_ep_accept_params, 20);
FIELD(hailo_pci_ep_accept_params, port_number, 0);
FIELD(hailo_pci_ep_accept_params, input_channel_index, 2);
FIELD(hailo_pci_ep_accept_params, output_channel_index, 3);
FIELD(hailo_pci_ep_accept_params, input_desc_handle, 4);
FIELD(hailo_pci_ep_accept_params, output_desc_handle, 12);

SIZE(hailo_pci_ep_close_params, 2);
FIELD(hailo_pci_ep_close_params, input_channel_index, 0);
FIELD(hailo_pci_ep_close_params, output_channel_index, 1);
