import CHailoKernel
import HailoDriver
import Testing
import HailoKernelABI

/// The request numbers of driver 4.23.0. Tests/C/request_numbers.c computes them anew from direction, group, number and
/// size; here they are compared with the figures that a running driver accepts.
@Suite struct RequestNumberTests {
    @Test(
        arguments: [
            (HAILO_QUERY_DEVICE_PROPERTIES, 0x4017_6701), (HAILO_QUERY_DRIVER_INFO, 0x400c_6702),
            (HAILO_VDMA_ENABLE_CHANNELS, 0x800d_7600), (HAILO_VDMA_DISABLE_CHANNELS, 0x800c_7601),
            (HAILO_VDMA_INTERRUPTS_WAIT, 0xc12d_7602), (HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS, 0xca06_7603),
            (HAILO_VDMA_BUFFER_MAP, 0xc028_7604), (HAILO_VDMA_BUFFER_UNMAP, 0x8008_7605),
            (HAILO_VDMA_BUFFER_SYNC, 0x801c_7606), (HAILO_DESC_LIST_CREATE, 0xc01b_7607),
            (HAILO_DESC_LIST_RELEASE, 0x8008_7608), (HAILO_DESC_LIST_PROGRAM, 0x8033_7609),
            (HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC, 0xc010_760a), (HAILO_VDMA_LOW_MEMORY_BUFFER_FREE, 0x8008_760b),
            (HAILO_MARK_AS_IN_USE, 0x4001_760c), (HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC, 0xc018_760d),
            (HAILO_VDMA_CONTINUOUS_BUFFER_FREE, 0x8008_760e), (HAILO_VDMA_LAUNCH_TRANSFER, 0x8099_760f),
            (HAILO_FW_CONTROL, 0xc5f8_6e00), (HAILO_READ_NOTIFICATION, 0x45e4_6e01),
            (HAILO_DISABLE_NOTIFICATION, 0x6e02), (HAILO_READ_LOG, 0xc214_6e03), (HAILO_RESET_NN_CORE, 0x6e04),
            (HAILO_WRITE_ACTION_LIST, 0x4018_6e05), (HAILO_4_20_VDMA_INTERRUPTS_WAIT, 0xc2ad_7602),
            (HAILO_4_20_DESC_LIST_PROGRAM, 0x802b_7609), (HAILO_4_20_VDMA_LAUNCH_TRANSFER, 0xc041_760f),
        ] as [(UInt32, UInt32)])
    func numbers(constant: UInt32, number: UInt32) {
        #expect(constant == number)
    }

    @Test func everyRequestHasANameOfItsOwn() {
        for request in [HAILO_QUERY_DRIVER_INFO, HAILO_FW_CONTROL, HAILO_VDMA_LAUNCH_TRANSFER, HAILO_PCI_EP_CLOSE] {
            let name = RequestNames.name(of: request)
            #expect(name.flatMap(RequestNames.request(named:)) == request)
        }
        #expect(RequestNames.name(of: 0x1234) == nil)
    }
}
