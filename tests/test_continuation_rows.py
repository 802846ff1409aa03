"""Results kept as arrays: the same members as if they had been made one by one."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromanifold.continuation import (
    Certificate,
    Certifier,
    PointSet,
    Solution,
    SolveResult,
    System,
    TotalDegree,
    solve,
)
from neuromanifold.continuation._certificates._certificate import Certificates
from neuromanifold.continuation._monodromy import _point_set
from neuromanifold.continuation._solution import Solutions

CERTIFICATES = (
    Certificate((1 + 0j, 2 - 1j), (1e-9, 1e-10), True, False, 53),
    Certificate((0.5 + 0j, 3 + 0j), (1e-12, 0.25), True, True, 128),
    Certificate((0j, 1j), (), False, False, 0),
)
SOLUTIONS = (
    Solution(np.array([1, 2 - 1j]), 1, False, 3.5, CERTIFICATES[0]),
    Solution(np.array([7j, 0]), 3, False, np.inf, None),
    Solution(np.array([0.5 + 0j, 3]), 1, True, 10.0, CERTIFICATES[1]),
    Solution(np.array([0, 1j]), 1, False, 4.0, CERTIFICATES[2]),
)


@pytest.mark.parametrize(
    ("rows", "members"),
    [
        (Certificates.of(CERTIFICATES), CERTIFICATES),
        (Solutions.of(SOLUTIONS, 2), SOLUTIONS),
        (Solutions.of((), 2), ()),
    ],
)
def test_arrays_hold_the_members_they_were_made_of(rows, members):
    assert tuple(rows) == members == rows
    assert rows == members
    assert hash(rows) == hash(members)
    assert rows[1:] == members[1:]
    assert rows[::-1] == members[::-1]
    if members:
        assert rows != members[1:]
        assert rows[-1] == members[-1] != rows[0]
    with pytest.raises(IndexError):
        rows[len(members)]


@pytest.mark.parametrize("name", ["is_certified", "is_real", "is_not_real", "is_positive"])
def test_statements_about_all_certificates_at_once(name):
    expected = [getattr(certificate, name) for certificate in CERTIFICATES]
    assert getattr(Certificates.of(CERTIFICATES), name).tolist() == expected


@pytest.mark.parametrize("name", ["is_certified", "is_singular", "is_real"])
def test_statements_about_all_solutions_at_once(name):
    expected = [getattr(solution, name) for solution in SOLUTIONS]
    assert getattr(Solutions.of(SOLUTIONS, 2), name).tolist() == expected


def test_coordinates_cannot_be_changed():
    solutions = Solutions.of(SOLUTIONS, 2)
    with pytest.raises(ValueError, match="read-only"):
        solutions[0].x[0] = 1
    points = solve(["x^2 - 4"]).points
    points[0] = 1  # this one is a copy


def test_certificates_in_other_units_are_exact():
    sizes = np.array([2.0**40, 0.125])
    moved = Certificates.of(CERTIFICATES).in_units(sizes)
    for before, after in zip(CERTIFICATES, moved, strict=True):
        assert after.center == tuple(c * s for c, s in zip(before.center, sizes, strict=True))
        assert after.radii == tuple(
            r * s for r, s in zip(before.radii, sizes[: len(before.radii)], strict=True)
        )


def test_solutions_of_another_space_are_refused():
    result = solve(["x^2 - 4*y", "x + y = 3"])
    document = json.loads(result.to_json())
    document["solutions"][0]["x"] = [[1.0, 0.0]]
    with pytest.raises(ValueError, match="no file of solutions"):
        SolveResult.from_json(json.dumps(document))


def test_certificates_do_not_depend_on_the_number_of_threads():
    names = [f"x{i}" for i in range(9)]
    system = System([f"{x}^2 + {y}/7 - 1.3" for x, y in zip(names, names[1:] + names[:1])], names)  # noqa: B905
    points = solve(system, start=TotalDegree(), certify=False).points
    assert len(points) == 512
    points[300] = 17.0
    alone, in_threads = (
        Certifier(system.map).certify_many(points, system.exact_values, threads=threads)[0]
        for threads in (1, 3)
    )
    assert alone.is_certified.sum() == 511
    assert alone == in_threads


batches = st.lists(
    st.lists(
        st.tuples(st.sampled_from([0, 1, 2, 3, 4, np.nan, np.inf]), st.sampled_from([0, 1e-13])),
        max_size=5,
    ),
    max_size=4,
)


@settings(max_examples=200)
@given(batches)
def test_few_and_many_points_are_placed_alike(rows):
    values = [np.array([[a + b, 1.0] for a, b in batch]).reshape(-1, 2) for batch in rows]
    few, many = PointSet(2, 2), PointSet(2, 2)
    for images in values:
        there = few.place(images, images)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_point_set, "_FEW_PAIRS", -1)
            with np.errstate(invalid="ignore"):
                again = many.place(images, images)
        assert there.tolist() == again.tolist()
    assert np.array_equal(few.images, many.images)
