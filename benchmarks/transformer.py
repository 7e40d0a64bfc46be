"""How many tokens a second the decoder writes on the CPU, and what that costs in memory.

    python benchmarks/transformer.py              # sizes 5m and 15m, 1,000 tokens a row, minutes
    python benchmarks/transformer.py --smoke      # a tiny decoder, seconds
    python benchmarks/transformer.py --json       # for a machine

Weights are random: time does not depend on them. Each case is a process of its own, so that its
peak memory is its own. Rows start from one token; ``growth`` is the time of the last hundred
steps over that of the first. torch, where it is installed, is the baseline: the decoder that is
trained, called anew on the whole row at each step (what needs no code of its own), and the same
with a cache of keys and values. A whole row is dear at 1,000 tokens: that case is timed at a few
lengths, and the mean over all is read off the parabola through them.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SIZES = ("5m", "15m")
BATCHES = (1, 2, 4, 8, 16)
KINDS = ("int8", "float32", "torch with a cache", "torch without a cache")
SEED = 1
Step = Callable[[int], object]


def random_state(shape) -> dict[str, np.ndarray]:
    """Random parameters, by the names that a checkpoint has."""
    random = np.random.default_rng(SEED)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return (random.standard_normal((rows, columns)) * columns**-0.5).astype(np.float32)

    width, inner = shape.width, shape.inner
    state = {
        "note_embedding.weight": matrix(shape.notes, width),
        "plan_embedding.weight": matrix(shape.plan_tokens, width),
        "norm.weight": np.ones(width, dtype=np.float32),
        "head.weight": matrix(shape.notes, width),
    }
    for layer in range(shape.layers):
        at = f"blocks.{layer}"
        state[f"{at}.attention_norm.weight"] = np.ones(width, dtype=np.float32)
        state[f"{at}.inner_norm.weight"] = np.ones(width, dtype=np.float32)
        state[f"{at}.attention_in.weight"] = matrix(3 * width, width)
        state[f"{at}.attention_out.weight"] = matrix(width, width)
        state[f"{at}.inner_in.weight"] = matrix(2 * inner, width)
        state[f"{at}.inner_out.weight"] = matrix(width, inner)
    return state


def export(size: str, kind: str, folder: Path) -> None:
    """Write a random decoder as the shipped one lies on disk."""
    from composer.training.decoder_graph import export_decoder
    from composer.training.export_transformer import decoder_shape, write_decoder

    shape = decoder_shape(size)
    made = export_decoder(random_state(shape), shape, integer=kind == "int8")
    write_decoder(folder, made, shape, {})


def draw(shape, rows: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Random tokens of rows and of the plan beside them."""
    random = np.random.default_rng(SEED)
    tokens = random.integers(0, shape.notes, (rows, length))
    return tokens, random.integers(0, shape.plan_tokens, (rows, length, shape.streams))


def time_engine(folder: Path, rows: int, length: int, threads: int) -> dict[str, float]:
    """The engine: opening, a given row, and steps."""
    import onnxruntime  # noqa: F401 - opening is timed without the import

    from composer.transformer.engine import open_network

    begun = time.perf_counter()
    network = open_network(folder, threads=threads)
    opening = time.perf_counter() - begun
    tokens, plan = draw(network.shape, rows, length)
    network.start(tokens[:1], plan[:1], [length])
    begun = time.perf_counter()
    network.start(tokens[:1], plan[:1], [length])
    given = time.perf_counter() - begun
    network.start(tokens[:, :1], plan[:, :1], [1] * rows)
    spent = timed(lambda at: network.extend(tokens[:, at], plan[:, at]), range(1, length))
    return {"open_seconds": opening, "given_tokens_per_second": length / given, **rate(spent, rows)}


def time_torch(size: str, kind: str, rows: int, length: int, threads: int) -> dict[str, float]:
    """The torch decoder, eager."""
    import torch

    from composer.training.export_transformer import decoder_shape
    from composer.training.networks import Decoder, DecoderConfig

    torch.set_num_threads(threads)
    shape = decoder_shape(size)
    sizes = {"width": shape.width, "layers": shape.layers, "heads": shape.heads}
    config = DecoderConfig(shape.notes, shape.plan_tokens, inner=shape.inner, **sizes)
    model = Decoder(config).eval()
    tokens, plan = (torch.from_numpy(array) for array in draw(shape, rows, length))
    with torch.inference_mode():
        if kind == "torch with a cache":
            step = cached_step(model, tokens, plan)
            return rate(timed(step, range(length)), rows)
        lengths = np.unique(np.linspace(1, length, 5).astype(int))
        whole = timed(lambda at: model(tokens[:, :at], plan[:, :at]), np.repeat(lengths, 3))
        best = whole.reshape(-1, 3).min(axis=1)
        curve = np.polyval(np.polyfit(lengths, best, 2), np.arange(1, length))
        return rate(np.maximum(curve, best.min()), rows)


def cached_step(model, tokens, plan) -> Step:
    """One step of the torch decoder on a cache that is written in place."""
    import torch
    from torch.nn import functional

    from composer.training.networks import rotary, rotate

    config = model.config
    rows, length = tokens.shape
    head = config.width // config.heads
    cosines, sines = rotary(length, config, tokens.device)
    size = (config.layers, rows, config.heads, length, head)
    keys, values = torch.zeros(size), torch.zeros(size)

    def step(at: int) -> object:
        x = model.note_embedding(tokens[:, at]) + model.plan_embedding(plan[:, at]).sum(1)
        turn = cosines[at : at + 1], sines[at : at + 1]
        for layer, block in enumerate(model.blocks):
            mixed = block.attention_in(block.attention_norm(x))
            query, key, value = mixed.view(rows, 3, config.heads, 1, head).unbind(1)
            keys[layer, :, :, at : at + 1] = rotate(key, *turn)
            values[layer, :, :, at : at + 1] = value
            past = keys[layer, :, :, : at + 1], values[layer, :, :, : at + 1]
            heard = functional.scaled_dot_product_attention(rotate(query, *turn), *past)
            x = x + block.attention_out(heard.reshape(rows, -1))
            gate, lift = block.inner_in(block.inner_norm(x)).chunk(2, dim=-1)
            x = x + block.inner_out(functional.silu(gate) * lift)
        return model.head(model.norm(x))

    return step


def timed(step: Step, places) -> np.ndarray:
    """Seconds of each step."""
    spent = []
    for at in places:
        begun = time.perf_counter()
        step(int(at))
        spent.append(time.perf_counter() - begun)
    return np.array(spent)


def rate(spent: np.ndarray, rows: int) -> dict[str, float]:
    """What is told of the steps of all rows."""
    edge = min(100, len(spent) // 2)
    return {
        "tokens_per_second": rows / float(spent.mean()),
        "median_step_ms": 1000 * float(np.median(spent)),
        "growth": float(np.median(spent[-edge:]) / np.median(spent[:edge])),
    }


def one_case(size: str, kind: str, rows: int, length: int, threads: int) -> None:
    """Time one case in this process, and print it; the size of the engine is its folder."""
    if kind.startswith("torch"):
        found = time_torch(size, kind, rows, length, threads)
    else:
        found = time_engine(Path(size), rows, length, threads)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found["peak_mb"] = peak / (1024 if sys.platform == "linux" else 1024**2)
    print(json.dumps(found))


def case(size: str, kind: str, rows: int, length: int, threads: int) -> dict[str, object]:
    """Time one case in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        if not kind.startswith("torch"):
            export(size, kind, Path(place))
        values = [size if kind.startswith("torch") else place, kind]
        command = [sys.executable, str(Path(__file__).resolve()), "--case", *values]
        command += [str(rows), str(length), str(threads)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return {"size": size, "kind": kind, "rows": rows, **found}


def has_torch() -> bool:
    """Whether the baseline can be run."""
    try:
        import torch  # noqa: F401
    except ImportError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed and memory of the decoder on the CPU.")
    parser.add_argument("--smoke", action="store_true", help="a tiny decoder, short rows")
    parser.add_argument("--json", action="store_true", help="for a machine")
    parser.add_argument("--sizes", nargs="+", default=list(SIZES))
    parser.add_argument("--rows", nargs="+", type=int, default=list(BATCHES))
    parser.add_argument("--length", type=int, default=1000, help="tokens of a row")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, help="all that can be run")
    parser.add_argument("--case", nargs=5, help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.case:
        size, kind, *numbers = flags.case
        one_case(size, kind, *map(int, numbers))
        return
    if flags.smoke:
        flags.sizes, flags.rows, flags.length = ["tiny"], [1, 4], 60
    kinds = flags.kinds or (KINDS if has_torch() else KINDS[:2])
    found = []
    for size in flags.sizes:
        for rows in flags.rows:
            for kind in kinds:
                found.append(case(size, kind, rows, flags.length, flags.threads))
                if not flags.json:
                    print(" ".join(_told(name, value) for name, value in found[-1].items()))
    if flags.json:
        print(json.dumps(found, indent=1))


def _told(name: str, value: object) -> str:
    return f"{name}={value:.3g}" if isinstance(value, float) else f"{value}"


if __name__ == "__main__":
    main()
