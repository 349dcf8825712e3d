"""The printed functions against the rules: steps, scalars of t, and what is computed where."""

import ast
import math
import re

import mpmath
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf

import adamlab as al
from adamlab.emit import STAGES, loss_functions, program
from adamlab.losses import LOSSES
from adamlab.namespaces import Time, namespace_of
from adamlab.rules import RULES

ALL = {**RULES, "averaged_adam": al.averaged(RULES["adam"])}
FUNCTIONS = ("fixed_stage", "round_stage", "run_stage", "run_round_stage", "update")
DTYPES = [np.float64, np.float32]


@al.rule
def everything(xp, t, theta, g, m, count, was, *, alpha=0.1, beta1=0.9, c=-0.5, k=2.0):
    big = (abs(g) > k) & (t >= 2) | (theta == m) & (alpha < 1)
    early = xp.where(t < 3, 1.0, xp.exp(-t / 10))
    sign = xp.where(g != 0, xp.ratio(g, xp.abs(g)), 0 * g)
    m = xp.where(big, beta1 * m, m + xp.log1p(xp.abs(g) * early)) / xp.sqrt(1 + t)
    other = xp.where(~(g <= theta) & (m < k), xp.minimum(m, k), xp.maximum(-k, xp.exp(-abs(m))))
    was = xp.where((t == 1) | (beta1 >= 0.95) | (k != 2.0), g, was)
    count = count + (1 - c**t) * 0.5 ** (t - 1)
    theta = theta - alpha * sign * other**0.5 / (1 + other**3) - c * (+theta) ** 4 / 7
    return theta, 1 + xp.abs(m) ** -1.5, m, count, was


@al.rule
def scalars_of_all(xp, t, theta, g, a, b, c, d, *, alpha=0.1, beta1=0.5):
    return g, alpha * t, 1.0 + 0 * alpha, t, alpha, beta1


@al.rule
def scalars_of_both(xp, t, theta, g, a, *, alpha=0.1):
    return g, alpha / t, alpha * t < 2


USERS = {rule.name: rule for rule in (everything, scalars_of_all, scalars_of_both)}

# --------------------------------------------------------------------------------------------------
# The printed functions, run as they are, with what engines provide


def of_numpy(dtype=np.float64):
    names = ("sqrt", "exp", "expm1", "log", "log1p", "power", "absolute", "sign")
    names += ("where", "maximum", "minimum", "inf", "nan")
    return {**{name: getattr(np, name) for name in names}, "real": dtype}


#: What the plain rules compute scalars with, so that they are the same scalars.
OF_PYTHON = {
    **{name: getattr(math, name) for name in ("sqrt", "exp", "expm1", "log1p", "inf", "nan")},
    "log": lambda x: math.log(x) if x else -math.inf,
    "power": lambda x, y: x**y,
    "absolute": abs,
    "sign": lambda x: (x > 0) - (x < 0),
    "where": lambda c, a, b: a if c else b,
    "maximum": max,
    "minimum": min,
}
OF_MPMATH = {
    **OF_PYTHON,
    **{name: getattr(mpmath, name) for name in ("sqrt", "exp", "expm1", "power", "inf", "nan")},
    "log": lambda x: mpmath.log(x) if x else -mpmath.inf,
    "log1p": lambda x: mpmath.log(1 + x),
    "real": mpf,
}


def functions(printed, scope):
    scope = dict(scope)
    exec(printed.python, scope)
    return [scope[name] for name in FUNCTIONS]


def stages(printed, hyper, t, scope):
    """The results of the stages before `update`."""
    fixed_stage, round_stage, run_stage, run_round_stage, _ = functions(printed, scope)
    fixed = fixed_stage([hyper[name] for name in printed.fixed_hyper])
    of_round = round_stage(t, fixed)
    run = run_stage([hyper[name] for name in printed.run_hyper], fixed)
    return fixed, of_round, run, run_round_stage(fixed, of_round, run)


def step(printed, hyper, t, theta, g, state, box=(-math.inf, math.inf)):
    """One step with scalars as the plain rule has them, rounded to the arrays' dtype."""
    dtype = theta.dtype.type
    scalars = [tuple(map(dtype, stage)) for stage in stages(printed, hyper, float(t), OF_PYTHON)]
    update = functions(printed, of_numpy(dtype))[-1]
    found = update(theta, g, dtype(box[0]), dtype(box[1]), state, *scalars)
    return [np.broadcast_to(x, theta.shape) for x in found]


def plain(rule, hyper, t, theta, g, state, box=None):
    domain = None if box is None else al.Box(*box)
    xp = namespace_of(theta)
    found = rule.update(xp, Time(t), theta, g, *state, domain=domain, **hyper)
    return [np.broadcast_to(np.asarray(x, theta.dtype), theta.shape) for x in found]


def hard_inputs(dtype, count, size=3000):
    """Numbers of all sizes, and a third of them zeros, denormals, extremes, inf and NaN."""
    rng = np.random.default_rng(11)
    kind = np.finfo(dtype)
    tiny = float(kind.smallest_subnormal)
    special = [0.0, -0.0, tiny, -tiny, 17 * tiny, kind.tiny, kind.max, -kind.max]
    special += [np.inf, -np.inf, np.nan, 1.0, -1.0, 1e-8, 1e8]
    for _ in range(count):
        spread = rng.normal(size=size) * 10.0 ** rng.uniform(-12, 12, size)
        values = np.where(rng.random(size) < 0.5, spread, rng.normal(size=size))
        values = np.where(rng.random(size) < 0.33, rng.choice(special, size), values)
        yield values.astype(dtype)


def differences(printed, rule, hyper, t, dtype, box=None):
    """The largest difference of each output in eps, NaN counted as equal to NaN.

    It is relative to the output, but that of theta to the numbers whose difference it is. The last
    digits of denormal numbers are not counted.
    """
    eps, least = float(np.finfo(dtype).eps), 4 * float(np.finfo(dtype).smallest_subnormal)
    theta, g, *state = hard_inputs(dtype, 2 + len(rule.state))
    found = step(printed, hyper, t, theta, g, state, (-math.inf, math.inf) if box is None else box)
    expected = plain(rule, hyper, t, theta, g, state, box)
    signs = [-1 if name == "theta_bar" else 1 for name in rule.state]
    added = plain(
        rule, hyper, t, -abs(theta), abs(g), [s * abs(v) for s, v in zip(signs, state, strict=True)]
    )
    worst = []
    for a, b, scale in zip(found, expected, added, strict=True):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        a, b, scale = (x.astype(np.float64)[~same] for x in (a, b, scale))
        off = abs(a - b) / (eps * np.fmax(abs(b), abs(scale)) + least)
        worst.append(float(np.where(np.isfinite(off), off, np.inf).max(initial=0)))
    return worst


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("varied", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_a_printed_step_is_that_of_the_rule(name, varied, dtype):
    rule = ALL[name]
    printed = program(rule, {}, tuple(rule.defaults) if varied else ())
    for t in (1, 2, 3, 100, 10**6):
        for box in (None, (-0.5, 0.25)):
            assert max(differences(printed, rule, dict(rule.defaults), t, dtype, box)) <= 4


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["adam", "adamax", "adam_eps_hat", "adam_decayed_beta1", "nadam"])
def test_a_printed_step_without_epsilon_and_momentum_is_that_of_the_rule(name, dtype):
    rule = ALL[name]
    hyper = {k: 0.0 if k in ("eps", "eps_hat", "beta1") else v for k, v in rule.defaults.items()}
    printed = program(rule, {}, ("beta1", "beta2"))
    for t in (1, 2, 1000):
        assert max(differences(printed, rule, hyper, t, dtype)) <= 4


@al.rule
def eps_inside(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    metric = xp.sqrt(v / (1 - beta2**t) + eps)
    return theta - alpha * xp.ratio(m / (1 - beta1**t), metric), metric, m, v


@al.rule
def t_from_0(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return RULES["adam"].formula(
        xp, t + 1, theta, g, m, v, alpha=alpha, beta1=beta1, beta2=beta2, eps=eps
    )


@al.rule
def betas_swapped(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return RULES["adam"].formula(
        xp, t, theta, g, m, v, alpha=alpha, beta1=beta2, beta2=beta1, eps=eps
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "mutant", [eps_inside, t_from_0, betas_swapped, RULES["adam_uncorrected"]], ids=lambda r: r.name
)
def test_mutated_rules_are_told_apart(mutant, dtype):
    adam = RULES["adam"]
    printed = program(mutant, {}, ())
    for t in (1, 2, 10):
        assert differences(printed, adam, dict(adam.defaults), t, dtype)[0] > 1000


# --------------------------------------------------------------------------------------------------
# The scalars


def relative_errors(printed, hyper, t):
    found = stages(printed, {k: np.float64(v) for k, v in hyper.items()}, np.float64(t), of_numpy())
    with mpmath.workdps(50):
        exact = stages(printed, {k: mpf(v) for k, v in hyper.items()}, mpf(t), OF_MPMATH)
        for a, b in zip(found, exact, strict=True):
            for x, y in zip(a, b, strict=True):
                tiny = np.finfo(np.float64).tiny  # 0.999**(10**6) is no normal number
                yield float(abs(mpf(float(x)) - y) / (abs(y) + mpf(float(tiny)) * 1e15))


TIMES = [1, 2, 3, 10, 99, 1000, 12_345, 10**5, 10**6]


@pytest.mark.parametrize("scheduled", [False, True])
@pytest.mark.parametrize("varied", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_the_scalars_of_t_are_accurate(name, varied, scheduled):
    rule = ALL[name]
    schedules = {"alpha": al.inverse_sqrt(1.0).factor} if scheduled else {}
    printed = program(rule, schedules, tuple(rule.defaults) if varied else ())
    # A beta1_t that is a product is rounded before it is taken from 1.
    product = {"lam", "psi"} & set(rule.defaults)
    for beta in (0.9, 0.999, 0.9999):
        hyper = {k: beta if k[:4] in ("beta", "rho", "mu") else v for k, v in rule.defaults.items()}
        limit = 1e-12 if product and beta == 0.9999 else 1e-13
        for t in TIMES:
            assert max(relative_errors(printed, hyper, t), default=0) <= limit


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99, 0.999, 0.9999, 1 - 2**-30])
def test_one_minus_beta_to_the_t_is_what_it_says(beta):
    @al.rule
    def bare(xp, t, theta, g, *, beta=0.5):
        return theta * (1 - beta**t), 1 - beta ** (t + 1)

    printed = program(bare, {}, ())
    for t in TIMES:
        scalars = [
            x for stage in stages(printed, {"beta": beta}, float(t), of_numpy()) for x in stage
        ]
        for exponent in (t, t + 1):
            with mpmath.workdps(50):
                exact = 1 - mpf(beta) ** exponent
                assert min(abs(mpf(float(x)) / exact - 1) for x in scalars) <= 4e-16


@pytest.mark.parametrize("base", [-0.5, 0.0, 0.3, 1.0, 1.5])
def test_other_bases_are_powers(base):
    @al.rule
    def free(xp, t, theta, g, *, c=0.5):
        return theta - g * (1 - c**t) - (1 - c ** (t - 1)), (1 - (1 - c) ** t) + 3

    theta, g = np.array([0.3, -2.0]), np.array([1.0, 0.5])
    for varied in ((), ("c",)):
        for t in (1, 2, 3, 10):
            found = step(program(free, {}, varied), {"c": base}, t, theta, g, ())
            expected = plain(free, {"c": base}, t, theta, g, ())
            np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-15)


# --------------------------------------------------------------------------------------------------
# What is computed where


def assignments(printed, name):
    """Yield of each computed name the names that it is computed from, and those returned."""
    (function,) = (f for f in ast.parse(printed.python).body if f.name == name)
    for node in function.body:
        if isinstance(node, ast.Return) or isinstance(node.targets[0], ast.Name):
            used = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
            yield (None if isinstance(node, ast.Return) else node.targets[0].id), used


def is_computed(name):
    return re.fullmatch(r"x\d+", name) is not None


@pytest.mark.parametrize("scheduled", [(), ("alpha",)])
@pytest.mark.parametrize("varied", [(), ("alpha",), ("beta1", "beta2"), "all"])
@pytest.mark.parametrize("rule", [*ALL.values(), *USERS.values()], ids=lambda r: r.name)
def test_nothing_is_computed_later_than_it_can_be(rule, varied, scheduled):
    varied = tuple(rule.defaults) if varied == "all" else varied
    printed = program(rule, dict.fromkeys(scheduled, al.inverse_sqrt(1.0).factor), varied)
    coordinate = {"theta", "g", "lower", "upper", *(f"{s}_" for s in rule.state)}

    def needs(function, *kinds):
        for target, used in assignments(printed, function):
            if target is not None and not any(map(is_computed, used)):
                for kind in kinds:
                    assert any(map(kind, used)), (function, target)

    needs("round_stage", lambda n: n == "t")
    needs("run_stage", lambda n: n in {f"{h}_" for h in printed.run_hyper})
    needs(
        "run_round_stage",
        lambda n: re.fullmatch(r"round_\d+", n),
        lambda n: re.fullmatch(r"run_\d+", n),
    )
    needs("update", lambda n: n in coordinate)
    if rule.name in ALL:
        called = {u for target, used in assignments(printed, "update") if target for u in used}
        assert not called & {"exp", "expm1", "log", "log1p", "power"}


@pytest.mark.parametrize("name", ALL)
def test_an_update_divides_by_nothing_but_what_belongs_to_the_coordinate(name):
    printed = program(ALL[name], {"alpha": al.inverse_sqrt(1.0).factor}, ("alpha", "beta2"))
    (update,) = (f for f in ast.parse(printed.python).body if f.name == "update")
    coordinate = {f"{s}_" for s in ALL[name].state}
    for node in ast.walk(update):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            assert is_computed(node.right.id) or node.right.id in coordinate


@pytest.mark.parametrize("name", ALL)
def test_every_number_in_an_update_has_its_dtype(name):
    printed = program(ALL[name], {}, ())
    (update,) = (f for f in ast.parse(printed.python).body if f.name == "update")
    wrapped = [
        n.args[0] for n in ast.walk(update) if isinstance(n, ast.Call) and n.func.id == "real"
    ]
    for node in ast.walk(update):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            assert node in wrapped


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_handed_on_that_nobody_takes(name):
    rule = ALL[name]
    printed = program(rule, {"alpha": al.inverse_sqrt(1.0).factor}, ("alpha", "beta2"))
    taken = {u for f in FUNCTIONS for _, used in assignments(printed, f) for u in used}
    for stage in STAGES:
        handed = {f"{stage}_{k}" for k in range(printed.sizes[stage])}
        if stage == "run_round":
            handed -= {f"run_round_{printed.sizes[stage] - 1}"}  # the momentum weight
        assert handed <= taken
    assert printed.sizes["run_round"] >= 1


def test_a_schedule_is_computed_once_in_a_round_and_varies_by_its_scale():
    printed = program(RULES["adam"], {"alpha": al.inverse_sqrt(1.0).factor}, ("alpha",))
    assert printed.run_hyper == ("alpha",)
    assert printed.fixed_hyper == ("beta1", "beta2", "eps")
    where = {f: {u for _, used in assignments(printed, f) for u in used} for f in FUNCTIONS}
    assert "sqrt" in where["round_stage"]
    assert not where["run_round_stage"] & {"sqrt", "expm1", "log"}
    for t in (1, 4, 9):
        *_, of_both = stages(printed, dict(RULES["adam"].defaults), float(t), OF_PYTHON)
        assert of_both[:-1] == (pytest.approx(1e-3 / math.sqrt(t), rel=1e-15),)
        assert of_both[-1] == pytest.approx(0.9 / 1e-3 * math.sqrt(t), rel=1e-15)


def test_the_order_of_the_hyper_parameters_is_that_of_the_rule():
    printed = program(RULES["adam"], {}, ("eps", "alpha"))
    assert printed.run_hyper == ("alpha", "eps")
    assert printed.fixed_hyper == ("beta1", "beta2")
    assert printed.state == ("m", "v")


# --------------------------------------------------------------------------------------------------
# Any formula


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("varied", [(), ("alpha", "k"), ("alpha", "beta1", "c", "k")])
def test_a_rule_with_every_function_is_printed(varied, dtype):
    printed = program(everything, {}, varied)
    rng = np.random.default_rng(5)
    theta, g, m, count, was = (rng.normal(size=500).astype(dtype) * 3 for _ in range(5))
    g[:50], m[25:75] = 0, theta[25:75]
    for hyper in ({}, {"k": 1.0, "c": 0.3}, {"beta1": 0.97, "alpha": 2.0, "c": 1.2}):
        hyper = {**everything.defaults, **hyper}
        for t in (1, 2, 3, 50):
            state = [m, count, was]
            found = step(printed, hyper, t, theta, g, state, (-0.6, 0.7))
            expected = plain(everything, hyper, t, theta, g, state, (-0.6, 0.7))
            eps = float(np.finfo(dtype).eps)
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_allclose(a, b, rtol=8 * eps, atol=8 * eps)


def test_conditions_on_scalars_are_handed_on_as_numbers():
    printed = program(everything, {}, ("alpha",))
    for stage in stages(printed, dict(everything.defaults), 2.0, OF_PYTHON):
        assert all(type(x) is float for x in stage)


@pytest.mark.parametrize("varied", [(), ("alpha",), ("beta1",), ("alpha", "beta1")])
def test_a_result_may_be_a_scalar_of_any_stage(varied):
    theta = np.array([0.25, 4.0])
    hyper = {"alpha": 0.3, "beta1": 0.7}
    found = step(program(scalars_of_all, {}, varied), hyper, 5, theta, -theta, [theta] * 4)
    assert [x[0] for x in found] == [-0.25, 1.5, 1.0, 5.0, 0.3, 0.7]
    for t, small in ((5, 1.0), (7, 0.0)):
        found = step(program(scalars_of_both, {}, varied), hyper, t, theta, -theta, [theta])
        assert [x[0] for x in found] == [-0.25, pytest.approx(0.3 / t, rel=1e-15), small]


def test_infinite_numbers_and_nan_are_printed():
    @al.rule
    def endless(xp, t, theta, g, a, *, alpha=1.0):
        return xp.minimum(theta - g, math.inf), math.nan * theta, xp.maximum(a, -math.inf)

    printed = program(endless, {}, ())
    theta = np.array([1.0])
    new, metric, a = step(printed, {"alpha": 1.0}, 1, theta, theta, [theta])
    assert [new[0], a[0]] == [0, 1]
    assert np.isnan(metric[0])
    for pattern in (
        r"minimum\(x\d, real\(INFINITY\)",
        r"maximum\(\w+, real\(-INFINITY\)",
        r"real\(NAN\)",
    ):
        assert re.search(pattern, printed.cuda)


def test_names_meet_none_of_the_functions_own():
    scope = {}
    exec(
        "def odd(xp, t, theta, g, fixed, x0, metric, *, β1=0.5, lower=0.25, sqrt=2.0, hyper=3.0):\n"
        "    x0 = x0 + xp.sqrt(g * g) * β1\n"
        "    return theta - lower * g, hyper + 0 * g, fixed * sqrt, x0, metric - t",
        scope,
    )
    odd = al.rule(scope["odd"])
    theta, g = np.array([1.0, 5.0]), np.array([-2.0, 4.0])
    for varied in ((), ("β1", "lower"), tuple(odd.defaults)):
        printed = program(odd, {}, varied)
        assert printed.cuda.isascii()
        found = step(printed, dict(odd.defaults), 3, theta, g, [theta, g, g], (-1, 2))
        expected = plain(odd, dict(odd.defaults), 3, theta, g, [theta, g, g], (-1, 2))
        assert [x.tolist() for x in found] == [x.tolist() for x in expected]


def leaves():
    return st.one_of(
        st.sampled_from(["t", "theta", "g", "s", "a", "b"]), st.sampled_from([0.5, 1.0, -3.0, 0.1])
    )


def formulas(children):
    return st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), children, children),
        st.tuples(
            st.sampled_from(["neg", "exp", "sqrt", "log1p", "abs", "one minus a power"]), children
        ),
        st.tuples(st.sampled_from(["maximum", "minimum", "ratio"]), children, children),
        st.tuples(st.just("where"), st.sampled_from("<>="), children, children, children),
        st.tuples(st.just("**"), children, st.sampled_from([1, 2, 3, 4, -1])),
    )


def computed(tree, xp, known):
    """The value of a formula, written as a tree."""
    if not isinstance(tree, tuple):
        return known[tree] if isinstance(tree, str) else tree
    op, *rest = tree
    if op == "where":
        relation, a, b, c = rest
        a, b, c = (computed(x, xp, known) for x in (a, b, c))
        return xp.where({"<": a < b, ">": a > b, "=": a == b}[relation], b, c)
    if op == "**":
        return computed(rest[0], xp, known) ** rest[1]
    a, *b = (computed(x, xp, known) for x in rest)
    match op:
        case "+":
            return a + b[0]
        case "-":
            return a - b[0]
        case "*":
            return a * b[0]
        case "/":
            return a / b[0]
        case "neg":
            return -a
        case "exp":
            return xp.exp(-abs(a))
        case "sqrt" | "log1p":
            return getattr(xp, op)(abs(a))
        case "one minus a power":
            return (1 - known["a"] ** known["t"]) * a
        case _:
            return getattr(xp, op)(a, *b)


class Exact:
    """The namespace of formulas on mpmath's numbers."""

    abs, exp, sqrt, maximum, minimum = abs, mpmath.exp, mpmath.sqrt, max, min
    log1p, where = OF_MPMATH["log1p"], OF_MPMATH["where"]
    ratio = staticmethod(lambda a, b: mpf(0) if a == b == 0 else a / b)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.recursive(leaves(), formulas, max_leaves=12), st.sets(st.sampled_from("ab")))
def test_any_formula_in_stages_is_that_formula(tree, varied):
    def formula(xp, t, theta, g, s, *, a=0.3, b=1.7):
        known = {"t": t, "theta": theta, "g": g, "s": s, "a": a, "b": b}
        return computed(tree, xp, known), 1.0, s

    with mpmath.workdps(60):
        hyper = {"a": mpf("0.3"), "b": mpf("1.7")}
        theta, g, s = mpf("0.83"), mpf("-2.41"), mpf("5.2")
        try:
            printed = program(al.rule(formula), {}, tuple(varied))
            expected = formula(Exact, mpf(3), theta, g, s, **hyper)[0]
            scalars = stages(printed, hyper, mpf(3), OF_MPMATH)
            update = functions(printed, OF_MPMATH)[-1]
            found, metric, kept = update(theta, g, -mpmath.inf, mpmath.inf, (s,), *scalars)
        except (ZeroDivisionError, OverflowError):
            assume(False)
        assert (metric, kept) == (1, s)
        # Numbers are carried out in float64 where a formula has no others.
        assert mpmath.almosteq(found, mpf(expected), mpf("1e-11"), mpf("1e-11"))


# --------------------------------------------------------------------------------------------------
# CUDA C


def in_c(printed, name):
    """Return the head and the statements of one function."""
    pattern = rf"__device__ __forceinline__ \w+ {name}\((.*)\) \{{\n((?:    .*\n)*)\}}"
    head, body = re.search(pattern, printed.cuda).groups()
    return head, [line.strip() for line in body.splitlines()]


@pytest.mark.parametrize("name", ALL)
def test_the_c_functions_have_the_statements_of_the_python_functions(name):
    rule = ALL[name]
    printed = program(rule, {"alpha": al.inverse_sqrt(1.0).factor}, ("alpha",))
    for function in FUNCTIONS:
        _, body = in_c(printed, function)
        ours = [line for line in body if re.match(r"const \w+ x\d+ = ", line)]
        (tree,) = (f for f in ast.parse(printed.python).body if f.name == function)
        theirs = [ast.unparse(node) for node in tree.body if ast.unparse(node).startswith("x")]
        assert len(ours) == len(theirs)
        for c, python in zip(ours, theirs, strict=True):
            c = re.sub(r"^const \w+ |;$|(?:double|real)(?=\([-\d.e]+\))", "", c)
            c = re.sub(r"\((.*) \? (.*) : (.*)\)", r"where(\1, \2, \3)", c).replace("&&", "&")
            python = python.replace("real(", "(")
            assert re.sub(r"[() ]", "", c) == re.sub(r"[() ]", "", python)


@pytest.mark.parametrize("name", ALL)
def test_no_number_in_a_c_update_is_double(name):
    head, body = in_c(program(ALL[name], {}, ()), "update")
    assert "double" not in head
    for line in body:
        assert not re.search(r"(?<!real\()(?<![\w.])\d+\.\d*", line.replace("real(-", "real("))


def test_c_is_told_the_sizes():
    printed = program(RULES["adam"], {}, ("alpha",))
    sizes = dict(re.findall(r"constexpr int N_(\w+) = (\d+);", printed.cuda))
    assert {k.lower(): int(v) for k, v in sizes.items()} == {
        **printed.sizes,
        "state": 2,
        "fixed_hyper": 3,
        "run_hyper": 1,
    }
    for stage in STAGES:
        _, body = in_c(printed, f"{stage}_stage")
        written = [line for line in body if line.startswith("out[")]
        assert len(written) == printed.sizes[stage]


# --------------------------------------------------------------------------------------------------
# Losses


@pytest.mark.parametrize("name", LOSSES)
def test_a_printed_loss_is_the_loss(name):
    loss = LOSSES[name]
    scope = of_numpy()
    python, cuda = loss_functions(loss)
    exec(python, scope)
    z = np.array([0.0, -0.0, 1.0, -1.0, 0.3, -17.0, 800.0, -800.0, 1e-300, 1e200])
    for target in (1.0, -1.0):
        y = np.full_like(z, target)
        value, slope = scope["loss"](z, y)
        xp = namespace_of(z)
        np.testing.assert_array_equal(value, loss.value(xp, z, y))
        np.testing.assert_array_equal(slope, loss.slope(xp, z, y))
        assert np.isnan(scope["loss"](np.nan, target)[0])
    assert cuda.startswith("__device__ __forceinline__ double loss(double z, double y, double* ")
    assert "real" not in cuda
