"""Networks for the emulated core: every kind of layer computes what numpy computes, in one context and in several, and what
is written down wrongly is refused with words that help.
"""

import json
import sys

import pytest
from repository import ROOT, TOOL, run

np = pytest.importorskip("numpy", reason="numpy is not installed")
sys.path.insert(0, str(ROOT / "Demo"))
from quantization import QuantizedNetwork  # noqa: E402

FRAMES = 6


def weighted(network, random, kind, name, source, shape, outputs, **attributes):
    """A layer with random weights whose sums fill the range of its results."""
    network.arrays[f"{name}.w"] = random.integers(-128, 128, shape).astype(np.int8)
    network.arrays[f"{name}.b"] = random.integers(-3000, 3000, outputs).astype(np.int32)
    taps = np.prod(shape) // outputs if kind != "depthwise" else np.prod(shape[:2])
    network.arrays[f"{name}.m"] = (2**30 * random.uniform(0.5, 1.9, outputs) / np.sqrt(taps)).astype(np.int32)
    network.arrays[f"{name}.s"] = random.integers(36, 38, outputs).astype(np.int32)
    network.add(
        kind, name, **{"from": source}, weights=f"{name}.w", bias=f"{name}.b", multiplier=f"{name}.m", shift=f"{name}.s",
        **attributes,
    )


def everything(seed):
    """A network with every kind of layer, of random sizes."""
    random = np.random.default_rng(seed)
    height, width, features = (int(side) for side in random.integers((6, 6, 1), (14, 14, 6)))
    network = QuantizedNetwork("all")
    network.add("input", "image", shape=f"{height}x{width}x{features}", zero=int(random.integers(0, 200)))
    c1, c2 = (int(count) for count in random.integers(2, 9, 2))
    weighted(network, random, "conv", "wide", "image", (3, 3, features, c1), c1, padding=1, zero=90)
    weighted(network, random, "conv", "stepped", "wide", (3, 2, c1, c2), c2, stride="2x1", padding="1,0,0,1", zero=128)
    weighted(network, random, "depthwise", "deep", "wide", (3, 3, c1), c1, padding=1, zero=100, low=3, high=250)
    network.add("maxpool", "largest", **{"from": "deep"}, size="3x2", stride="2x1", padding="1,0,1,1")
    network.add("avgpool", "average", **{"from": "deep"}, size=3, stride=2, padding=1)
    network.add("add", "sum", **{"from": "wide,deep"}, multipliers="93,71", shift=7, zero=17)
    network.add("concat", "joined", **{"from": "wide,sum,deep"})
    network.arrays["curve"] = np.sort(random.integers(0, 256, 200)).astype(np.int32)
    network.add("table", "curved", **{"from": "joined"}, values="curve", base=20, zero=5)
    network.add("requantize", "rescaled", **{"from": "curved"}, multiplier=77000, shift=9, zero=300, bits=16)
    network.add("resize", "near", **{"from": "average"}, size="9x5")
    network.add("resize", "smooth", **{"from": "average"}, size="11x7", way="bilinear")
    network.add("ddr", "rows", **{"from": "stepped"})
    network.add("argmax", "best", **{"from": "rows"})
    flat = np.prod(network.run(np.zeros((1, height, width, features), np.uint8))["near"].shape[1:])
    weighted(network, random, "dense", "vector", "near", (int(flat), 11), 11, zero=40)
    network.outputs = ["stepped", "largest", "rescaled", "smooth", "best", "vector"]
    images = random.integers(0, 256, (FRAMES, height, width, features)).astype(np.uint8)
    return network, images


def compile_network(network, folder, *options):
    network.save(str(folder / "net"))
    return run(
        TOOL, "compile-emulated", folder / "net.net", "--weights", folder / "net.npz", "--output", folder / "net.hef", *options
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "options",
    [[], ["--context", "deep"], ["--buffer", "deep", "--context", "average", "--context", "near"], ["--arch", "hailo8l"]],
    ids=["one", "two", "three", "8l"],
)
def test_every_layer_is_exact(tmp_path, seed, options):
    network, images = everything(seed)
    compiled = compile_network(network, tmp_path, *options)
    assert compiled.returncode == 0, compiled.stderr
    images.tofile(tmp_path / "images.raw")
    device = "emulator:hailo8l" if "hailo8l" in options else f"emulator:hailo8,page={[512, 4096][seed % 2]}"
    batch = ["--batch", "3"] if "--context" in options else []
    result = run(
        TOOL, "run", tmp_path / "net.hef", "--device", device, "--input", f"all/image={tmp_path / 'images.raw'}",
        "--output-dir", tmp_path, "--json", *batch,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["groups"][0]["data_origin"] == "computed"
    expected = network.run(images)
    for name in network.outputs:
        found = np.fromfile(tmp_path / f"all-{name}.raw", np.uint16 if name == "rescaled" else np.uint8)
        assert (found == expected[name].ravel()).all(), name
        assert len(np.unique(expected[name])) > 1, name
    examined = run(TOOL, "doctor", tmp_path / "net.hef", "--device", device)
    assert examined.returncode == 0 and "no findings" in examined.stdout, examined.stdout


def test_the_preload_library_computes_too(tmp_path):
    """A device file may be an emulated device; its part number tells."""
    network, images = everything(0)
    assert compile_network(network, tmp_path).returncode == 0
    images.tofile(tmp_path / "images.raw")
    result = run(
        TOOL, "emulate", "--", TOOL, "run", tmp_path / "net.hef", "--input", f"all/image={tmp_path / 'images.raw'}",
        "--output-dir", tmp_path, "--device", "/dev/hailo0",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert (np.fromfile(tmp_path / "all-best.raw", np.uint8) == network.run(images)["best"].ravel()).all()


@pytest.mark.parametrize(
    "text,message",
    [
        ("", "it describes no layer"),
        ("input image", "line 1: input image: it needs shape="),
        ("input image shape=8x8", "shape takes NxNxN"),
        ("input image shape=0x8x1", "0 x 8 x 1 numbers"),
        ("input image shape=8x8x1 colour=red", "it has no attribute colour; there are shape"),
        ("input image shape=8x8x1 shape=8x8x1", "shape is given twice"),
        ("input image shape=8x8x1", "at least one input and one output"),
        ("input image shape=8x8x1\noutput nothing", 'there is no layer "nothing" before it'),
        ("input image shape=8x8x1\ninput image shape=8x8x1", 'there is a layer "image" already'),
        ("input image shape=8x8x1\nblur b from=image", 'there is no layer of kind "blur"; there are input, output, conv'),
        ("input image shape=8x8x1\nadd a from=image", "it takes from=ONE,ANOTHER"),
        ("input image shape=8x8x1\nconv c from=image weights=w multiplier=1 shift=1", 'has no array "w"; it has none'),
        ("input image shape=8x8x1\nrequantize r from=image shift=1", "it needs multiplier=NUMBER"),
        ("input image shape=8x8x1\nrequantize r from=image multiplier=1 shift=99\noutput r", "a shift must be 1 to 62, not 99"),
        ("input image shape=8x8x1\nmaxpool p from=image size=9\noutput p", "0 x 0 x 1 numbers"),
        ("input image shape=8x8x1\nadd a from=image,image low=9 high=3\noutput a", "its lower bound 9 is above its upper bound 3"),
        ("network", '"network" must be followed by one name'),
        ("context now", '"context" must not be followed by anything'),
    ],
)
def test_mistakes_are_explained(tmp_path, text, message):
    (tmp_path / "net.net").write_text(text)
    np.savez(tmp_path / "net.npz")
    result = run(
        TOOL, "compile-emulated", tmp_path / "net.net", "--weights", tmp_path / "net.npz", "--output", tmp_path / "net.hef"
    )
    assert result.returncode == 1
    assert message in result.stderr
    assert str(tmp_path) in result.stderr
    assert not (tmp_path / "net.hef").exists()


@pytest.mark.parametrize(
    "array,message",
    [
        (np.zeros((3, 3, 2, 4), np.int8), "its weights have the shape 3 x 3 x 2 x 4 instead of ROWS x COLUMNS x 1 x FEATURES"),
        (np.full((3, 3, 1, 4), 200), "weights has 200; numbers must be -128 to 127"),
        (np.zeros((3, 3, 1, 4), np.float32), "has numbers of type <f4"),
        (np.asfortranarray(np.zeros((3, 3, 1, 4), np.int8)), "is in Fortran order"),
    ],
)
def test_wrong_arrays_are_explained(tmp_path, array, message):
    (tmp_path / "net.net").write_text(
        "input image shape=8x8x1\nconv c from=image weights=w multiplier=1 shift=1\noutput c\n"
    )
    np.savez(tmp_path / "net.npz", w=array)
    arguments = [TOOL, "compile-emulated", tmp_path / "net.net", "--output", tmp_path / "net.hef"]
    result = run(*arguments, "--weights", tmp_path / "net.npz")
    assert result.returncode == 1 and message in result.stderr
    assert "no archive of arrays was given" in run(*arguments).stderr
    np.savez_compressed(tmp_path / "net.npz", w=array)
    assert "numpy.savez instead of savez_compressed" in run(*arguments, "--weights", tmp_path / "net.npz").stderr
    damaged = bytearray((tmp_path / "net.npz").read_bytes())
    for place in range(0, len(damaged), 3):
        damaged[place] ^= 0x5A
        (tmp_path / "net.npz").write_bytes(damaged)
        assert run(*arguments, "--weights", tmp_path / "net.npz").returncode == 1


@pytest.mark.parametrize(
    "words,message",
    [
        ([], "no file given"),
        (["net.net"], "--output FILE is required"),
        (["net.net", "--output", "x", "--arch", "hailo15"], 'takes hailo8 or hailo8l, not "hailo15"'),
        (["/nowhere.net", "--output", "x"], "cannot read /nowhere.net: there is no such file"),
    ],
)
def test_wrong_calls_are_explained(words, message):
    result = run(TOOL, "compile-emulated", *words)
    assert result.returncode in (1, 2) and message in result.stderr


def test_the_committed_models_are_compiled_from_the_committed_networks(tmp_path):
    for name in ["digits", "shapes"]:
        result = run(
            TOOL, "compile-emulated", ROOT / f"Demo/{name}.net", "--weights", ROOT / f"Demo/{name}.npz", "--output",
            tmp_path / "model.hef",
        )
        assert result.returncode == 0, result.stderr
        assert (tmp_path / "model.hef").read_bytes() == (ROOT / f"Demo/{name}.hef").read_bytes()
