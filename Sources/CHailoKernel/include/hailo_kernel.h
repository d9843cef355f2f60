// The user-space interface of the Hailo kernel driver (hailort-drivers 4.21 to 4.23): every structure, constant and
// request number, under the driver's own names. Sizes and offsets are asserted in hailo_kernel.c. hailo_kernel_4_20.h has
// what was different before.
//
// Two things surprise a reader. All structures are packed, so most fields are misaligned. And the direction macros
// look reversed: a request that hands data out of the driver is declared with _IOW, one that takes data in with _IOR.
// The driver compares whole request numbers, so both have to be kept.

#pragma once

#include <linux/ioctl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Limits

enum {
    MAX_VDMA_CHANNELS_PER_ENGINE = 32,
    VDMA_CHANNELS_PER_ENGINE_PER_DIRECTION = 16,
    MAX_VDMA_ENGINES = 3,
    SIZE_OF_VDMA_DESCRIPTOR = 16,
    VDMA_DEST_CHANNELS_START = 16,
    MAX_SG_DESCS_COUNT = 65536,
    HAILO_VDMA_MAX_ONGOING_TRANSFERS = 128,
    CHANNEL_IRQ_TIMESTAMPS_SIZE = 256,
    HAILO_MAX_BUFFERS_PER_SINGLE_TRANSFER = 8,
    MAX_CONTROL_LENGTH = 1500,
    PCIE_EXPECTED_MD5_LENGTH = 16,
    MAX_NOTIFICATION_LENGTH = 1500,
    MAX_FW_LOG_BUFFER_LENGTH = 512,
    INVALID_VDMA_CHANNEL = 0xff,
};

/// What stands for "no buffer" where the driver expects a handle.
static const uint64_t INVALID_DRIVER_HANDLE_VALUE = UINT64_MAX;

/// Values of `hailo_vdma_interrupts_channel_data.data` that are no count of finished transfers.
enum {
    HAILO_VDMA_TRANSFER_DATA_CHANNEL_NOT_ACTIVE = 0xff,
    HAILO_VDMA_TRANSFER_DATA_CHANNEL_WITH_ERROR = 0xfe,
};

// MARK: Enumerations (four bytes each inside the structures)

enum hailo_dma_data_direction {
    HAILO_DMA_BIDIRECTIONAL = 0,
    HAILO_DMA_TO_DEVICE = 1,
    HAILO_DMA_FROM_DEVICE = 2,
    HAILO_DMA_NONE = 3,
};

enum hailo_dma_buffer_type {
    HAILO_DMA_USER_PTR_BUFFER = 0,
    HAILO_DMA_DMABUF_BUFFER = 1,
};

enum hailo_allocation_mode {
    HAILO_ALLOCATION_MODE_USERSPACE = 0,
    HAILO_ALLOCATION_MODE_DRIVER = 1,
};

enum hailo_vdma_interrupts_domain {
    HAILO_VDMA_INTERRUPTS_DOMAIN_NONE = 0,
    HAILO_VDMA_INTERRUPTS_DOMAIN_DEVICE = 1,
    HAILO_VDMA_INTERRUPTS_DOMAIN_HOST = 2,
};

enum hailo_vdma_buffer_sync_type {
    HAILO_SYNC_FOR_CPU = 0,
    HAILO_SYNC_FOR_DEVICE = 1,
};

enum hailo_cpu_id {
    HAILO_CPU_ID_CPU0 = 0,
    HAILO_CPU_ID_CPU1 = 1,
    HAILO_CPU_ID_NONE = 2,
};

enum hailo_board_type {
    HAILO_BOARD_TYPE_HAILO8 = 0,
    HAILO_BOARD_TYPE_HAILO15 = 1,
    HAILO_BOARD_TYPE_HAILO15L = 2,
    HAILO_BOARD_TYPE_HAILO10H = 3,
    HAILO_BOARD_TYPE_HAILO10H_LEGACY = 4,
    HAILO_BOARD_TYPE_MARS = 5,
};

enum hailo_accelerator_type {
    HAILO_ACCELERATOR_TYPE_NNC = 0,
    HAILO_ACCELERATOR_TYPE_SOC = 1,
};

enum hailo_dma_type {
    HAILO_DMA_TYPE_PCIE = 0,
    HAILO_DMA_TYPE_DRAM = 1,
    HAILO_DMA_TYPE_PCI_EP = 2,
};

/// Doorbell bits of a PCIe neural-network accelerator; the driver rings them, user space never does.
enum hailo_pcie_nnc_interrupt_masks {
    FW_ACCESS_APP_CPU_CONTROL_MASK = 1 << 0,
    FW_ACCESS_CORE_CPU_CONTROL_MASK = 1 << 1,
    FW_ACCESS_DRIVER_SHUTDOWN_MASK = 1 << 2,
    FW_ACCESS_SOFT_RESET_MASK = 1 << 3,
};

/// The same for accelerators that are whole systems.
enum hailo_pcie_soc_interrupt_masks {
    FW_ACCESS_SOC_CONTROL_MASK = 1 << 3,
};

#define HAILO_PACKED __attribute__((packed))

// MARK: 'g', general queries

struct HAILO_PACKED hailo_device_properties {
    uint16_t desc_max_page_size;
    uint32_t board_type;
    uint32_t allocation_mode;
    uint32_t dma_type;
    uint64_t dma_engines_count;
    bool is_fw_loaded;
};

struct HAILO_PACKED hailo_driver_info {
    uint32_t major_version;
    uint32_t minor_version;
    uint32_t revision_version;
};

// MARK: 'v', vDMA: channels and interrupts

struct HAILO_PACKED hailo_vdma_enable_channels_params {
    uint32_t channels_bitmap_per_engine[MAX_VDMA_ENGINES];
    bool enable_timestamps_measure;
};

struct HAILO_PACKED hailo_vdma_disable_channels_params {
    uint32_t channels_bitmap_per_engine[MAX_VDMA_ENGINES];
};

struct HAILO_PACKED hailo_vdma_interrupts_channel_data {
    uint8_t engine_index;
    uint8_t channel_index;
    uint8_t data;
};

struct HAILO_PACKED hailo_vdma_interrupts_wait_params {
    uint32_t channels_bitmap_per_engine[MAX_VDMA_ENGINES];
    uint8_t channels_count;
    struct hailo_vdma_interrupts_channel_data irq_data[MAX_VDMA_CHANNELS_PER_ENGINE * MAX_VDMA_ENGINES];
};

struct HAILO_PACKED hailo_channel_interrupt_timestamp {
    uint64_t timestamp_ns;
    uint16_t desc_num_processed;
};

struct HAILO_PACKED hailo_vdma_interrupts_read_timestamp_params {
    uint8_t engine_index;
    uint8_t channel_index;
    uint32_t timestamps_count;
    struct hailo_channel_interrupt_timestamp timestamps[CHANNEL_IRQ_TIMESTAMPS_SIZE];
};

struct HAILO_PACKED hailo_vdma_transfer_buffer {
    uint32_t buffer_type;
    uint64_t addr_or_fd;
    uint32_t size;
};

struct HAILO_PACKED hailo_vdma_launch_transfer_params {
    uint8_t engine_index;
    uint8_t channel_index;
    uint64_t desc_handle;
    uint32_t starting_desc;
    bool should_bind;
    uint8_t buffers_count;
    struct hailo_vdma_transfer_buffer buffers[HAILO_MAX_BUFFERS_PER_SINGLE_TRANSFER];
    uint32_t first_interrupts_domain;
    uint32_t last_interrupts_domain;
    bool is_debug;
};

// MARK: 'v', vDMA: buffers

struct HAILO_PACKED hailo_vdma_buffer_map_params {
    uint64_t user_address;
    uint64_t size;
    uint32_t data_direction;
    uint32_t buffer_type;
    uint64_t allocated_buffer_handle;
    uint64_t mapped_handle;
};

struct HAILO_PACKED hailo_vdma_buffer_unmap_params {
    uint64_t mapped_handle;
};

struct HAILO_PACKED hailo_vdma_buffer_sync_params {
    uint64_t handle;
    uint32_t sync_type;
    uint64_t offset;
    uint64_t count;
};

struct HAILO_PACKED hailo_allocate_low_memory_buffer_params {
    uint64_t buffer_size;
    uint64_t buffer_handle;
};

struct HAILO_PACKED hailo_free_low_memory_buffer_params {
    uint64_t buffer_handle;
};

struct HAILO_PACKED hailo_allocate_continuous_buffer_params {
    uint64_t buffer_size;
    uint64_t buffer_handle;
    uint64_t dma_address;
};

struct HAILO_PACKED hailo_free_continuous_buffer_params {
    uint64_t buffer_handle;
};

struct HAILO_PACKED hailo_mark_as_in_use_params {
    bool in_use;
};

// MARK: 'v', vDMA: descriptor lists

struct HAILO_PACKED hailo_desc_list_create_params {
    uint64_t desc_count;
    uint16_t desc_page_size;
    bool is_circular;
    uint64_t desc_handle;
    uint64_t dma_address;
};

struct HAILO_PACKED hailo_desc_list_release_params {
    uint64_t desc_handle;
};

struct HAILO_PACKED hailo_desc_list_program_params {
    uint64_t buffer_handle;
    uint64_t buffer_size;
    uint64_t buffer_offset;
    uint32_t batch_size;
    uint64_t desc_handle;
    uint8_t channel_index;
    uint32_t starting_desc;
    bool should_bind;
    uint32_t last_interrupts_domain;
    bool is_debug;
    uint32_t stride;
};

// MARK: 'n', neural network core: controls, notifications, log

/// Sits before each notification in the card's memory; it reaches user space only as `hailo_d2h_notification`.
struct HAILO_PACKED hailo_d2h_buffer_details {
    uint16_t is_buffer_in_use;
    uint16_t buffer_len;
};

/// The driver copies `expected_md5`, `buffer_len` and `buffer` to the card as one block, so their order is fixed.
struct HAILO_PACKED hailo_fw_control {
    uint8_t expected_md5[PCIE_EXPECTED_MD5_LENGTH];
    uint32_t buffer_len;
    uint8_t buffer[MAX_CONTROL_LENGTH];
    uint32_t timeout_ms;
    uint32_t cpu_id;
};

struct HAILO_PACKED hailo_d2h_notification {
    uint64_t buffer_len;
    uint8_t buffer[MAX_NOTIFICATION_LENGTH];
};

struct HAILO_PACKED hailo_read_log_params {
    uint32_t cpu_id;
    uint8_t buffer[MAX_FW_LOG_BUFFER_LENGTH];
    uint64_t buffer_size;
    uint64_t read_bytes;
};

struct HAILO_PACKED hailo_write_action_list_params {
    uint64_t data;
    uint64_t size;
    uint64_t dma_address;
};

// MARK: 's', accelerators that are whole systems; 'p', PCI endpoint

struct HAILO_PACKED hailo_soc_connect_params {
    uint16_t port_number;
    uint8_t input_channel_index;
    uint8_t output_channel_index;
    uint64_t input_desc_handle;
    uint64_t output_desc_handle;
};

struct HAILO_PACKED hailo_soc_close_params {
    uint8_t input_channel_index;
    uint8_t output_channel_index;
};

struct HAILO_PACKED hailo_pci_ep_accept_params {
    uint16_t port_number;
    uint8_t input_channel_index;
    uint8_t output_channel_index;
    uint64_t input_desc_handle;
    uint64_t output_desc_handle;
};

struct HAILO_PACKED hailo_pci_ep_close_params {
    uint8_t input_channel_index;
    uint8_t output_channel_index;
};

// MARK: Request numbers

enum {
    HAILO_GENERAL_IOCTL_MAGIC = 'g',
    HAILO_VDMA_IOCTL_MAGIC = 'v',
    HAILO_NNC_IOCTL_MAGIC = 'n',
    HAILO_SOC_IOCTL_MAGIC = 's',
    HAILO_PCI_EP_IOCTL_MAGIC = 'p',
};

// Typed constants rather than macros: Swift imports these, and a debugger shows them.
#define HAILO_REQUEST static const uint32_t

HAILO_REQUEST HAILO_QUERY_DEVICE_PROPERTIES = _IOW('g', 1, struct hailo_device_properties);
HAILO_REQUEST HAILO_QUERY_DRIVER_INFO = _IOW('g', 2, struct hailo_driver_info);

HAILO_REQUEST HAILO_VDMA_ENABLE_CHANNELS = _IOR('v', 0, struct hailo_vdma_enable_channels_params);
HAILO_REQUEST HAILO_VDMA_DISABLE_CHANNELS = _IOR('v', 1, struct hailo_vdma_disable_channels_params);
HAILO_REQUEST HAILO_VDMA_INTERRUPTS_WAIT = _IOWR('v', 2, struct hailo_vdma_interrupts_wait_params);
HAILO_REQUEST HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS =
    _IOWR('v', 3, struct hailo_vdma_interrupts_read_timestamp_params);
HAILO_REQUEST HAILO_VDMA_BUFFER_MAP = _IOWR('v', 4, struct hailo_vdma_buffer_map_params);
HAILO_REQUEST HAILO_VDMA_BUFFER_UNMAP = _IOR('v', 5, struct hailo_vdma_buffer_unmap_params);
HAILO_REQUEST HAILO_VDMA_BUFFER_SYNC = _IOR('v', 6, struct hailo_vdma_buffer_sync_params);
HAILO_REQUEST HAILO_DESC_LIST_CREATE = _IOWR('v', 7, struct hailo_desc_list_create_params);
HAILO_REQUEST HAILO_DESC_LIST_RELEASE = _IOR('v', 8, struct hailo_desc_list_release_params);
HAILO_REQUEST HAILO_DESC_LIST_PROGRAM = _IOR('v', 9, struct hailo_desc_list_program_params);
HAILO_REQUEST HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC = _IOWR('v', 10, struct hailo_allocate_low_memory_buffer_params);
HAILO_REQUEST HAILO_VDMA_LOW_MEMORY_BUFFER_FREE = _IOR('v', 11, struct hailo_free_low_memory_buffer_params);
HAILO_REQUEST HAILO_MARK_AS_IN_USE = _IOW('v', 12, struct hailo_mark_as_in_use_params);
HAILO_REQUEST HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC = _IOWR('v', 13, struct hailo_allocate_continuous_buffer_params);
HAILO_REQUEST HAILO_VDMA_CONTINUOUS_BUFFER_FREE = _IOR('v', 14, struct hailo_free_continuous_buffer_params);
HAILO_REQUEST HAILO_VDMA_LAUNCH_TRANSFER = _IOR('v', 15, struct hailo_vdma_launch_transfer_params);

HAILO_REQUEST HAILO_FW_CONTROL = _IOWR('n', 0, struct hailo_fw_control);
HAILO_REQUEST HAILO_READ_NOTIFICATION = _IOW('n', 1, struct hailo_d2h_notification);
HAILO_REQUEST HAILO_DISABLE_NOTIFICATION = _IO('n', 2);
HAILO_REQUEST HAILO_READ_LOG = _IOWR('n', 3, struct hailo_read_log_params);
HAILO_REQUEST HAILO_RESET_NN_CORE = _IO('n', 4);
HAILO_REQUEST HAILO_WRITE_ACTION_LIST = _IOW('n', 5, struct hailo_write_action_list_params);

HAILO_REQUEST HAILO_SOC_CONNECT = _IOWR('s', 0, struct hailo_soc_connect_params);
HAILO_REQUEST HAILO_SOC_CLOSE = _IOR('s', 1, struct hailo_soc_close_params);
HAILO_REQUEST HAILO_SOC_POWER_OFF = _IO('s', 2);

HAILO_REQUEST HAILO_PCI_EP_ACCEPT = _IOWR('p', 0, struct hailo_pci_ep_accept_params);
HAILO_REQUEST HAILO_PCI_EP_CLOSE = _IOR('p', 1, struct hailo_pci_ep_close_params);

#undef HAILO_REQUEST

// MARK: Helpers for Swift, which sees C arrays as tuples

/// Offsets of the byte arrays inside their structures.
enum {
    HAILO_FW_CONTROL_MD5_OFFSET = 0,
    HAILO_FW_CONTROL_BUFFER_OFFSET = 20,
};

/// The letter that selects the group of a request ('g', 'v', 'n', 's' or 'p').
static inline uint8_t hailo_request_group(uint32_t request) { return (uint8_t)_IOC_TYPE(request); }
