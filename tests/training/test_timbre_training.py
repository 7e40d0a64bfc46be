"""Codec and prior: they learn, go on where they were stopped, and are exported as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from composer.refining.draws import Draws
from composer.refining.parts import Part
from composer.refining.spectra import HOP, N_FFT, level_of, loudest_band, mel_powers, stft
from tests.training.timbre_files import make_shard_folder, melody, played

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from composer.training.timbre import train_codec, train_prior  # noqa: E402
from composer.training.timbre.batches import Batches, whole_clips  # noqa: E402
from composer.training.timbre.losses import SpectralLosses, onset_loss, unsteadiness  # noqa: E402
from composer.training.timbre.networks import Block, Codebook, Codec, Prior, Stack, TimbreConfig  # noqa: E402
from composer.training.timbre.objectives import decoding_steps  # noqa: E402
from composer.training.timbre.shards import read_shards  # noqa: E402
from composer.training.timbre.signal import Synthesis  # noqa: E402

SMALL = TimbreConfig(width=16)


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shard_folder(tmp_path_factory.mktemp("timbre"))


def learn(command: Any, shards: Path, out: Path, *more: str, steps: int) -> int:
    where = ["--shards", str(shards), "--valid", str(shards), "--out", str(out)]
    small = ["--width", "16", "--clips", "4", "--frames", "64", "--validate-every", "1000"]
    how = ["--accelerator", "cpu", "--precision", "32-true", "--threads", "1"]
    return int(command.main([*where, "--steps", str(steps), *small, *how, *more]))


def log(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def test_codes_and_their_numbers_are_one_to_one() -> None:
    book = Codebook(SMALL)
    numbers = torch.atanh(book.table[:-1] * 0.999)
    rounded, codes = book(numbers)
    assert codes.tolist() == list(range(SMALL.codes))
    assert torch.allclose(rounded, book.table[:-1], atol=1e-5)
    assert (book.table[-1] == 0).all()


def test_gradients_pass_through_the_rounding() -> None:
    numbers = torch.randn(5, 3, requires_grad=True)
    rounded, _ = Codebook(SMALL)(numbers)
    rounded.sum().backward()
    assert (numbers.grad > 0).all()


def test_a_frame_depends_on_no_more_than_the_reach() -> None:
    torch.manual_seed(0)
    stack = Stack(8, SMALL.trunk)
    x = torch.randn(1, 200, 8)
    moved = x.clone()
    moved[0, 100] += 1.0
    touched = torch.nonzero((stack(x) - stack(moved)).abs().sum(dim=-1)[0]).flatten()
    reach = Block.KERNEL // 2 * sum(SMALL.trunk)
    assert touched.min() >= 100 - reach and touched.max() <= 100 + reach
    assert SMALL.reach >= reach and SMALL.reach % 16 == 0


def test_torch_makes_the_sound_that_users_hear() -> None:
    """The tone of training and that of `composer.refining` are one; so is the level of noise."""
    from composer.refining.blocks import Controls
    from composer.refining.envelopes import MARGIN, short_envelope
    from composer.refining.sound import DrySound
    from composer.refining.synthesis import Wetting, synthesise

    dry = played(melody(3), 0.5)
    dry *= np.float32(0.1 / level_of(dry))
    count = 1 - (-len(dry) // HOP)
    random = np.random.default_rng(0)
    gain = np.repeat(random.uniform(-9, 9, (count, 8)), 16, axis=1).astype(np.float32)
    noise = np.full((count, 32), -200.0, np.float32)
    spectra = stft(dry, 0, count)
    loudest = loudest_band(mel_powers(spectra))
    sound = DrySound(dry[None], level_of(dry), float(np.abs(dry).max()))
    part = Part(0, False, None)

    def heard(noise_db: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        out = np.empty((1, len(dry)), np.float32)
        synthesise(Wetting(sound, Controls(gain, noise_db, loudest), Draws(0, part), 1.0), out)
        padded = np.pad(dry, (N_FFT // 2, (count + 3) * HOP - N_FFT // 2 - len(dry)))
        made = Synthesis()(
            *(torch.from_numpy(a)[None] for a in (padded, gain, noise_db)),
            torch.Generator().manual_seed(0),
        )
        return out[0], made[0, N_FFT // 2 :][: len(dry)].numpy()

    inner = slice(3 * HOP, -3 * HOP)
    ours, theirs = (sound[inner] for sound in heard(noise))
    # Where the dry sound is all but silent, only users have a gate.
    heard_there = short_envelope(np.pad(dry, MARGIN))[inner] > 1e-3
    assert np.abs(ours - theirs)[heard_there].max() < 2e-4
    ours, theirs = (sound[inner] for sound in heard(np.full_like(noise, -10.0)))
    levels = [np.log10(level_of(sound)) * 20 for sound in (ours, theirs)]
    assert levels[0] == pytest.approx(levels[1], abs=0.5)


def test_losses_are_nothing_for_the_same_sound_and_grow_with_the_change() -> None:
    real = torch.from_numpy(played(melody(4), 0.8))[None]
    losses = SpectralLosses()
    highest = torch.tensor([22050.0])
    same = losses(real, real, real, highest)
    assert float(same["mel"]) == 0 and float(same["linear"]) == 0 and float(same["onset"]) == 0
    found = [float(losses(real * g, real, real, highest)["mel"]) for g in (1.2, 2.0, 4.0)]
    assert 0 < found[0] < found[1] < found[2]


def test_what_the_recording_does_not_hold_is_not_judged() -> None:
    real = torch.from_numpy(played(melody(4), 0.8))[None]
    torch.manual_seed(0)
    hiss = torch.randn_like(real) * 0.01
    spectrum = torch.fft.rfft(hiss)
    spectrum[:, : int(9000 / 22050 * spectrum.shape[1])] = 0
    hiss = torch.fft.irfft(spectrum, n=hiss.shape[1])
    losses = SpectralLosses()
    whole, part = (
        float(losses(real + hiss, real, real, torch.tensor([hz]))["mel"])
        for hz in (22050.0, 8000.0)
    )
    assert part < whole / 5


def test_a_lost_onset_is_seen() -> None:
    dry = torch.full((1, 40, 4), -6.0)
    dry[:, 20:] = -2.0
    assert float(onset_loss(dry, dry)) == 0
    assert float(onset_loss(torch.full_like(dry, -6.0), dry)) > 0.1


def test_moving_gains_are_unsteady_most_in_the_bass() -> None:
    still = torch.zeros(1, 10, 128)
    bass, treble = still.clone(), still.clone()
    bass[:, ::2, :16] = 10.0
    treble[:, ::2, 112:] = 10.0
    assert float(unsteadiness(still)) == 0
    assert float(unsteadiness(bass)) > 3 * float(unsteadiness(treble)) > 0


def test_batches_are_the_same_whenever_asked_for(shards: Path) -> None:
    read = read_shards(shards)
    first, again = Batches(read, 4, 64, 7)[3], Batches(read, 4, 64, 7)[3]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert first.dry.shape == (4, 67 * HOP) and first.roll.shape == (4, 64, 257)
    (batch, _) = whole_clips(read, 64, 1)
    power = stft(batch.dry[0].numpy(), 2, 64)
    heard = np.log10(np.maximum(mel_powers(power), 1e-9))
    told = batch.dry_mel[0].numpy()
    assert np.abs(heard - told)[told > -5].max() < 0.02


def test_every_position_is_decoded_once_in_the_order_of_the_engine() -> None:
    from composer.refining.codes import steps

    theirs = np.stack(steps(0, 12)).argmax(axis=0)
    assert decoding_steps(12).tolist() == theirs.tolist()


@pytest.mark.slow
def test_codec_and_prior_learn_and_are_exported(shards: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    from composer.refining.engine import OnnxNetworks
    from composer.refining.weights import load_weights
    from composer.training.timbre import export

    codec, prior = tmp_path / "codec", tmp_path / "prior"
    assert learn(train_codec, shards, codec, steps=150) == 0
    lines = log(codec)
    mels = [line["mel"] for line in lines if "mel" in line]
    assert mels[-1] < 0.8 * mels[0]
    valid = lines[-1]["valid"]
    assert valid["none"] < 0.9 * valid["dry"]
    assert learn(train_prior, shards, prior, "--codec", str(codec), steps=60) == 0
    totals = [line["total"] for line in log(prior) if "total" in line]
    assert totals[-1] < totals[0]

    out = tmp_path / "model"
    assert export.main(["--codec", str(codec), "--prior", str(prior), "--out", str(out)]) == 0
    weights = load_weights(out)
    assert set(weights.programs) == {0, 40}
    assert weights.card["training"]["codec_steps"] == 150
    networks = OnnxNetworks(weights)
    modules = Codec(SMALL), Prior(SMALL)
    _same_as_torch(networks, codec, prior, *modules)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert export.main(["--codec", str(codec), "--prior", str(prior), "--out", str(out)]) == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def _same_as_torch(networks: Any, codec_run: Path, prior_run: Path, codec: Any, prior: Any) -> None:
    from composer.training.checkpoints import read_checkpoint

    for run, module in ((codec_run, codec), (prior_run, prior)):
        read_checkpoint(run / "checkpoint.safetensors").into_model(module)
        for parameter in module.parameters():
            parameter.data = parameter.data.half().float()
    random = np.random.default_rng(0)
    mel = random.normal(-4, 1, (32, 128)).astype(np.float32)
    roll = random.random((32, 257)).astype(np.float32)
    coarse, fine = random.integers(0, SMALL.codes + 1, 8), random.integers(0, SMALL.codes + 1, 32)
    context = networks.trunk(mel, roll, 40)
    with torch.no_grad():
        theirs = codec.trunk(torch.tensor(mel)[None], torch.tensor(roll)[None], torch.tensor([40]))
        slow, fast = torch.tensor(coarse)[None], torch.tensor(fine)[None]
        told = codec.decoder.with_codes(theirs, slow, fast)
        guesses = prior.coarse(theirs, slow)[0], prior.fine(theirs, slow, fast)[0]
    assert np.abs(theirs[0].numpy() - context).max() < 1e-4
    for ours, other in zip(networks.decoder(context, coarse, fine), told, strict=True):
        assert np.abs(ours - other[0].numpy()).max() < 5e-3
    ours = networks.coarse(context, coarse), networks.fine(context, coarse, fine)
    for one, other in zip(ours, guesses, strict=True):
        assert np.abs(one - other.numpy()).max() < 1e-3


@pytest.mark.slow
def test_a_run_goes_on_where_it_was_stopped(shards: Path, tmp_path: Path) -> None:
    from composer.training.checkpoints import read_checkpoint

    whole, halves = tmp_path / "whole", tmp_path / "halves"
    options = ("--checkpoint-seconds", "0")
    assert learn(train_codec, shards, whole, *options, steps=6) == 0
    _stop_after(halves, shards, 3)
    assert read_checkpoint(halves / "checkpoint.safetensors").step == 3
    # What was logged after the checkpoint, half a line among it, is taken back.
    with (halves / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 5, "mel": 1.0}\n{"step": 6, "me')
    config = (halves / "config.json").read_bytes()
    assert learn(train_codec, shards, halves, "--width", "24", steps=6) == 2
    assert (halves / "config.json").read_bytes() == config
    assert learn(train_codec, shards, halves, *options, steps=6) == 0
    assert [line["step"] for line in log(halves)] == [6]
    first, second = (read_checkpoint(run / "checkpoint.safetensors") for run in (whole, halves))
    assert first.step == second.step == 6
    for name, tensor in first.of("model.").items():
        assert torch.allclose(tensor, second.tensors[f"model.{name}"], atol=1e-6), name


def _stop_after(out: Path, shards: Path, steps: int) -> None:
    """A run that is killed between two steps, its checkpoint written."""
    from composer.training.timbre import loop

    class KilledError(Exception):
        pass

    save = loop.save_checkpoint

    def save_and_die(path: Path, model: Any, optimizers: Any, step: int, run: Any) -> None:
        save(path, model, optimizers, step, run)
        if step == steps:
            raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "save_checkpoint", save_and_die)
        with pytest.raises(KilledError):
            learn(train_codec, shards, out, "--checkpoint-seconds", "0", steps=6)


def test_what_is_missing_is_named(
    shards: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from composer.training.timbre import export

    assert learn(train_codec, tmp_path / "nowhere", tmp_path / "run", steps=1) == 2
    assert "holds no shards" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    arguments = ["--codec", str(tmp_path), "--prior", str(tmp_path), "--out", str(tmp_path / "m")]
    assert export.main(arguments) == 2
    error = capsys.readouterr().err
    assert "config.json" in error and len(error.splitlines()) == 1
