import numpy as np
import pytest

from composer.evaluating.giveaways import MOST_GIVEAWAYS, giveaways, permuted_aucs
from composer.evaluating.results import Metric, MetricTable, TwoSampleTest
from composer.evaluating.two_sample import auc_of, group_tests, two_sample_tests

COUNT = 12
METRICS = tuple(
    Metric(f"m{number}", f"m{number}", "pitch" if number < 10 else "performance", "", "own")
    for number in range(COUNT)
)
NAMES = tuple(metric.name for metric in METRICS)


def table(windows: int, seed: int, *, songs: int | None = None) -> MetricTable:
    values = np.random.default_rng(seed).normal(size=(windows, COUNT))
    names = tuple(f"song {number % (songs or windows)}" for number in range(windows))
    return MetricTable(NAMES, values, names)


def by_kind(tests: tuple[TwoSampleTest, ...]) -> dict[tuple[str, str], TwoSampleTest]:
    return {(test.features, test.model): test for test in tests}


def test_the_same_distribution_cannot_be_told_apart() -> None:
    tests = two_sample_tests(table(80, 1), table(150, 2), METRICS)
    assert len(tests) == 4
    for test in tests:
        assert test.low <= test.auc <= test.high
        assert test.low < 0.55 and test.high > 0.45
        assert 0.35 < test.auc < 0.65


def test_a_shifted_metric_is_found_and_named_first() -> None:
    ours = table(80, 1)
    ours.values[:, 3] -= 4
    tests = two_sample_tests(ours, table(150, 2), METRICS)
    for test in tests:
        assert test.auc > 0.95
        if test.model == "gradient boosting":
            first = test.giveaways[0]
            assert first.metric == "m3"
            assert first.alone > 0.95 and first.importance > 0.2
            assert not first.higher and not first.by_presence


def test_performance_counts_on_everything_only() -> None:
    ours = table(80, 1)
    ours.values[:, 11] += 4
    tests = by_kind(two_sample_tests(ours, table(150, 2), METRICS))
    assert tests["everything", "gradient boosting"].auc > 0.95
    assert tests["notes only", "gradient boosting"].auc < 0.65
    assert tests["everything", "gradient boosting"].giveaways[0].higher


def test_metrics_that_say_the_same_are_listed_once() -> None:
    ours, real = table(80, 1), table(150, 2)
    ours.values[:, 3] += 2
    for side in (ours, real):
        side.values[:, 4] = 3 * side.values[:, 3] + 1
        side.values[::7, 4] = np.nan
    found = by_kind(two_sample_tests(ours, real, METRICS))["notes only", "gradient boosting"]
    first = found.giveaways[0]
    assert {first.metric, *first.alike} == {"m3", "m4"}


def test_a_metric_that_only_one_side_has_tells_by_its_presence() -> None:
    ours, real = table(60, 1), table(60, 2)
    ours.values[5:, 0] = np.nan
    found = by_kind(two_sample_tests(ours, real, METRICS))["notes only", "gradient boosting"]
    assert found.auc > 0.8
    assert found.giveaways[0].metric == "m0"
    assert found.giveaways[0].by_presence and not found.giveaways[0].higher


@pytest.mark.parametrize("songs", [1, 9])
def test_under_ten_songs_there_is_no_test(songs: int) -> None:
    assert two_sample_tests(table(40, 1, songs=songs), table(40, 2), METRICS) == ()
    assert two_sample_tests(table(40, 1), table(40, 2, songs=songs), METRICS) == ()


def test_odd_columns_do_no_harm() -> None:
    ours, real = table(12, 1), table(14, 2)
    for side in (ours, real):
        side.values[:, 0] = np.nan
        side.values[:, 1] = 5.0
        side.values[0, 2] = np.inf
        side.values[1, 3] = 1e200
    ours.values[:, 4] = np.nan
    real.values[:5, 5] = np.nan
    tests = two_sample_tests(ours, real, METRICS)
    assert len(tests) == 4
    assert all(0 <= test.low <= test.high <= 1 for test in tests)


def test_nothing_that_varies_is_no_test() -> None:
    flat = MetricTable(NAMES, np.ones((20, COUNT)), tuple(str(number) for number in range(20)))
    assert two_sample_tests(flat, flat, METRICS) == ()


def test_a_song_of_many_windows_is_never_on_both_sides_of_a_fold() -> None:
    """Windows of one song are alike: a model that has seen one would know the others."""
    generator = np.random.default_rng(5)
    sides = []
    for _ in range(2):
        of_song = np.repeat(generator.normal(size=(12, COUNT)), 8, axis=0)
        noise = 0.01 * generator.normal(size=of_song.shape)
        names = tuple(f"song {number // 8}" for number in range(96))
        sides.append(MetricTable(NAMES, of_song + noise, names))
    tests = by_kind(two_sample_tests(sides[0], sides[1], METRICS))
    assert tests["everything", "gradient boosting"].auc < 0.85
    test = tests["everything", "logistic regression"]
    assert test.high - test.low > 0.2  # twelve songs a side, not ninety-six


def test_the_same_tables_give_the_same_tests() -> None:
    assert two_sample_tests(table(20, 1), table(30, 2), METRICS) == two_sample_tests(
        table(20, 1), table(30, 2), METRICS
    )


def test_permuting_a_metric_that_the_model_does_not_use_costs_nothing() -> None:
    values = np.random.default_rng(1).normal(size=(50, 3))
    is_ours = values[:, 1] > 0
    aucs = permuted_aucs(values, is_ours, lambda x: x[:, 1], np.random.default_rng(2))
    assert aucs[0] == aucs[2] == 1.0
    assert abs(aucs[1] - 0.5) < 0.2


def test_no_more_than_twelve_giveaways() -> None:
    generator = np.random.default_rng(1)
    is_ours = np.arange(200) < 100
    values = generator.normal(size=(200, 30)) + 2 * is_ours[:, None]
    found = giveaways([f"m{number}" for number in range(30)], values, is_ours, np.zeros(30))
    assert len(found) == MOST_GIVEAWAYS
    alone = [one.alone for one in found]
    assert alone == sorted(alone, reverse=True)


def test_ties_count_half() -> None:
    assert auc_of(np.array([1.0, 1.0]), np.array([True, False])) == 0.5


def test_groups_are_tested_by_themselves() -> None:
    generator = np.random.default_rng(7)
    catalogue = [
        Metric("moved", "Moved", "pitch", "bits", "own"),
        Metric("kept", "Kept", "rhythm", "bits", "own"),
    ]
    names = ("moved", "kept")
    ours, real = generator.random((60, 2)), generator.random((80, 2))
    ours[:, 0] += 0.9
    found = group_tests(
        MetricTable(names, ours, tuple(map(str, range(60)))),
        MetricTable(names, real, tuple(map(str, range(80)))),
        catalogue,
    )
    assert [test.group for test in found] == ["pitch", "rhythm"]
    assert found[0].auc > 0.9 and 0.3 < found[1].auc < 0.7
    assert [test.metrics for test in found] == [1, 1]


def test_a_song_that_both_sides_hold_is_never_split() -> None:
    generator = np.random.default_rng(11)
    values = generator.random((40, 3))
    catalogue = [Metric(name, name, "pitch", "bits", "own") for name in "abc"]
    ours = MetricTable(tuple("abc"), values, tuple(f"folder/{i}.mid" for i in range(40)))
    real = MetricTable(tuple("abc"), values, tuple(str(i) for i in range(40)))
    tests = two_sample_tests(ours, real, catalogue)
    # The same rows under both labels: untied they would be told apart the wrong way round.
    assert all(abs(test.auc - 0.5) < 0.1 for test in tests)
