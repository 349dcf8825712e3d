"""What a user could pick instead of adamlab, each at its best settings, for one common timer.

Each function returns a callable without arguments that does its work once and waits for the end.
It is compiled and has run when it is returned. No library's number of threads is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adamlab.namespaces import namespace_of
from adamlab.rules import get_rule

__all__ = [
    "ROWS",
    "RULES",
    "game",
    "joined",
    "numpy_step",
    "optax_step",
    "optax_trajectories",
    "step_sizes",
    "torch_step",
]

Floats = NDArray[np.float64]

#: What adamlab calls the formula of each library under a rule's usual name.
RULES = {
    "optax": {"adam": "adam", "adamax": "adamax_torch", "amsgrad": "amsgrad_optax"},
    "torch": {"adam": "adam", "adamax": "adamax_torch", "amsgrad": "amsgrad_torch"},
}

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8

# -------------------------------------------------------------------------------------------------
# Whole trajectories

#: The rows of the game's data, which are played in order and round again.
ROWS = 100


def game(d: int) -> tuple[Floats, Floats]:
    """Return features of shape (ROWS, d) and labels -1 or +1, for the squared loss too."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((ROWS, d)), rng.choice([-1.0, 1.0], ROWS)


def step_sizes(R: int) -> Floats:
    """Return the alpha of each run."""
    return np.geomspace(1e-3, 1.0, R)


def optax_trajectories(
    rule: str,
    loss: str,
    R: int,
    d: int,
    checkpoints: Sequence[int],
    dtype: str,
    *,
    statistics: bool = False,
    unroll: int = 1,
    threads: int = 1,
) -> Callable[[], list[dict[str, Any]]]:
    """Return R runs of different alpha on `game`, from 0 and on the box [-1, 1], played by optax.

    ``vmap`` of the whole run over alpha, ``lax.scan`` over the stretches between checkpoints (which
    costs no more than the last loss alone), a loop of the steps inside, compiled ahead of time. No
    faster: ``vmap`` inside of the scan, rows as the scan's inputs, a sum of products instead of
    ``@``, runs as the last axis, the losses of all rounds as the scan's outputs, wider vectors in
    XLA. All sums are in `dtype`; adamlab has them, and the losses, in double precision.

    A single run in float64 on ten coordinates is an outlier, about ten times slower than in
    float32: XLA compiles a loop on few bytes into one function and else calls one per operation.
    Its internal option ``xla_cpu_small_while_loop_byte_threshold`` moves that limit, which helps
    there and harms other cells; it is left as it is.

    Parameters
    ----------
    rule : {"adam", "amsgrad"}
    loss : {"squared", "logistic"}
    R, d : int
        Runs, and coordinates of each.
    checkpoints : increasing sequence of int
        The rounds to report, the last of which is the horizon T: ``[T]`` is the final loss only.
    dtype : {"float64", "float32"}
    statistics : bool
        Also all that adamlab's bounds need.
    unroll : int
        How many steps are compiled into one turn of the loop.
    threads : int
        Among how many Python threads the runs are divided. With 1, as is usual, XLA itself decides
        on the use of the cores: it has one core work on each operation that it holds for small.

    Returns
    -------
    callable
        Its outputs, one dictionary per thread, become NumPy's by `joined`.
    """
    import jax
    import optax
    from jax import lax
    from jax import numpy as jnp

    def round_cost(theta: Any, a: Any, y: Any) -> Any:
        z = a @ theta
        return (z - y) ** 2 / 2 if loss == "squared" else jnp.logaddexp(0.0, -y * z)

    def play(alpha: Any) -> dict[str, Any]:
        optimizer = {"adam": optax.adam, "amsgrad": optax.amsgrad}[rule](alpha, BETA1, BETA2, EPS)
        zero, zeros = jnp.zeros((), dtype), jnp.zeros(d, dtype)
        seen = {"cumulative_loss": zero}
        if statistics:
            seen |= dict.fromkeys(("G_inf", "G_2", "momentum_term"), zero)
            seen |= dict.fromkeys(("gradient_norm", "lowest", "highest", "metric"), zeros)

        def observe(seen: dict[str, Any], theta: Any, g: Any, inner: Any) -> dict[str, Any]:
            square = g * g
            v_hat = inner.nu / (1 - BETA2**inner.count) if rule == "adam" else inner.nu_max
            metric = jnp.sqrt(v_hat) + EPS
            return {
                "G_inf": jnp.maximum(seen["G_inf"], jnp.max(jnp.abs(g))),
                "G_2": jnp.maximum(seen["G_2"], jnp.sum(square)),
                "momentum_term": seen["momentum_term"] + BETA1 / alpha * jnp.sum(metric),
                "gradient_norm": seen["gradient_norm"] + square,
                "lowest": jnp.minimum(seen["lowest"], theta),
                "highest": jnp.maximum(seen["highest"], theta),
                "metric": metric,
            }

        def step(carry: Any, t: Any) -> tuple[Any, None]:
            theta, state, seen = carry
            row = t % ROWS
            cost, g = jax.value_and_grad(round_cost)(theta, features[row], labels[row])
            updates, state = optimizer.update(g, state)
            new = {"cumulative_loss": seen["cumulative_loss"] + cost}
            if statistics:
                new |= observe(seen, theta, g, state[0])
            return (jnp.clip(optax.apply_updates(theta, updates), -1, 1), state, new), None

        def stretch(carry: Any, bounds: Any) -> tuple[Any, Any]:
            first, last = bounds
            turns = (last - first) // unroll

            def turn(k: Any, carry: Any) -> Any:
                rounds = first + unroll * k + jnp.arange(unroll)
                return lax.scan(step, carry, rounds, unroll=unroll)[0]

            carry = lax.fori_loop(0, turns, turn, carry)
            if unroll > 1:
                rest = first + unroll * turns
                carry = lax.fori_loop(rest, last, lambda t, carry: step(carry, t)[0], carry)
            return carry, carry[2]

        start = (zeros, optimizer.init(zeros), seen)
        _, out = lax.scan(stretch, start, (bounds[:-1], bounds[1:]))
        for name in {"gradient_norm", "G_2"} & set(out):
            out[name] = jnp.sqrt(out[name])
        return out

    with jax.enable_x64(dtype == "float64"):
        features, labels = (jnp.asarray(x, dtype) for x in game(d))
        bounds = jnp.asarray([0, *checkpoints])
        parts = [jnp.asarray(part, dtype) for part in np.array_split(step_sizes(R), threads)]
        compiled = jax.jit(jax.vmap(play))
        jobs = [(compiled.lower(part).compile(), part) for part in parts]

    def run(job: tuple[Any, Any]) -> dict[str, Any]:
        function, part = job
        return jax.block_until_ready(function(part))

    pool = ThreadPoolExecutor(threads)

    def run_all() -> list[dict[str, Any]]:
        return [run(jobs[0])] if threads == 1 else list(pool.map(run, jobs))

    run_all()
    return run_all


def joined(parts: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    """Return the outputs of all runs, with axes (run, checkpoint) or (run, checkpoint, d)."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


# -------------------------------------------------------------------------------------------------
# Single steps, in float32


def gradient(n: int) -> NDArray[np.float32]:
    """Return the gradient of every step."""
    return np.random.default_rng(0).standard_normal(n, dtype=np.float32)


def torch_step(rule: str, n: int, implementation: str) -> Callable[[], Any]:
    """Return a step of torch on n parameters, which it has in one tensor.

    Parameters
    ----------
    rule : {"adam", "adamax", "amsgrad"}
    n : int
    implementation : {"fused", "foreach"}
        torch has no fused AdaMax.
    """
    import torch

    theta = torch.nn.Parameter(torch.zeros(n))
    theta.grad = torch.from_numpy(gradient(n))
    kind = torch.optim.Adamax if rule == "adamax" else torch.optim.Adam
    options = {"amsgrad": True} if rule == "amsgrad" else {}
    optimizer = kind([theta], lr=1e-3, **options, **{implementation: True})

    def step() -> Any:
        optimizer.step()
        return theta.detach()

    step()
    return step


def optax_step(rule: str, n: int) -> Callable[[], Any]:
    """Return a compiled step of optax on n parameters, which overwrites its donated buffers.

    Parameters
    ----------
    rule : {"adam", "adamax", "amsgrad"}
    n : int
    """
    import jax
    import optax

    optimizer = getattr(optax, rule)(1e-3)

    def update(theta: Any, state: Any, g: Any) -> tuple[Any, Any]:
        updates, state = optimizer.update(g, state)
        return optax.apply_updates(theta, updates), state

    compiled = jax.jit(update, donate_argnums=(0, 1))
    g = jax.numpy.asarray(gradient(n))
    theta = jax.numpy.zeros(n, "float32")
    state = optimizer.init(theta)

    def step() -> Any:
        nonlocal theta, state
        theta, state = jax.block_until_ready(compiled(theta, state, g))
        return theta

    step()
    return step


def numpy_step(rule: str, n: int) -> Callable[[], Any]:
    """Return adamlab's formula evaluated by NumPy, operation by operation, on n parameters.

    Parameters
    ----------
    rule : str
        Any of adamlab's.
    n : int
    """
    optimizer = get_rule(rule)(alpha=1e-3)
    g = gradient(n)
    theta = np.zeros(n, np.float32)
    xp, arrays, t = namespace_of(theta), optimizer.init(theta).arrays, 0

    def step() -> Any:
        nonlocal theta, arrays, t
        t += 1
        theta, _, arrays = optimizer.update(xp, t, theta, g, arrays)
        return theta

    step()
    return step
