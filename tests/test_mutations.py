"""The claims can fail: every small mistake in a rule changes the verdict of one of them.

Those of `mutations`; and AMSGrad's maximum is taken before or after a bias correction that the
paper's rule does not have, as in two libraries.
"""

import pytest
from mutations import mutants

from adamlab import claims, rules

#: For each rule claims that look at it closely, quick ones first.
WATCHED = {
    "adam": ["C12", "C16", "C01", "C02", "C08", "C11", "C04", "C40"],
    "adam_uncorrected": ["C16", "C15", "C41", "C42"],
    "adam_decayed_beta1": ["C18", "C60", "N20", "C33"],
    "adam_eps_hat": ["C11"],
    "adamax": ["C44", "C45", "N12"],
    "amsgrad": ["N40", "N41", "N42"],
    "adamnc": ["N57"],
    "adagrad": ["C40", "N48"],
}


def corrected(library):
    def formula(xp, t, theta, g, m, v, v_hat, *, alpha=1e-3, beta1=0.9, beta2=0.999):
        hyper = {"alpha": alpha, "beta1": beta1, "beta2": beta2, "eps": 0}
        return library.formula(xp, t, theta, g, m, v, v_hat, **hyper)

    return formula


MUTANTS = [
    *(
        pytest.param(name, formula, id=f"{name}-{made}")
        for name in WATCHED
        for made, formula in mutants(name)
    ),
    pytest.param("amsgrad", corrected(rules.amsgrad_torch), id="amsgrad-maximum before correction"),
    pytest.param("amsgrad", corrected(rules.amsgrad_optax), id="amsgrad-maximum after correction"),
]


def test_the_mistakes_that_matter_are_made():
    made = [parameter.id for parameter in MUTANTS]
    for mistake in [
        "adam-the other decay rate: beta1 -> beta2",
        "adam-no correction: v / (1 - beta2 ** t) -> v",
        "adam-t from 0: beta1 ** t -> beta1 ** (t - 1)",
        "adam-epsilon inside the root: xp.sqrt(v_hat) + eps -> xp.sqrt(v_hat + eps)",
        "adamax-no maximum: xp.maximum(beta2 * u, xp.abs(g)) -> xp.abs(g)",
        "amsgrad-no maximum: xp.maximum(v_hat, v) -> v",
    ]:
        assert mistake in made


@pytest.mark.parametrize(("name", "formula"), MUTANTS)
def test_a_claim_notices_the_mistake(name, formula):
    rule = getattr(rules, name)
    right, expected = rule.formula, claims.ledger()
    object.__setattr__(rule, "formula", formula)
    try:
        noticed = any(claims.check(id).verdict != expected[id] for id in WATCHED[name])
    finally:
        object.__setattr__(rule, "formula", right)
    assert noticed, f"no claim of {', '.join(WATCHED[name])} noticed it"
