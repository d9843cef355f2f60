internal import HailoFormats

/// The texts of --help.
enum Help {
    static let general = """
        hailoctl: inspect, test and run Hailo-8 and Hailo-8L accelerators

        usage: hailoctl COMMAND [OPTION…]

        commands:
          devices    list the devices of this machine and the emulated ones
          info       show the identity, the versions and the sensors of a device
          inspect    show the contents of a model (a HEF file); needs no device
          plan       print how a model would be set up on a chip; needs no device
          run        set up a model on a device and pass frames through it
          monitor    show what all programs do with the devices, again and again
          doctor     find out why a card does not work, or whether a model would
          emulate    run a program that finds emulated devices as if they were in the machine
          compile-emulated
                     compile a network into a model that the emulated device can compute
          version    print the version

        "hailoctl COMMAND --help" explains one command.

        Devices are named by PCI address (0000:01:00.0), by device file (/dev/hailo0) or, without a card,
        "emulator:hailo8" and "emulator:hailo8l". By default, the environment variable HAILOSWIFT_DEVICE names the
        device; if it is unset, the only device of the machine is used. An emulated device must be selected explicitly.

        "--" ends the options: what follows is a file, or the command that "emulate" runs.

        exit status: 0 success; 1 the command failed, or its output could not be written (see standard error);
        2 wrong usage; 126 and 127 as in shells, for the command that "emulate" runs
        """

    static let devices = """
        usage: hailoctl devices [--json]

        Lists all devices that the kernel driver knows, and then the emulated devices, with the versions of driver and
        firmware and whether this library runs models with them. What keeps a device from being asked follows the list.

          --json    print a JSON object {"devices": [{"id", "path", "emulated", "supported", "served",
                    "driver_version", "firmware_version", "note"}, …]}, the last three where there are any

        examples:
          hailoctl devices
          hailoctl devices --json | python3 -m json.tool
        """

    static let inspect = """
        usage: hailoctl inspect FILE [--json]

        Reads and checks a compiled model and prints its inputs and outputs, the streams that carry them, what is loaded
        into the chip, and what the host has to do. Types and orders are the words that "hailoctl run" takes. On a
        terminal, lines are wrapped to its width. Needs no device.

          --json    print one JSON object

        examples:
          hailoctl inspect model.hef
          hailoctl inspect model.hef --json | python3 -m json.tool
        """

    static let plan = """
        usage: hailoctl plan FILE [--arch CHIP] [--layout BITMAP] [--firmware VERSION] [--group NAME] [--batch N]
                             [--power MODE] [--json]

        Prints how the model would be set up: the channels, buffers and descriptor lists that it gets, and the actions
        of the firmware in each context. Descriptor lists are numbered; on a device, their addresses replace the
        numbers. Needs no device.

          --arch CHIP    hailo8 (default) or hailo8l
          --layout MAP   which clusters of the Hailo-8L work, one bit each; default 0x33
          --firmware V   for firmware of this version, from 4.18 on; default 4.23.0
        \(SessionArguments.help)
          --json         print one JSON object

        examples:
          hailoctl plan model.hef | less
          hailoctl plan model.hef --arch hailo8l --json | python3 -m json.tool
        """

    static let run = """
        usage: hailoctl run FILE [--frames N] [--input [NAME=]PATH]… [--output-dir DIR] [--type TYPE] [--order ORDER]
                            [--input-type TYPE] [--input-order ORDER] [--raw] [--async DEPTH] [--device ID]
                            [--group NAME] [--batch N] [--power MODE] [--timeout SECONDS] [--json]
                            [--detections] [--draw FILE.png] [--score T] [--iou T] [--max-per-class N] …

        Sets up the model on a device, passes N frames through each network group, and releases everything. Without
        --group, all groups of the model run, one after the other, in alphabetical order.

          --frames N     number of frames; with 0, each group is only activated and deactivated. By default, the number
                         of frames in the longest input file
          --input PATH   consecutive frames of the only input; "-" reads standard input. A file that is too short is
                         read again from its beginning. Without a file, all bytes are 0
          --input N=PATH the same for input N of several
          --output-dir D write the frames of each output to D/NAME.raw, with "-" for "/" in names
          --type TYPE    type of the outputs' numbers: auto (the model's own), u8, u16 or f32
          --order ORDER  order of the outputs' numbers, as "hailoctl inspect" names it: auto (the model's own), nhwc, nchw …;
                         for boxes: by-class, by-score, with-masks
          --input-type TYPE, --input-order ORDER
                         the same for the inputs
          --detections   print the detections in each frame
          --draw FILE    draw the detections on the input picture, as a PNG file; files of several frames are numbered
        \(DetectionArguments.help)
          --raw          frames are in the layout of the chip, stream by stream, as "hailoctl inspect" lists them
          --async DEPTH  maximum number of frames in flight: 1 to wait for each; by default, as many as fit
          --timeout S    how long a frame may take; default 10 seconds
          --device ID    the device; see "hailoctl --help" for the forms
        \(SessionArguments.help)
          --json         print one JSON object

        Prints the frame rate, the latencies, and the files that were written. The latency of a frame is the time from
        its submission until its outputs are available.

        examples:
          hailoctl run model.hef --frames 0 --device emulator
          hailoctl run model.hef --frames 100 --type f32 --input frames.bin --output-dir /tmp
          ffmpeg -i film.mp4 -f rawvideo -pix_fmt rgb24 -s 640x640 - | hailoctl run model.hef --input -
          hailoctl run model.hef --frames 10000 --async 1 --json
          hailoctl run detector.hef --input picture.rgb --draw found.png --score 0.5
        """

    static let monitor = """
        usage: hailoctl monitor [--interval SECONDS] [--count N] [--json]

        Shows the devices in use, their temperatures and how busy they are, and the sessions of all programs that run frames
        with this library: frames in all and per second, turns on the device per second, the share of time for which the
        device had frames of the session and for which frames waited for a turn, and the frames in flight. Rates are those of
        the last interval. Programs of other users are shown to root only.

        On a terminal, the tables are refreshed until Ctrl-C. Elsewhere they are printed once.

          --interval S   time between two looks; default 1 second
          --count N      print the tables N times
          --json         print one JSON object {"devices": […], "sessions": […]}; with --count, one on each line

        examples:
          hailoctl monitor
          hailoctl monitor --json | python3 -m json.tool
        """

    static let doctor = """
        usage: hailoctl doctor [--json] [--root DIR] [--record DIR [FILE] [--device ID]]
               hailoctl doctor FILE [--frames N] [--device ID]

        Without a file, examines this machine: the card on the PCI bus and its link, the kernel module, the firmware file,
        the device file and its rights, other programs that use it, versions and temperature. Each finding says what
        to do. The exit status is 1 if there is a problem.

          --json         print one JSON object
          --root DIR     examine the system whose files are in DIR, such as an SD card of another machine
          --record DIR   also run FILE, or a model that was installed with the system, on the device, and write all that
                         a maintainer needs to DIR/hailoswift-report.tar: the findings, every call to the driver, and
                         the kernel's messages about it

        With a file, sets up each network group of the model on an emulated device, which checks as strictly as driver
        and firmware do, passes frames through it, one at a time and several at once, and prints every finding: what was
        refused and why, and what would have crashed a real driver or card. The exit status is 1 if there are findings.

          --frames N     number of frames in each of the two ways; default 20
          --device ID    an emulated device with settings; by default, the chip that the model was compiled for

        examples:
          hailoctl doctor
          sudo hailoctl doctor --record /tmp model.hef
          hailoctl doctor model.hef
          hailoctl doctor model.hef --device emulator:hailo8,page=512
        """

    static let emulate = """
        usage: hailoctl emulate [--settings SETTINGS] [--log WHAT] -- COMMAND [ARGUMENT…]

        Runs a command that finds emulated devices at /dev/hailo0 and in /sys/class/hailo_chardev. It may be any
        dynamically linked program, such as Python with the vendor's package. The exit status is that of the command.

          --settings S   settings of the devices, such as "hailo8l" or "devices=2,fps=30"; docs/emulator.md lists them
          --log WHAT     what the devices print on standard error: warning (default: what would have crashed a real
                         card), refusals (also what they refuse, and why), silent

        examples:
          hailoctl emulate -- hailortcli scan
          hailoctl emulate --settings hailo8l,fault=transfer#9:lost -- python3 my_program.py
        """

    static let compile = """
        usage: hailoctl compile-emulated NETWORK --output FILE [--weights ARRAYS] [--arch CHIP] [--context LAYER]…
                            [--buffer LAYER]…

        Compiles an integer network into a model that the emulated device computes exactly. No chip can run the model.
        docs/emulated-core.md explains how to describe networks.

          --output FILE    the model (a HEF file)
          --weights FILE   the arrays that the network names: an .npz file written by numpy.savez
          --arch CHIP      hailo8 (default) or hailo8l
          --context LAYER  begin a new context with this layer
          --buffer LAYER   send the output of this layer to memory and back, row by row

        examples:
          hailoctl compile-emulated digits.net --weights digits.npz --output digits.hef
          hailoctl compile-emulated digits.net --weights digits.npz --context pool2 --buffer conv1 --output digits2.hef
        """

    static let info = """
        usage: hailoctl info [--device ID] [--power] [--json]

        Opens a device without reserving it and prints its identity, its versions and its temperature.

          --device ID    the device; see "hailoctl --help" for the forms
          --power        also measure the power that the device draws. Only boards with current monitoring support this.
                         The overcurrent protection is off during the measurement, even while a program runs frames
          --json         print one JSON object

        examples:
          hailoctl info
          hailoctl info --device emulator:hailo8l
        """
}
