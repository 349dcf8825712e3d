r"""The update rules: each formula is written here, once, and nowhere else.

A variant is a rule of its own, never a flag: where a library computes something else than the paper,
that formula has a name, and a line that says how it differs. `RULES` lists them all; the book's table
of variants and the tests are generated from it. In every formula ``t`` starts at 1, the state starts
at zero, and operations are element-wise.
"""

from __future__ import annotations

from typing import Any

from adamlab.optimizers import Rule, rule

Step = tuple[Any, ...]


# ---------------------------------------------------------------------------------------------------
# Gradient descent and momentum


@rule(
    source="Robbins & Monro 1951; Zinkevich 2003 (online gradient descent)",
    same_as=("torch.optim.SGD", "optax.sgd", "keras.optimizers.SGD"),
)
def sgd(xp: Any, t: Any, theta: Any, g: Any, *, alpha: float = 1e-2) -> Step:
    r"""Gradient descent.

    .. math:: \theta_t = \theta_{t-1} - \alpha g_t
    """
    return theta - alpha * g, 1.0


# ---------------------------------------------------------------------------------------------------
# AdaGrad


@rule(
    source="Duchi, Hazan & Singer 2011, diagonal form; section 5 of the Adam paper",
    differs="no epsilon: 0/0 := 0 in a coordinate that has seen no gradient",
)
def adagrad(
    xp: Any, t: Any, theta: Any, g: Any, s: Any, *, alpha: float = 1e-2
) -> Step:
    r"""AdaGrad.

    .. math:: s_t = s_{t-1} + g_t^2,\qquad \theta_t = \theta_{t-1} - \alpha\,g_t/\sqrt{s_t}
    """
    s = s + g**2
    metric = xp.sqrt(s)
    return theta - alpha * xp.ratio(g, metric), metric, s


# ---------------------------------------------------------------------------------------------------
# Adam and AdaMax


@rule(
    source="Kingma & Ba 2015, Algorithm 1",
    differs="epsilon outside the root, added after the bias correction",
    same_as=("torch.optim.Adam", "optax.adam"),
)
def adam(
    xp: Any,
    t: Any,
    theta: Any,
    g: Any,
    m: Any,
    v: Any,
    *,
    alpha: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> Step:
    r"""Adam.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t, & \hat m_t &= m_t/(1-\beta_1^t),\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2, & \hat v_t &= v_t/(1-\beta_2^t),\\
        \theta_t &= \theta_{t-1} - \alpha\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)

    With ``eps=0`` (the case of the regret theorem) :math:`0/0 := 0`.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * xp.ratio(m_hat, metric), metric, m, v


@rule(
    source="Kingma & Ba 2015, Algorithm 2",
    differs="no epsilon: 0/0 := 0 before the first gradient that is not zero",
)
def adamax(
    xp: Any,
    t: Any,
    theta: Any,
    g: Any,
    m: Any,
    u: Any,
    *,
    alpha: float = 2e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
) -> Step:
    r"""AdaMax.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\\
        u_t &= \max(\beta_2 u_{t-1}, |g_t|),\\
        \theta_t &= \theta_{t-1} - \frac{\alpha}{1-\beta_1^t}\,\frac{m_t}{u_t}
    """
    m = beta1 * m + (1 - beta1) * g
    u = xp.maximum(beta2 * u, xp.abs(g))
    return theta - alpha / (1 - beta1**t) * xp.ratio(m, u), u, m, u


# ---------------------------------------------------------------------------------------------------
# AMSGrad


@rule(
    source="Reddi, Kale & Kumar 2018, Algorithm 2",
    differs="no bias correction and no epsilon; the maximum is taken of v",
)
def amsgrad(
    xp: Any,
    t: Any,
    theta: Any,
    g: Any,
    m: Any,
    v: Any,
    v_hat: Any,
    *,
    alpha: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
) -> Step:
    r"""AMSGrad.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\qquad \hat v_t = \max(\hat v_{t-1}, v_t),\\
        \theta_t &= \theta_{t-1} - \alpha\,m_t/\sqrt{\hat v_t}
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = xp.maximum(v_hat, v)
    metric = xp.sqrt(v_hat)
    return theta - alpha * xp.ratio(m, metric), metric, m, v, v_hat


#: Every rule of this module by its name.
RULES: dict[str, Rule] = {
    r.name: r for r in list(globals().values()) if isinstance(r, Rule)
}


def get_rule(name: str) -> Rule:
    """Return the rule of that name.

    Raises
    ------
    KeyError
        If there is none, listing the names that are known.
    """
    try:
        return RULES[name]
    except KeyError:
        raise KeyError(
            f"unknown rule {name!r}; known are {', '.join(sorted(RULES))}"
        ) from None
