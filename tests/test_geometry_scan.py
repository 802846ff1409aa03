"""Tables of dimensions, minimal filling widths and activation thresholds, against the literature."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from neuromanifold.errors import InvalidInputError
from neuromanifold.geometry import (
    Scan,
    activation_threshold,
    dimension,
    minimal_filling_widths,
    scan,
)
from neuromanifold.geometry._scans._search import is_unimodal
from neuromanifold.models import MLP, Convolution, LightningAttention, Model, identity, monomial


def family(widths, exponents):
    return [MLP(shape, monomial(r)) for shape in product(*widths) for r in exponents]


@pytest.fixture(scope="module")
def shallow() -> Scan:
    return scan(family([(2, 3), (1, 2, 3), (1, 2)], (2, 3)))


def test_a_scan_is_a_table_of_dimensions(shallow: Scan):
    assert shallow.is_complete
    assert len(shallow.rows) == 24
    assert not shallow.contradictions
    for row in shallow.rows[::5]:
        assert row.dimension.value == dimension(row.model).value


def test_the_only_defective_networks_with_one_output_are_those_of_alexander_and_hirschowitz():
    table = scan([*family([(3, 4, 5), (2, 3, 4, 5), (1,)], (2, 3)), MLP((5, 7, 1), monomial(3))])
    assert {row.dimension.model: row.dimension.defect for row in table.defective} == {
        "MLP((3, 2, 1), x^2)": 1,
        "MLP((4, 2, 1), x^2)": 1,
        "MLP((4, 3, 1), x^2)": 1,
        "MLP((5, 2, 1), x^2)": 1,
        "MLP((5, 3, 1), x^2)": 3,
        "MLP((5, 4, 1), x^2)": 1,
        "MLP((5, 7, 1), x^3)": 1,
    }
    assert not table.contradictions


def assert_the_recursive_bound_holds(table: Scan) -> None:
    assert all(
        row.recursive_bound is not None and row.recursive_bound >= row.dimension.value
        for row in table.rows
    )
    assert not table.contradictions


def test_the_recursive_bound_holds_and_is_sharp_where_the_middle_is_narrow():
    table = scan(family([(2, 3), (2, 3), (1, 2, 3), (1, 2)], (2,)))
    assert_the_recursive_bound_holds(table)
    (row,) = (row for row in table.rows if row.dimension.model == "MLP((3, 2, 2, 1), x^2)")
    # 8 were expected: dim(3, 2) + dim(2, 2, 1) − 2 = 6 + 3 − 2
    assert row.recursive_bound == row.dimension.value == 7
    assert row.dimension.defect == 1
    assert row.is_sharp


@pytest.mark.long
def test_the_recursive_bound_holds_on_five_hundred_networks():
    models = family([(2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3)], (2, 3))
    models += family([(2, 3), (1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2)], (2, 3))
    table = scan(models)
    assert len(table.rows) >= 500
    assert_the_recursive_bound_holds(table)


@pytest.mark.parametrize(
    "model",
    [
        MLP((3, 2, 4), identity()),
        MLP((3, 3, 3, 3), monomial(2)),
        MLP((4, 3, 2, 2), monomial(2)),
        Convolution((3, 2), (2, 1)),
        Convolution((3, 2, 2), (1, 1, 1), monomial(2)),
        LightningAttention(2, 1, 2, 2, layers=2),
        LightningAttention(3, 1, 2, 1),
    ],
    ids=str,
)
def test_theory_stands_beside_every_family(model: Model):
    (row,) = scan([model]).rows
    assert row.prediction is not None
    assert row.prediction.value == row.dimension.value
    assert not row.contradicts_theory


def test_processes_give_the_same_table(shallow: Scan):
    values = [row.dimension.value for row in scan(shallow.models[:4], workers=2).rows]
    assert values == [row.dimension.value for row in shallow.rows[:4]]


def test_functions_can_be_scanned_beside_models():
    square = Model.from_function(lambda w, x: (w @ x) ** 2, np.ones(3), (3,))
    table = scan([square, MLP((2, 1, 1), monomial(2))])
    assert [row.dimension.value for row in table.rows] == [3, 2]


def test_saving_and_loading_keeps_everything(shallow: Scan, tmp_path):
    shallow.save(tmp_path / "scan.json")
    assert Scan.load(tmp_path / "scan.json") == shallow


class Killed(Exception):
    """Stands for a process that ends at once."""


def test_an_interrupted_scan_keeps_its_rows_and_continues(tmp_path, monkeypatch):
    monkeypatch.setattr("neuromanifold.geometry._scans._scan._SECONDS_BETWEEN_SAVES", 0.0)
    path = tmp_path / "scan.json"
    models = family([(2, 3), (2,), (2,), (1,)], (2, 3))

    def interrupt(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    first = scan(models, checkpoint=path, on_progress=interrupt)
    assert len(first.rows) == 3
    assert not first.is_complete
    assert "NOT COMPLETE" in str(first)
    seen: list[int] = []

    def killed(done: int, total: int) -> None:
        seen.append(done)
        if done == 6:
            raise Killed

    with pytest.raises(Killed):
        scan(models, checkpoint=path, on_progress=killed)
    assert seen == [4, 5, 6]
    last = scan(models, checkpoint=path)
    assert last.is_complete
    assert last == Scan.load(path)
    assert [r.record for r in last.rows] == [r.record for r in scan(models).rows]


def test_what_cannot_be_computed_is_named_and_the_rest_goes_on():
    table = scan([MLP((100, 200, 200, 1), monomial(2)), MLP((2, 2, 1), monomial(2))])
    assert len(table.rows) == 1
    assert table.is_complete
    assert "60200 parameters" in str(table)


def test_tables_as_csv_and_dataframe(shallow: Scan):
    pytest.importorskip("pandas")
    frame = shallow.to_dataframe()
    assert len(frame) == len(shallow.to_csv().splitlines()) - 1 == 24
    row = frame[frame.architecture == "MLP((3, 2, 1), x^2)"].iloc[0]
    assert (row.dimension, row.expected, row.defect, row.theory) == (5, 6, 1, 5)


def test_heat_maps_show_every_dimension_and_defect(shallow: Scan):
    texts = {text.get_text() for axes in shallow.plot().axes for text in axes.texts}
    assert texts >= {str(row.dimension.value) for row in shallow.rows}
    traces: Any = shallow.interactive().select_traces()
    dimensions, defects = traces
    assert np.nansum(dimensions["z"]) == sum(row.dimension.value for row in shallow.rows)
    assert np.nansum(defects["z"]) == sum(row.dimension.defect for row in shallow.rows) == 1


@pytest.mark.parametrize(
    ("inputs", "outputs", "hidden_layers", "largest", "widths"),
    [
        (2, 1, 1, 4, [(2, 2, 1)]),
        (2, 1, 2, 4, [(2, 2, 2, 1)]),
        (2, 1, 3, 5, [(2, 3, 3, 2, 1)]),
        (2, 1, 4, 5, [(2, 3, 3, 3, 2, 1)]),
        (2, 2, 2, 5, [(2, 3, 3, 2)]),
        (3, 1, 2, 6, [(3, 4, 3, 1)]),
    ],
)
def test_minimal_filling_widths(inputs, outputs, hidden_layers, largest, widths):
    found = minimal_filling_widths(
        inputs, outputs, hidden_layers=hidden_layers, exponent=2, largest=largest
    )
    assert list(found.widths) == widths
    assert not found.not_unimodal


def test_minimal_filling_widths_by_brute_force():
    found = minimal_filling_widths(2, 2, hidden_layers=2, exponent=3, largest=6)
    fills = {
        hidden
        for hidden in product(range(1, 7), repeat=2)
        if dimension(MLP((2, *hidden, 2), monomial(3))).is_filling
    }
    minimal = {(a, b) for a, b in fills if not {(a - 1, b), (a, b - 1)} & fills}
    assert {widths[1:-1] for widths in found.widths} == minimal != set()


def test_minimal_filling_widths_need_not_be_unimodal():
    # Kileel, Trager, Bruna conjectured that they are; Dao and Rodriguez refute it
    widths = (2, 3, 4, 5, 4, 6, 4, 1)
    assert not is_unimodal(widths)
    assert dimension(MLP(widths, monomial(2))).value == 65
    for i in range(1, 7):
        narrower = (*widths[:i], widths[i] - 1, *widths[i + 1 :])
        assert dimension(MLP(narrower, monomial(2))).value < 65


@pytest.mark.long
def test_the_search_finds_widths_that_are_not_unimodal():
    found = minimal_filling_widths(2, 1, hidden_layers=6, exponent=2, largest=6)
    assert (2, 3, 4, 5, 4, 6, 4, 1) in found.not_unimodal


def test_unimodal():
    assert is_unimodal((2, 3, 3, 1))
    assert is_unimodal((1, 2))
    assert is_unimodal((2, 1))
    assert not is_unimodal((2, 3, 2, 3, 1))


@pytest.mark.parametrize(
    ("widths", "up_to", "threshold"),
    [
        ((2, 2, 1), 6, 2),
        ((2, 3, 1), 8, 4),
        ((2, 4, 1), 9, 6),
        ((3, 3, 1), 5, 2),
        ((2, 3, 2), 6, 3),
        ((2, 2, 2), 7, 1),
        ((3, 3, 3), 4, 1),
        ((2, 4, 1), 5, None),
    ],
)
def test_activation_thresholds(widths, up_to, threshold):
    result = activation_threshold(widths, up_to)
    assert result.value == threshold
    assert len(result.dimensions) == up_to


def test_errors_name_the_remedy(tmp_path):
    models = [MLP((2, 1), monomial(2))]
    with pytest.raises(InvalidInputError, match="models is empty"):
        scan([])
    with pytest.raises(InvalidInputError, match="workers is 0"):
        scan(models, workers=0)
    with pytest.raises(InvalidInputError, match="exponent is 1"):
        minimal_filling_widths(2, 1, hidden_layers=2, exponent=1, largest=3)
    with pytest.raises(InvalidInputError, match="up_to is 1"):
        activation_threshold((2, 2, 1), 1)
    path = tmp_path / "scan.json"
    scan(models, checkpoint=path)
    with pytest.raises(InvalidInputError, match="holds another scan"):
        scan(models, seed=1, checkpoint=path)
    path.write_text("{}")
    with pytest.raises(InvalidInputError, match="holds no scan"):
        Scan.load(path)
