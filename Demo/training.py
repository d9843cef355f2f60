"""Small convolutional networks of real numbers, trained with numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Layer:
    """A layer takes what the layer `source` made. Its parameters are arrays that the training moves."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source
        self.parameters: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}


class Convolution(Layer):
    """A convolution and, if `relu`, a rectifier behind it. Tensors are batch, rows, columns, features."""

    kind = "conv"

    def __init__(self, name, source, inputs, outputs, size=3, stride=1, relu=True, random=None) -> None:
        super().__init__(name, source)
        self.size, self.stride, self.padding, self.relu = size, stride, size // 2, relu
        spread = np.sqrt(2 / (size * size * inputs))
        self.parameters = {
            "weights": random.normal(0, spread, (size, size, inputs, outputs)).astype(np.float32),
            "bias": np.zeros(outputs, np.float32),
        }

    def patches(self, x):
        edge = self.padding
        padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge), (0, 0)))
        windows = sliding_window_view(padded, (self.size, self.size), axis=(1, 2))
        windows = windows[:, :: self.stride, :: self.stride].transpose(0, 1, 2, 4, 5, 3)
        return windows.reshape(*windows.shape[:3], -1)

    def forward(self, x):
        self.shape = x.shape
        self.taken = self.patches(x)
        weights = self.parameters["weights"]
        y = self.taken @ weights.reshape(-1, weights.shape[3]) + self.parameters["bias"]
        self.made = np.maximum(y, 0) if self.relu else y
        return self.made

    def backward(self, gradient):
        if self.relu:
            gradient = gradient * (self.made > 0)
        weights = self.parameters["weights"]
        flat = gradient.reshape(-1, weights.shape[3])
        self.gradients["weights"] = (self.taken.reshape(len(flat), -1).T @ flat).reshape(weights.shape)
        self.gradients["bias"] = flat.sum(axis=0)
        back = (flat @ weights.reshape(-1, weights.shape[3]).T).reshape(*gradient.shape[:3], self.size, self.size, -1)
        batch, height, width, features = self.shape
        edge = self.padding
        result = np.zeros((batch, height + 2 * edge, width + 2 * edge, features), np.float32)
        rows, columns = gradient.shape[1:3]
        for down in range(self.size):
            for right in range(self.size):
                result[
                    :, down : down + rows * self.stride : self.stride, right : right + columns * self.stride : self.stride
                ] += back[:, :, :, down, right]
        return result[:, edge : edge + height, edge : edge + width]


class MaxPool(Layer):
    """The largest of each two by two numbers."""

    kind = "maxpool"

    def forward(self, x):
        batch, height, width, features = x.shape
        parts = x.reshape(batch, height // 2, 2, width // 2, 2, features)
        made = parts.max(axis=(2, 4))
        self.mask = parts == made[:, :, None, :, None]
        self.shape = x.shape
        return made

    def backward(self, gradient):
        return (self.mask * gradient[:, :, None, :, None]).reshape(self.shape)


class Dense(Layer):
    """All numbers times a matrix."""

    kind = "dense"
    relu = False

    def __init__(self, name, source, inputs, outputs, random=None) -> None:
        super().__init__(name, source)
        self.parameters = {
            "weights": random.normal(0, np.sqrt(1 / inputs), (inputs, outputs)).astype(np.float32),
            "bias": np.zeros(outputs, np.float32),
        }

    def forward(self, x):
        self.shape = x.shape
        self.taken = x.reshape(len(x), -1)
        return (self.taken @ self.parameters["weights"] + self.parameters["bias"])[:, None, None, :]

    def backward(self, gradient):
        flat = gradient.reshape(len(gradient), -1)
        self.gradients = {"weights": self.taken.T @ flat, "bias": flat.sum(axis=0)}
        return (flat @ self.parameters["weights"].T).reshape(self.shape)


class Network:
    """Layers in the order in which they are computed; the input is called "image"."""

    def __init__(self, name: str, layers: list[Layer], outputs: list[str]) -> None:
        self.name, self.layers, self.outputs = name, layers, outputs
        self.steps = 0
        self.moments: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = {}

    def forward(self, image: np.ndarray) -> dict[str, np.ndarray]:
        made = {"image": image}
        for layer in self.layers:
            made[layer.name] = layer.forward(made[layer.source])
        return made

    def learn(self, gradients: dict[str, np.ndarray], rate: float) -> None:
        """One step of Adam from the gradients at the outputs."""
        gradients = dict(gradients)
        self.steps += 1
        for layer in reversed(self.layers):
            back = layer.backward(gradients.pop(layer.name))
            gradients[layer.source] = gradients[layer.source] + back if layer.source in gradients else back
        for layer in self.layers:
            for key, gradient in layer.gradients.items():
                mean, square = self.moments.get((layer.name, key), (0, 0))
                mean = 0.9 * mean + 0.1 * gradient
                square = 0.999 * square + 0.001 * gradient**2
                self.moments[layer.name, key] = mean, square
                step = mean / (1 - 0.9**self.steps) / (np.sqrt(square / (1 - 0.999**self.steps)) + 1e-8)
                layer.parameters[key] -= np.float32(rate) * step.astype(np.float32)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
