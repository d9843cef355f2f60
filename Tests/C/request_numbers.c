/* Computes every request number from its direction, group, number and size, as the driver's reference states them, and
 * compares it with the constant that the library uses. */

#include "check.h"
#include "hailo_kernel.h"
#include "hailo_kernel_4_20.h"

enum { none = _IOC_NONE, in = _IOC_READ, out = _IOC_WRITE, both = _IOC_READ | _IOC_WRITE };

#define REQUEST(name, direction, group, number, size)                                                                  \
    do {                                                                                                               \
        CHECK((name) == ((unsigned)(direction) << 30 | (unsigned)(size) << 16 | (unsigned)(group) << 8 | (number)));   \
        CHECK(hailo_request_group(name) == (group));                                                                   \
    } while (0)

int main(void) {
    REQUEST(HAILO_QUERY_DEVICE_PROPERTIES, out, 'g', 1, 23);
    REQUEST(HAILO_QUERY_DRIVER_INFO, out, 'g', 2, 12);
    REQUEST(HAILO_VDMA_ENABLE_CHANNELS, in, 'v', 0, 13);
    REQUEST(HAILO_VDMA_DISABLE_CHANNELS, in, 'v', 1, 12);
    REQUEST(HAILO_VDMA_INTERRUPTS_WAIT, both, 'v', 2, 301);
    REQUEST(HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS, both, 'v', 3, 2566);
    REQUEST(HAILO_VDMA_BUFFER_MAP, both, 'v', 4, 40);
    REQUEST(HAILO_VDMA_BUFFER_UNMAP, in, 'v', 5, 8);
    REQUEST(HAILO_VDMA_BUFFER_SYNC, in, 'v', 6, 28);
    REQUEST(HAILO_DESC_LIST_CREATE, both, 'v', 7, 27);
    REQUEST(HAILO_DESC_LIST_RELEASE, in, 'v', 8, 8);
    REQUEST(HAILO_DESC_LIST_PROGRAM, in, 'v', 9, 51);
    REQUEST(HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC, both, 'v', 10, 16);
    REQUEST(HAILO_VDMA_LOW_MEMORY_BUFFER_FREE, in, 'v', 11, 8);
    REQUEST(HAILO_MARK_AS_IN_USE, out, 'v', 12, 1);
    REQUEST(HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC, both, 'v', 13, 24);
    REQUEST(HAILO_VDMA_CONTINUOUS_BUFFER_FREE, in, 'v', 14, 8);
    REQUEST(HAILO_VDMA_LAUNCH_TRANSFER, in, 'v', 15, 153);
    REQUEST(HAILO_FW_CONTROL, both, 'n', 0, 1528);
    REQUEST(HAILO_READ_NOTIFICATION, out, 'n', 1, 1508);
    REQUEST(HAILO_DISABLE_NOTIFICATION, none, 'n', 2, 0);
    REQUEST(HAILO_READ_LOG, both, 'n', 3, 532);
    REQUEST(HAILO_RESET_NN_CORE, none, 'n', 4, 0);
    REQUEST(HAILO_WRITE_ACTION_LIST, out, 'n', 5, 24);
    REQUEST(HAILO_SOC_CONNECT, both, 's', 0, 20);
    REQUEST(HAILO_SOC_CLOSE, in, 's', 1, 2);
    REQUEST(HAILO_SOC_POWER_OFF, none, 's', 2, 0);
    REQUEST(HAILO_PCI_EP_ACCEPT, both, 'p', 0, 20);
    REQUEST(HAILO_PCI_EP_CLOSE, in, 'p', 1, 2);
    REQUEST(HAILO_4_20_VDMA_INTERRUPTS_WAIT, both, 'v', 2, 685);
    REQUEST(HAILO_4_20_DESC_LIST_PROGRAM, in, 'v', 9, 43);
    REQUEST(HAILO_4_20_VDMA_LAUNCH_TRANSFER, both, 'v', 15, 65);
    return finish_checks();
}
