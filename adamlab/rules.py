r"""The update rules: each formula is written here, once, and nowhere else.

A variant is a rule of its own, never a flag: where a library computes something else than the
paper, that formula has a name, and a line that says how it differs. `RULES` lists them all; the
book's table of variants and the tests are generated from it.

In every formula ``t`` starts at 1 and operations are element-wise. Every state starts at zero: an
accumulator that begins at :math:`s_0` is written :math:`s_0 + s`, and a product
:math:`\prod_s\mu_s` is carried as its complement
:math:`q_t = 1-\prod_{s\le t}\mu_s = \mu_t q_{t-1} + (1-\mu_t)`, which also keeps its digits.
"""
# Formulas keep the paper's signature, hence no annotations; `rule` gives them their type.
# mypy: disallow-untyped-defs=False

from adamlab.optimizers import Rule, rule

__all__ = [
    "RULES",
    "adadelta",
    "adagrad",
    "adagrad_optax",
    "adagrad_torch",
    "adam",
    "adam_decayed_beta1",
    "adam_decayed_beta1_debiased",
    "adam_eps_hat",
    "adam_uncorrected",
    "adamax",
    "adamax_keras",
    "adamax_torch",
    "adamnc",
    "adamnc_decayed_beta1",
    "adamw",
    "adamw_keras",
    "adamw_torch",
    "amsgrad",
    "amsgrad_decayed_beta1",
    "amsgrad_keras",
    "amsgrad_optax",
    "amsgrad_torch",
    "get_rule",
    "momentum",
    "momentum_torch",
    "nadam",
    "nadam_optax",
    "nadam_torch",
    "nesterov",
    "nesterov_torch",
    "rmsprop",
    "rmsprop_centred",
    "rmsprop_centred_torch",
    "rmsprop_momentum",
    "rmsprop_momentum_optax",
    "rmsprop_momentum_torch",
    "rmsprop_optax",
    "rmsprop_torch",
    "sgd",
]


# -------------------------------------------------------------------------------------------------
# Gradient descent and momentum


@rule(
    source="Robbins & Monro 1951; Zinkevich 2003 (online gradient descent)",
    same_as=("torch.optim.SGD", "optax.sgd", "keras.optimizers.SGD"),
)
def sgd(xp, t, theta, g, *, alpha=1e-2):
    r"""Gradient descent.

    .. math:: \theta_t = \theta_{t-1} - \alpha g_t
    """
    return theta - alpha * g, 1.0


@rule(
    source="Polyak 1964, in the form of Sutskever et al. 2013",
    differs="the velocity is in units of theta: a change of alpha leaves past steps as they were",
    same_as=("keras.optimizers.SGD(momentum)",),
)
def momentum(xp, t, theta, g, b, *, alpha=1e-2, mu=0.9):
    r"""Gradient descent with momentum (the heavy ball).

    .. math:: b_t = \mu b_{t-1} - \alpha g_t,\qquad \theta_t = \theta_{t-1} + b_t
    """
    b = mu * b - alpha * g
    return theta + b, 1.0, b


@rule(
    source="torch.optim.SGD with momentum and dampening",
    differs="alpha stands outside the velocity; dampening d spares the first gradient",
    same_as=("torch.optim.SGD(momentum, dampening)", "optax.sgd(momentum)"),
)
def momentum_torch(xp, t, theta, g, b, *, alpha=1e-3, mu=0.9, dampening=0.0):
    r"""Momentum as torch has it.

    .. math::
        b_t &= \mu b_{t-1} + (1-d\,[t>1])\,g_t,\\
        \theta_t &= \theta_{t-1} - \alpha b_t

    With a constant :math:`\alpha` and :math:`d=0` the steps are those of `momentum`.
    """
    later = xp.minimum(1.0, t - 1)
    b = mu * b + (1 - dampening * later) * g
    return theta - alpha * b, 1.0, b


@rule(
    source="Nesterov 1983, in the form of Sutskever et al. 2013",
    differs="the exact look-ahead, under a varying alpha too: theta is Nesterov's point plus mu b",
    same_as=("keras.optimizers.SGD(nesterov)",),
)
def nesterov(xp, t, theta, g, b, *, alpha=1e-2, mu=0.9):
    r"""Nesterov's accelerated gradient, at the point where the gradient is taken.

    .. math::
        b_t &= \mu b_{t-1} - \alpha g_t,\\
        \theta_t &= \theta_{t-1} + \mu b_t - \alpha g_t

    With :math:`\theta_t = y_t + \mu b_t` this is :math:`b_t = \mu b_{t-1} - \alpha\nabla
    f_t(y_{t-1}+\mu b_{t-1}),\ y_t = y_{t-1} + b_t`.
    """
    b = mu * b - alpha * g
    return theta + mu * b - alpha * g, 1.0, b


@rule(
    source="torch.optim.SGD with nesterov=True",
    differs="alpha stands outside the velocity: no exact look-ahead when alpha varies",
    same_as=("torch.optim.SGD(nesterov)", "optax.sgd(nesterov)"),
)
def nesterov_torch(xp, t, theta, g, b, *, alpha=1e-3, mu=0.9):
    r"""Nesterov's accelerated gradient as torch has it.

    .. math:: b_t = \mu b_{t-1} + g_t,\qquad \theta_t = \theta_{t-1} - \alpha(g_t + \mu b_t)
    """
    b = mu * b + g
    return theta - alpha * (g + mu * b), 1.0, b


# -------------------------------------------------------------------------------------------------
# AdaGrad


@rule(
    source="Duchi, Hazan & Singer 2011, diagonal form; section 5 of the Adam paper",
    differs="no epsilon: 0/0 := 0 in a coordinate that has seen no gradient",
)
def adagrad(xp, t, theta, g, s, *, alpha=1e-2):
    r"""AdaGrad.

    .. math:: s_t = s_{t-1} + g_t^2,\qquad \theta_t = \theta_{t-1} - \alpha\,g_t/\sqrt{s_t}
    """
    s = s + g**2
    metric = xp.sqrt(s)
    return theta - alpha * xp.ratio(g, metric), metric, s


@rule(
    source="torch.optim.Adagrad",
    differs="epsilon outside the root; a decay of alpha of its own; a start value s0",
    same_as=("torch.optim.Adagrad",),
)
def adagrad_torch(xp, t, theta, g, s, *, alpha=1e-2, lr_decay=0.0, s0=0.0, eps=1e-10):
    r"""AdaGrad as torch has it, with :math:`\eta` = ``lr_decay``.

    .. math::
        s_t &= s_{t-1} + g_t^2,\qquad \alpha_t = \frac{\alpha}{1+(t-1)\eta},\\
        \theta_t &= \theta_{t-1} - \alpha_t\,\frac{g_t}{\sqrt{s_0+s_t}+\epsilon}
    """
    s = s + g**2
    metric = xp.sqrt(s0 + s) + eps
    return theta - alpha / (1 + (t - 1) * lr_decay) * xp.ratio(g, metric), metric, s


@rule(
    source="optax.adagrad",
    differs="epsilon inside the root; the sum starts at s0 = 0.1",
    same_as=("optax.adagrad", "keras.optimizers.Adagrad"),
)
def adagrad_optax(xp, t, theta, g, s, *, alpha=1e-3, s0=0.1, eps=1e-7):
    r"""AdaGrad as optax and Keras have it.

    .. math::
        s_t = s_{t-1} + g_t^2,\qquad
        \theta_t = \theta_{t-1} - \alpha\,\frac{g_t}{\sqrt{s_0+s_t+\epsilon}}
    """
    s = s + g**2
    metric = xp.sqrt(s0 + s + eps)
    return theta - alpha * xp.ratio(g, metric), metric, s


# -------------------------------------------------------------------------------------------------
# RMSProp and AdaDelta


@rule(
    source="Tieleman & Hinton 2012, Coursera lecture 6.5",
    differs="no epsilon: 0/0 := 0; no bias correction",
)
def rmsprop(xp, t, theta, g, v, *, alpha=1e-3, rho=0.9):
    r"""RMSProp.

    .. math::
        v_t = \rho v_{t-1} + (1-\rho) g_t^2,\qquad
        \theta_t = \theta_{t-1} - \alpha\,g_t/\sqrt{v_t}
    """
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v)
    return theta - alpha * xp.ratio(g, metric), metric, v


@rule(
    source="section 5 of the Adam paper; Tieleman & Hinton 2012",
    differs="momentum on the rescaled gradient (Adam rescales a momentum on the gradient)",
)
def rmsprop_momentum(xp, t, theta, g, v, b, *, alpha=1e-3, rho=0.9, mu=0.9):
    r"""RMSProp with momentum.

    .. math::
        v_t &= \rho v_{t-1} + (1-\rho) g_t^2,\\
        b_t &= \mu b_{t-1} + \alpha\,g_t/\sqrt{v_t},\qquad \theta_t = \theta_{t-1} - b_t
    """
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v)
    b = mu * b + alpha * xp.ratio(g, metric)
    return theta - b, metric, v, b


@rule(
    source="Graves 2013, equations 38-41",
    differs="divides by a running standard deviation, epsilon inside the root; with momentum",
    same_as=("optax.rmsprop(centered, momentum)", "keras.optimizers.RMSprop(centered, momentum)"),
)
def rmsprop_centred(xp, t, theta, g, m, v, b, *, alpha=1e-4, rho=0.95, mu=0.9, eps=1e-4):
    r"""Centred RMSProp with momentum.

    .. math::
        m_t &= \rho m_{t-1} + (1-\rho) g_t,\qquad v_t = \rho v_{t-1} + (1-\rho) g_t^2,\\
        b_t &= \mu b_{t-1} + \alpha\,\frac{g_t}{\sqrt{v_t-m_t^2+\epsilon}},\qquad
        \theta_t = \theta_{t-1} - b_t
    """
    m = rho * m + (1 - rho) * g
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v - m**2 + eps)
    b = mu * b + alpha * xp.ratio(g, metric)
    return theta - b, metric, m, v, b


@rule(
    source="torch.optim.RMSprop",
    differs="epsilon outside the root",
    same_as=("torch.optim.RMSprop",),
)
def rmsprop_torch(xp, t, theta, g, v, *, alpha=1e-2, rho=0.99, eps=1e-8):
    r"""RMSProp as torch has it.

    .. math::
        v_t = \rho v_{t-1} + (1-\rho) g_t^2,\qquad
        \theta_t = \theta_{t-1} - \alpha\,\frac{g_t}{\sqrt{v_t}+\epsilon}
    """
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v) + eps
    return theta - alpha * xp.ratio(g, metric), metric, v


@rule(
    source="torch.optim.RMSprop with momentum",
    differs="epsilon outside the root; alpha stands outside the momentum",
    same_as=("torch.optim.RMSprop(momentum)",),
)
def rmsprop_momentum_torch(xp, t, theta, g, v, b, *, alpha=1e-2, rho=0.99, mu=0.9, eps=1e-8):
    r"""RMSProp with momentum as torch has it.

    .. math::
        v_t &= \rho v_{t-1} + (1-\rho) g_t^2,\\
        b_t &= \mu b_{t-1} + \frac{g_t}{\sqrt{v_t}+\epsilon},\qquad
        \theta_t = \theta_{t-1} - \alpha b_t
    """
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v) + eps
    b = mu * b + xp.ratio(g, metric)
    return theta - alpha * b, metric, v, b


@rule(
    source="torch.optim.RMSprop with centered=True",
    differs=(
        "epsilon outside the root: under a constant gradient v - m**2 is rounding, and the steps "
        "are huge or NaN"
    ),
    same_as=("torch.optim.RMSprop(centered, momentum)",),
)
def rmsprop_centred_torch(xp, t, theta, g, m, v, b, *, alpha=1e-2, rho=0.99, mu=0.0, eps=1e-8):
    r"""Centred RMSProp as torch has it.

    .. math::
        m_t &= \rho m_{t-1} + (1-\rho) g_t,\qquad v_t = \rho v_{t-1} + (1-\rho) g_t^2,\\
        b_t &= \mu b_{t-1} + \frac{g_t}{\sqrt{v_t-m_t^2}+\epsilon},\qquad
        \theta_t = \theta_{t-1} - \alpha b_t
    """
    m = rho * m + (1 - rho) * g
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v - m**2) + eps
    b = mu * b + xp.ratio(g, metric)
    return theta - alpha * b, metric, m, v, b


@rule(
    source="optax.rmsprop",
    differs="epsilon inside the root",
    same_as=("optax.rmsprop", "keras.optimizers.RMSprop"),
)
def rmsprop_optax(xp, t, theta, g, v, *, alpha=1e-3, rho=0.9, eps=1e-8):
    r"""RMSProp as optax and Keras have it.

    .. math::
        v_t = \rho v_{t-1} + (1-\rho) g_t^2,\qquad
        \theta_t = \theta_{t-1} - \alpha\,\frac{g_t}{\sqrt{v_t+\epsilon}}
    """
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v + eps)
    return theta - alpha * xp.ratio(g, metric), metric, v


@rule(
    source="optax.rmsprop with momentum",
    differs="epsilon inside the root; alpha stands inside the momentum",
    same_as=("optax.rmsprop(momentum)", "keras.optimizers.RMSprop(momentum)"),
)
def rmsprop_momentum_optax(xp, t, theta, g, v, b, *, alpha=1e-3, rho=0.9, mu=0.9, eps=1e-8):
    r"""RMSProp with momentum as optax and Keras have it.

    .. math::
        v_t &= \rho v_{t-1} + (1-\rho) g_t^2,\\
        b_t &= \mu b_{t-1} + \alpha\,\frac{g_t}{\sqrt{v_t+\epsilon}},\qquad
        \theta_t = \theta_{t-1} - b_t
    """
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v + eps)
    b = mu * b + alpha * xp.ratio(g, metric)
    return theta - b, metric, v, b


@rule(
    source="Zeiler 2012, Algorithm 1",
    differs="the paper has alpha = 1; Keras's default is 0.001, optax's None climbs",
    same_as=("torch.optim.Adadelta", "optax.adadelta", "keras.optimizers.Adadelta"),
)
def adadelta(xp, t, theta, g, v, u, *, alpha=1.0, rho=0.95, eps=1e-6):
    r"""AdaDelta.

    .. math::
        v_t &= \rho v_{t-1} + (1-\rho) g_t^2,\\
        \Delta_t &= \frac{\sqrt{u_{t-1}+\epsilon}}{\sqrt{v_t+\epsilon}}\,g_t,\qquad
        u_t = \rho u_{t-1} + (1-\rho) \Delta_t^2,\\
        \theta_t &= \theta_{t-1} - \alpha\Delta_t
    """
    v = rho * v + (1 - rho) * g**2
    metric = xp.sqrt(v + eps) / xp.sqrt(u + eps)
    delta = xp.sqrt(u + eps) * xp.ratio(g, xp.sqrt(v + eps))
    u = rho * u + (1 - rho) * delta**2
    return theta - alpha * delta, metric, v, u


# -------------------------------------------------------------------------------------------------
# Adam


@rule(
    source="Kingma & Ba 2015, Algorithm 1",
    differs="epsilon outside the root, added after the bias correction",
    same_as=("torch.optim.Adam", "optax.adam"),
)
def adam(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
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
    source="Kingma & Ba 2015, end of section 2 (the reordered, efficient form)",
    differs=(
        "epsilon is added before the bias correction: as Adam with epsilon/sqrt(1 - beta2**t), at "
        "first 32 times larger"
    ),
    same_as=("keras.optimizers.Adam",),
)
def adam_eps_hat(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps_hat=1e-8):
    r"""Adam in the reordered form, whose :math:`\hat\epsilon` is another epsilon than Adam's.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\\
        \alpha_t &= \alpha\,\sqrt{1-\beta_2^t}/(1-\beta_1^t),\qquad
        \theta_t = \theta_{t-1} - \alpha_t\,m_t/(\sqrt{v_t}+\hat\epsilon)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    alpha_t = alpha * xp.sqrt(1 - beta2**t) / (1 - beta1**t)
    metric = xp.sqrt(v) + eps_hat
    return theta - alpha_t * xp.ratio(m, metric), metric, m, v


@rule(
    source="Kingma & Ba 2015, section 6.4 (the ablation)",
    differs="no bias correction: the early steps are up to 6.57 times Adam's, at the defaults",
)
def adam_uncorrected(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Adam without its bias correction.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\\
        \theta_t &= \theta_{t-1} - \alpha\,m_t/(\sqrt{v_t}+\epsilon)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    metric = xp.sqrt(v) + eps
    return theta - alpha * xp.ratio(m, metric), metric, m, v


@rule(
    source="Kingma & Ba 2015, section 4 (the setting of the regret theorem)",
    differs="beta1 decays, the correction is that of a constant beta1, as printed: too large",
)
def adam_decayed_beta1(
    xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, lam=1 - 1e-8, eps=1e-8
):
    r"""Adam with a decaying :math:`\beta_{1,t}`, as printed.

    .. math::
        \beta_{1,t} &= \beta_1\lambda^{t-1},\\
        m_t &= \beta_{1,t} m_{t-1} + (1-\beta_{1,t}) g_t, & \hat m_t &= m_t/(1-\beta_1^t),\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2, & \hat v_t &= v_t/(1-\beta_2^t),\\
        \theta_t &= \theta_{t-1} - \alpha\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)

    The weights of :math:`m_t` sum to :math:`1-\prod_{s\le t}\beta_{1,s}`, not to
    :math:`1-\beta_1^t`; `adam_decayed_beta1_debiased` divides by the right sum.
    """
    beta1_t = beta1 * lam ** (t - 1)
    m = beta1_t * m + (1 - beta1_t) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * xp.ratio(m_hat, metric), metric, m, v


@rule(
    source="Kingma & Ba 2015, section 4, with the correction that removes the bias",
    differs="divides m by the sum of its weights, 1 - prod(beta1_s)",
)
def adam_decayed_beta1_debiased(
    xp, t, theta, g, m, q, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, lam=1 - 1e-8, eps=1e-8
):
    r"""Adam with a decaying :math:`\beta_{1,t}`, correctly debiased.

    .. math::
        \beta_{1,t} &= \beta_1\lambda^{t-1},\qquad q_t = 1-\prod_{s\le t}\beta_{1,s},\\
        m_t &= \beta_{1,t} m_{t-1} + (1-\beta_{1,t}) g_t, & \hat m_t &= m_t/q_t,\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2, & \hat v_t &= v_t/(1-\beta_2^t),\\
        \theta_t &= \theta_{t-1} - \alpha\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)
    """
    beta1_t = beta1 * lam ** (t - 1)
    m = beta1_t * m + (1 - beta1_t) * g
    q = beta1_t * q + (1 - beta1_t)
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / q
    v_hat = v / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * xp.ratio(m_hat, metric), metric, m, q, v


# -------------------------------------------------------------------------------------------------
# AdaMax


@rule(
    source="Kingma & Ba 2015, Algorithm 2",
    differs="no epsilon: 0/0 := 0 before the first gradient that is not zero",
)
def adamax(xp, t, theta, g, m, u, *, alpha=2e-3, beta1=0.9, beta2=0.999):
    r"""AdaMax.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\\
        u_t &= \max(\beta_2 u_{t-1}, |g_t|),\\
        \theta_t &= \theta_{t-1} - \frac{\alpha}{1-\beta_1^t}\,\frac{m_t}{u_t}
    """
    m = beta1 * m + (1 - beta1) * g
    u = xp.maximum(beta2 * u, xp.abs(g))
    return theta - alpha / (1 - beta1**t) * xp.ratio(m, u), u, m, u


@rule(
    source="torch.optim.Adamax",
    differs="epsilon is added to |g| inside the maximum, and so is remembered",
    same_as=("torch.optim.Adamax", "optax.adamax"),
)
def adamax_torch(xp, t, theta, g, m, u, *, alpha=2e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AdaMax as torch and optax have it.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\\
        u_t &= \max(\beta_2 u_{t-1}, |g_t|+\epsilon),\\
        \theta_t &= \theta_{t-1} - \frac{\alpha}{1-\beta_1^t}\,\frac{m_t}{u_t}
    """
    m = beta1 * m + (1 - beta1) * g
    u = xp.maximum(beta2 * u, xp.abs(g) + eps)
    return theta - alpha / (1 - beta1**t) * xp.ratio(m, u), u, m, u


@rule(
    source="keras.optimizers.Adamax",
    differs="epsilon is added to the maximum",
    same_as=("keras.optimizers.Adamax",),
)
def adamax_keras(xp, t, theta, g, m, u, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-7):
    r"""AdaMax as Keras has it.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\\
        u_t &= \max(\beta_2 u_{t-1}, |g_t|),\\
        \theta_t &= \theta_{t-1} - \frac{\alpha}{1-\beta_1^t}\,\frac{m_t}{u_t+\epsilon}
    """
    m = beta1 * m + (1 - beta1) * g
    u = xp.maximum(beta2 * u, xp.abs(g))
    metric = u + eps
    return theta - alpha / (1 - beta1**t) * xp.ratio(m, metric), metric, m, u


# -------------------------------------------------------------------------------------------------
# AMSGrad and AdamNC


@rule(
    source="Reddi, Kale & Kumar 2018, Algorithm 2",
    differs="no bias correction and no epsilon; the maximum is taken of v",
)
def amsgrad(xp, t, theta, g, m, v, v_hat, *, alpha=1e-3, beta1=0.9, beta2=0.999):
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


@rule(
    source="Reddi, Kale & Kumar 2018, Corollary 1",
    differs="AMSGrad whose beta1 decays geometrically",
)
def amsgrad_decayed_beta1(
    xp, t, theta, g, m, v, v_hat, *, alpha=1e-3, beta1=0.9, beta2=0.999, lam=0.999
):
    r"""AMSGrad with a decaying :math:`\beta_{1,t}`.

    .. math::
        \beta_{1,t} &= \beta_1\lambda^{t-1},\qquad
        m_t = \beta_{1,t} m_{t-1} + (1-\beta_{1,t}) g_t,\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\qquad \hat v_t = \max(\hat v_{t-1}, v_t),\\
        \theta_t &= \theta_{t-1} - \alpha\,m_t/\sqrt{\hat v_t}
    """
    beta1_t = beta1 * lam ** (t - 1)
    m = beta1_t * m + (1 - beta1_t) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = xp.maximum(v_hat, v)
    metric = xp.sqrt(v_hat)
    return theta - alpha * xp.ratio(m, metric), metric, m, v, v_hat


@rule(
    source="torch.optim.Adam with amsgrad=True",
    differs="the maximum is taken of v, then corrected by the current 1 - beta2**t",
    same_as=("torch.optim.Adam(amsgrad)",),
)
def amsgrad_torch(xp, t, theta, g, m, v, v_max, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AMSGrad as torch has it.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t, & \hat m_t &= m_t/(1-\beta_1^t),\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2, & v^{\max}_t &= \max(v^{\max}_{t-1}, v_t),\\
        \hat v_t &= v^{\max}_t/(1-\beta_2^t), &
        \theta_t &= \theta_{t-1} - \alpha\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = xp.maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * xp.ratio(m_hat, metric), metric, m, v, v_max


@rule(
    source="optax.amsgrad",
    differs="the maximum is taken of the corrected v",
    same_as=("optax.amsgrad",),
)
def amsgrad_optax(xp, t, theta, g, m, v, v_hat, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AMSGrad as optax has it.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t, & \hat m_t &= m_t/(1-\beta_1^t),\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2, &
        \hat v_t &= \max(\hat v_{t-1}, v_t/(1-\beta_2^t)),\\
        \theta_t &= \theta_{t-1} - \alpha\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = xp.maximum(v_hat, v / (1 - beta2**t))
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * xp.ratio(m_hat, metric), metric, m, v, v_hat


@rule(
    source="keras.optimizers.Adam with amsgrad=True",
    differs="as torch's, with epsilon added before the bias correction",
    same_as=("keras.optimizers.Adam(amsgrad)",),
)
def amsgrad_keras(xp, t, theta, g, m, v, v_max, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-7):
    r"""AMSGrad as Keras has it.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\qquad v^{\max}_t = \max(v^{\max}_{t-1}, v_t),\\
        \alpha_t &= \alpha\,\sqrt{1-\beta_2^t}/(1-\beta_1^t),\qquad
        \theta_t = \theta_{t-1} - \alpha_t\,m_t/(\sqrt{v^{\max}_t}+\epsilon)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = xp.maximum(v_max, v)
    alpha_t = alpha * xp.sqrt(1 - beta2**t) / (1 - beta1**t)
    metric = xp.sqrt(v_max) + eps
    return theta - alpha_t * xp.ratio(m, metric), metric, m, v, v_max


@rule(
    source="Reddi, Kale & Kumar 2018, Algorithm 3, with beta2_t = 1 - 1/t",
    differs="v is the mean of all squares: with alpha/sqrt(t), AdaGrad with momentum; no epsilon",
)
def adamnc(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9):
    r"""AdamNC with :math:`\beta_{2,t} = 1-1/t`.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\\
        v_t &= (1-1/t)\,v_{t-1} + (1/t)\,g_t^2,\\
        \theta_t &= \theta_{t-1} - \alpha\,m_t/\sqrt{v_t}
    """
    m = beta1 * m + (1 - beta1) * g
    v = (1 - 1 / t) * v + 1 / t * g**2
    metric = xp.sqrt(v)
    return theta - alpha * xp.ratio(m, metric), metric, m, v


@rule(
    source="Reddi, Kale & Kumar 2018, Corollary 2",
    differs="AdamNC whose beta1 decays geometrically",
)
def adamnc_decayed_beta1(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, lam=0.999):
    r"""AdamNC with :math:`\beta_{2,t} = 1-1/t` and a decaying :math:`\beta_{1,t}`.

    .. math::
        \beta_{1,t} &= \beta_1\lambda^{t-1},\qquad
        m_t = \beta_{1,t} m_{t-1} + (1-\beta_{1,t}) g_t,\\
        v_t &= (1-1/t)\,v_{t-1} + (1/t)\,g_t^2,\\
        \theta_t &= \theta_{t-1} - \alpha\,m_t/\sqrt{v_t}
    """
    beta1_t = beta1 * lam ** (t - 1)
    m = beta1_t * m + (1 - beta1_t) * g
    v = (1 - 1 / t) * v + 1 / t * g**2
    metric = xp.sqrt(v)
    return theta - alpha * xp.ratio(m, metric), metric, m, v


# -------------------------------------------------------------------------------------------------
# NAdam


@rule(
    source="Dozat 2016, with the schedule mu_t that the paper proposes",
    differs="m decays by mu_t as well; v-hat has a further factor beta2",
)
def nadam(xp, t, theta, g, m, q, v, *, alpha=2e-3, beta1=0.99, beta2=0.999, psi=0.004, eps=1e-8):
    r"""NAdam: Adam with Nesterov's momentum.

    .. math::
        \mu_t &= \beta_1(1-\tfrac12\cdot 0.96^{t\psi}),\qquad q_t = 1-\prod_{s\le t}\mu_s,\\
        m_t &= \mu_t m_{t-1} + (1-\mu_t) g_t,\qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\\
        \bar m_t &= \mu_{t+1}\,m_t/q_{t+1} + (1-\mu_t)\,g_t/q_t,\qquad
        \hat v_t = \beta_2 v_t/(1-\beta_2^t),\\
        \theta_t &= \theta_{t-1} - \alpha\,\bar m_t/(\sqrt{\hat v_t}+\epsilon)
    """
    mu = beta1 * (1 - 0.96 ** (t * psi) / 2)
    mu_next = beta1 * (1 - 0.96 ** ((t + 1) * psi) / 2)
    m = mu * m + (1 - mu) * g
    q = mu * q + (1 - mu)
    q_next = mu_next * q + (1 - mu_next)
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = mu_next * m / q_next + (1 - mu) * g / q
    v_hat = beta2 * v / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * xp.ratio(m_bar, metric), metric, m, q, v


@rule(
    source="torch.optim.NAdam",
    differs="m decays by beta1: the schedule mu_t is in the correction only; Keras has psi = 1",
    same_as=("torch.optim.NAdam", "keras.optimizers.Nadam"),
)
def nadam_torch(
    xp, t, theta, g, m, q, v, *, alpha=2e-3, beta1=0.9, beta2=0.999, psi=0.004, eps=1e-8
):
    r"""NAdam as torch has it, and Keras with :math:`\psi=1`.

    .. math::
        \mu_t &= \beta_1(1-\tfrac12\cdot 0.96^{t\psi}),\qquad q_t = 1-\prod_{s\le t}\mu_s,\\
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\\
        \bar m_t &= \mu_{t+1}\,m_t/q_{t+1} + (1-\mu_t)\,g_t/q_t,\qquad
        \hat v_t = v_t/(1-\beta_2^t),\\
        \theta_t &= \theta_{t-1} - \alpha\,\bar m_t/(\sqrt{\hat v_t}+\epsilon)
    """
    mu = beta1 * (1 - 0.96 ** (t * psi) / 2)
    mu_next = beta1 * (1 - 0.96 ** ((t + 1) * psi) / 2)
    m = beta1 * m + (1 - beta1) * g
    q = mu * q + (1 - mu)
    q_next = mu_next * q + (1 - mu_next)
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = mu_next * m / q_next + (1 - mu) * g / q
    v_hat = v / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * xp.ratio(m_bar, metric), metric, m, q, v


@rule(
    source="optax.nadam",
    differs="no schedule: mu_t = beta1",
    same_as=("optax.nadam",),
)
def nadam_optax(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""NAdam as optax has it.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\\
        \bar m_t &= \frac{\beta_1 m_t}{1-\beta_1^{t+1}} + \frac{(1-\beta_1) g_t}{1-\beta_1^t},\qquad
        \hat v_t = v_t/(1-\beta_2^t),\\
        \theta_t &= \theta_{t-1} - \alpha\,\bar m_t/(\sqrt{\hat v_t}+\epsilon)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * xp.ratio(m_bar, metric), metric, m, v


# -------------------------------------------------------------------------------------------------
# AdamW


@rule(
    source="Loshchilov & Hutter 2019, Algorithm 2",
    differs="the decay is multiplied by the schedule eta, not by alpha; it has no default there",
)
def adamw(
    xp,
    t,
    theta,
    g,
    m,
    v,
    *,
    alpha=1e-3,
    beta1=0.9,
    beta2=0.999,
    weight_decay=1e-5,
    eta=1.0,
    eps=1e-8,
):
    r"""Adam with decoupled weight decay :math:`\lambda` = ``weight_decay``.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t, & \hat m_t &= m_t/(1-\beta_1^t),\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2, & \hat v_t &= v_t/(1-\beta_2^t),\\
        \theta_t &= \theta_{t-1} - \eta_t\Bigl(\alpha\,\frac{\hat m_t}{\sqrt{\hat v_t}+\epsilon}
        + \lambda\theta_{t-1}\Bigr)

    :math:`\eta` is the schedule multiplier: ``adamw(alpha=1e-3, eta=inverse_sqrt(1.0))``.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - eta * (alpha * xp.ratio(m_hat, metric) + weight_decay * theta), metric, m, v


@rule(
    source="torch.optim.AdamW",
    differs="the decay is multiplied by alpha; optax's default decay is 1e-4",
    same_as=("torch.optim.AdamW", "optax.adamw"),
)
def adamw_torch(
    xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, weight_decay=1e-2, eps=1e-8
):
    r"""AdamW as torch and optax have it, :math:`\lambda` = ``weight_decay``.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t, & \hat m_t &= m_t/(1-\beta_1^t),\\
        v_t &= \beta_2 v_{t-1} + (1-\beta_2) g_t^2, & \hat v_t &= v_t/(1-\beta_2^t),\\
        \theta_t &= \theta_{t-1} - \alpha\Bigl(\frac{\hat m_t}{\sqrt{\hat v_t}+\epsilon}
        + \lambda\theta_{t-1}\Bigr)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    metric = xp.sqrt(v_hat) + eps
    return theta - alpha * (xp.ratio(m_hat, metric) + weight_decay * theta), metric, m, v


@rule(
    source="keras.optimizers.AdamW",
    differs="the decay is multiplied by alpha; epsilon is added before the bias correction",
    same_as=("keras.optimizers.AdamW",),
)
def adamw_keras(
    xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, weight_decay=4e-3, eps=1e-7
):
    r"""AdamW as Keras has it, :math:`\lambda` = ``weight_decay``.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1-\beta_1) g_t,\qquad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\\
        \alpha_t &= \alpha\,\sqrt{1-\beta_2^t}/(1-\beta_1^t),\\
        \theta_t &= \theta_{t-1} - \alpha\lambda\theta_{t-1}
        - \alpha_t\,m_t/(\sqrt{v_t}+\epsilon)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    alpha_t = alpha * xp.sqrt(1 - beta2**t) / (1 - beta1**t)
    metric = xp.sqrt(v) + eps
    step = alpha_t * xp.ratio(m, metric) + alpha * weight_decay * theta
    return theta - step, metric, m, v


# -------------------------------------------------------------------------------------------------
# The registry

#: Every rule of this module by its name.
RULES: dict[str, Rule] = {r.name: r for r in list(globals().values()) if isinstance(r, Rule)}


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
        known = ", ".join(sorted(RULES))
        raise KeyError(f"unknown rule {name!r}; known are {known}") from None
