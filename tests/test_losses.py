"""Each loss against mpmath: its formula as a textbook has it, and derivatives taken by mpmath."""

import copy
import pickle

import mpmath
import numpy as np
import pytest
import sympy

from adamlab.losses import LOSSES, Loss, get_loss
from adamlab.namespaces import namespace_of

# Written anew, in the form that is easiest to read and not the one that is safe to compute.
TEXTBOOK = {
    "squared": lambda z, y: (z - y) ** 2 / 2,
    "logistic": lambda z, y: mpmath.log1p(mpmath.exp(-y * z)),
    "hinge": lambda z, y: max(mpmath.mpf(0), 1 - y * z),
    "absolute": lambda z, y: abs(z - y),
    "linear": lambda z, y: y * z,
}
#: Degree of growth; 0 where full relative accuracy is asked for, also in the tails.
POWER = {"squared": 2, "logistic": 0, "hinge": 1, "absolute": 1, "linear": 0}
LARGE = [0.0, 1e-30, 1e-8, 0.3, 1.7, 17.0, 36.8, 88.0, 104.0, 710.0, 746.0, 1e4]


def grid(name, dtype):
    """Predictions of all sizes with targets, (nearly) at a kink left out."""
    z = np.array([s * v for v in LARGE for s in (1, -1)])
    targets = [-1.0, 1.0] if get_loss(name).labels == "signs" else [-2.5, 0.0, 0.7, 30.0]
    z, y = (a.ravel().astype(dtype) for a in np.meshgrid(z, targets))
    kink = {"hinge": y * z == 1, "absolute": abs(z - y) < 1e-6}.get(name, z != z)
    return z[~kink], y[~kink]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("order", [0, 1, 2])
def test_agrees_with_mpmath_at_50_digits(name, order, dtype):
    z, y = grid(name, dtype)
    loss = get_loss(name)
    function = (loss.value, loss.slope, loss.curvature)[order]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = function(namespace_of(z), z, y)
    assert found.dtype == dtype
    assert found.shape == z.shape
    eps = np.finfo(dtype).eps
    with mpmath.workdps(50):
        for zi, yi, fi in zip(z.tolist(), y.tolist(), found.tolist(), strict=True):
            zm, ym = mpmath.mpf(zi), mpmath.mpf(yi)
            exact = (
                TEXTBOOK[name](zm, ym)
                if order == 0
                else mpmath.diff(lambda v, ym=ym: TEXTBOOK[name](v, ym), zm, order, h="1e-15")
            )
            # Relative to the numbers that go in, as rounding is: z - y cancels.
            size = max(abs(zi), abs(yi), 1.0) ** max(POWER[name] - order, 0) if POWER[name] else 0
            tolerance = 8 * eps * max(abs(exact), size) + np.finfo(dtype).tiny
            assert abs(fi - exact) <= tolerance, (zi, yi, fi, exact)


@pytest.mark.parametrize("name", ["squared", "logistic", "linear"])
def test_sympy_derivative_is_the_slope(name):
    class Symbols:
        """Just what these formulas use, spelled so that SymPy can differentiate."""

        exp, log1p = sympy.exp, staticmethod(lambda x: sympy.log(1 + x))

        @staticmethod
        def where(condition, a, b):
            return a if condition == True else b  # noqa: E712 - undecided: the side where y z >= 0

    z, y = sympy.symbols("z y", real=True)
    loss = get_loss(name)
    value = loss.value(Symbols, z, y)
    assert sympy.simplify(sympy.diff(value, z) - loss.slope(Symbols, z, y)) == 0
    assert sympy.simplify(sympy.diff(value, z, 2) - loss.curvature(Symbols, z, y)) == 0


def test_subgradients_at_the_kinks():
    z = np.array([1.0, -1.0])
    xp = namespace_of(z)
    assert get_loss("hinge").slope(xp, z, np.array([1.0, -1.0])).tolist() == [0, 0]
    assert get_loss("absolute").slope(xp, z, z).tolist() == [0, 0]


@pytest.mark.parametrize("name", LOSSES)
def test_slope_is_a_subgradient_everywhere(name):
    rng = np.random.default_rng(1)
    z, other = rng.choice([-3.0, -1.0, 0.0, 1.0, 2.5], (2, 200))
    y = rng.choice([-1.0, 1.0], 200)
    loss, xp = get_loss(name), namespace_of(z)
    tangent = loss.value(xp, z, y) + loss.slope(xp, z, y) * (other - z)
    assert (loss.value(xp, other, y) >= tangent - 1e-14).all()


@pytest.mark.parametrize("name", LOSSES)
def test_python_float_target_and_nan(name):
    z = np.array([0.5, np.nan], dtype=np.float32)
    loss, xp = get_loss(name), namespace_of(z)
    for function in (loss.value, loss.slope, loss.curvature):
        found = function(xp, z, 1.0)
        assert found.dtype == np.float32
        assert found.shape == (2,)
        assert np.isfinite(found[0])
        assert np.isnan(found[1]) or function is loss.curvature


@pytest.mark.parametrize("y", [0.5, np.full(4, 0.5, np.float32)])
def test_a_loss_of_ones_own_needs_no_derivatives(y):
    loss = Loss("one-sided", lambda xp, z, y: xp.where(z > y, (z - y) ** 2, 0 * y) + y)
    z = np.array([-1.0, 0.5, 2.0, np.nan], dtype=np.float32)
    xp = namespace_of(z)
    for function, expected in ((loss.slope, [0, 0, 3]), (loss.curvature, [0, 0, 2])):
        found = function(xp, z, y)
        assert found.dtype == np.float32
        assert found.shape == (4,)
        assert found[:3].tolist() == expected
        assert np.isnan(found[3])


def test_a_loss_that_was_used_can_be_copied_and_pickled():
    loss = get_loss("logistic")
    z = np.array([0.5])
    expected = loss.slope(namespace_of(z), z, z)
    for other in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert other == loss
        assert other.slope(namespace_of(z), z, z) == expected


def test_labels():
    assert {n for n, loss in LOSSES.items() if loss.labels == "signs"} == {"logistic", "hinge"}


@pytest.mark.parametrize("name", ["Squared", "huber", 3, None, []])
def test_unknown_name_lists_those_known(name):
    with pytest.raises(ValueError, match="squared, logistic, hinge, absolute, linear"):
        get_loss(name)
