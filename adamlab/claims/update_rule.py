r"""Section 2: the steps that Adam takes, and the claims that the abstract makes of them.

All bounds come from two lines. With the weights
:math:`w_k=\frac{(1-\beta_1)\beta_1^k}{1-\beta_1^t}` and
:math:`u_k=\frac{(1-\beta_2)\beta_2^k}{1-\beta_2^t}`, which sum to 1 over :math:`k=0..t-1`,
:math:`\hat m_t=\sum_kw_kg_{t-k}` and :math:`\hat v_t=\sum_ku_kg_{t-k}^2`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from adamlab import rules
from adamlab.claims.evidence import Finding, beside, claim, contradicts
from adamlab.claims.tools import feed
from adamlab.intervals import IntervalNamespace


@claim(
    "C01",
    "a step is at most α(1−β₁)/√(1−β₂) if 1−β₁ > √(1−β₂)",
    where="section 2.1, first bound",
    section="2",
)
def first_step_bound() -> Iterator[Finding]:
    r"""With $\epsilon=0$ and $1-\beta_1>\sqrt{1-\beta_2}$, for any gradients and every $t$,
    $|\Delta_t|\le\alpha\,(1-\beta_1)/\sqrt{1-\beta_2}$.
    """
    xp = IntervalNamespace()
    beta1, beta2 = Fraction(1, 2), Fraction(151, 200)
    hyper = {"alpha": 1, "beta1": beta1, "beta2": beta2, "eps": 0}
    step = feed(rules.adam, map(xp.interval, (100, 151)), xp, theta0=xp.interval(0), **hyper)[-1]
    bound = (1 - beta1) / xp.sqrt(xp.interval(1 - beta2))
    yield contradicts(
        r"At $t=2$, $\beta_1=\frac12$, $\beta_2=\frac{151}{200}$, $g=(100,151)$ it is longer.",
        (1 - beta1) ** 2 > 1 - beta2 and abs(step.delta) > bound,
        method="intervals",
        claimed=f"{bound.upper:.7f} α",
        measured=f"{abs(step.delta).lower:.7f} α",
    )
    defaults = {"alpha": 1.0, "eps": 0.0}
    ramp = [(0.999 / 0.9) ** t for t in range(210)]  # the worst sequence, see C04
    lengths = [float(abs(s.delta)) for s in feed(rules.adam, ramp, **defaults)]
    first = next(t for t, x in enumerate(lengths, start=1) if x > 0.1 / 0.001**0.5)
    yield beside(
        r"With defaults the ramp $g_t\propto(\beta_2/\beta_1)^t$ exceeds it from $t=210$.",
        first == 210,
        method="property test",
        claimed="3.16228 α",
        measured=f"{lengths[first - 1]:.5f} α at t = {first}",
    )
