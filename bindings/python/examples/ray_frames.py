"""Runs frames on the devices of many machines with Ray: one actor for each device, results in the order of the frames.

    ray_frames.py MODEL FRAMES OUTPUT [--address ADDRESS] [--workers N] [--device ID]… [--chunk N]

FRAMES contains frames of the model's only input, one behind the other; the outputs of each go to OUTPUT, one behind the
other, in the order of the session's outputs. MODEL and the package hailoswift must be on all machines. On each of them, tell
Ray how many devices it has:

    ray start --address HEAD:6379 --resources '{"hailo": 2}'

Without --address, Ray runs on this machine alone. --device names the devices that actors may open, each the first that no
other program has; by default, those of its machine. A device, an actor or a machine that is lost is replaced, and its frames
run again.
"""

import argparse
import os
import pathlib
import sys
import time

import hailoswift
import ray


@ray.remote(resources={"hailo": 1}, num_cpus=0)
class Worker:
    """Has a device of its own, and runs chunks of frames on it."""

    def __init__(self, model, devices):
        self.device = self.open_free(devices or [found.id for found in hailoswift.scan()])
        self.session = hailoswift.Session(self.device, hailoswift.Model(model))
        self.session.activate()

    @staticmethod
    def open_free(devices):
        deadline = time.monotonic() + 2  # An actor that was lost may still be about to end.
        while True:
            reasons = []
            for name in devices:
                try:
                    return hailoswift.Device(name, exclusive=True)
                except hailoswift.HailoError as error:
                    reasons.append(f"{name}: {error}")
            if time.monotonic() > deadline:
                raise RuntimeError("no free device: " + "; ".join(reasons or ["there is none"]))
            time.sleep(0.1)

    def describe(self):
        return f"{self.device.info.id} on {os.uname().nodename}, process {os.getpid()}"

    def run(self, data):
        size = self.session.inputs[0].frame_size
        frames = (data[start : start + size] for start in range(0, len(data), size))
        return b"".join(
            bytes(output[port.name]) for output in self.session.stream(frames) for port in self.session.outputs
        )


class Farm:
    """The actors, and which chunks each of them has."""

    # One that it works on, and one that is on its way meanwhile.
    AT_A_TIME = 2
    # Actors that are lost without having run anything do not help.
    LOSSES_IN_A_ROW = 3

    def __init__(self, model, devices, count):
        self.model, self.devices = model, devices
        self.chunks = {}  # By the reference to the result: the actor's number, the chunk's number, the chunk.
        self.losses = 0
        self.actors = [self.start(number) for number in range(count)]

    def start(self, number):
        actor = Worker.remote(self.model, self.devices)
        try:
            print(f"worker {number}: {ray.get(actor.describe.remote())}", file=sys.stderr)
        except ray.exceptions.RayError:
            ray.kill(actor)
            self.note_loss(number)
            return self.start(number)
        return actor

    def note_loss(self, number):
        self.losses += 1
        if self.losses > self.LOSSES_IN_A_ROW:
            raise RuntimeError(f"worker {number} was lost, and so were those that replaced it")

    def work_of(self, number):
        return [reference for reference, (actor, _, _) in self.chunks.items() if actor == number]

    def send(self, number, position, chunk):
        self.chunks[self.actors[number].run.remote(chunk)] = (number, position, chunk)

    def replace(self, number):
        """A new actor gets the chunks of one that is lost."""
        self.note_loss(number)
        print(f"worker {number} is lost", file=sys.stderr)
        lost = [self.chunks.pop(reference) for reference in self.work_of(number)]
        ray.kill(self.actors[number])
        self.actors[number] = self.start(number)
        for _, position, chunk in lost:
            self.send(number, position, chunk)

    def run(self, chunks):
        """Yields the results of chunks in their order. Reads no more of them than the actors are about to need."""
        chunks = enumerate(chunks)
        done, next_position, last_read = {}, 0, False
        bound = 2 * self.AT_A_TIME * len(self.actors)
        while True:
            for number in range(len(self.actors)):
                while not last_read and len(self.work_of(number)) < self.AT_A_TIME and len(done) < bound:
                    position, chunk = next(chunks, (None, None))
                    last_read = chunk is None
                    if chunk is not None:
                        self.send(number, position, chunk)
            if not self.chunks:
                return
            (reference,), _ = ray.wait(list(self.chunks), num_returns=1)
            number, position, chunk = self.chunks[reference]
            try:
                done[position] = (len(chunk), ray.get(reference))
            except ray.exceptions.RayError:  # The actor's end, or an exception in it.
                self.replace(number)
                continue
            del self.chunks[reference]
            self.losses = 0
            while next_position in done:
                yield done.pop(next_position)
                next_position += 1


class Progress:
    """A bar on standard error, where that is a terminal."""

    WIDTH = 40

    def __init__(self, total):
        self.total, self.done, self.begin = total, 0, time.monotonic()

    def add(self, count):
        self.done += count
        if sys.stderr.isatty():
            filled = self.WIDTH * self.done // max(self.total, 1)
            bar = "#" * filled + "." * (self.WIDTH - filled)
            print(f"\r[{bar}] {self.done} of {self.total} frames, {self.rate:.0f} frames/s", end="", file=sys.stderr)

    @property
    def rate(self):
        return self.done / max(time.monotonic() - self.begin, 1e-9)

    def end(self):
        if sys.stderr.isatty():
            print(file=sys.stderr)
        print(f"{self.done} frames, {self.rate:.0f} frames/s")


def chunks_of(path, size):
    with path.open("rb") as file:
        while chunk := file.read(size):
            yield chunk


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("frames", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--address", help="of a Ray cluster that runs already")
    parser.add_argument("--workers", type=int, help="how many devices to use; by default, all of the cluster")
    parser.add_argument("--device", action="append", help="a device that actors may open")
    parser.add_argument("--chunk", type=int, default=64, help="how many frames an actor gets at a time")
    options = parser.parse_args()

    with hailoswift.Model(options.model) as model:
        inputs = model.groups[0].inputs
    size = inputs[0].frame_size
    total, rest = divmod(options.frames.stat().st_size, size)
    if len(inputs) != 1 or rest or options.chunk < 1:
        sys.exit(f"ray_frames: the model must have one input, and {options.frames} whole frames of {size} bytes")

    if options.address:
        ray.init(options.address)
    else:
        count = options.workers or len(options.device or hailoswift.scan())
        ray.init(num_cpus=1, resources={"hailo": max(count, 1)}, include_dashboard=False)
    workers = options.workers or int(ray.cluster_resources().get("hailo", 0))
    farm = Farm(str(options.model.resolve()), options.device, workers)
    progress = Progress(total)
    with options.output.open("wb") as output:
        for length, result in farm.run(chunks_of(options.frames, options.chunk * size)):
            output.write(result)
            progress.add(length // size)
    progress.end()
    ray.shutdown()


if __name__ == "__main__":
    main()
