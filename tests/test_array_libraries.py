"""Every rule on the arrays of every library: the same steps, and dtype, device and inputs kept."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from test_peers import need

import adamlab as al
from adamlab.namespaces import namespace_of
from adamlab.rules import RULES

ROUNDS = 12


class Library:
    """How to make an array of a library, and how to look at it again."""

    def __init__(self, module: str):
        self.name = module
        self.module = importlib.import_module(module)

    def array(self, values: np.ndarray, dtype: str) -> Any:
        return self.module.asarray(values.tolist(), dtype=getattr(self.module, dtype))

    def numpy(self, array: Any) -> np.ndarray:
        return np.asarray(array)


class ReadOnlyNumPy(Library):
    def __init__(self) -> None:
        super().__init__("numpy")

    def array(self, values: np.ndarray, dtype: str) -> Any:
        array = super().array(values, dtype)
        array.flags.writeable = False
        return array


class CuPy(Library):
    def __init__(self) -> None:
        super().__init__("cupy")
        try:
            count = self.module.cuda.runtime.getDeviceCount()
        except self.module.cuda.runtime.CUDARuntimeError as error:
            pytest.skip(f"no CUDA device: {error}")
        if not count:
            pytest.skip("no CUDA device")

    def numpy(self, array: Any) -> np.ndarray:
        return self.module.asnumpy(array)


LIBRARIES = {
    "numpy": lambda: Library("numpy"),
    "read-only numpy": ReadOnlyNumPy,
    "array_api_strict": lambda: Library("array_api_strict"),
    "torch": lambda: Library("torch"),
    "jax": lambda: Library("jax.numpy"),
    "cupy": CuPy,
}
MARKS = {"torch": pytest.mark.peers, "jax": pytest.mark.peers, "cupy": pytest.mark.gpu}


@pytest.fixture(params=[pytest.param(name, marks=MARKS.get(name, ())) for name in LIBRARIES])
def library(request: pytest.FixtureRequest) -> Iterator[Library]:
    if request.param in MARKS:
        need(request.param)
    if request.param == "jax":
        with importlib.import_module("jax").enable_x64(True):
            yield LIBRARIES["jax"]()
    else:
        yield LIBRARIES[request.param]()


def gradients() -> np.ndarray:
    """Ordinary, tiny, huge and sparse coordinates, and one without a gradient."""
    g = np.random.default_rng(1).standard_normal((ROUNDS, 5))
    g *= np.array([1.0, 1e-6, 1e3, 1.0, 0.0])
    g[:4, 3] = 0.0
    return g


def device(array: Any) -> Any:
    import array_api_compat

    return array_api_compat.device(array)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_rule_on_every_library(library: Library, rule: al.Rule, dtype: str) -> None:
    optimizer = rule(alpha=al.inverse_sqrt(0.1))
    reference = np.zeros(5, dtype=dtype)
    theta = library.array(reference, dtype)
    kind, where = theta.dtype, device(theta)
    state, reference_state = optimizer.init(theta), optimizer.init(reference)
    length = np.zeros(5)
    for values in gradients():
        g = library.array(values, dtype)
        inputs = [theta, g, *state.arrays]
        before = [library.numpy(a).copy() for a in inputs]
        new, state = optimizer.step(theta, g, state)
        for array, values_before in zip(inputs, before, strict=True):
            np.testing.assert_array_equal(library.numpy(array), values_before)
        for array in (new, *state.arrays):
            assert type(array) is type(theta)
            assert (array.dtype, device(array), array.shape) == (kind, where, (5,))
        theta = new
        before_reference = reference
        reference, reference_state = optimizer.step(
            reference, values.astype(dtype), reference_state
        )
        length += np.abs(reference - before_reference)
    eps = np.finfo(dtype).eps
    for ours, want in zip(state.arrays, reference_state.arrays, strict=True):
        np.testing.assert_allclose(library.numpy(ours), want, rtol=8 * eps)
    # A centred second moment v - m**2 cancels, so its digits are not those of v.
    few = 400 if "centred" in rule.name else 8
    assert (np.abs(library.numpy(theta) - reference) <= few * eps * length).all()


def test_averaged_rule_on_every_library(library: Library) -> None:
    optimizer = al.averaged(al.Adam)(alpha=0.1)
    theta, reference = (make(np.ones(5), "float64") for make in (library.array, np.asarray))
    state, reference_state = optimizer.init(theta), optimizer.init(reference)
    for values in gradients():
        theta, state = optimizer.step(theta, library.array(values, "float64"), state)
        reference, reference_state = optimizer.step(reference, values, reference_state)
    average = optimizer.average(state)
    assert type(average) is type(theta)
    np.testing.assert_allclose(
        library.numpy(average), optimizer.average(reference_state), rtol=1e-14
    )


def test_numpy_scalars_do_not_promote(library: Library) -> None:
    """np.float64 is not a weak number; as a hyper-parameter it must not widen float32."""
    optimizer = al.Adam(alpha=np.float64(0.1), beta1=np.float64(0.9), eps=np.float32(1e-8))
    theta = library.array(np.ones(3), "float32")
    theta, state = optimizer.step(theta, theta, optimizer.init(theta))
    assert {a.dtype for a in (theta, *state.arrays)} == {library.array(np.ones(1), "float32").dtype}


def test_time_in_a_users_rule_does_not_promote(library: Library) -> None:
    @al.rule
    def mean_gradient(xp, t, theta, g, s, *, alpha=0.1):
        s = s + (g - s) * (1 / t)
        return theta - alpha * 0.5**t * s - alpha * xp.maximum(0.1 * s, 1 / t), 1.0, s

    optimizer = mean_gradient()
    theta = library.array(np.ones(3), "float32")
    new, state = optimizer.step(theta, theta, optimizer.init(theta))
    assert new.dtype == state.s.dtype == theta.dtype


def test_integers_are_refused(library: Library) -> None:
    theta = library.array(np.ones(2), "int32")
    with pytest.raises(TypeError, match=r"theta must have a real floating dtype, got .*int32"):
        al.Adam().init(theta)
    good = library.array(np.ones(2), "float64")
    with pytest.raises(TypeError, match=r"theta must have a real floating dtype, got .*int32"):
        al.Adam().step(theta, good, al.Adam().init(good))
    with pytest.raises(TypeError, match=r"grad must have theta's dtype .*float64, got .*int32"):
        al.Adam().step(good, theta, al.Adam().init(good))


def test_projection_keeps_the_library(library: Library) -> None:
    theta = library.array(np.array([-3.0, 0.5, 3.0]), "float32")
    for box in (al.Box(-1, 1), al.Box([-1, -1, -1], [1, 1, 1])):
        projected = box.project(namespace_of(theta), theta)
        assert type(projected) is type(theta)
        assert (projected.dtype, device(projected)) == (theta.dtype, device(theta))
        assert library.numpy(projected).tolist() == [-1.0, 0.5, 1.0]


def test_step_in_place_where_arrays_can_change(library: Library) -> None:
    optimizer = al.Adam(alpha=0.1)
    theta = library.array(np.ones(5), "float64")
    state = optimizer.init(theta)
    g = library.array(gradients()[0], "float64")
    want, want_state = optimizer.step(theta, g, state)
    if library.name == "jax.numpy" or isinstance(library, ReadOnlyNumPy):
        with pytest.raises(TypeError, match="theta cannot be changed in place"):
            optimizer.step_(theta, g, state)
        return
    new_state = optimizer.step_(theta, g, state)
    np.testing.assert_array_equal(library.numpy(theta), library.numpy(want))
    for array, expected, kept in zip(
        new_state.arrays, want_state.arrays, state.arrays, strict=True
    ):
        assert array is kept
        np.testing.assert_array_equal(library.numpy(array), library.numpy(expected))


def test_libraries_are_not_mixed(library: Library) -> None:
    theta = library.array(np.ones(2), "float64")
    other = (
        np.ones(2)
        if library.name != "numpy"
        else importlib.import_module("array_api_strict").ones(2)
    )
    with pytest.raises(TypeError, match="grad must be an array of theta's library"):
        al.SGD().step(theta, other, al.SGD().init(theta))
