"""The graph of a formula: what is shared, its derivative at 50 digits, and `1 - beta**t`."""

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import adamlab as al
from adamlab.namespaces import FUNCTIONS
from adamlab.rules import RULES
from adamlab.trace import Graph, Node, TraceNamespace, derivative, topological, trace_rule


def ratio(a, b):
    return mpf(0) if a == b == 0 else a / b


#: The operations, written once more for numbers of any number of digits.
EXACT = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b if b else mpmath.nan,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "abs": abs,
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": lambda a: mpmath.log(1 + a),
    "sqrt": mpmath.sqrt,
    "sign": mpmath.sign,
    "maximum": max,
    "minimum": min,
    "where": lambda c, a, b: a if c else b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
}


def exactly(node, **values):
    known = {}
    for n in topological([node]):
        if n.op == "input":
            known[n] = mpf(values[n.args[0]])
        elif n.op == "number":
            known[n] = n.args[0] if isinstance(n.args[0], bool) else mpf(n.args[0])
        else:
            known[n] = EXACT[n.op](*(known[a] for a in n.args))
    return known[node]


class Exact:
    """The namespace of formulas on mpmath's numbers."""

    abs, exp, sqrt, maximum, minimum = abs, mpmath.exp, mpmath.sqrt, max, min
    log1p, where, ratio = EXACT["log1p"], EXACT["where"], staticmethod(ratio)


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(50):
        yield


@pytest.fixture
def graph():
    return Graph()


@pytest.fixture
def x(graph):
    return graph.input("x")


@pytest.fixture
def y(graph):
    return graph.input("y")


def traced(formula):
    """The graph of a formula of two numbers."""
    graph = Graph()
    return formula(TraceNamespace(graph), graph.input("x"), graph.input("y"))


def operations(*roots):
    return [node.op for node in topological(roots)]


# --------------------------------------------------------------------------------------------------
# Nodes


def test_equal_expressions_are_one_node(x, y):
    assert x * y + 1 is x * y + 1.0
    assert x - y is not y - x
    assert operations((x + y) * (x + y)).count("add") == 1
    assert (x < y) is (y > x)
    assert (x <= y) is (y >= x)


def test_numbers_that_print_differently_are_different_nodes(graph):
    assert graph.number(0.0) is not graph.number(-0.0)
    assert graph.number(True) is not graph.number(1.0)
    assert graph.number(np.nan) is graph.number(float("nan"))
    assert graph.number(np.float32(0.5)) is graph.number(0.5)


def test_a_node_knows_what_it_depends_on(graph, x, y):
    assert (x * y + 3).needs == {"x", "y"}
    assert graph.number(3).needs == frozenset()
    assert TraceNamespace(graph).where(x < 1, y, 2.0).needs == {"x", "y"}


def test_what_is_known_is_carried_out_in_float64(graph, x):
    xp = TraceNamespace(graph)
    assert xp.exp(graph.number(1.0) * 2).args == (float(np.exp(2.0)),)
    assert (graph.number(1.0) / 0).args == (np.inf,)
    assert xp.where(graph.number(1) < 2, x, 5.0) is x
    assert xp.where(graph.number(1) > 2, x, 5.0) is graph.number(5.0)
    assert xp.where(x > 2, x, x) is x


def test_squares_and_cubes_are_products(x):
    assert operations(x**2) == ["input", "mul"]
    assert operations(x**3) == ["input", "mul", "mul"]
    assert x**1 is x
    assert operations(x**4)[-1] == operations(x**0.5)[-1] == "pow"


def test_every_operator_of_python_is_its_operation():
    a, b = mpf("2.5"), mpf("-1.5")
    for formula in (
        lambda x, y: x + y * 3 - 2 / x,
        lambda x, y: -((1 - x) ** 5) + 2**y,
        lambda x, y: +x - abs(y) / 2,
    ):
        assert exactly(traced(lambda xp, x, y, f=formula: f(x, y)), x=a, y=b) == formula(a, b)
    for condition in (
        lambda x, y: (x < y) | (x == 2.5),
        lambda x, y: (x >= y) & ~(x <= y),
        lambda x, y: (x > 3) | (y > 1) | (x != 2.5),
        lambda x, y: (x != y) & (abs(y) < 2) & (y <= -1.5),
    ):
        node = traced(lambda xp, x, y, f=condition: f(x, y))
        assert exactly(node, x=a, y=b) == bool(condition(np.float64(a), np.float64(b)))


def test_a_formula_has_no_branches(x):
    with pytest.raises(TypeError, match=r"use xp\.where"):
        _ = 1 if x > 0 else 2
    with pytest.raises(TypeError):
        float(x)


def test_arrays_do_not_become_nodes(x):
    with pytest.raises(TypeError):
        np.ones(3) * x


def test_the_namespace_has_the_functions_of_every_other_and_no_more(graph):
    xp = TraceNamespace(graph)
    for name in FUNCTIONS:
        arguments = {"where": 3, "maximum": 2, "minimum": 2, "ratio": 2}.get(name, 1)
        inputs = [graph.input(c) for c in "abc"[:arguments]]
        assert isinstance(getattr(xp, name)(*inputs), Node)
    for name in ("log", "expm1", "sin", "lib"):
        assert not hasattr(xp, name)


def test_ratio_of_zeros_is_0():
    node = traced(lambda xp, x, y: xp.ratio(x, y))
    assert exactly(node, x=0, y=0) == 0
    assert exactly(node, x=0, y=2) == 0
    assert exactly(node, x=3, y=2) == mpf("1.5")


def test_nodes_come_after_what_they_are_computed_from(x, y):
    z = (x + y) * x
    order = [*topological([z / (x + y), z])]
    place = {node: k for k, node in enumerate(order)}
    assert len(order) == len(place) == 5
    for node in order:
        if node.op != "input":
            assert all(place[a] < place[node] for a in node.args)
    below = {*topological([(x + y) * 2], known={x + y})}
    assert x + y in below
    assert not {x, y} & below


def test_a_formula_may_be_longer_than_the_stack_is_deep(x):
    total = x
    for k in range(5000):
        total = k - total * 1.001
    assert len([*topological([total])]) > 10_000
    found = exactly(derivative(total, "x"), x=1)
    assert mpmath.almosteq(found, mpf(1.001) ** 5000, mpf("1e-12"))


# --------------------------------------------------------------------------------------------------
# Derivatives

SMOOTH = {
    "add": lambda xp, x, y: x + y + x + 3,
    "sub": lambda xp, x, y: y - x - (2 - x * y),
    "mul": lambda xp, x, y: x * y * x * 4,
    "div": lambda xp, x, y: x / y + y / x + x / (x + 7) + x / 4 + 4 / x,
    "square": lambda xp, x, y: (x - y) ** 2 / 2,
    "cube": lambda xp, x, y: (x * y + 1) ** 3,
    "pow": lambda xp, x, y: x**0.5 + x**-2.5 + x**5 + (2 * x) ** y,
    "neg": lambda xp, x, y: -(-x * y) - x,
    "abs": lambda xp, x, y: abs(x - 9) * xp.abs(x * y),
    "exp": lambda xp, x, y: xp.exp(-x * y) + x * xp.exp(x) + xp.exp(y),
    "log1p": lambda xp, x, y: xp.log1p(x * y * x) + xp.log1p(y),
    "sqrt": lambda xp, x, y: xp.sqrt(x * x + y * y) / xp.sqrt(y),
    "maximum": lambda xp, x, y: xp.maximum(x, y) * xp.maximum(2 * x, 0.5) * xp.maximum(x, 99.0),
    "minimum": lambda xp, x, y: xp.minimum(x, y) * xp.minimum(2 * x, 0.5) * xp.minimum(x, 99.0),
    "where": lambda xp, x, y: xp.where(x < y, x**2, y * x) + xp.where(x == y, 1.0, x**3),
    "conditions": lambda xp, x, y: xp.where((x < y) & ~(x <= 1) | (y >= 3), x**2, 1 / x),
    "ratio": lambda xp, x, y: xp.ratio(x * x, xp.abs(y) + x),
    "composed": lambda xp, x, y: xp.log1p(xp.exp(-xp.sqrt(x * y) / (1 + x**2))) * xp.exp(x - y),
    "linear": lambda xp, x, y: y * x,
    "constant": lambda xp, x, y: y + 0 * x,
}
AT = [("0.7", "1.3"), ("2.1", "1.3"), ("0.01", "5.5"), ("30.5", "0.2")]


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", SMOOTH)
def test_derivatives_agree_with_mpmath(name, order):
    formula = SMOOTH[name]
    value = traced(formula)
    found = derivative(value, "x") if order == 1 else derivative(derivative(value, "x"), "x")
    for a, b in AT:
        a, b = mpf(a), mpf(b)
        assert mpmath.almosteq(exactly(value, x=a, y=b), formula(Exact, a, b), mpf("1e-45"))
        theirs = mpmath.diff(lambda v, b=b: formula(Exact, v, b), a, order, h=mpf("1e-20"))
        assert mpmath.almosteq(exactly(found, x=a, y=b), theirs, mpf("1e-15"), mpf("1e-15"))


@pytest.mark.parametrize(
    ("formula", "at", "slope"),
    [
        (lambda xp, x, y: abs(x), 0, 0),
        (lambda xp, x, y: 3 * xp.abs(x - 2), 2, 0),
        (lambda xp, x, y: xp.maximum(2 * x, 4 * x), 0, 3),
        (lambda xp, x, y: xp.minimum(2 * x, 4 * x), 0, 3),
        (lambda xp, x, y: xp.maximum(x, 1.0), 1, 0.5),
        (lambda xp, x, y: xp.maximum(xp.maximum(0.0, x), 4 * x), 0, 2.25),
        (lambda xp, x, y: xp.where(x < 1, x, 5 * x), 1, 5),
        (lambda xp, x, y: xp.where(x <= 1, x, 5 * x), 1, 1),
        # The kinks of a difference cancel in the first derivative, as the mean is linear.
        (lambda xp, x, y: xp.maximum(x, 0.0) - xp.abs(x) / 2, 0, 0.5),
    ],
)
def test_at_a_kink_it_is_a_fixed_subgradient(formula, at, slope):
    assert exactly(derivative(traced(formula), "x"), x=at, y=0) == slope


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (lambda xp, x, y: (x - y) ** 2 / 2, lambda xp, x, y: x - y),
        (lambda xp, x, y: y * x, lambda xp, x, y: y),
        (lambda xp, x, y: xp.exp(x), lambda xp, x, y: xp.exp(x)),
        (lambda xp, x, y: 3 * x + y, lambda xp, x, y: x.graph.number(3.0)),
        (lambda xp, x, y: (y - x) / 4, lambda xp, x, y: x.graph.number(-0.25)),
        (lambda xp, x, y: y**2, lambda xp, x, y: x.graph.number(0.0)),
        (lambda xp, x, y: abs(x - y), lambda xp, x, y: x.graph.make("sign", x - y)),
        (lambda xp, x, y: xp.log1p(y) * x, lambda xp, x, y: xp.log1p(y)),
    ],
)
def test_the_chain_rule_leaves_no_numbers_behind(formula, expected):
    graph = Graph()
    xp, x, y = TraceNamespace(graph), graph.input("x"), graph.input("y")
    assert derivative(formula(xp, x, y), "x") is expected(xp, x, y)


@pytest.mark.parametrize("formula", [lambda xp, x, y: abs(x) / 3, lambda xp, x, y: abs(x * 2)])
def test_the_second_derivative_of_a_piecewise_linear_function_is_0(formula):
    second = derivative(derivative(traced(formula), "x"), "x")
    assert second.args == (0.0,)


def test_a_derivative_that_is_not_known_says_so(x, y):
    with pytest.raises(NotImplementedError, match="the derivative of pow by y"):
        derivative(x**y, "y")


# --------------------------------------------------------------------------------------------------
# Rules


def update_of(rule, **schedules):
    outputs, weight = trace_rule(rule, schedules)
    return outputs, weight


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_its_formula(name):
    rule = RULES[name]
    outputs, _ = update_of(rule)
    values = {"t": mpf(3), "theta": mpf("0.3"), "g": mpf("-0.7"), "lower": mpf(-9), "upper": mpf(9)}
    state = {s: mpf("0.2") + k for k, s in enumerate(rule.state)}
    hyper = {k: mpf(v) for k, v in rule.defaults.items()}
    expected = rule.formula(
        Exact, values["t"], values["theta"], values["g"], *state.values(), **hyper
    )
    inputs = {f"{k}_": v for k, v in {**state, **hyper}.items()}
    for node, value in zip(outputs, expected, strict=True):
        assert mpmath.almosteq(exactly(node, **values, **inputs), mpf(value), mpf("1e-40"))


def test_the_new_point_is_projected_and_averaged_as_such():
    outputs, _ = update_of(al.averaged(RULES["sgd"]))
    values = {"t": 1, "theta": 2, "g": 100, "lower": "-0.5", "upper": "0.5"}
    hyper = {"alpha_": "0.1", "beta_bar_": "0.75", "theta_bar_": 4}
    assert [exactly(node, **values, **hyper) for node in outputs] == [-0.5, 1, 0.75 * 4 - 0.125]


@pytest.mark.parametrize(
    ("name", "schedules", "weight"),
    [
        ("sgd", {}, lambda t, h: 0),
        ("adadelta", {}, lambda t, h: 0),
        ("adam", {}, lambda t, h: h["beta1"] / h["alpha"]),
        ("adam", {"alpha": True}, lambda t, h: h["beta1"] / (h["alpha"] / mpmath.sqrt(t))),
        ("adam_decayed_beta1", {}, lambda t, h: h["beta1"] * h["lam"] ** (t - 1) / h["alpha"]),
        (
            "amsgrad_decayed_beta1",
            {"alpha": True},
            lambda t, h: h["beta1"] * h["lam"] ** (t - 1) / h["alpha"] * mpmath.sqrt(t),
        ),
    ],
)
def test_the_momentum_weight_is_beta1_over_alpha(name, schedules, weight):
    rule = RULES[name]
    _, node = trace_rule(rule, {k: lambda xp, t: 1 / xp.sqrt(t) for k in schedules})
    hyper = {k: mpf(v) for k, v in rule.defaults.items()}
    for t in (1, 2, 77):
        found = exactly(node, t=t, **{f"{k}_": v for k, v in hyper.items()})
        assert mpmath.almosteq(found, mpf(weight(t, hyper)), mpf("1e-45"))


def test_names_of_a_rule_do_not_meet_those_of_its_surroundings():
    @al.rule
    def odd(xp, t, theta, g, metric, t_, *, lower=0.25, upper=3.0):
        return theta - lower * g, upper, metric + upper, t_ + theta

    outputs, _ = update_of(odd)
    found = [
        exactly(node, t=1, theta=1, g=2, lower=-9, upper=9, metric_=5, t__=7, lower_=0.25, upper_=3)
        for node in outputs
    ]
    assert found == [0.5, 3, 8, 8]


# --------------------------------------------------------------------------------------------------
# 1 - beta**t


@pytest.fixture
def hyper():
    graph = Graph(hyper={"beta", "c"}, nonnegative={"beta"})
    return [graph.input(name) for name in ("t", "beta", "c", "m")]


def test_one_minus_beta_to_the_t_keeps_its_digits(hyper):
    t, beta, _, _ = hyper
    for node, exponent in ((1 - beta**t, 2), (1 - beta ** (t + 1), 3)):
        assert sorted(set(operations(node)) - {"input", "number", "add"}) == [
            *("expm1", "log", "mul", "neg"),
        ]
        assert mpmath.almosteq(exactly(node, t=2, beta="0.3"), 1 - mpf("0.3") ** exponent)
    assert operations(1 - 0.96**t) == ["input", "number", "mul", "expm1", "neg"]


def test_nothing_else_is_rewritten(hyper):
    t, beta, c, m = hyper
    for node in (
        *(2 - beta**t, beta**t - 1, 1 - t**beta, 1 - beta**c, 1 - beta**c * t, 1 + beta**t),
        *(1 - m**t, 1 - beta ** (m * t), 1 - (beta * t) ** t, 1 - beta * c ** (t - 1)),
    ):
        assert "expm1" not in operations(node)


def test_a_base_without_a_logarithm_is_a_power(hyper):
    t, beta, c, _ = hyper
    # A user's hyper-parameter may be negative, 0, or above 1.
    for base in ("-0.5", "0", "0.3", "1", "2.5"):
        for exponent in (1, 2, 7):
            found = exactly(1 - c**t, c=base, t=exponent)
            assert mpmath.almosteq(found, 1 - mpf(base) ** exponent, 0, mpf("1e-45"))
            found = exactly(1 - (1 - c) ** t, c=base, t=exponent)
            assert mpmath.almosteq(found, 1 - (1 - mpf(base)) ** exponent, 0, mpf("1e-45"))
    # A beta may be 0, and then has no logarithm to be multiplied with an exponent of 0.
    for exponent, expected in ((1, 0), (2, 1)):
        assert exactly(1 - beta ** (t - 1), beta=0, t=exponent) == expected
        assert exactly(1 - beta ** (t + -1), beta=0, t=exponent) == expected
    assert operations(1 - (-0.5) ** t)[-1] == "sub"


def test_only_a_parameter_that_cannot_be_negative_is_sure_to_have_a_logarithm():
    @al.rule
    def mine(xp, t, theta, g, s, b, lam_, *, beta=0.9, lam=0.5, decay=0.5, rho=1.5):
        # Of a rho whose default lies outside its usual range nothing is known.
        return theta, 1 - decay**t, 1 - rho**t, 1 - beta**t, 1 - lam**t

    (_, metric, s, *sure), _ = update_of(mine)
    assert "where" not in operations(*sure)
    for node, name in ((metric, "decay"), (s, "rho")):
        assert "where" in operations(node)
        value = exactly(node, **{"t": 3, f"{name}_": mpf("-0.5")})
        mine(**{name: -0.5})  # is allowed
        assert value == 1 + mpf("0.125")
    with pytest.raises(ValueError, match="beta must be in"):
        mine(beta=-0.5)


def test_in_the_rules_it_is_guarded_nowhere():
    for rule in (*RULES.values(), al.averaged(RULES["adam"])):
        outputs, weight = update_of(rule)
        for node in topological([*outputs, weight]):
            if node.op == "log":
                assert node.args[0].op == "input", rule.name
