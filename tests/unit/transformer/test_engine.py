"""The engine gives the network's logits, whatever the rows, and the same bits beside any others."""

from __future__ import annotations

import time

import numpy as np
import pytest

from composer.errors import TransformerError
from composer.transformer.weights import CAPACITY, Weights

pytest.importorskip("onnx", reason="the graphs are made by the training extra")

from composer.transformer.engine import OnnxNetwork
from tests.unit.transformer.decoders import TINY, exported, random_rows, random_state, reference

TOLERANCE = {False: 2e-5, True: 0.12}
LENGTHS = (70, 3, 1)


@pytest.fixture(scope="module", params=[False, True], ids=["float32", "int8"])
def integer(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def weights(integer: bool) -> Weights:
    return exported(integer=integer)


@pytest.fixture
def network(weights: Weights) -> OnnxNetwork:
    return OnnxNetwork(weights)


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    return random_rows(3, 120)


@pytest.fixture(scope="module")
def wanted(rows: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The right logits after every token of each row."""
    state = random_state()
    return np.stack([reference(state, TINY, *row) for row in zip(*rows, strict=True)])


def test_logits_are_the_networks(network, rows, wanted, integer) -> None:
    tokens, plan = rows
    logits = network.start(tokens, plan, LENGTHS)
    assert logits.shape == (3, TINY.notes) and logits.dtype == np.float32
    assert_near(logits, wanted, range(3), LENGTHS, integer)


def test_a_token_at_a_time(network, rows, wanted, integer) -> None:
    tokens, plan = rows
    lengths = np.array(LENGTHS)
    network.start(tokens, plan, lengths)
    for _ in range(40):
        logits = network.extend(tokens[range(3), lengths], plan[range(3), lengths])
        lengths += 1
        assert_near(logits, wanted, range(3), lengths, integer)
    assert network.lengths.tolist() == lengths.tolist()


@pytest.mark.parametrize(
    "chosen", [[0], [2, 1, 0], [0, 0, 0, 1, 1, 2, 2], [1, 2], [2, 2], [1, 0, 1, 0, 1, 0]]
)
def test_rows_are_chosen(network, rows, wanted, integer, chosen) -> None:
    tokens, plan = rows
    lengths = np.array(LENGTHS)
    network.start(tokens, plan, lengths)
    network.select(chosen)
    lengths = lengths[chosen]
    for _ in range(3):
        logits = network.extend(tokens[chosen, lengths], plan[chosen, lengths])
        lengths += 1
        assert_near(logits, wanted, chosen, lengths, integer)


def test_forks_go_their_own_ways(network, rows, integer) -> None:
    tokens, plan = rows
    other = tokens.copy()
    other[0, 70:] = (other[0, 70:] + 1) % TINY.notes
    right = [reference(random_state(), TINY, t[0, :80], plan[0, :80]) for t in (tokens, other)]
    network.start(tokens[:1], plan[:1], [70])
    network.select([0, 0])
    for place in range(70, 80):
        logits = network.extend([tokens[0, place], other[0, place]], plan[[0, 0], place])
        assert_near(logits, np.stack(right), range(2), (place + 1, place + 1), integer)


def test_long_rows_are_read_in_chunks(network, integer) -> None:
    tokens, plan = random_rows(1, 1200)
    right = reference(random_state(), TINY, tokens[0], plan[0])[None]
    logits = network.start(tokens, plan, [1200])
    assert_near(logits, right, [0], [1200], integer)


def test_a_start_forgets(network, rows) -> None:
    tokens, plan = rows
    first = network.start(tokens, plan, LENGTHS)
    network.start(tokens[::-1], plan[::-1], [100, 90, 80])
    assert np.array_equal(network.start(tokens, plan, LENGTHS), first)


def test_padding_is_not_read(network, rows) -> None:
    tokens, plan = rows
    first = network.start(tokens, plan, LENGTHS)
    padded, beside = tokens.copy(), plan.copy()
    for row, length in enumerate(LENGTHS):
        padded[row, length:], beside[row, length:] = 0, 0
    assert np.array_equal(network.start(padded, beside, LENGTHS), first)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_bits_beside_any_rows(weights, rows, threads) -> None:
    """Alone or among others, and on any number of threads."""
    tokens, plan = (np.concatenate([array, array[::-1]]) for array in rows)
    lengths = np.array([50, 3, 1, 60, 9, 33])
    together = trace(OnnxNetwork(weights), tokens, plan, lengths)
    for row in range(6):
        one = slice(row, row + 1)
        alone = trace(OnnxNetwork(weights, threads=threads), tokens[one], plan[one], lengths[one])
        assert np.array_equal(alone[:, 0], together[:, row])


def test_equal_rows_are_equal(network, rows) -> None:
    tokens, plan = (array[[0, 1, 0, 0]] for array in rows)
    logits = trace(network, tokens, plan, np.array([50, 50, 50, 40]))
    assert np.array_equal(logits[:, 0], logits[:, 2])
    assert not np.array_equal(logits[0, 0], logits[0, 3])


def test_logits_are_the_callers_own(network, rows) -> None:
    tokens, plan = rows
    network.start(tokens, plan, LENGTHS)
    first = network.extend(tokens[:, 0], plan[:, 0])
    kept = first.copy()
    network.extend(tokens[:, 1], plan[:, 1])
    assert np.array_equal(first, kept)


def test_a_full_row_is_an_error(network) -> None:
    tokens, plan = random_rows(1, CAPACITY + 1)
    with pytest.raises(TransformerError, match=r"2,049 tokens.*2,048 at most"):
        network.start(tokens, plan, [CAPACITY + 1])
    network.start(tokens, plan, [CAPACITY - 1])
    network.extend(tokens[:, -1], plan[:, -1])
    with pytest.raises(TransformerError, match="2,049 tokens"):
        network.extend(tokens[:, -1], plan[:, -1])
    assert network.lengths.tolist() == [CAPACITY]


def test_misuse_is_told(network, rows) -> None:
    tokens, plan = rows
    network.start(tokens, plan, LENGTHS)
    with pytest.raises(ValueError, match="2 rows are given, and there are 3"):
        network.extend(tokens[:2, 0], plan[:2, 0])
    with pytest.raises(ValueError, match="lengths"):
        network.start(tokens, plan, [1, 0, 1])
    with pytest.raises(ValueError, match="lengths"):
        network.start(tokens, plan, [1, 2])


def test_idle_threads_sleep(network, rows) -> None:
    tokens, plan = rows
    network.start(tokens, plan, LENGTHS)
    spent = time.process_time()
    time.sleep(0.5)
    assert time.process_time() - spent < 0.25


def test_it_is_the_network_that_was_trained() -> None:
    """The torch decoder, its parameters exported, gives the same logits."""
    torch = pytest.importorskip("torch")
    from composer.training.decoder_graph import export_decoder
    from composer.training.networks import Decoder, DecoderConfig

    torch.manual_seed(0)
    sizes = {"width": TINY.width, "layers": TINY.layers, "heads": TINY.heads, "inner": TINY.inner}
    model = Decoder(DecoderConfig(TINY.notes, TINY.plan_tokens, **sizes)).eval()
    tokens, plan = random_rows(2, 300)
    with torch.no_grad():
        right = model(torch.from_numpy(tokens), torch.from_numpy(plan)).numpy()
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    for integer in (False, True):
        made = export_decoder(state, TINY, integer=integer)
        network = OnnxNetwork(Weights(TINY, made.graph, made.weights, {}))
        lengths = np.array([290, 40])
        network.start(tokens, plan, lengths)
        logits = network.extend(tokens[range(2), lengths], plan[range(2), lengths])
        assert_near(logits, right, range(2), lengths + 1, integer)


def assert_near(logits, wanted, rows, lengths, integer) -> None:
    right = wanted[list(rows), np.asarray(lengths) - 1]
    assert np.abs(logits - right).max() < TOLERANCE[integer] * max(np.abs(right).max(), 1.0)


def trace(network: OnnxNetwork, tokens, plan, lengths) -> np.ndarray:
    """Logits ``[steps, B, V]`` of a start and six tokens."""
    everyone = range(len(tokens))
    begun = network.start(tokens, plan, lengths)
    steps = [network.extend(tokens[everyone, lengths + n], plan[:, n]) for n in range(6)]
    return np.stack([begun, *steps])
