internal import HailoFormats

/// The texts of --help.
enum Help {
    static let general = """
        hailoctl: look after Hailo-8 and Hailo-8L accelerators

        usage: hailoctl COMMAND [OPTION…]

        commands:
          devices    list the devices of this machine and the emulated ones
          info       show the identity, the versions and the sensors of a device
          inspect    show what is in a model (a HEF file); needs no device
          plan       print how a model is set up on a chip; needs no device
          run        set a model up on a device and pass frames through it
          doctor     run a model on a strict emulated device and report what is wrong with it
          emulate    let a program find emulated devices as if they were in the machine
          compile-emulated
                     make a model of a network that the emulated device can compute
          version    print the version

        "hailoctl COMMAND --help" explains one command.

        Devices are named by PCI address (0000:01:00.0), by device file (/dev/hailo0) or, for work without a card,
        "emulator:hailo8" and "emulator:hailo8l". Without --device the environment variable HAILOSWIFT_DEVICE counts,
        else the only device of the machine. An emulated device is never chosen unasked.

        "--" ends the options: what follows is a file, or the command that "emulate" runs.

        exit status: 0 success; 1 the command failed, also if an answer could not be written (standard error says why);
        2 it was called wrongly; 126 and 127 as shells have it, of the command that "emulate" runs
        """

    static let devices = """
        usage: hailoctl devices [--json]

        Lists every device that the kernel driver knows, without opening any, then the emulated devices.

          --json    print a JSON object {"devices": [{"id", "path", "emulated", "supported"}, …]}

        examples:
          hailoctl devices
          hailoctl devices --json | python3 -m json.tool
        """

    static let inspect = """
        usage: hailoctl inspect FILE [--json]

        Reads and checks a compiled model and prints its inputs and outputs, the streams that carry them, what is loaded
        into the chip, and what is left for the host to do. Types and orders are the words that "hailoctl run" takes. On a
        terminal lines are as long as it is wide. Needs no device.

          --json    print one JSON object

        examples:
          hailoctl inspect model.hef
          hailoctl inspect model.hef --json | python3 -m json.tool
        """

    static let plan = """
        usage: hailoctl plan FILE [--arch CHIP] [--layout BITMAP] [--group NAME] [--batch N] [--power MODE] [--json]

        Prints how the model would be set up: the channels, buffers and descriptor lists that it gets, and what the
        firmware is told to do in each context, action by action. Descriptor lists are named by number; on a device their
        addresses take that place. Needs no device.

          --arch CHIP    hailo8 (default) or hailo8l
          --layout MAP   which clusters of the Hailo-8L work, one bit each; 0x33 where it is not given
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

        Sets the model up on a device, passes N frames through each network group, and takes everything down. Without
        --group all groups of the model take their turns, in alphabetical order.

          --frames N     how many frames; with 0 each group begins to run and stops again. As many as the longest input
                         file has if not given
          --input PATH   frames of the only input, one behind the other; "-" reads standard input. A file that is too short
                         begins again. Without a file all bytes are 0
          --input N=PATH the same for input N of several
          --output-dir D write the frames of each output to D/NAME.raw, with "-" for "/" in names
          --type TYPE    numbers of the outputs: auto (the model's own), u8, u16 or f32
          --order ORDER  order of the outputs' numbers, as "hailoctl inspect" names it: auto (the model's own), nhwc, nchw …;
                         of boxes: by-class, by-score, with-masks
          --input-type TYPE, --input-order ORDER
                         the same for the inputs
          --detections   print what was found in each frame
          --draw FILE    draw what was found on the picture that was given, as a PNG file; several frames are numbered
        \(DetectionArguments.help)
          --raw          frames are in the layout of the chip, stream by stream, as "hailoctl inspect" lists them
          --async DEPTH  how many frames are in flight at a time: 1 to wait for each, as many as fit if not given
          --timeout S    how long a frame may take, 10 seconds if not given
          --device ID    the device; see "hailoctl --help" for the forms
        \(SessionArguments.help)
          --json         print one JSON object

        Prints the rate and the latencies, and the files that were written. The latency of a frame is the time from handing
        it over to having its outputs.

        examples:
          hailoctl run model.hef --frames 0 --device emulator
          hailoctl run model.hef --frames 100 --type f32 --input frames.bin --output-dir /tmp
          ffmpeg -i film.mp4 -f rawvideo -pix_fmt rgb24 -s 640x640 - | hailoctl run model.hef --input -
          hailoctl run model.hef --frames 10000 --async 1 --json
          hailoctl run detector.hef --input picture.rgb --draw found.png --score 0.5
        """

    static let doctor = """
        usage: hailoctl doctor FILE [--frames N] [--device ID]

        Sets every network group of the model up on an emulated device, which checks as strictly as driver and firmware do,
        passes frames through it, one at a time and many, and prints every finding: what was refused and why, and what a
        real driver or card would not have survived. Exit status 1 if there is any.

          --frames N     how many frames for each way, 20 if not given
          --device ID    an emulated device with settings; the chip that the model was compiled for if not given

        examples:
          hailoctl doctor model.hef
          hailoctl doctor model.hef --device emulator:hailo8,page=512
        """

    static let emulate = """
        usage: hailoctl emulate [--settings SETTINGS] [--log WHAT] -- COMMAND [ARGUMENT…]

        Runs a command that finds emulated devices at /dev/hailo0 and in /sys/class/hailo_chardev. It may be any program
        that is linked dynamically, such as a Python with the vendor's package. Its exit status is that of the command.

          --settings S   what the devices are like: "hailo8l", "devices=2,fps=30"; docs/emulator.md lists the settings
          --log WHAT     what the devices tell on standard error: warning (default: what a real card would not have
                         survived), refusals (also what they refuse, and why), silent

        examples:
          hailoctl emulate -- hailortcli scan
          hailoctl emulate --settings hailo8l,fault=transfer#9:lost -- python3 my_program.py
        """

    static let compile = """
        usage: hailoctl compile-emulated NETWORK --output FILE [--weights ARRAYS] [--arch CHIP] [--context LAYER]…
                            [--buffer LAYER]…

        Compiles a network of whole numbers into a model that the emulated device computes exactly. It runs on no chip.
        docs/emulated-core.md explains how networks are written down.

          --output FILE    the model (a HEF file)
          --weights FILE   the arrays that the network names, an .npz file as numpy.savez writes it
          --arch CHIP      hailo8 (default) or hailo8l
          --context LAYER  begin a new context with this layer
          --buffer LAYER   let what this layer makes go out to memory and come back, row by row

        examples:
          hailoctl compile-emulated digits.net --weights digits.npz --output digits.hef
          hailoctl compile-emulated digits.net --weights digits.npz --context pool2 --buffer conv1 --output digits2.hef
        """

    static let info = """
        usage: hailoctl info [--device ID] [--power] [--json]

        Opens a device without reserving it and prints its identity, its versions and its temperature.

          --device ID    the device; see "hailoctl --help" for the forms
          --power        measure the power that the device draws, too. Only boards with current monitoring can. The
                         measurement switches the overcurrent protection off for a moment, also for a program that is
                         running frames
          --json         print one JSON object

        examples:
          hailoctl info
          hailoctl info --device emulator:hailo8l
        """
}
