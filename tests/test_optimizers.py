"""Optimizers: their states, what they refuse, steps in place, schedules, copies and pickles."""

from __future__ import annotations

import copy
import importlib
import os
import pickle
import warnings

import numpy as np
import pytest

import adamlab as al
from adamlab.namespaces import namespace_of
from adamlab.rules import RULES


@al.rule
def doubling(xp, t, theta, g, s, *, alpha=0.1):
    """A rule of a user, at the top of a module."""
    s = 2 * s + g
    return theta - alpha * s, 1.0, s


@al.schedule
def harmonic(xp, t):
    """1/t"""
    return 1 / t


def theta() -> np.ndarray:
    return np.array([1.0, -2.0, 0.5])


def grad() -> np.ndarray:
    return np.array([0.3, -0.1, 2.0])


# --------------------------------------------------------------------------------------------------
# init and step


def test_state_starts_at_zero_and_is_named() -> None:
    state = al.Adam().init(theta())
    assert state.t == 0
    assert state.m.tolist() == state.v.tolist() == [0.0, 0.0, 0.0]
    assert state.m is not state.v
    want = "the state of adam has no 'u'; it has t, m, v"
    with pytest.raises(AttributeError, match=want):
        _ = state.u


def test_the_first_step_is_round_one() -> None:
    """The bias correction makes Adam's first step alpha; with alpha/t the second is half of it."""
    opt = al.Adam(alpha=harmonic(0.1), beta1=0, beta2=0, eps=0)
    x, state = opt.step(theta(), grad(), opt.init(theta()))
    assert state.t == 1
    np.testing.assert_allclose(x, theta() - 0.1 * np.sign(grad()), rtol=1e-15)
    y, state = opt.step(x, grad(), state)
    assert state.t == 2
    np.testing.assert_allclose(y, x - 0.05 * np.sign(grad()), rtol=1e-14)


def test_inverse_sqrt_and_other_schedules() -> None:
    xp = namespace_of(np.ones(1))
    assert [al.inverse_sqrt(0.5)(xp, t) for t in (1, 4)] == [0.5, 0.25]
    assert harmonic(2.0)(xp, 4) == 0.5
    assert repr(al.Adam(alpha=al.inverse_sqrt(0.5))).startswith("adam(alpha=inverse_sqrt(0.5), ")
    assert al.schedule(lambda xp, t: 1 / t)(3.0)(xp, 2) == 1.5


def test_weight_decay_follows_its_multiplier() -> None:
    """Loshchilov & Hutter's decay is multiplied by eta_t, and not by alpha."""
    opt = al.AdamW(alpha=1e-6, weight_decay=0.1, eta=harmonic(1.0))
    x, state = np.array([1.0]), al.AdamW().init(np.array([1.0]))
    for factor in (0.9, 0.95):
        new, state = opt.step(x, np.zeros(1), state)
        np.testing.assert_allclose(new, factor * x, rtol=1e-15)
        x = new


def test_step_changes_nothing_in_place() -> None:
    opt = al.Adam()
    x, g = theta(), grad()
    first = opt.init(x)
    x1, second = opt.step(x, g, first)
    third = opt.step(x1, g, second)
    assert x.tolist() == theta().tolist()
    assert g.tolist() == grad().tolist()
    assert first.m.tolist() == [0, 0, 0]
    assert first.t == 0
    again = opt.step(x1, g, second)  # an old state can be continued
    assert again[0].tolist() == third[0].tolist()


def test_theta_may_be_its_own_gradient() -> None:
    """f = |theta|^2 / 2; `step` writes nothing, so arrays may be shared."""
    opt = al.Adam(alpha=0.1)
    x = theta()
    new, _ = opt.step(x, x, opt.init(x))
    np.testing.assert_allclose(new, x - 0.1 * np.sign(x), rtol=1e-6)


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0,)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_any_shape(shape: tuple[int, ...], dtype: str) -> None:
    opt = al.AMSGrad()
    x = np.ones(shape, dtype=dtype)
    state = opt.init(x)
    for _ in range(2):
        x, state = opt.step(x, np.ones(shape, dtype=dtype), state)
    assert x.shape == state.v_hat.shape == shape
    assert x.dtype == state.v_hat.dtype == dtype


def test_nan_in_a_gradient_is_seen_in_the_result() -> None:
    opt = al.Adam()
    x, state = opt.step(theta(), np.array([np.nan, 0.0, 1.0]), opt.init(theta()))
    assert np.isnan(x).tolist() == [True, False, False]
    x, _ = opt.step(x, grad(), state)
    assert np.isnan(x).tolist() == [True, False, False]


# --------------------------------------------------------------------------------------------------
# What is refused, by `step` and by `step_`


@pytest.fixture(params=["step", "step_"])
def step(request: pytest.FixtureRequest):
    return lambda opt, *args: getattr(opt, request.param)(*args)


def test_foreign_state(step) -> None:
    opt = al.Adam()
    foreign = al.AMSGrad().init(theta())
    with pytest.raises(TypeError, match="from adam's init or step, got a state of amsgrad"):
        step(opt, theta(), grad(), foreign)
    with pytest.raises(TypeError, match="from adam's init or step, got None"):
        step(opt, theta(), grad(), None)
    # Hyper-parameters may change between steps.
    step(al.Adam(alpha=0.5), theta(), grad(), opt.init(theta()))


@pytest.mark.parametrize(
    ("theta", "grad", "error", "message"),
    [
        ([1.0], np.ones(1), TypeError, r"expected an array .*, got \[1\.0\] of type list"),
        (np.ones(2), [1.0, 1.0], TypeError, r"expected an array .*, got \[1\.0, 1\.0\]"),
        (np.ones(2), np.ones(3), ValueError, r"grad must have theta's shape \(2,\), got \(3,\)"),
        (np.ones(2), np.ones(()), ValueError, r"grad must have theta's shape \(2,\), got \(\)"),
        (
            np.ones(2),
            np.ones(2, dtype="f4"),
            TypeError,
            "grad must have theta's dtype float64, got float32",
        ),
        (np.ones(2, dtype=int), np.ones(2), TypeError, "theta must have a real floating dtype"),
        (np.ones(2, dtype=complex), np.ones(2), TypeError, "theta .* dtype, got complex128"),
        (np.ones(3), np.ones(3), ValueError, r"m must have theta's shape \(3,\), got \(2,\)"),
        (
            np.ones(2, dtype="f4"),
            np.ones(2, dtype="f4"),
            TypeError,
            "m must have theta's dtype float32, got float64",
        ),
    ],
)
def test_arrays_that_do_not_fit(step, theta, grad, error, message: str) -> None:
    state = al.Adam().init(np.ones(2))
    with pytest.raises(error, match=message):
        step(al.Adam(), theta, grad, state)


# --------------------------------------------------------------------------------------------------
# Steps in place


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_in_place_and_pure_steps_agree(rule: al.Rule) -> None:
    opt = rule(alpha=al.inverse_sqrt(0.1))
    pure, state = theta(), opt.init(theta())
    here, own = theta(), opt.init(theta())
    buffers = (here, *own.arrays)
    for g in np.random.default_rng(2).standard_normal((8, 3)):
        pure, state = opt.step(pure, g, state)
        own = opt.step_(here, g, own)
        assert own.t == state.t
        assert all(a is b for a, b in zip((here, *own.arrays), buffers, strict=True))
        for a, b in zip(buffers, (pure, *state.arrays), strict=True):
            np.testing.assert_array_equal(a, b)


def test_in_place_on_strided_and_shaped_arrays() -> None:
    opt = al.Adam(alpha=0.1)
    whole = np.ones((4, 6))
    part = whole[1:3, ::-2]
    state = opt.init(part)
    want, _ = opt.step(part, np.ones((2, 3)), state)
    opt.step_(part, np.ones((2, 3)), state)
    assert (part == want).all()
    assert (whole[[0, 3]] == 1).all()
    assert (whole[:, ::2] == 1).all()


def test_in_place_needs_arrays_of_their_own() -> None:
    opt = al.Adam()
    x = theta()
    with pytest.raises(ValueError, match=r"theta and grad share memory|grad and theta share"):
        opt.step_(x, x, opt.init(x))
    buffer = np.arange(8.0)
    with pytest.raises(ValueError, match="theta and grad share memory; step_ needs arrays of"):
        opt.step_(buffer[:5], buffer[3:], opt.init(buffer[:5]))
    with pytest.raises(ValueError, match="share memory"):
        opt.step_(buffer[::-2], buffer[:4], opt.init(buffer[:4]))
    state = opt.init(x)
    with pytest.raises(ValueError, match="share memory"):
        opt.step_(state.m, grad(), state)
    shared = type(state)(state.rule, 0, (state.m, state.m))
    with pytest.raises(ValueError, match="m and v share memory"):
        opt.step_(x, grad(), shared)
    assert x.tolist() == theta().tolist()


def test_parts_of_one_buffer_that_do_not_overlap() -> None:
    opt = al.Adam(alpha=0.1)
    buffer = np.ones(6)
    opt.step_(buffer[:3], buffer[3:], opt.init(buffer[:3]))
    np.testing.assert_allclose(buffer, [0.9, 0.9, 0.9, 1, 1, 1], rtol=1e-7)
    empty = np.ones(0)
    opt.step_(empty, empty, opt.init(empty))


@pytest.mark.peers
def test_in_place_on_torch() -> None:
    required = os.environ.get("ADAMLAB_REQUIRE_PEERS") == "1"
    torch = importlib.import_module("torch") if required else pytest.importorskip("torch")
    opt = al.Adam(alpha=0.1)
    buffer = torch.ones(6, dtype=torch.float64)
    opt.step_(buffer[:3], buffer[3:], opt.init(buffer[:3]))
    assert buffer.tolist() == pytest.approx([0.9, 0.9, 0.9, 1, 1, 1])
    with pytest.raises(ValueError, match="theta and grad share memory"):
        opt.step_(buffer[:4], buffer[2:], opt.init(buffer[:4]))


def test_read_only_arrays_are_not_written() -> None:
    opt = al.Adam()
    x, g = theta(), grad()
    state = opt.init(x)
    g.flags.writeable = False
    opt.step_(x, g, state)  # the gradient is only read
    state.m.flags.writeable = False
    with pytest.raises(TypeError, match="m cannot be changed in place: it is read-only; use step"):
        opt.step_(x, g, state)
    x.flags.writeable = False
    before = x.copy()
    with pytest.raises(TypeError, match="theta cannot be changed in place"):
        opt.step_(x, g, opt.init(x))
    assert x.tolist() == before.tolist()
    opt.step(x, g, opt.init(x))


def test_a_scalar_of_numpy_is_not_changed_in_place() -> None:
    x = np.float64(1.0)
    with pytest.raises(TypeError, match="theta cannot be changed in place"):
        al.SGD().step_(x, np.float64(1.0), al.SGD().init(x))


# --------------------------------------------------------------------------------------------------
# Optimizers as values


def test_hyper_parameters_are_attributes_and_frozen() -> None:
    opt = al.Adam(alpha=0.5)
    assert (opt.alpha, opt.beta1, opt.eps) == (0.5, 0.9, 1e-8)
    assert type(al.Adam(alpha=np.float32(0.5)).alpha) is float
    with pytest.raises(AttributeError, match="has no attribute 'rho'"):
        _ = opt.rho
    with pytest.raises(AttributeError):
        opt.alpha = 1.0
    with pytest.raises(TypeError):
        opt.hyper["alpha"] = 1.0
    assert repr(opt) == "adam(alpha=0.5, beta1=0.9, beta2=0.999, eps=1e-08)"


def test_equal_optimizers() -> None:
    assert al.Adam() == al.Adam(alpha=1e-3)
    assert hash(al.Adam()) == hash(al.Adam(alpha=1e-3))
    assert al.Adam() != al.Adam(alpha=1e-2)
    assert al.Adam(alpha=al.inverse_sqrt(0.1)) == al.Adam(alpha=al.inverse_sqrt(0.1))
    assert al.averaged(al.Adam) is al.averaged(al.Adam)


OPTIMIZERS = [
    *(rule() for rule in RULES.values()),
    al.Adam(alpha=al.inverse_sqrt(0.5)),
    al.AdamW(eta=harmonic(2.0)),
    al.averaged(al.Adam)(beta_bar=0.5),
    doubling(alpha=0.25),
]


@pytest.mark.parametrize("opt", OPTIMIZERS, ids=repr)
@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_and_pickles_go_on_as_the_original(opt: al.Optimizer, duplicate) -> None:
    other = duplicate(opt)
    assert other == opt
    assert hash(other) == hash(opt)
    assert other.rule is opt.rule
    x, state = opt.step(theta(), grad(), opt.init(theta()))
    copied = duplicate(state)
    assert copied.t == 1
    np.testing.assert_array_equal(other.step(x, grad(), copied)[0], opt.step(x, grad(), state)[0])


def test_what_has_no_name_cannot_be_pickled_but_copied() -> None:
    @al.rule
    def local(xp, t, theta, g, *, alpha=0.1):
        return theta - alpha * g, 1.0

    opt = local(alpha=al.schedule(lambda xp, t: 1 / t)(0.5))
    assert copy.deepcopy(opt) == copy.copy(opt) == opt
    with pytest.raises(pickle.PicklingError, match=r"made of .*local cannot be pickled: .*name"):
        pickle.dumps(local)
    with pytest.raises(pickle.PicklingError, match=r"made of .*<lambda> cannot be pickled"):
        pickle.dumps(opt.alpha)


def test_unfinished_objects_do_not_recur() -> None:
    """While being copied or unpickled, an object is asked for attributes before it has any."""
    for kind in (al.Optimizer, type(al.SGD().init(theta()))):
        with pytest.raises(AttributeError):
            _ = kind.__new__(kind).anything


def test_rules_show_their_docstring() -> None:
    assert al.Adam.__doc__.startswith("Adam.")
    assert doubling.__doc__ == "A rule of a user, at the top of a module."
    assert al.averaged(al.Adam).__doc__ == "adam with temporal averaging (section 7.2)."


def test_steps_do_not_warn_on_zero_gradients() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rule in RULES.values():
            opt = rule()
            opt.step(theta(), np.zeros(3), opt.init(theta()))


@al.rule
def heavy_ball(xp, t, theta, g, previous, *, alpha=0.1, mu=0.5):
    """A rule that keeps an array that it was given."""
    return theta - alpha * g + mu * (theta - xp.where(t < 2, theta, previous)), 1, theta


def test_a_rule_may_keep_what_it_was_given() -> None:
    opt = heavy_ball()
    theta = np.array([1.0])
    state, theta_, by_hand = opt.init(theta), theta.copy(), [1.0, 1.0]
    state_ = opt.init(theta_)
    for _ in range(4):
        by_hand.append(by_hand[-1] - 0.1 * by_hand[-1] + 0.5 * (by_hand[-1] - by_hand[-2]))
        theta, state = opt.step(theta, theta.copy(), state)
        state_ = opt.step_(theta_, theta_.copy(), state_)
        assert theta[0] == pytest.approx(by_hand[-1])
        assert theta_[0] == theta[0]


def test_a_rule_may_return_numbers() -> None:
    @al.rule
    def counts(xp, t, theta, g, n, *, alpha=0.1):
        return 0.0, 1, t

    theta = np.ones(2, dtype=np.float32)
    theta, state = counts().step(theta, theta, counts().init(theta))
    assert theta.tolist() == [0, 0]
    assert theta.dtype == state.n.dtype == np.float32
    assert state.n.tolist() == [1, 1]


def test_ranges_bind_only_names_with_their_usual_meaning() -> None:
    @al.rule
    def odd(xp, t, theta, g, *, lam=0.0, mu=3.0, alpha=0.1):
        return theta - alpha * g - lam * theta + mu, 1.0

    assert odd(lam=-2, mu=50).lam == -2
    with pytest.raises(ValueError, match="odd: alpha must be a positive number"):
        odd(alpha=-1)


def test_conditions_on_t_can_be_negated() -> None:
    @al.rule
    def late(xp, t, theta, g, *, alpha=1.0):
        return theta - alpha * xp.where(~(t < 2), g, 0.0), 1.0

    opt, theta, g = late(), np.zeros(1), np.ones(1)
    first, state = opt.step(theta, g, opt.init(theta))
    second, _ = opt.step(first, g, state)
    assert first.tolist() == [0]
    assert second.tolist() == [-1]


def test_a_parameter_close_to_1_is_not_shown_as_1() -> None:
    assert "lam=0.99999999" in repr(al.rules.adam_decayed_beta1())
    assert repr(al.Adam(alpha=al.inverse_sqrt(0.1))).startswith("adam(alpha=inverse_sqrt(0.1), ")
