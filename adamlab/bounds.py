r"""Right-hand sides of the regret theorems, and whether a run is one that they speak about.

A bound is a formula of a few statistics, written once as a pure function::

    @bound("AdaGrad", source=..., rules={"adagrad": ""}, schedule="constant")
    def adagrad(xp, *, alpha, D_inf, gradient_norm_sum):
        return (D_inf**2 / (2 * alpha) + alpha) * gradient_norm_sum

``al.bounds.adagrad(run)`` takes the statistics from a run of `adamlab.regret`, checks the
theorem's assumptions and returns the bound at every checkpoint; ``al.bounds.adagrad.formula`` is
the function, for plain numbers, arrays, intervals or SymPy's symbols. `BOUNDS` lists them all.

Some printed theorems are false as stated. They are here too, with ``valid=False``, because what
exceeds them is a counterexample; the others may never be exceeded.

Notation
--------
Round :math:`t` plays :math:`x_t`, sees :math:`g_t\in\partial f_t(x_t)`, moves by
:math:`\alpha_t m_t/\psi_t` and clips to a box. The metric :math:`\psi_t` is what the step divides
by: :math:`\sqrt{\hat v_t}`, and :math:`\epsilon` if the rule adds one.

=====================  ===================================================================
``T``                  :math:`T`, the number of rounds
``alpha``              :math:`\alpha`, where :math:`\alpha_t` is :math:`\alpha/\sqrt t` or
                       :math:`\alpha`
``beta1, beta2``       :math:`\beta_1,\beta_2`
``lam``                :math:`\lambda`, where :math:`\beta_{1,t}=\beta_1\lambda^{t-1}`
``D``, ``D_inf``       :math:`D`, :math:`D_\infty`: diagonal and longest side of the box
``G_2``                :math:`\max_t\lVert g_t\rVert_2`
``G_inf``              :math:`G_\infty=\max_t\lVert g_t\rVert_\infty`
``d``                  number of coordinates
``metric_sum``         :math:`\sum_i\psi_{T,i}`
``momentum_term``      :math:`\sum_{t\le T}\sum_i\beta_{1,t}\psi_{t,i}/\alpha_t`
``gradient_norm_sum``  :math:`\sum_i\lVert g_{1:T,i}\rVert_2`
=====================  ===================================================================

The largest gradient that was *seen* may stand for :math:`G`: the proofs use no other (Kingma & Ba
apart, see `kingma_ba`). Whether the losses are convex no run can tell: the problem says it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from adamlab.namespaces import namespace_of

__all__ = ["BOUNDS", "Bound", "NotApplicable", "applicable", "get_bound", "over_runs", "reasons"]


class NotApplicable(ValueError):
    """A theorem does not speak about this run; the message says which assumption fails."""


@dataclass(frozen=True)
class Bound:
    r"""A regret theorem's right-hand side, with its assumptions. Made with the decorator `bound`.

    Attributes
    ----------
    name : str
    title : str
        The theorem.
    source : str
        Where it is stated, and in which edition.
    formula : callable
        ``formula(xp, **statistics)``; ``xp`` needs ``sqrt`` and ``log1p``. Its docstring states the
        theorem.
    rules : mapping
        The rules that it is about, each with how it departs from the theorem's algorithm ("" if it
        does not).
    schedule : {"inverse_sqrt", "constant"}
    valid : bool
        Whether the theorem is true as it is stated.
    box : bool
        Whether it needs a run on a box.
    gamma : callable, optional
        :math:`\gamma(\beta_1,\beta_2)`, which must be below 1; ``gamma_text`` is how
        it is written.
    """

    name: str
    title: str
    source: str
    formula: Callable[..., Any] = field(repr=False)
    rules: Mapping[str, str]
    schedule: str
    valid: bool = True
    box: bool = True
    gamma: Callable[[float, float], float] | None = field(default=None, repr=False)
    gamma_text: str = ""

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return inspect.getdoc(self.formula) or ""

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is checked, in words."""
        out = [f"rule {' or '.join(self.rules)}", _SCHEDULES[self.schedule]]
        if self.box:
            out.append("played on a box")
        if self.gamma is not None:
            out.append(f"0 < beta2 < 1 and {self.gamma_text} < 1")
        if "lam" in _parameters_of(self.formula):
            out.append("lam in (0, 1), unless beta1 = 0")
        return tuple(out)

    def __call__(self, run: Any, **changes: Any) -> Any:
        """Evaluate the right-hand side at every checkpoint of a run.

        Parameters
        ----------
        run : xarray.Dataset
            From `adamlab.regret`.
        **changes
            Statistics to replace, or options of the formula: ``kingma_ba(run, D=run.D_played)``.

        Returns
        -------
        xarray.DataArray
            Over ``t``. Its attributes say what it is and ``departures``: in what the run is not the
            theorem's algorithm to the letter.

        Raises
        ------
        NotApplicable
            If an assumption fails.
        """
        import xarray as xr

        _check_run(run)
        names = _parameters_of(self.formula)
        unknown = sorted(set(changes) - set(names))
        if unknown:
            raise TypeError(
                f"{self.name} has no statistic or option {unknown[0]!r}; it has {', '.join(names)}"
            )
        if not 0 <= changes.get("lam", 0) < 1:
            raise ValueError(f"lam must be in [0, 1), got {changes['lam']!r}")
        known = _attributes(run)
        reason = self._reason(known, changes)
        if reason:
            raise NotApplicable(f"{self.name}: {reason}")
        known["lam"] = _decay(known)
        changes = {name: _numbers(value) for name, value in changes.items()}
        return xr.DataArray(
            self._evaluate({**_statistics(lambda name: run[name].values), **known, **changes}),
            dims=("t",),
            coords={"t": run["t"]},
            name=self.name,
            attrs=self._description(known),
        )

    def _evaluate(self, known: Mapping[str, Any]) -> Any:
        """Evaluate the formula for numbers and arrays that broadcast."""
        values = {name: known[name] for name in _parameters_of(self.formula) if name in known}
        return self.formula(namespace_of(known["T"]), **values)

    def _description(self, known: Mapping[str, Any]) -> dict[str, str]:
        return {
            "long_name": self.title,
            "source": self.source,
            "verdict": "holds" if self.valid else "refuted",
            "departures": "; ".join(self._departures(known)),
        }

    def _reason(self, known: Mapping[str, Any], changes: Mapping[str, Any]) -> str | None:
        """Return which assumption fails, or None."""
        if known["rule"] not in self.rules:
            return f"it is about {' or '.join(self.rules)}, not about {known['rule']}"
        if known["schedule"] != self.schedule:
            return f"it needs {_SCHEDULES[self.schedule]}, the schedule is {known['schedule']!r}"
        if known.get("losses") == "not convex":
            return "it needs convex losses"
        if self.box and known["domain"] != "box":
            return "it needs a bounded set to play on, the domain is the whole space"
        beta1 = known.get("beta1", 0.0)
        if self.gamma is not None:
            beta2 = known["beta2"]
            if not 0 < beta2 < 1:
                return f"it needs 0 < beta2 < 1, beta2 is {beta2:.12g}"
            gamma = self.gamma(beta1, beta2)
            if not gamma < 1:
                return f"it needs {self.gamma_text} < 1, which is {gamma:.12g}"
        if "lam" in _parameters_of(self.formula) and beta1 > 0:
            lam = known.get("lam", 1.0)
            if not 0 < lam < 1:
                return f"it needs lam in (0, 1): beta1 = {beta1:.12g} does not decay in this run"
            if changes.get("lam", lam) != lam:
                return f"lam is {lam:.12g} in this run, not {changes['lam']:g}"
        if changes.get("form") == "appendix" and beta1 == 0:
            return "the last line of the appendix divides by beta1, which is 0"
        return None

    def _departures(self, known: Mapping[str, Any]) -> list[str]:
        out = [self.rules[known["rule"]]]
        if not self.box and known["domain"] == "box":
            out.append("projected on a box")
        eps = known.get("eps", 0.0)
        if np.any(eps > 0):
            out.append("the metric includes eps" + (f" = {eps:g}" if np.ndim(eps) == 0 else ""))
        return [text for text in out if text]


_SCHEDULES = {
    "inverse_sqrt": "alpha_t = alpha/sqrt(t)",
    "constant": "constant alpha",
}


@functools.cache
def _parameters_of(formula: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(formula).parameters)[1:]


def _attributes(run: Any) -> dict[str, Any]:
    """The attributes of a run; one that was selected from a sweep has some as coordinates."""
    selected = {name: c.item() for name, c in run.coords.items() if c.ndim == 0}
    return {**run.attrs, **selected}


def _statistics(variable: Callable[[str], Any]) -> dict[str, Any]:
    """What formulas ask for beside hyper-parameters; the last axes of variables are as in a run."""
    metric = variable("metric")
    return {
        "T": variable("t").astype(np.float64),
        "d": metric.shape[-1],
        "metric_sum": metric.sum(axis=-1),
        "gradient_norm_sum": variable("gradient_norm").sum(axis=-1),
        **{name: variable(name) for name in ("D", "D_inf", "G_2", "G_inf", "momentum_term")},
    }


def _decay(known: Mapping[str, Any]) -> Any:
    """With beta1 = 0 the theorem is claimed for every lam in (0, 1); 0 is the infimum."""
    lam = np.where(known.get("beta1", 0.0) > 0, known.get("lam", 0.0), 0.0)
    return lam if lam.ndim else lam.item()


def _numbers(value: Any) -> Any:
    return value.values if hasattr(value, "values") else value


def _check_run(run: Any) -> None:
    if "rule" not in getattr(run, "attrs", {}):
        raise TypeError(f"run must be the Dataset of one al.regret, got {type(run).__name__}")
    if "metric" not in run:
        raise TypeError("run has no statistics, which bounds need: play it with statistics=True")
    if run["metric"].dims != ("t", "coordinate"):
        raise TypeError(
            "run must be one run, not a sweep: its bounds are in its variables bound_*, and "
            "sweep.sel(...) of every swept parameter is one run"
        )


# --------------------------------------------------------------------------------------------------
# The registry

#: Every bound of this module by its name.
BOUNDS: dict[str, Bound] = {}


def bound(title: str, **description: Any) -> Callable[[Callable[..., Any]], Bound]:
    """Make a `Bound` of its formula, whose keyword-only arguments name statistics of a run."""

    def make(formula: Callable[..., Any]) -> Bound:
        made = Bound(name=formula.__name__, title=title, formula=formula, **description)
        BOUNDS[made.name] = made
        return made

    return make


def get_bound(name: str) -> Bound:
    """Return the bound of that name.

    Raises
    ------
    KeyError
        If there is none, listing the names that are known.
    """
    try:
        return BOUNDS[name]
    except KeyError:
        raise KeyError(f"unknown bound {name!r}; known are {', '.join(sorted(BOUNDS))}") from None


def applicable(run: Any) -> dict[str, Any]:
    """Return every bound that applies to a run, by its name, as `Bound.__call__` returns it."""
    failed = reasons(run)
    return {name: b(run) for name, b in BOUNDS.items() if name not in failed}


def reasons(run: Any) -> dict[str, str]:
    """Return, for every bound that does not apply to a run, the assumption that fails."""
    _check_run(run)
    known = _attributes(run)
    found = {name: b._reason(known, {}) for name, b in BOUNDS.items()}
    return {name: reason for name, reason in found.items() if reason is not None}


def over_runs(
    shared: Mapping[str, Any], swept: Mapping[str, Any], variables: Mapping[str, Any]
) -> tuple[dict[str, tuple[Any, dict[str, str]]], list[str]]:
    """Evaluate every bound for many runs of one rule at once.

    Parameters
    ----------
    shared : mapping
        The attributes that all runs have, as of a run of `adamlab.regret`.
    swept : mapping of array of shape (runs,)
        The hyper-parameters in which they differ.
    variables : mapping of array
        Their variables as a run of `adamlab.regret` has them, with the runs as first axis; ``t``.

    Returns
    -------
    dict
        Of each bound that applies to a run: the values of shape (runs, checkpoints), NaN for the
        runs to which it does not apply, and its attributes.
    list of str
        Of each bound that does not apply to all runs, its name and why.
    """
    statistics = _statistics(variables.__getitem__)
    shape = runs, _ = statistics["G_inf"].shape
    # What theorems have assumptions about: most runs have it in common.
    names = [name for name in ("beta1", "beta2", "lam") if name in swept]
    assumed = [*zip(*(swept[name].tolist() for name in names), strict=True)] or [()] * runs
    cases = {values: k for k, values in enumerate(dict.fromkeys(assumed))}
    case = np.array([cases[values] for values in assumed])

    found, failed = {}, []
    for name, b in BOUNDS.items():
        why = [b._reason({**shared, **dict(zip(names, v, strict=True))}, {}) for v in cases]
        applies = np.array([reason is None for reason in why])[case]
        if not applies.all():
            reason = next(filter(None, why))
            if len({*why}) > 1:
                reason = f"in {(~applies).sum()} of {runs} runs, for instance because {reason}"
            failed.append(f"{name}: {reason}")
        if applies.any():
            hyper = {key: values[applies, None] for key, values in swept.items()}
            known = {k: v[applies] if np.shape(v) == shape else v for k, v in statistics.items()}
            known.update({**shared, **hyper})
            known["lam"] = _decay(known)
            values = np.full(shape, np.nan)
            with np.errstate(all="ignore"):  # of runs that have stopped
                values[applies] = b._evaluate(known)
            found[name] = values, b._description(known)
    return found, failed


def _sqrt_1_plus_log(xp: Any, T: Any) -> Any:
    r""":math:`\sqrt{1+\log T}\ge\sqrt{\sum_{t\le T}1/t}`."""
    return xp.sqrt(1 + xp.log1p(T - 1))


# --------------------------------------------------------------------------------------------------
# Kingma & Ba


@bound(
    "Theorem 4.1",
    source="Kingma & Ba 2015 (arXiv 1412.6980v9), Theorem 4.1 = 10.5",
    rules={
        "adam_decayed_beta1": "",
        "adam_decayed_beta1_debiased": "m is divided by 1 - prod beta1_s, not by 1 - beta1^t",
        "adam": "",
        "adam_uncorrected": "no bias correction",
    },
    schedule="inverse_sqrt",
    valid=False,
    box=False,
    gamma=lambda beta1, beta2: beta1**2 / beta2**0.5,
    gamma_text="beta1^2/sqrt(beta2)",
)
def kingma_ba(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    lam: Any,
    D: Any,
    D_inf: Any,
    G_inf: Any,
    metric_sum: Any,
    gradient_norm_sum: Any,
    d: Any = 1,
    form: str = "theorem",
    drop_third: bool = False,
) -> Any:
    r"""Theorem 4.1 of the Adam paper. **False as stated.**

    .. math::
        R(T)\le\frac{D^2}{2\alpha(1-\beta_1)}\sum_i\sqrt{T\hat v_{T,i}}
        +\frac{\alpha(1+\beta_1)G_\infty}{(1-\beta_1)\sqrt{1-\beta_2}(1-\gamma)^2}
        \sum_i\lVert g_{1:T,i}\rVert_2
        +\sum_{i=1}^d\frac{D_\infty^2G_\infty\sqrt{1-\beta_2}}{2\alpha(1-\beta_1)(1-\lambda)^2}

    for Adam with :math:`\alpha_t=\alpha/\sqrt t`, :math:`\beta_{1,t}=\beta_1\lambda^{t-1}`,
    :math:`\lambda\in(0,1)`, :math:`\epsilon=0`, no projection, and
    :math:`\gamma=\beta_1^2/\sqrt{\beta_2}<1`.

    It is refuted at :math:`T=1` (the second term is quadratic in the scale of the losses, the
    regret linear) and, whatever the constants, by linear regret (Reddi et al. 2018). What is
    evaluated here departs from the letter, mostly in the theorem's favour:

    - The theorem takes :math:`D, D_\infty` between iterates only; here :math:`\theta^*` is within
      them too, as the proof needs. On a box they are the box's. ``D=run.D_played,
      D_inf=run.D_inf_played`` gives the letter (in one dimension; in more, ``D_played`` is the
      diagonal of the smallest box around the points, which is no smaller).
    - There is no projection in the theorem. A run on a box is accepted, and its departure noted.
    - :math:`\sqrt{\hat v}` is the metric of the run, with its :math:`\epsilon`.
    - The theorem's :math:`G_\infty` bounds the gradients *everywhere*. The largest one that was
      played is the same for linear losses and may be smaller for others: a refutation by other
      losses must give ``G_inf``.

    Parameters
    ----------
    xp : namespace with ``sqrt``
    T, alpha, beta1, beta2, D, D_inf, G_inf, metric_sum, gradient_norm_sum, d : number or array
        See the module's notation.
    lam : number
        With :math:`\beta_1=0` it is a dummy, free in (0, 1); 0 stands for the infimum.
    form : {"theorem", "appendix"}
        The last displayed line of the appendix has :math:`\beta_1` instead of :math:`1-\beta_1` in
        the third term.
    drop_third : bool
        Leave out the third term, which the proof does not have when :math:`\beta_1=0`.
    """
    if form not in ("theorem", "appendix"):
        raise ValueError(f"form must be 'theorem' or 'appendix', got {form!r}")
    gamma = beta1**2 / xp.sqrt(beta2)
    root = xp.sqrt(1 - beta2)
    first = D**2 / (2 * alpha * (1 - beta1)) * xp.sqrt(T) * metric_sum
    second = alpha * (1 + beta1) * G_inf / ((1 - beta1) * root * (1 - gamma) ** 2)
    total = first + second * gradient_norm_sum
    if drop_third:
        return total
    factor = 1 - beta1 if form == "theorem" else beta1
    return total + d * D_inf**2 * G_inf * root / (2 * alpha * factor * (1 - lam) ** 2)


# --------------------------------------------------------------------------------------------------
# AMSGrad

_ICLR = "Reddi, Kale & Kumar, text of ICLR 2018"
_AMSGRAD: dict[str, Any] = {
    "rules": {"amsgrad": "", "amsgrad_decayed_beta1": ""},
    "schedule": "inverse_sqrt",
    "gamma": lambda beta1, beta2: beta1 / beta2**0.5,
    "gamma_text": "beta1/sqrt(beta2)",
}
_AMSGRAD_DECAYED = {**_AMSGRAD, "rules": {"amsgrad_decayed_beta1": ""}}
_AMSGRAD_CONSTANT = {
    **_AMSGRAD,
    "rules": {"amsgrad": ""},
    "gamma": lambda beta1, beta2: beta1**2 / beta2,
    "gamma_text": "beta1^2/beta2",
}


def _amsgrad_third(xp: Any, T: Any, alpha: Any, beta1: Any, beta2: Any) -> Any:
    gamma = beta1 / xp.sqrt(beta2)
    below = (1 - beta1) ** 2 * (1 - gamma) * xp.sqrt(1 - beta2)
    return alpha * _sqrt_1_plus_log(xp, T) / below


@bound("AMSGrad, Theorem 4", source=f"{_ICLR}, Theorem 4, with its missing 1/alpha", **_AMSGRAD)
def amsgrad(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    D_inf: Any,
    metric_sum: Any,
    momentum_term: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AMSGrad, Theorem 4, for any :math:`\beta_{1,t}\le\beta_1`, monotone or not.

    .. math::
        R_T\le\frac{D_\infty^2\sqrt T}{\alpha(1-\beta_1)}\sum_i\hat v_{T,i}^{1/2}
        +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}\hat v_{t,i}^{1/2}}{\alpha_t}
        +\frac{\alpha\sqrt{1+\log T}}{(1-\beta_1)^2(1-\gamma)\sqrt{1-\beta_2}}
        \sum_i\lVert g_{1:T,i}\rVert_2

    with :math:`\alpha_t=\alpha/\sqrt t`, on a box of longest side :math:`D_\infty`, and
    :math:`\gamma=\beta_1/\sqrt{\beta_2}<1`. The ICLR text has no :math:`1/\alpha` in the first term
    (`amsgrad_printed`). The revision arXiv 1904.09237 has it, and
    :math:`D_\infty^2/(1-\beta_1)^2` before the second sum, which is weaker than what is evaluated
    here. The published proof treats the :math:`\beta_{1,t}` as equal (Phuong & Phong 2019); the
    constants are right all the same, because they follow from `amsgrad_sharp`.
    """
    return (
        D_inf**2 * xp.sqrt(T) / (alpha * (1 - beta1)) * metric_sum
        + D_inf**2 / (2 * (1 - beta1)) * momentum_term
        + _amsgrad_third(xp, T, alpha, beta1, beta2) * gradient_norm_sum
    )


@bound("AMSGrad, Theorem 4 as printed", source=f"{_ICLR}, Theorem 4", valid=False, **_AMSGRAD)
def amsgrad_printed(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    D_inf: Any,
    metric_sum: Any,
    momentum_term: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AMSGrad, Theorem 4 as the ICLR text prints it. **False as stated.**

    As `amsgrad`, with :math:`\frac{D_\infty^2\sqrt T}{1-\beta_1}` instead of
    :math:`\frac{D_\infty^2\sqrt T}{\alpha(1-\beta_1)}`. One round of :math:`f(x)=x` on [0, 1] from
    1 with :math:`\alpha=\frac1{100},\ \beta_1=0,\ \beta_2=\frac34` has regret
    :math:`1>\frac{13}{25}`.
    """
    return (
        D_inf**2 * xp.sqrt(T) / (1 - beta1) * metric_sum
        + D_inf**2 / (2 * (1 - beta1)) * momentum_term
        + _amsgrad_third(xp, T, alpha, beta1, beta2) * gradient_norm_sum
    )


@bound("AMSGrad, Theorem 4 sharpened", source="new here; the proof is in the docstring", **_AMSGRAD)
def amsgrad_sharp(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    D_inf: Any,
    metric_sum: Any,
    momentum_term: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AMSGrad, sharper than `amsgrad` under the same assumptions. New here.

    .. math::
        R_T\le\frac{D_\infty^2\sqrt T}{2\alpha}\sum_i\hat v_{T,i}^{1/2}
        +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}\hat v_{t,i}^{1/2}}{\alpha_t}
        +\frac{\alpha\sqrt{1+\log T}}{2\sqrt{1-\beta_2}}
        \Big(1+\frac{\beta_1}{(1-\beta_1)(1-\gamma)}\Big)\sum_i\lVert g_{1:T,i}\rVert_2

    Proof, in each coordinate, with :math:`c_t=\psi_t/\alpha_t` and :math:`A_t=(x_t-x^*)^2`:
    :math:`g_t=m_t+\beta_{1,t}(g_t-m_{t-1})`. The projected step gives
    :math:`m_t(x_t-x^*)\le\frac{c_t}2(A_t-A_{t+1})+\frac{m_t^2}{2c_t}`, Young's inequality
    :math:`\beta_{1,t}(g_t-m_{t-1})(x_t-x^*)\le\frac{\beta_{1,t}c_tA_t}{2(1-\beta_{1,t})}
    +\frac{\beta_{1,t}(1-\beta_{1,t})(g_t-m_{t-1})^2}{2c_t}`, and the last terms of both add up to
    :math:`\frac{\beta_{1,t}m_{t-1}^2+(1-\beta_{1,t})g_t^2}{2c_t}`. Sum over t: :math:`c_t` does not
    decrease, :math:`\sum m_t^2/c_t\le\frac{K}{(1-\beta_1)(1-\gamma)}` and
    :math:`\sum g_t^2/c_t\le K`, where
    :math:`K=\frac{\alpha\sqrt{1+\log T}}{\sqrt{1-\beta_2}}\lVert g_{1:T}\rVert_2`. Equality at
    :math:`T=1,\ \beta_1=0,\ \alpha=D_\infty\sqrt{1-\beta_2}`.
    """
    gamma = beta1 / xp.sqrt(beta2)
    third = 1 + beta1 / ((1 - beta1) * (1 - gamma))
    return (
        D_inf**2 * xp.sqrt(T) / (2 * alpha) * metric_sum
        + D_inf**2 / (2 * (1 - beta1)) * momentum_term
        + alpha * _sqrt_1_plus_log(xp, T) / (2 * xp.sqrt(1 - beta2)) * third * gradient_norm_sum
    )


@bound(
    "AMSGrad, Corollary 1",
    source=f"{_ICLR}, Corollary 1, with its missing d and 1/alpha",
    **_AMSGRAD_DECAYED,
)
def amsgrad_corollary(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    lam: Any,
    D_inf: Any,
    G_inf: Any,
    d: Any,
    metric_sum: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AMSGrad with :math:`\beta_{1,t}=\beta_1\lambda^{t-1}`, Corollary 1.

    .. math::
        R_T\le\frac{D_\infty^2\sqrt T}{\alpha(1-\beta_1)}\sum_i\hat v_{T,i}^{1/2}
        +\frac{d\,\beta_1D_\infty^2G_\infty}{2\alpha(1-\beta_1)(1-\lambda)^2}
        +\frac{\alpha\sqrt{1+\log T}}{(1-\beta_1)^2(1-\gamma)\sqrt{1-\beta_2}}
        \sum_i\lVert g_{1:T,i}\rVert_2

    It is `amsgrad` with :math:`\hat v\le G_\infty^2` and
    :math:`\sum_t\lambda^{t-1}\sqrt t\le(1-\lambda)^{-2}`. The ICLR text has neither the
    :math:`d/\alpha` of the second term nor the :math:`1/\alpha` of the first
    (`amsgrad_corollary_printed`).
    """
    return (
        D_inf**2 * xp.sqrt(T) / (alpha * (1 - beta1)) * metric_sum
        + d * beta1 * D_inf**2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ** 2)
        + _amsgrad_third(xp, T, alpha, beta1, beta2) * gradient_norm_sum
    )


@bound(
    "AMSGrad, Corollary 1 as printed",
    source=f"{_ICLR}, Corollary 1",
    valid=False,
    **_AMSGRAD_DECAYED,
)
def amsgrad_corollary_printed(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    lam: Any,
    D_inf: Any,
    G_inf: Any,
    metric_sum: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AMSGrad, Corollary 1 as the ICLR text prints it. **False as stated.**

    As `amsgrad_corollary`, with first terms
    :math:`\frac{D_\infty^2\sqrt T}{1-\beta_1}\sum_i\hat v_{T,i}^{1/2}` and
    :math:`\frac{\beta_1D_\infty^2G_\infty}{2(1-\beta_1)(1-\lambda)^2}`.
    The counterexample of `amsgrad_printed` is one here.
    """
    return (
        D_inf**2 * xp.sqrt(T) / (1 - beta1) * metric_sum
        + beta1 * D_inf**2 * G_inf / (2 * (1 - beta1) * (1 - lam) ** 2)
        + _amsgrad_third(xp, T, alpha, beta1, beta2) * gradient_norm_sum
    )


@bound(
    "AMSGrad, constant beta1",
    source="Alacaoglu, Malitsky, Mertikopoulos & Cevher 2020; constants derived anew",
    **_AMSGRAD_CONSTANT,
)
def amsgrad_constant_beta1(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    D_inf: Any,
    metric_sum: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AMSGrad with constant :math:`\beta_1`: no decay is needed for :math:`O(\sqrt{T\log T})`.

    .. math::
        R_T\le\frac{D_\infty^2\sqrt T}{2\alpha(1-\beta_1)}\sum_i\hat v_{T,i}^{1/2}
        +\frac{\alpha\sqrt{1+\log T}}{\sqrt{(1-\beta_2)(1-\gamma)}}\sum_i\lVert g_{1:T,i}\rVert_2

    with :math:`\alpha_t=\alpha/\sqrt t`, on a box of longest side :math:`D_\infty`, and
    :math:`\gamma=\beta_1^2/\beta_2<1`. Implied by `amsgrad_constant_beta1_sharp`.
    """
    gamma = beta1**2 / beta2
    return (
        D_inf**2 * xp.sqrt(T) / (2 * alpha * (1 - beta1)) * metric_sum
        + alpha * _sqrt_1_plus_log(xp, T) / xp.sqrt((1 - beta2) * (1 - gamma)) * gradient_norm_sum
    )


@bound(
    "AMSGrad, constant beta1, sharpened",
    source="new here; the proof is in the docstring",
    **_AMSGRAD_CONSTANT,
)
def amsgrad_constant_beta1_sharp(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    D_inf: Any,
    metric_sum: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""As `amsgrad_constant_beta1`, with :math:`\frac{1+\beta_1}2` before the last sum. New here.

    Proof, in each coordinate, with :math:`c_t=\psi_t/\alpha_t`:
    :math:`\sum_tg_t(x_t-x)=\frac{m_T(x_T-x)}{1-\beta_1}+\sum_{t<T}m_t(x_t-x)
    +\frac{\beta_1}{1-\beta_1}\sum_{t\le T}m_{t-1}(x_{t-1}-x_t)`; the projected step bounds
    :math:`m_t(x_t-x)` by :math:`\frac{c_t}2(A_t-A_{t+1})+\frac{m_t^2}{2c_t}` and
    :math:`m_{t-1}(x_{t-1}-x_t)` by :math:`m_{t-1}^2/c_{t-1}`. So :math:`m_t^2/c_t` has the factor
    :math:`\frac12+\frac{\beta_1}{1-\beta_1}=\frac{1+\beta_1}{2(1-\beta_1)}` for :math:`t<T` and a
    smaller one for T, and :math:`\sum m_t^2/c_t\le\frac{(1-\beta_1)\alpha\sqrt{1+\log T}}
    {\sqrt{(1-\beta_2)(1-\gamma)}}\lVert g_{1:T}\rVert_2`. Equality at
    :math:`T=1,\ \beta_1=0,\ \alpha=D_\infty\sqrt{1-\beta_2}`.
    """
    gamma = beta1**2 / beta2
    return (
        D_inf**2 * xp.sqrt(T) / (2 * alpha * (1 - beta1)) * metric_sum
        + (1 + beta1)
        * alpha
        * _sqrt_1_plus_log(xp, T)
        / (2 * xp.sqrt((1 - beta2) * (1 - gamma)))
        * gradient_norm_sum
    )


# --------------------------------------------------------------------------------------------------
# AdamNC

_ADAMNC: dict[str, Any] = {
    "rules": {"adamnc": "", "adamnc_decayed_beta1": ""},
    "schedule": "inverse_sqrt",
}
_ADAMNC_CONSTANT = {**_ADAMNC, "rules": {"adamnc": ""}}


@bound(
    "AdamNC, Theorem 5",
    source=f"{_ICLR}, Theorem 5 with zeta = alpha and the missing 1/alpha",
    **_ADAMNC,
)
def adamnc(
    xp: Any,
    *,
    alpha: Any,
    beta1: Any,
    D_inf: Any,
    momentum_term: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AdamNC with :math:`\beta_{2,t}=1-1/t`, Theorem 5, for any :math:`\beta_{1,t}\le\beta_1`.

    .. math::
        R_T\le\frac{D_\infty^2}{2\alpha(1-\beta_1)}\sum_i\lVert g_{1:T,i}\rVert_2
        +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}v_{t,i}^{1/2}}{\alpha_t}
        +\frac{2\alpha}{(1-\beta_1)^3}\sum_i\lVert g_{1:T,i}\rVert_2

    with :math:`\alpha_t=\alpha/\sqrt t`, on a box of longest side :math:`D_\infty`. Here
    :math:`v_t=\frac1t\sum_{s\le t}g_s^2`, so that :math:`\sqrt{v_t}/\alpha_t=\lVert
    g_{1:t}\rVert_2/\alpha` and the theorem's :math:`\zeta` is :math:`\alpha`. The ICLR text has no
    :math:`1/\alpha` in the first term (`adamnc_printed`); arXiv 1904.09237 has it, and
    :math:`D_\infty^2/(1-\beta_1)^2` before the second sum, which is weaker. It follows from
    `adamnc_sharp`.
    """
    return (
        D_inf**2 / (2 * alpha * (1 - beta1)) + 2 * alpha / (1 - beta1) ** 3
    ) * gradient_norm_sum + D_inf**2 / (2 * (1 - beta1)) * momentum_term


@bound("AdamNC, Theorem 5 as printed", source=f"{_ICLR}, Theorem 5", valid=False, **_ADAMNC)
def adamnc_printed(
    xp: Any,
    *,
    alpha: Any,
    beta1: Any,
    D_inf: Any,
    momentum_term: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AdamNC, Theorem 5 as the ICLR text prints it. **False as stated.**

    As `adamnc`, with :math:`\frac{D_\infty^2}{2(1-\beta_1)}` instead of
    :math:`\frac{D_\infty^2}{2\alpha(1-\beta_1)}`. The counterexample of `amsgrad_printed` has the
    same regret and the same right-hand side here.
    """
    return (
        D_inf**2 / (2 * (1 - beta1)) + 2 * alpha / (1 - beta1) ** 3
    ) * gradient_norm_sum + D_inf**2 / (2 * (1 - beta1)) * momentum_term


@bound("AdamNC, Theorem 5 sharpened", source="new here; the proof is in the docstring", **_ADAMNC)
def adamnc_sharp(
    xp: Any,
    *,
    alpha: Any,
    beta1: Any,
    D_inf: Any,
    momentum_term: Any,
    gradient_norm_sum: Any,
) -> Any:
    r"""AdamNC, sharper than `adamnc` under the same assumptions. New here.

    .. math::
        R_T\le\frac{D_\infty^2}{2\alpha}\sum_i\lVert g_{1:T,i}\rVert_2
        +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}v_{t,i}^{1/2}}{\alpha_t}
        +\alpha\Big(1+\frac{\beta_1}{(1-\beta_1)^2}\Big)\sum_i\lVert g_{1:T,i}\rVert_2

    The proof of `amsgrad_sharp`, with :math:`\sum g_t^2/c_t\le2\alpha\lVert g_{1:T}\rVert_2` and
    :math:`\sum m_t^2/c_t\le\frac{2\alpha}{(1-\beta_1)^2}\lVert g_{1:T}\rVert_2`.
    """
    return (
        D_inf**2 / (2 * alpha) + alpha * (1 + beta1 / (1 - beta1) ** 2)
    ) * gradient_norm_sum + D_inf**2 / (2 * (1 - beta1)) * momentum_term


@bound(
    "AdamNC, constant beta1",
    source="by the proof of Alacaoglu, Malitsky, Mertikopoulos & Cevher 2020",
    **_ADAMNC_CONSTANT,
)
def adamnc_constant_beta1(
    xp: Any, *, alpha: Any, beta1: Any, D_inf: Any, gradient_norm_sum: Any
) -> Any:
    r"""AdamNC with constant :math:`\beta_1`.

    .. math::
        R_T\le\Big(\frac{D_\infty^2}{2\alpha(1-\beta_1)}+\frac{2\alpha}{1-\beta_1}\Big)
        \sum_i\lVert g_{1:T,i}\rVert_2

    with :math:`\alpha_t=\alpha/\sqrt t`, :math:`\beta_{2,t}=1-1/t`, on a box of longest side
    :math:`D_\infty`. Implied by `adamnc_constant_beta1_sharp`.
    """
    return (D_inf**2 / (2 * alpha) + 2 * alpha) / (1 - beta1) * gradient_norm_sum


@bound(
    "AdamNC, constant beta1, sharpened",
    source="new here; the proof is in the docstring",
    **_ADAMNC_CONSTANT,
)
def adamnc_constant_beta1_sharp(
    xp: Any, *, alpha: Any, beta1: Any, D_inf: Any, gradient_norm_sum: Any
) -> Any:
    r"""As `adamnc_constant_beta1`, with :math:`(1+\beta_1)\alpha` for :math:`2\alpha`. New here.

    The proof of `amsgrad_constant_beta1_sharp`, with
    :math:`\sum m_t^2/c_t\le2\alpha\lVert g_{1:T}\rVert_2`.
    """
    return (D_inf**2 / (2 * alpha) + (1 + beta1) * alpha) / (1 - beta1) * gradient_norm_sum


# --------------------------------------------------------------------------------------------------
# AdaGrad and gradient descent


@bound(
    "AdaGrad",
    source="Duchi, Hazan & Singer 2011, Theorem 5 (diagonal form, on a box)",
    rules={"adagrad": ""},
    schedule="constant",
)
def adagrad(xp: Any, *, alpha: Any, D_inf: Any, gradient_norm_sum: Any) -> Any:
    r"""AdaGrad with a constant :math:`\alpha`, on a box of longest side :math:`D_\infty`.

    .. math:: R_T\le\Big(\frac{D_\infty^2}{2\alpha}+\alpha\Big)\sum_i\lVert g_{1:T,i}\rVert_2

    At its best :math:`\alpha=D_\infty/\sqrt2` it is
    :math:`\sqrt2D_\infty\sum_i\lVert g_{1:T,i}\rVert_2`.
    """
    return (D_inf**2 / (2 * alpha) + alpha) * gradient_norm_sum


@bound(
    "Online gradient descent",
    source="Zinkevich 2003, Theorem 1, for any alpha; constants of Hazan 2016, Theorem 3.1",
    rules={"sgd": ""},
    schedule="inverse_sqrt",
)
def ogd(xp: Any, *, T: Any, alpha: Any, D: Any, G_2: Any) -> Any:
    r"""Gradient descent with :math:`\alpha_t=\alpha/\sqrt t` on a set of diameter :math:`D`.

    .. math:: R_T\le\Big(\frac{D^2}{2\alpha}+\alpha G^2\Big)\sqrt T

    with Euclidean :math:`D` and :math:`G=\max_t\lVert g_t\rVert_2`. With :math:`\alpha=D/G`, for
    which :math:`G` must be known before the run, it is :math:`\frac32GD\sqrt T`.
    """
    return (D**2 / (2 * alpha) + alpha * G_2**2) * xp.sqrt(T)
