"""Every formula against values computed by hand, and the properties that any metric must have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from thesis_qa.evaluate.metrics import (
    auroc,
    calibration_error,
    contains_any,
    contains_phrase,
    fact_counts,
    fold_text,
    hit_at,
    holds_half,
    interval,
    overlaps,
    quantile,
    ratio,
    reciprocal_rank,
    reliability,
    risk_coverage,
    token_f1,
)


def once(n: int) -> np.ndarray:
    return np.ones((1, n), np.int64)


def test_hit_at_k_looks_at_the_first_k_passages_only() -> None:
    hits = [False, False, True, False]
    assert [hit_at(hits, k) for k in (1, 2, 3, 10)] == [0, 0, 1, 1]


def test_reciprocal_rank_is_cut_at_ten() -> None:
    assert reciprocal_rank([False, False, True, True]) == pytest.approx(1 / 3)
    assert reciprocal_rank([False] * 10 + [True]) == 0


def test_token_f1_is_that_of_squad() -> None:
    # prediction "eiffel tower in paris", gold "eiffel tower": 2 common of 4 and 2
    assert token_f1("The Eiffel Tower, in Paris", ["Eiffel tower"]) == pytest.approx(4 / 6)
    assert token_f1("paris", ["London", "Paris."]) == 1
    assert token_f1("", ["Paris"]) == 0


def test_an_answer_is_contained_at_token_boundaries() -> None:
    assert contains_any(["It was 24 Oktober 1945, in the end."], ["24 oktober 1945"]) == 1
    assert contains_any(["In 19450"], ["1945"]) == 0
    assert contains_any([], ["1945"]) == 0


def test_only_facts_that_stand_in_the_gold_quotes_are_counted() -> None:
    gold = ["validitas sintaksis 0,9474 pada 19 soal"]
    assert fact_counts(["0.9474", "19", "a paraphrase"], gold, ["Score 0.9474 [1]"]) == (1, 2)


def test_a_citation_number_is_not_a_fact() -> None:
    assert fact_counts(["2"], ["alternatif 2"], ["See above [2]"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("sebanyak 730 definisi", "730", True),
        ("sebanyak 1.730 definisi", "730", False),
        ("sebanyak 730,5 definisi", "730", False),
        ("hanya 183 (24,9%) objek", "24.9%", True),
        ("membang-\nun graf", "Membangun", True),
        ("membangunkan graf", "membangun", False),
        ("\ufb01nal score", "final", True),
        ("anything", "", False),
    ],
)
def test_a_phrase_is_found_folded_and_at_token_boundaries(
    text: str, phrase: str, found: bool
) -> None:
    assert contains_phrase(text, phrase) is found


def test_line_end_hyphens_are_folded_on_both_sides() -> None:
    assert (
        fold_text("kerja sama ba-\nhwa")
        == fold_text("kerja  sama bahwa")
        == fold_text("kerja sama ba\u0002hwa")
    )
    assert fold_text("mem-") in fold_text("akan mem-\nbangun")


def test_overlap_is_measured_by_the_shorter_text() -> None:
    assert overlaps("tiga hambatan utama", "Ada tiga hambatan utama dalam kerja sama ini.")
    assert not overlaps("tiga hambatan utama", "tiga kota lain di Jawa Barat")
    assert holds_half("Ada tiga hambatan utama di sini", "tiga hambatan utama")
    assert not holds_half("tiga", "tiga hambatan utama")


def test_auroc_counts_ties_half() -> None:
    # pairs (answerable, not): (.9,.5) 1, (.9,.1) 1, (.5,.5) ½, (.5,.1) 1 -> 3.5 of 4
    confidence = np.array([0.9, 0.5, 0.5, 0.1])
    answerable = np.array([True, True, False, False])
    assert auroc(confidence, answerable, once(4))[0] == pytest.approx(3.5 / 4)


def test_auroc_without_both_kinds_is_undefined() -> None:
    assert np.isnan(auroc(np.array([0.5]), np.array([True]), once(1))[0])


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40))
def test_auroc_agrees_with_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([s / 6 for s, _ in rows])
    positive = np.array([p for _, p in rows])
    ours = auroc(scores, positive, once(len(rows)))[0]
    if positive.all() or not positive.any():
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(roc_auc_score(positive, scores))


def test_calibration_error_by_hand() -> None:
    # 20 questions in ten bins of two, sorted by confidence: both of a bin have confidence c
    confidence = np.repeat(np.arange(10) / 10, 2)
    right = np.tile([0.0, 1.0], 10)  # each bin is right half of the time
    expected = np.mean([abs(c / 10 - 0.5) for c in range(10)])  # .25
    assert calibration_error(confidence, right, once(20))[0] == pytest.approx(expected)


def test_bins_are_cut_as_array_split_cuts() -> None:
    sizes = reliability(np.arange(23) / 23, np.zeros(23), once(23))[0][:, 0]
    assert sizes.tolist() == [len(part) for part in np.array_split(np.arange(23), 10)]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.randoms())
def test_calibration_does_not_depend_on_the_order(rows: list[tuple[float, bool]], rng) -> None:  # type: ignore[no-untyped-def]
    def error(pairs: list[tuple[float, bool]]) -> float:
        confidence, right = np.array(pairs, float).T
        return float(calibration_error(confidence, right, once(len(pairs)))[0])

    shuffled = rows.copy()
    rng.shuffle(shuffled)
    assert error(rows) == pytest.approx(error(shuffled), abs=1e-9)
    assert 0 <= error(rows) <= 1


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50), st.sampled_from([0.5, 0.95]))
def test_quantile_agrees_with_numpy(values: list[float], share: float) -> None:
    ours = quantile(np.array(values), share, once(len(values)))[0]
    assert ours == pytest.approx(np.quantile(values, share))


def test_counts_stand_for_repeated_questions() -> None:
    confidence, right = np.array([0.2, 0.6, 0.9]), np.array([0.0, 1.0, 1.0])
    counts = np.array([[2, 1, 3]])
    drawn = np.repeat([0, 1, 2], counts[0])
    for statistic in (
        lambda c, y, n: auroc(c, y.astype(bool), n),
        calibration_error,
        lambda c, y, n: quantile(c, 0.95, n),
        ratio,
    ):
        weighted = statistic(confidence, right, counts)[0]
        assert weighted == pytest.approx(statistic(confidence[drawn], right[drawn], once(6))[0])


def test_risk_coverage_by_hand() -> None:
    points = risk_coverage(np.array([0.9, 0.7, 0.7, 0.2]), np.array([1.0, 1.0, 0.0, 0.0]))
    assert points == [(0.9, 0.25, 0.0), (0.7, 0.75, pytest.approx(1 / 3)), (0.2, 1.0, 0.5)]


def test_a_ratio_is_weighted_by_its_denominators() -> None:
    # two questions: 1 of 1 spans found, 1 of 3 spans found -> 2 of 4
    assert ratio(np.array([1.0, 1.0]), np.array([1.0, 3.0]), once(2))[0] == pytest.approx(0.5)


@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_an_interval_holds_its_value(right: list[bool]) -> None:
    values = np.array(right, float)
    found = interval(lambda counts: ratio(values, np.ones_like(values), counts), len(right), 1)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.value == pytest.approx(values.mean())


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    generator = np.random.default_rng(7)
    covered = 0
    for _ in range(200):
        values = (generator.random(60) < 0.7).astype(float)
        found = interval(lambda counts, v=values: ratio(v, np.ones(60), counts), 60, 60)
        covered += found.low <= 0.7 <= found.high  # type: ignore[operator]
    assert 0.88 <= covered / 200 <= 0.99


def test_nothing_measured_is_said_as_nothing() -> None:
    found = interval(lambda counts: np.full(len(counts), np.nan), 5, 0)
    assert (found.value, found.low, found.high, found.n) == (None, None, None, 0)
