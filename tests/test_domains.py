"""Boxes: projection by its defining inequality, diameters, linear minimisers, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import adamlab as al
from adamlab.namespaces import namespace_of

NUMPY = namespace_of(np.zeros(1))
vectors = arrays(np.float64, 3, elements=st.floats(-5, 5))


@given(theta=vectors, inside=vectors, metric=arrays(np.float64, 3, elements=st.floats(0.1, 10)))
def test_projection_is_the_nearest_point_in_any_diagonal_metric(theta, inside, metric):
    box = al.Box([-1, -2, 0], [1, 0.5, 3])
    y = np.clip(inside, box.lower, box.upper)
    p = box.project(NUMPY, theta)
    assert box.contains(p)
    # <theta - p, y - p>_metric <= 0 for every y of the box characterises the projection.
    assert ((theta - p) * metric) @ (y - p) <= 1e-12


def test_projection_keeps_nan_and_dtype():
    p = al.Box(-1, 1).project(NUMPY, np.array([np.nan, 2.0, -2.0], dtype=np.float32))
    assert np.isnan(p[0])
    assert p[1:].tolist() == [1, -1]
    assert p.dtype == np.float32


def test_diameters():
    box = al.Box([0, 0], [3, 4])
    assert box.diameter_inf(2) == 4
    assert box.diameter(2) == 5
    assert al.Box(-1, 1).diameter(9) == 6


def test_boxes_are_equal_by_their_bounds():
    assert al.Box([0, 1], 2) == al.Box([0, 1], 2)
    assert hash(al.Box([0, 1], 2)) == hash(al.Box([0, 1], 2))
    assert al.Box(0, 1) != al.Box(0, 2)
    assert al.Box(0, 1) != (0, 1)


@pytest.mark.parametrize(
    ("lower", "upper", "says"),
    [
        (1, -1, "lower must not exceed upper"),
        (-np.inf, 1, "lower must be a finite"),
        (0, np.nan, "upper must be a finite"),
        ([0, 0], [1, 1, 1], "differ in shape"),
        ([[0]], 1, "lower must be a finite number or vector"),
    ],
)
def test_bad_boxes_are_refused(lower, upper, says):
    with pytest.raises(ValueError, match=says):
        al.Box(lower, upper)


def test_a_box_of_another_dimension_is_refused():
    with pytest.raises(ValueError, match="the box has 2 coordinates in lower, the problem has 3"):
        al.Box([0, 0], 1).bounds(3)


def test_the_whole_space_projects_nothing():
    theta = np.array([1e300])
    assert al.WholeSpace().project(NUMPY, theta) is theta
    assert al.WholeSpace().contains(theta)
