"""The structures of hailoswift.h. A test compares their layout with the compiler's."""

from __future__ import annotations

import ctypes


class _Growing(ctypes.Structure):
    """A structure that begins with its own size."""

    def __init__(self) -> None:
        super().__init__(ctypes.sizeof(type(self)))


class VersionNumber(ctypes.Structure):
    _fields_ = [
        ("major_version", ctypes.c_uint32),
        ("minor_version", ctypes.c_uint32),
        ("revision", ctypes.c_uint32),
    ]


class ErrorInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("status", ctypes.c_int32),
        ("system_error", ctypes.c_int32),
        ("firmware_status", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class DeviceEntryStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("id", ctypes.c_char * 64),
        ("path", ctypes.c_char * 64),
        ("is_emulated", ctypes.c_int32),
        ("is_supported", ctypes.c_int32),
    ]


class DeviceOptionsStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("exclusive", ctypes.c_int32),
        ("control_timeout_ms", ctypes.c_uint32),
        ("shared", ctypes.c_int32),
        ("turn_ms", ctypes.c_uint32),
        ("wait_ms", ctypes.c_uint32),
        ("ageing_ms", ctypes.c_uint32),
    ]


class DeviceInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("id", ctypes.c_char * 64),
        ("path", ctypes.c_char * 64),
        ("is_emulated", ctypes.c_int32),
        ("architecture", ctypes.c_int32),
        ("board_name", ctypes.c_char * 33),
        ("serial_number", ctypes.c_char * 17),
        ("part_number", ctypes.c_char * 17),
        ("product_name", ctypes.c_char * 43),
        ("reserved", ctypes.c_uint8 * 2),
        ("driver_version", VersionNumber),
        ("firmware_version", VersionNumber),
        ("core_firmware_version", VersionNumber),
        ("firmware_is_release", ctypes.c_int32),
        ("control_protocol_version", ctypes.c_uint32),
        ("logger_version", ctypes.c_uint32),
        ("core_clock_hz", ctypes.c_uint32),
        ("supported_features", ctypes.c_uint32),
        ("boot_source", ctypes.c_int32),
        ("life_cycle_state", ctypes.c_uint32),
        ("cluster_layout", ctypes.c_uint32),
        ("soc_id", ctypes.c_uint8 * 32),
        ("ethernet_address", ctypes.c_uint8 * 6),
        ("unit_tracking_id", ctypes.c_uint8 * 12),
        ("process_monitor", ctypes.c_uint8 * 24),
        ("reserved_end", ctypes.c_uint8 * 6),
        ("dma_page_size", ctypes.c_uint32),
        ("dma_engines", ctypes.c_uint32),
        ("data_origin", ctypes.c_int32),
        ("reserved_last", ctypes.c_uint32),
    ]


class DeviceStatisticsStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("frames", ctypes.c_uint64),
        ("turns", ctypes.c_uint64),
        ("busy_ns", ctypes.c_uint64),
        ("elapsed_ns", ctypes.c_uint64),
        ("session_count", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class DeviceGroupOptionsStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("ids", ctypes.POINTER(ctypes.c_char_p)),
        ("device_count", ctypes.c_size_t),
        ("name", ctypes.c_char_p),
        ("device_options", ctypes.POINTER(DeviceOptionsStruct)),
    ]


class SessionStatisticsStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("frames", ctypes.c_uint64),
        ("turns", ctypes.c_uint64),
        ("busy_ns", ctypes.c_uint64),
        ("waiting_ns", ctypes.c_uint64),
        ("elapsed_ns", ctypes.c_uint64),
        ("frames_in_flight", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class FindingStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("kind", ctypes.c_int32),
        ("text", ctypes.c_char * 508),
    ]


class TemperatureStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("sensor0", ctypes.c_float),
        ("sensor1", ctypes.c_float),
        ("sample_count", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class ModelInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("architecture", ctypes.c_char * 32),
        ("compiler_version", ctypes.c_char * 128),
        ("hash", ctypes.c_char * 40),
        ("header_version", ctypes.c_uint32),
        ("group_count", ctypes.c_uint32),
        ("runs_on_hailo8", ctypes.c_int32),
        ("runs_on_hailo8l", ctypes.c_int32),
    ]


class GroupInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("name", ctypes.c_char * 256),
        ("network_count", ctypes.c_uint32),
        ("input_count", ctypes.c_uint32),
        ("output_count", ctypes.c_uint32),
        ("input_stream_count", ctypes.c_uint32),
        ("output_stream_count", ctypes.c_uint32),
        ("context_count", ctypes.c_uint32),
        ("bottleneck_fps", ctypes.c_double),
    ]


class NetworkInfoStruct(_Growing):
    _fields_ = [("struct_size", ctypes.c_size_t), ("name", ctypes.c_char * 520)]


class FormatStruct(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int32), ("order", ctypes.c_int32), ("is_transposed", ctypes.c_int32)]


class ShapeStruct(ctypes.Structure):
    _fields_ = [("height", ctypes.c_uint32), ("width", ctypes.c_uint32), ("features", ctypes.c_uint32)]


class QuantizationStruct(ctypes.Structure):
    _fields_ = [
        ("zero_point", ctypes.c_float),
        ("scale", ctypes.c_float),
        ("minimum", ctypes.c_float),
        ("maximum", ctypes.c_float),
    ]


class BoxesStruct(ctypes.Structure):
    _fields_ = [
        ("classes", ctypes.c_uint32),
        ("max_per_class", ctypes.c_uint32),
        ("max_total", ctypes.c_uint32),
        ("max_mask_size", ctypes.c_uint32),
    ]


class TensorInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("name", ctypes.c_char * 256),
        ("network_name", ctypes.c_char * 520),
        ("direction", ctypes.c_int32),
        ("format", FormatStruct),
        ("is_boxes", ctypes.c_int32),
        ("shape", ShapeStruct),
        ("boxes", BoxesStruct),
        ("quantization", QuantizationStruct),
        ("frame_size", ctypes.c_uint32),
        ("frame_size_float32", ctypes.c_uint32),
    ]


class StreamInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("name", ctypes.c_char * 256),
        ("network_name", ctypes.c_char * 520),
        ("direction", ctypes.c_int32),
        ("index", ctypes.c_uint32),
        ("format", FormatStruct),
        ("shape", ShapeStruct),
        ("hardware_shape", ShapeStruct),
        ("quantization", QuantizationStruct),
        ("is_mux", ctypes.c_int32),
        ("hardware_data_bytes", ctypes.c_uint32),
        ("hardware_frame_size", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class NetworkBatchStruct(ctypes.Structure):
    _fields_ = [("network", ctypes.c_char_p), ("batch_size", ctypes.c_uint32), ("reserved", ctypes.c_uint32)]


class SchedulingStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("threshold", ctypes.c_uint32),
        ("timeout_ms", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class SessionOptionsStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("group", ctypes.c_char_p),
        ("batch_size", ctypes.c_uint32),
        ("power_mode", ctypes.c_int32),
        ("network_batches", ctypes.POINTER(NetworkBatchStruct)),
        ("network_batch_count", ctypes.c_size_t),
        ("scheduling", ctypes.POINTER(SchedulingStruct)),
    ]


class SessionInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("group", ctypes.c_char * 256),
        ("batch_size", ctypes.c_uint32),
        ("is_active", ctypes.c_int32),
        ("input_channel_count", ctypes.c_uint32),
        ("output_channel_count", ctypes.c_uint32),
        ("context_count", ctypes.c_uint32),
        ("input_count", ctypes.c_uint32),
        ("output_count", ctypes.c_uint32),
        ("queue_depth", ctypes.c_uint32),
        ("dma_bytes", ctypes.c_uint64),
        ("data_origin", ctypes.c_int32),
        ("reserved", ctypes.c_uint32),
    ]


class PortInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("name", ctypes.c_char * 256),
        ("direction", ctypes.c_int32),
        ("format", FormatStruct),
        ("frame_size", ctypes.c_uint64),
        ("is_boxes", ctypes.c_int32),
        ("boxes", BoxesStruct),
        ("picture_height", ctypes.c_uint32),
        ("picture_width", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class DetectionSettingsStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("score_threshold", ctypes.c_float),
        ("iou_threshold", ctypes.c_float),
        ("max_per_class", ctypes.c_uint32),
        ("max_total", ctypes.c_uint32),
        ("max_mask_size", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class DetectionStruct(ctypes.Structure):
    _fields_ = [
        ("class_id", ctypes.c_uint32),
        ("score", ctypes.c_float),
        ("y_min", ctypes.c_float),
        ("x_min", ctypes.c_float),
        ("y_max", ctypes.c_float),
        ("x_max", ctypes.c_float),
        ("mask", ctypes.c_void_p),
        ("mask_height", ctypes.c_uint32),
        ("mask_width", ctypes.c_uint32),
    ]


class SourceStruct(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t)]


class TargetStruct(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t)]


class SubmitOptionsStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("callback", ctypes.c_void_p),
        ("user_data", ctypes.c_void_p),
        ("timeout_ms", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class QueueInfoStruct(_Growing):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("depth", ctypes.c_uint32),
        ("frames_under_way", ctypes.c_uint32),
        ("jobs_under_way", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]
