"""The attack on bounds: games are the package's, known extremes are found, false bounds fall."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import adamlab as al
from adamlab import rules
from adamlab.adversary import Attack, attack, linear_games
from adamlab.bounds import BOUNDS
from adamlab.claims.repaired import NEW, random_games

QUICK = {"generations": 60, "restarts": 2}


def game(bound, costs, theta1, factors=(), **hyper):
    rule = rules.get_rule(next(iter(BOUNDS[bound].rules)))
    exact = {name: F(x) for name, x in hyper.items()}
    return Attack(
        BOUNDS[bound], rule, tuple(map(F, costs)), F(theta1), exact, tuple(map(F, factors))
    )


@pytest.mark.parametrize("bound", sorted(BOUNDS))
def test_games_are_those_of_regret_and_of_interval_arithmetic(bound):
    rule = rules.get_rule(next(iter(BOUNDS[bound].rules)))
    hyper = {"alpha": F(1, 3), "beta1": F(1, 4), "beta2": F(3, 4), "lam": F(1, 2), "eps": 0}
    hyper = {name: x for name, x in hyper.items() if name in rule.defaults}
    found = game(bound, (F(3, 4), -1, F(1, 2), 1), F(1, 8), **hyper)
    floats = {name: float(x) for name, x in hyper.items()}
    if BOUNDS[bound].schedule == "inverse_sqrt":
        floats["alpha"] = al.inverse_sqrt(floats["alpha"])
    problem = al.problems.linear(
        [[float(c)] for c in found.costs], domain=al.Box(-1, 1), order="stream", theta0=[1 / 8]
    )
    run = al.regret(problem, rule(**floats), 4, checkpoints=[4])
    expected = (run.regret / BOUNDS[bound](run)).item()
    assert found.ratio == pytest.approx(expected, rel=1e-13)
    regret, value = found.enclosed()
    assert float(run.regret.item()) == pytest.approx(regret.lower, rel=1e-13)
    assert found.ratio == pytest.approx((regret / value).lower, rel=1e-13)


def test_free_factors_are_the_rule_with_that_beta1_in_each_round():
    lam, costs = F(1, 2), (1, F(-1, 2), F(1, 4))
    hyper = {"alpha": 1, "beta1": F(1, 2), "beta2": F(3, 4)}
    free = game("amsgrad_sharp", costs, 1, [lam**t for t in range(3)], **hyper)
    decayed = replace(
        free, rule=rules.amsgrad_decayed_beta1, factors=(), hyper={**free.hyper, "lam": lam}
    )
    assert free.ratio == pytest.approx(decayed.ratio, rel=1e-14)
    assert free.ratio == pytest.approx((free.enclosed()[0] / free.enclosed()[1]).lower, rel=1e-14)
    constant = replace(free, factors=())
    assert abs(constant.ratio - free.ratio) > 1e-3


def test_games_in_several_coordinates_add_up():
    rng = np.random.default_rng(0)
    costs, theta1 = rng.uniform(-1, 1, (9, 5, 3)), rng.uniform(-1, 1, (5, 3))
    bound, hyper = BOUNDS["adagrad"], {"alpha": np.full(5, 0.7)}
    regret, value = linear_games(bound, rules.adagrad, costs, 9, theta1, **hyper)
    alone = [
        linear_games(bound, rules.adagrad, costs[..., [i]], 9, theta1[:, [i]], **hyper)
        for i in range(3)
    ]
    np.testing.assert_allclose(regret, sum(r for r, _ in alone), rtol=1e-13)
    np.testing.assert_allclose(value, sum(v for _, v in alone), rtol=1e-13)


def test_costs_may_depend_on_the_point():
    def costs(t, x):
        return np.sign(x) / t

    bound, hyper = BOUNDS["adagrad"], {"alpha": np.array([0.3, 0.5])}
    seen = []
    regret, _ = linear_games(
        bound,
        rules.adagrad,
        lambda t, x: seen.append(costs(t, x)) or seen[-1],
        6,
        [[1.0], [1.0]],
        **hyper,
    )
    again, _ = linear_games(bound, rules.adagrad, np.array(seen), 6, [[1.0], [1.0]], **hyper)
    np.testing.assert_array_equal(regret, again)


def test_the_equality_at_one_round_is_found():
    """At beta1 = 0, alpha = D sqrt(1 - beta2) both terms are D |g| / 2, and the regret is D |g|."""
    found = attack("amsgrad_constant_beta1_sharp", horizon=1, **QUICK)
    assert 0.9999 < found.ratio <= 1 + 1e-12
    exact = game("amsgrad_constant_beta1_sharp", [1], 1, alpha=1, beta1=0, beta2=F(3, 4))
    regret, value = exact.enclosed()
    assert regret.ends == (2, 2)
    assert 2 in value
    assert value.width < 1e-30


@pytest.mark.parametrize(
    ("bound", "ratio"),
    [
        ("ogd", 2**-0.5),  # at the alpha that makes the bound least
        ("adagrad", 2**-0.5),  # D g / (sqrt(2) D g)
        ("amsgrad_constant_beta1", 2**-0.5),  # likewise
        ("amsgrad", 0.5),  # D^2/alpha + alpha >= 2 D
    ],
)
def test_largest_ratios_of_one_round_are_those_of_calculus(bound, ratio):
    found = attack(bound, horizon=1, **QUICK).ratio
    assert found == pytest.approx(ratio, rel=1e-4)
    assert found <= ratio * (1 + 1e-9)


@pytest.mark.parametrize(
    "bound",
    [
        "adamnc_printed",
        "amsgrad_corollary_printed",
        "amsgrad_printed",
        "kingma_ba",
    ],
)
def test_false_bounds_fall_to_short_round_numbers(bound):
    found = attack(bound, horizon=2, **QUICK)
    assert found.ratio > 1.2
    short = found.reduced()
    regret, value = short.enclosed()
    assert regret > value, "proved, not rounded"
    numbers = (*short.costs, short.theta1, *short.hyper.values())
    assert all(len(str(x)) <= 6 for x in numbers), numbers
    assert short.T <= 2


def test_reduction_keeps_most_of_a_true_bounds_ratio():
    found = attack("adagrad", horizon=3, **QUICK)
    short = found.reduced()
    assert 0.99 * found.ratio <= short.ratio < 1
    assert sum(len(str(x)) for x in short.costs) < sum(len(str(x)) for x in found.costs)
    with pytest.raises(ValueError, match="the ratio is"):
        found.reduced(keep=0.999)


def test_more_rounds_begin_where_fewer_ended():
    few = attack("adagrad", horizon=2, **QUICK)
    more = attack("adagrad", horizon=4, generations=1, restarts=1, start=few)
    assert more.ratio >= few.ratio * (1 - 1e-9)
    assert more.T == 4


def test_a_seed_fixes_the_search_and_json_keeps_it():
    found = attack("adamnc", horizon=2, **QUICK, seed=3)
    assert found == attack("adamnc", horizon=2, **QUICK, seed=3)
    again = Attack.from_dict(found.as_dict())
    assert again == found
    assert again.ratio == found.ratio


def test_repr_is_short():
    found = game("adagrad", [1, *[F(1, 3)] * 9], 1, alpha=F(1, 2))
    shown = "1, 0.3333, 0.3333, 0.3333, 0.3333, 0.3333, 0.3333, 0.3333, ..."
    expected = f"T=10, costs=[{shown}], theta1=1, alpha=0.5)"
    assert repr(found) == f"Attack('adagrad', ratio={found.ratio:.6g}, {expected}"
    free = game("amsgrad_sharp", [1], 1, [F(1, 2)], alpha=1, beta1=F(1, 2), beta2=F(3, 4))
    assert "costs=[1], factors=[0.5], theta1=1, alpha=1, beta1=0.5, beta2=0.75)" in repr(free)


def test_outside_of_a_theorem_there_is_no_ratio():
    beyond = game("amsgrad", [1], 1, alpha=1, beta1=F(3, 4), beta2=F(1, 2))
    assert np.isnan(beyond.ratio)
    found = attack("amsgrad", horizon=1, **QUICK, beta1=(0.9, 0.95), beta2=(0.5, 0.99))
    assert found.hyper["beta1"] ** 2 < found.hyper["beta2"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"bound": "nothing"}, "unknown bound"),
        ({"rule": "adam"}, "not about adam"),
        ({"horizon": 0}, "horizon must be a positive integer"),
        ({"generations": 0}, "generations must be"),
        ({"box": al.Box([-1, -1], 1)}, "numbers as bounds"),
        ({"beta1": 1.0}, r"beta1 .*\[0, 1\)"),
        ({"beta1": (0.5, 0.1)}, "must ascend"),
        ({"beta1": (0, 0.1, 0.2)}, "a number or a pair"),
        ({"gamma": 1}, "no hyper-parameter 'gamma'"),
        ({"rule": "amsgrad_decayed_beta1", "free_beta1": True}, "constant beta1"),
        ({"start": game("adagrad", [1], 1)}, "the same bound"),
    ],
)
def test_errors_say_what_is_wrong(arguments, message):
    with pytest.raises((KeyError, TypeError, ValueError), match=message):
        attack(**{"bound": "amsgrad", **arguments})


# --- the new right-hand sides of the claims on repaired theorems ----------------------------------


class Exact:
    """T = 1, where the logarithm is 0, and beta2 = 9/25."""

    @staticmethod
    def log1p(x):
        return {0: F(0)}[x]

    @staticmethod
    def sqrt(x):
        return {1: F(1), F(16, 25): F(4, 5)}[x]


@pytest.mark.parametrize(
    ("name", "expected"),
    [  # in the order of the terms
        ("amsgrad_monotone", 28 + F(104, 3) + F(55, 16)),
        ("amsgrad_free", 28 + F(104, 3) + F(55, 12)),
        ("amsgrad_constant", F(112, 3) + F(275, 48)),
        ("adamnc_monotone", 44 + F(11, 2) + F(104, 3)),
        ("adamnc_free", 44 + F(22, 3) + F(104, 3)),
        ("adamnc_corollary", F(176, 3) + F(704, 27) + 30),
        ("adamnc_corollary_printed", F(88, 3) + F(704, 27) + F(15, 2)),
    ],
)
def test_new_right_hand_sides_by_hand(name, expected):
    known = {"T": F(1), "alpha": F(1, 2), "beta1": F(1, 4), "beta2": F(9, 25), "lam": F(1, 3)}
    known |= {"D_inf": 2, "metric_sum": 7, "momentum_term": 13, "gradient_norm_sum": 11}
    known |= {"G_inf": 5, "d": 2}
    formula = NEW[name].formula
    names = formula.__code__.co_varnames[1 : 1 + formula.__code__.co_kwonlyargcount]
    assert formula(Exact(), **{k: known[k] for k in names}) == expected


def test_random_games_exceed_false_bounds_alone():
    for bound in (BOUNDS["amsgrad_printed"], NEW["adamnc_corollary_printed"]):
        assert random_games(bound, 0)[1] > 1
    for bound in NEW.values():
        falling = "falling" if "monotone" in bound.name else "constant"
        count, worst = random_games(bound, 0, beta1=falling)
        assert count > 1700
        assert worst <= 1 or bound.name.endswith("printed")
