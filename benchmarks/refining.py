"""How long refining a piece takes, and what that costs in memory, beside neural codecs.

    python benchmarks/refining.py               # a piece of 64 s and seven stems, minutes
    python benchmarks/refining.py --smoke       # 4 s and two stems, no baselines but Vocos
    python benchmarks/refining.py --packages DIR    # where encodec, dac and vocos lie
    python benchmarks/refining.py --json        # for a machine

The stems are composed and rendered first, which is not timed. Each case is a process of its own, so
that its peak memory is its own. Without trained networks (``--model DIR``, or those of composer)
random ones of the same size are exported: time does not depend on weights, but then the gate would
refuse every try; it is run and timed, and overruled.

The baselines have random weights too: EnCodec at 48 kHz (stereo, 24 kbit/s) and DAC at 44.1 kHz,
encode and decode, and a Vocos decoder (the published size, hop 512). They are timed on a few
seconds and told for the whole piece; mono ones count twice. They need torchaudio and audiotools
for files only: empty modules stand in for those here. Get them with
``pip install --no-deps --target DIR encodec descript-audio-codec vocos einops argbind
docstring-parser``.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import json
import resource
import subprocess
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

STEMS, SECONDS = 7, 64.0
BASELINES = ("EnCodec-48k", "DAC-44k", "Vocos decoder")
PREPARE = "prepare"
STAND_INS = ("torchaudio", "audiotools")
RATE = 44_100
TARGET_SECONDS, AIM_SECONDS = 20.0, 12.0


def make_stems(folder: Path, stems: int, seconds: float) -> None:
    """Compose and render; one file a stem, its notes beside it."""
    from composer import Brief, compose
    from composer.refining.parts import Part
    from composer.rendering.synth import choose_synth

    bars = max(4, round(seconds / 2))
    found: list[tuple[np.ndarray, Part]] = []
    for style in ("pop", "bossa-nova", "cinematic"):
        brief = Brief(key="C", bars=bars, tempo=120, style=style, seed=1, writer="rules")
        performance = compose(brief).performance
        audio = choose_synth().synth.render_stems(performance, sample_rate=RATE)
        for track, sound in zip(performance.tracks, audio.values(), strict=True):
            if track.notes and len(found) < stems:
                frames = min(sound.frames, round(seconds * RATE))
                found.append((sound.samples[:, :frames], Part.of(performance, track)))
    for number, (samples, part) in enumerate(found):
        notes = [(n.onset_seconds, n.end_seconds, n.pitch, n.velocity) for n in part.notes or ()]
        told = {"program": part.program, "drums": part.drums, "name": part.name}
        text = np.array(json.dumps(told))
        np.savez(folder / f"{number}.npz", samples=samples, notes=np.array(notes), told=text)


def read_stems(folder: Path):
    """What `make_stems` wrote."""
    from composer.music.audio import Audio
    from composer.refining.parts import Part, SoundingNote

    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as file:
            told = json.loads(str(file["told"]))
            notes = tuple(SoundingNote(a, b, int(c), int(d)) for a, b, c, d in file["notes"])
            samples = file["samples"].astype(np.float32)
        yield Audio(samples, RATE), Part(told["program"], told["drums"], notes, told["name"])


def random_networks(folder: Path) -> None:
    """Export networks of random weights, as training does."""
    import torch
    from safetensors.numpy import save

    from composer.refining.weights import FORMAT, VERSION, WEIGHTS
    from composer.training.timbre.graphs import export_networks
    from composer.training.timbre.networks import Codec, Prior, TimbreConfig

    torch.manual_seed(1)
    config = TimbreConfig()
    codec, prior = (
        {name: value.detach().numpy() for name, value in kind(config).state_dict().items()}
        for kind in (Codec, Prior)
    )
    networks = export_networks(codec, prior, config)
    files = {f"{name}.onnx": graph for name, graph in networks.graphs.items()}
    files[WEIGHTS] = save({n: a.astype(np.float16) for n, a in networks.weights.items()})
    card = {
        "format": FORMAT,
        "version": VERSION,
        "shape": {
            "width": config.width,
            "codes": config.codes,
            "reach": config.reach,
            "bands": 128,
            "noise_bands": 32,
        },
        "sampling": {"mode": "sample", "temperature": 1.0},
        "programs": {str(program): {"strength": 1.0} for program in range(129)},
        "data": "none",
        "data_licence": "none",
        "training": {"steps": 0, "config": {"size": "random"}},
        "validation": {},
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")


def time_refiner(stems: Path, model: str, threads: int, overruled: bool) -> dict[str, object]:
    """Refine all stems; opening the networks is told apart."""
    from composer.refining.engine import OnnxNetworks
    from composer.refining.gate import GateReport, judge
    from composer.refining.refiner import Refiner
    from composer.refining.weights import load_weights

    judging = 0.0

    def timed_judge(dry, wet, part):
        nonlocal judging
        begun = time.perf_counter()
        found = judge(dry, wet, part)
        judging += time.perf_counter() - begun
        return GateReport(()) if overruled else found

    begun = time.perf_counter()
    weights = load_weights(model or None)
    networks = OnnxNetworks(weights, threads=threads)
    refiner = Refiner(
        networks, weights.programs, weights.sampling, threads=threads, judge=timed_judge
    )
    opening = time.perf_counter() - begun
    begun = time.perf_counter()
    sounding, wet = 0.0, []
    for audio, part in read_stems(stems):
        wet.append(round(refiner.refine(audio, part).wet, 2))
        sounding += audio.seconds
    seconds = time.perf_counter() - begun
    return {
        "seconds": seconds,
        "open_seconds": opening,
        "gate_seconds": judging,
        "of_real_time": seconds / sounding,
        "wet": wet,
    }


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds an empty module for everything that only reads and writes files."""

    def find_spec(self, name, path=None, target=None):
        """Say that it is here."""
        if name.split(".")[0] not in STAND_INS:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        """A module in which every name is a module or a class."""
        from torch import nn

        class Empty(types.ModuleType):
            def __getattr__(self, name):
                if name.startswith("__"):
                    raise AttributeError(name)
                if name[0].islower() and not name.startswith("_"):
                    return Empty(f"{self.__name__}.{name}")
                return type(name, (nn.Module,), {"INTERN": [], "EXTERN": []})

        module = Empty(spec.name)
        # A class that is added to stays the same one.
        module.BaseModel = type("BaseModel", (nn.Module,), {"INTERN": [], "EXTERN": []})
        return module

    def exec_module(self, module):
        """Nothing but a part that is asked for without being imported."""
        for part in ("ml",) if module.__name__ == "audiotools" else ():
            setattr(module, part, importlib.import_module(f"{module.__name__}.{part}"))


def baseline(name: str, seconds: float) -> tuple[Callable[[], object], float, int]:
    """What is timed, how many seconds of sound it is given, and how many channels at a time."""
    import torch

    if name == "EnCodec-48k":
        from encodec import EncodecModel

        model = EncodecModel.encodec_model_48khz(pretrained=False).eval()
        model.set_target_bandwidth(24.0)
        sound = torch.randn(1, 2, round(48_000 * seconds))
        return lambda: model.decode(model.encode(sound)), seconds, 2
    if name == "DAC-44k":
        from dac.model.dac import DAC

        model = DAC(sample_rate=RATE).eval()
        sound = model.preprocess(torch.randn(1, 1, round(RATE * seconds)), RATE)
        return lambda: model.decode(model.encode(sound)[0]), seconds, 1
    from vocos.heads import ISTFTHead
    from vocos.models import VocosBackbone

    backbone = VocosBackbone(128, 512, 1536, 8).eval()
    head = ISTFTHead(512, 2048, 512).eval()
    frames = round(seconds * RATE / 512)
    mel = torch.randn(1, 128, frames)
    return lambda: head(backbone(mel)), frames * 512 / RATE, 1


def time_baseline(name: str, seconds: float, whole: float, threads: int) -> dict[str, object]:
    """Time a codec on a few seconds; told for `whole` seconds of stereo."""
    try:
        import torch

        torch.set_num_threads(threads)
        sys.meta_path.insert(0, StandIn())
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")
            step, given, channels = baseline(name, seconds)
            step()
            begun = time.perf_counter()
            step()
            spent = time.perf_counter() - begun
    except (ImportError, AttributeError, TypeError) as error:
        return {"missing": f"{type(error).__name__}: {error}"}
    stereo = spent / given * (2 / channels)
    return {"seconds": stereo * whole, "of_real_time": stereo, "timed_on": given}


def one_case(flags: argparse.Namespace) -> None:
    """Time one case in this process, or prepare all, and print what was found."""
    name, stems, model = flags.case
    whole = flags.stems * flags.seconds
    if name == PREPARE:
        make_stems(Path(stems), flags.stems, flags.seconds)
        found = choose_model(Path(model))
    elif name == "composer":
        found = time_refiner(Path(stems), model, flags.threads, flags.overruled)
    else:
        found = time_baseline(name, flags.baseline_seconds, whole, flags.threads)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found["peak_mb"] = peak / (1024 if sys.platform == "linux" else 1024**2)
    print(json.dumps(found))


def case(name: str, stems: Path, model: str, flags: argparse.Namespace) -> dict[str, object]:
    """Time one case in a process of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--case", name, str(stems), model]
    for option in ("stems", "seconds", "threads", "baseline_seconds"):
        command += [f"--{option.replace('_', '-')}", str(getattr(flags, option))]
    if flags.overruled:
        command.append("--overruled")
    if flags.packages:
        command += ["--packages", str(flags.packages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"case": name, "missing": done.stderr.strip().splitlines()[-1]}
    return {"case": name, **json.loads(done.stdout.splitlines()[-1])}


def choose_model(folder: Path) -> dict[str, object]:
    """The networks to time where none are asked for: composer's, or random ones in `folder`."""
    from composer.errors import RefinerError
    from composer.refining.weights import load_weights

    try:
        load_weights(None)
    except RefinerError:
        random_networks(folder)
        return {"model": str(folder), "overruled": True}
    return {"model": "", "overruled": False}


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed and memory of refining.")
    parser.add_argument("--smoke", action="store_true", help="4 s, two stems")
    parser.add_argument("--json", action="store_true", help="for a machine")
    parser.add_argument("--stems", type=int, default=STEMS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="length of the piece")
    parser.add_argument("--baseline-seconds", type=float, default=4.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", type=Path, help="folder of networks")
    parser.add_argument("--packages", type=Path, help="folder of the baselines' packages")
    parser.add_argument("--baselines", nargs="*", choices=BASELINES, default=list(BASELINES))
    parser.add_argument("--overruled", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--case", nargs=3, help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.packages:
        sys.path.append(str(flags.packages.resolve()))
    if flags.case:
        one_case(flags)
        return
    if flags.smoke:
        flags.stems, flags.seconds, flags.baseline_seconds = 2, 4.0, 1.0
        flags.baselines = flags.baselines[2:]
    with tempfile.TemporaryDirectory() as place:
        stems = Path(place) / "stems"
        stems.mkdir()
        # By a process of its own: what one takes counts for those that it starts.
        made = case(PREPARE, stems, str(Path(place) / "model"), flags)
        if "missing" in made:
            sys.exit(str(made["missing"]))
        model = str(flags.model or made["model"])
        flags.overruled = bool(made["overruled"]) and not flags.model
        found = [case("composer", stems, model, flags)]
        found += [case(name, stems, "", flags) for name in flags.baselines]
    if flags.json:
        print(json.dumps(found, indent=1))
        return
    ours = found[0].get("seconds")
    for row in found:
        if ours and row is not found[0] and "seconds" in row:
            row["times_ours"] = float(row["seconds"]) / float(ours)
        print(" ".join(_told(name, value) for name, value in row.items()))
    if flags.overruled:
        print("random networks; the gate was run and overruled")
    print(f"target for 7 stems of 64 s: {TARGET_SECONDS:g} s, aim {AIM_SECONDS:g} s, 2 GiB")


def _told(name: str, value: object) -> str:
    return f"{name}={value:.3g}" if isinstance(value, float) else f"{name}={value}"


if __name__ == "__main__":
    main()
