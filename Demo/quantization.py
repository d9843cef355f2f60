"""From a trained network to whole numbers: the form that the emulated core computes, written down for
`hailoctl compile-emulated`, and a plain numpy implementation of it to compare with.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class QuantizedNetwork:
    """Lines of a network description and the arrays that they name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[tuple[str, str, dict[str, str]]] = []
        self.arrays: dict[str, np.ndarray] = {}
        self.outputs: list[str] = []
        #: Lines that say what the host does with the outputs.
        self.host: list[str] = []

    # Writing

    def add(self, kind: str, name: str, **attributes: object) -> None:
        self.lines.append((kind, name, {key: str(value) for key, value in attributes.items()}))

    def text(self) -> str:
        lines = [f"network {self.name}"]
        for kind, name, attributes in self.lines:
            lines.append(" ".join([kind, name] + [f"{key}={value}" for key, value in attributes.items()]))
        return "\n".join(lines + [f"output {name}" for name in self.outputs] + self.host) + "\n"

    def save(self, path: str) -> None:
        """Writes PATH.net and PATH.npz."""
        with open(path + ".net", "w", encoding="utf-8") as file:
            file.write(self.text())
        np.savez(path + ".npz", **self.arrays)

    @staticmethod
    def load(path: str) -> QuantizedNetwork:
        """Reads PATH.net and PATH.npz."""
        network = QuantizedNetwork("")
        with open(path + ".net", encoding="utf-8") as file:
            for line in file:
                words = line.split("#")[0].split()
                if not words or words[0] == "context":
                    continue
                if words[0] == "network":
                    network.name = words[1]
                elif words[0] == "output":
                    network.outputs.append(words[1])
                elif words[0] == "yolox":
                    network.host.append(" ".join(words))
                else:
                    network.add(words[0], words[1], **dict(word.split("=", 1) for word in words[2:]))
        with np.load(path + ".npz") as arrays:
            network.arrays = {name: arrays[name] for name in arrays.files}
        return network

    def scale(self, name: str) -> tuple[float, int]:
        """What a number of a layer means: how much 1 is, and which number stands for 0."""
        for kind, other, attributes in self.lines:
            if other == name:
                if "scale" not in attributes and "from" in attributes:
                    return self.scale(attributes["from"].split(",")[0])
                return float(attributes.get("scale", "1")), int(attributes.get("zero", "0"))
        raise KeyError(name)

    # Computing

    def run(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """All layers for images of whole numbers: batch, rows, columns, features."""
        made: dict[str, np.ndarray] = {}
        zeros: dict[str, int] = {}
        for kind, name, attributes in self.lines:
            if kind == "input":
                # The networks here have one input.
                made[name] = images.astype(np.int64)
                zeros[name] = int(attributes.get("zero", "0"))
                continue
            sources = attributes["from"].split(",")
            inputs = [made[source] for source in sources]
            made[name], zeros[name] = self._layer(kind, attributes, inputs, [zeros[source] for source in sources])
        return made

    def _layer(self, kind, attributes, inputs, zeros):
        x = inputs[0]

        def numbers(key):
            value = attributes.get(key, "0")
            return self.arrays[value].astype(np.int64) if value in self.arrays else np.int64(int(value))

        def pair(key, standard):
            parts = [int(part) for part in attributes.get(key, standard).split("x")]
            return parts[0], parts[-1]

        zero = int(attributes.get("zero", "0"))
        low = int(attributes.get("low", "0"))
        high = int(attributes.get("high", "65535" if attributes.get("bits") == "16" else "255"))

        def hold(sums, multiplier, shift):
            return np.clip(((sums * multiplier + (1 << (shift - 1))) >> shift) + zero, low, high)

        if kind in ("conv", "depthwise", "dense"):
            weights = self.arrays[attributes["weights"]].astype(np.int64)
            if kind == "dense":
                sums = ((x - zeros[0]).reshape(len(x), -1) @ weights)[:, None, None, :]
            else:
                windows = _windows(x - zeros[0], weights.shape[:2], pair("stride", "1"), attributes.get("padding", "0"), 0)
                sums = np.einsum("nyxcij,ijco->nyxo" if kind == "conv" else "nyxcij,ijc->nyxc", windows, weights)
            return hold(sums + numbers("bias"), numbers("multiplier"), numbers("shift")), zero
        if kind in ("maxpool", "avgpool"):
            size = pair("size", "1")
            padding = attributes.get("padding", "0")
            step = pair("stride", attributes["size"])
            if kind == "maxpool":
                windows = _windows(x, size, step, padding, np.iinfo(np.int64).min)
                return windows.max(axis=(4, 5)), zeros[0]
            total = _windows(x, size, step, padding, 0).sum(axis=(4, 5))
            count = _windows(np.ones_like(x), size, step, padding, 0).sum(axis=(4, 5))
            return (2 * total + count) // (2 * count), zeros[0]
        if kind == "add":
            left, right = (int(part) for part in attributes.get("multipliers", "1,1").split(","))
            sums = (x - zeros[0]) * left + (inputs[1] - zeros[1]) * right
            return hold(sums, 1, int(attributes.get("shift", "1"))), zero
        if kind == "concat":
            return np.concatenate(inputs, axis=3), zeros[0]
        if kind == "table":
            table = self.arrays[attributes["values"]].astype(np.int64)
            return table[np.clip(x - int(attributes.get("base", "0")), 0, len(table) - 1)], zero
        if kind == "requantize":
            return hold(x - zeros[0], int(attributes["multiplier"]), int(attributes["shift"])), zero
        if kind == "argmax":
            return x.argmax(axis=3)[..., None], 0
        if kind == "resize":
            return _resize(x, pair("size", "1"), attributes.get("way", "nearest")), zeros[0]
        if kind == "ddr":
            return x, zeros[0]
        raise ValueError(f"there is no layer of kind {kind}")


def _windows(x, size, step, padding, fill):
    sides = [int(part) for part in padding.split(",")]
    top, left, bottom, right = sides if len(sides) == 4 else sides * 4
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=fill)
    return sliding_window_view(padded, size, axis=(1, 2))[:, :: step[0], :: step[1]]


def _resize(x, size, way):
    (rows, columns), (height, width) = size, x.shape[1:3]
    if way == "nearest":
        return x[:, np.arange(rows) * height // rows][:, :, np.arange(columns) * width // columns]

    def places(count, available):
        place = np.maximum((2 * np.arange(count) + 1) * available * 128 // count - 128, 0)
        first = np.minimum(place >> 8, available - 1)
        return first, np.minimum(first + 1, available - 1), place & 255

    top, bottom, down = places(rows, height)
    left, right, across = places(columns, width)
    across, down = across[None, None, :, None], down[None, :, None, None]
    upper = x[:, top][:, :, left] * (256 - across) + x[:, top][:, :, right] * across
    lower = x[:, bottom][:, :, left] * (256 - across) + x[:, bottom][:, :, right] * across
    return (upper * (256 - down) + lower * down + 32768) >> 16


def fixed_point(factor: float) -> tuple[int, int]:
    """multiplier / 2^shift for a factor below 1."""
    shift = int(np.clip(30 - np.ceil(np.log2(factor)), 1, 62))
    return int(round(factor * 2.0**shift)), shift


def quantize(trained, images: np.ndarray, image_scale: float) -> QuantizedNetwork:
    """Finds whole numbers for a trained network of convolutions, pools and dense layers.

    `images` are examples as the network's input has them, real numbers from 0 on, of which one step is `image_scale`.
    Each layer's range is what the examples need.
    """
    network = QuantizedNetwork(trained.name)
    network.outputs = list(trained.outputs)
    network.add("input", "image", shape="x".join(str(side) for side in images.shape[1:]), scale=image_scale)
    made = trained.forward(images)
    scales = {"image": image_scale}
    for layer in trained.layers:
        if layer.kind == "maxpool":
            network.add("maxpool", layer.name, **{"from": layer.source, "size": 2})
            scales[layer.name] = scales[layer.source]
            continue
        values = made[layer.name]
        low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
        scale = (high - low) / 255 or 1.0
        zero = int(round(-low / scale))
        scales[layer.name] = scale
        weights = layer.parameters["weights"]
        largest = np.abs(weights.reshape(-1, weights.shape[-1])).max(axis=0)
        steps = np.where(largest > 0, largest / 127, 1.0)
        incoming = scales[layer.source]
        factors = [fixed_point(incoming * step / scale) for step in steps]
        arrays = {
            "weights": np.round(weights / steps).astype(np.int8),
            "bias": np.round(layer.parameters["bias"] / (incoming * steps)).astype(np.int32),
            "multiplier": np.array([factor[0] for factor in factors], np.int32),
            "shift": np.array([factor[1] for factor in factors], np.int32),
        }
        attributes: dict[str, object] = {"from": layer.source}
        for key, array in arrays.items():
            network.arrays[f"{layer.name}.{key}"] = array
            attributes[key] = f"{layer.name}.{key}"
        if layer.kind == "conv":
            attributes |= {"stride": layer.stride, "padding": layer.padding}
        attributes |= {"scale": repr(scale), "zero": zero}
        network.add(layer.kind, layer.name, **attributes)
    return network


def table(network: QuantizedNetwork, name: str, source: str, function) -> None:
    """Adds a layer that puts each number of a layer of 8 bits through a function with results from 0 to 1."""
    scale, zero = network.scale(source)
    values = np.round(function((np.arange(256) - zero) * scale) * 255).astype(np.int32)
    network.arrays[f"{name}.values"] = values
    network.add("table", name, **{"from": source, "values": f"{name}.values", "scale": repr(1 / 255), "zero": 0})
