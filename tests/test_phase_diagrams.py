"""The drift of a rule, and the stored phase diagrams with the script that computed them.

The critical betas were computed once by independent code, outside this package.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import adamlab as al
from adamlab.claims.convergence import drift, one_loud, settled
from adamlab.namespaces import namespace_of

STORED = Path(__file__).resolve().parents[1] / "notebooks" / "stored"
NAMES = ("reddi3", "reddi10", "zhang10", "zhang20", "defaults")


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("phase_diagrams", STORED / "phase_diagrams.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(name):
    with xr.open_dataset(STORED / f"{name}.nc", engine="h5netcdf") as data:
        return data.load()


# --------------------------------------------------------------------------------------------------
# The drift


@pytest.mark.parametrize(
    ("cycle", "beta1", "critical"),
    [
        (one_loud(2.1, 3), 0, 0.885926),
        (one_loud(3, 3), 0, 0.472313),
        (one_loud(3, 3), 0.1, 0.422706),
        (one_loud(100, 3), 0, 0.005664),
        (one_loud(10, 10), 0, 0.955443),
        (one_loud(10, 10), 0.9, 0.774657),
        (one_loud(20, 20), 0.9, 0.969507),
        (one_loud(50, 50), 0.5, 0.998289),
        (one_loud(1010, 101, -10), 0.9, 0.999516),
    ],
)
def test_the_drift_changes_its_sign_at_the_critical_beta2(cycle, beta1, critical):
    below, above = (
        drift(al.Adam, cycle, beta1=beta1, beta2=critical + side, eps=0) for side in (-1e-6, 1e-6)
    )
    assert below < 0 < above


def test_the_drift_is_the_sum_of_the_steps_after_many_cycles():
    cycle = np.random.default_rng(5).standard_normal(4)
    theta, state, points = np.zeros(1), [np.zeros(1)] * 2, []
    xp, hyper = namespace_of(theta), {"alpha": 1.0, "beta1": 0.7, "beta2": 0.9, "eps": 0.1}
    for t in range(1, 401):
        points.append(theta)
        theta, _, *state = al.Adam.update(xp, t, theta, cycle[(t - 1) % 4], *state, **hyper)
    hyper.pop("alpha")
    assert drift(al.Adam, list(cycle), **hyper) == pytest.approx(
        (points[396] - theta).item(), rel=1e-9
    )


def test_the_drift_broadcasts_over_betas():
    beta1, beta2 = np.array([[0.0], [0.5]]), np.array([0.1, 0.5, 0.9])
    S = drift(al.Adam, one_loud(3, 3), beta1=beta1, beta2=beta2, eps=0)
    assert S.shape == (2, 3)
    assert S[1, 2] == drift(al.Adam, one_loud(3, 3), beta1=0.5, beta2=0.9, eps=0)


def test_a_decaying_beta1_drifts_as_beta1_0():
    decayed = drift(al.rules.adam_decayed_beta1, one_loud(3, 3), beta1=0.9, lam=0.9, eps=0)
    assert decayed == drift(al.Adam, one_loud(3, 3), beta1=0, eps=0)


@pytest.mark.parametrize("rule", [al.AMSGrad, al.AdaGrad, al.AdamNC])
def test_rules_that_do_not_forget_have_no_settled_steps(rule):
    with pytest.raises(ValueError, match="does not forget"):
        settled(rule, one_loud(3, 3))


# --------------------------------------------------------------------------------------------------
# What is stored


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_diagram_says_where_it_comes_from(name, script):
    data, diagram = load(name), script.DIAGRAMS[name]
    assert min(data.value.shape) >= 400
    assert np.isfinite(data.value).all()
    for attribute in ("command", "git_commit", "date", "numpy", "numba", "adamlab", "device"):
        assert data.attrs[attribute]
    assert data.attrs["problem"] == diagram.problem.name
    assert (data.attrs["alpha"], data.attrs["horizon"]) == (diagram.alpha, diagram.horizon)
    assert data.attrs["cells_that_change_side_at_twice_the_horizon"] < 0.01


def test_the_stored_files_are_small():
    assert sum(path.stat().st_size for path in STORED.glob("*.nc")) < 1.5e6


def test_a_coarse_diagram_is_the_stored_one(script):
    again = script.DIAGRAMS["reddi3"].play(every=40)
    there = load("reddi3").value.values[20::40, 20::40]
    assert again.shape == (10, 10)
    np.testing.assert_allclose(again.values, there, rtol=0, atol=1.1e-4)


def test_short_periods_are_the_stored_ones(script):
    stored = load("periods").value
    some = stored.epsilon.values[[0, 20]]
    again = script.periods(epsilons=some, longest=45)
    there = stored.sel(epsilon=some)
    assert (again == there.where(there <= 45, 0)).all()
    assert int(stored.sel(loudness="n").sel(epsilon=1e-3, method="nearest")) == 74
