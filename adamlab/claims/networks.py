"""Small networks for section 6: gradients from jax, steps from the package's own rules.

All runs of a grid of hyper-parameters train side by side, on the same batches with the same noise,
so that they differ in nothing else. Arithmetic is float32: in it
:math:`1-\\beta^t` has a relative error of up to 6e-4 at :math:`t=1`, :math:`\\beta=0.9999`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adamlab import data
from adamlab.namespaces import namespace_of
from adamlab.optimizers import Rule

__all__ = ["Network", "autoencoder", "convolutional", "perceptron", "train"]


@dataclass(frozen=True, eq=False)
class Network:
    """A network and the digits that it learns.

    Attributes
    ----------
    images : array of shape (n, side, side), float32, in [0, 1]
    labels : array of int of shape (n,)
    initial : callable ``key -> parameters``
        Parameters are a dict of arrays.
    loss : callable ``(parameters, images, labels, key) -> number``
        The mean loss of a batch; what is random in it is drawn with the key.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    initial: Callable[[Any], dict[str, Any]]
    loss: Callable[[dict[str, Any], Any, Any, Any], Any]

    def layers(self) -> dict[str, slice]:
        """Return where each array of the parameters lies in the flat vector of them all."""
        import jax

        start, places = 0, {}
        for name, array in sorted(self.initial(jax.random.key(0)).items()):
            places[name] = slice(start, start + array.size)
            start += array.size
        return places


def _digits(side: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    digits = data.mnist()
    images = np.asarray(digits.features).reshape(-1, 28, 28)
    if side == 14:  # means of 2 x 2 pixels
        images = images.reshape(-1, 14, 2, 14, 2).mean((2, 4))
    return images.astype(np.float32), digits.targets.astype(np.int64)


def _weights(key: Any, **shapes: tuple[int, ...]) -> dict[str, Any]:
    """Zero offsets, and Gaussian weights of variance 2/(inputs), as is usual with rectifiers."""
    import jax

    keys = jax.random.split(key, len(shapes))
    made: dict[str, Any] = {}
    for k, (name, shape) in zip(keys, shapes.items(), strict=True):
        inputs = np.prod(shape[:-1])
        made[name] = jax.random.normal(k, shape) * np.float32(np.sqrt(2 / inputs))
        made[f"{name}_offset"] = jax.numpy.zeros(shape[-1])
    return made


def autoencoder(hidden: int = 100, latent: int = 10) -> Network:
    """The variational auto-encoder of section 6.4, on 14 x 14 digits.

    One hidden layer of softplus units in the encoder and in the decoder, a Gaussian latent space,
    Bernoulli pixels; the loss is the negative evidence lower bound per digit, in nats, with one
    sample of the latent variables. The paper's has 500 hidden units and 50 latent variables.
    """
    import jax
    import jax.numpy as jnp

    images, labels = _digits(14)

    def initial(key: Any) -> dict[str, Any]:
        return _weights(
            key,
            encode=(196, hidden),
            mean=(hidden, latent),
            spread=(hidden, latent),
            decode=(latent, hidden),
            pixels=(hidden, 196),
        )

    def loss(p: dict[str, Any], x: Any, y: Any, key: Any) -> Any:
        def layer(name: str, inputs: Any) -> Any:
            return inputs @ p[name] + p[f"{name}_offset"]

        x = x.reshape(len(x), -1)
        h = jax.nn.softplus(layer("encode", x))
        mean, log_variance = layer("mean", h), layer("spread", h)
        z = mean + jnp.exp(log_variance / 2) * jax.random.normal(key, mean.shape)
        logits = layer("pixels", jax.nn.softplus(layer("decode", z)))
        misfit = jnp.sum(jax.nn.softplus(logits) - x * logits, axis=1)
        divergence = jnp.sum(jnp.exp(log_variance) + mean**2 - 1 - log_variance, axis=1) / 2
        return jnp.mean(misfit + divergence)

    return Network(images, labels, initial, loss)


def _cross_entropy(logits: Any, labels: Any) -> Any:
    import jax
    import jax.numpy as jnp

    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1))


def perceptron(hidden: int = 100, dropout: float = 0.5) -> Network:
    """The network of section 6.2, on 14 x 14 digits: two hidden layers of rectifiers, dropout.

    The paper's has 1000 units in each.
    """
    import jax

    images, labels = _digits(14)

    def initial(key: Any) -> dict[str, Any]:
        return _weights(key, first=(196, hidden), second=(hidden, hidden), third=(hidden, 10))

    def loss(p: dict[str, Any], x: Any, y: Any, key: Any) -> Any:
        h = x.reshape(len(x), -1)
        for name in ("first", "second"):
            key, now = jax.random.split(key)
            h = jax.nn.relu(h @ p[name] + p[f"{name}_offset"])
            h = h * jax.random.bernoulli(now, 1 - dropout, h.shape) / (1 - dropout)
        return _cross_entropy(h @ p["third"] + p["third_offset"], y)

    return Network(images, labels, initial, loss)


def convolutional(channels: tuple[int, int] = (8, 16), hidden: int = 64) -> Network:
    """A convolutional network in the manner of section 6.3, on 28 x 28 digits.

    Twice 5 x 5 filters, rectifiers and the maxima of 2 x 2 pixels; then dense rectifiers. The
    paper's has three such stages, with maxima of 3 x 3 pixels two apart, of 64, 64 and 128
    filters, 1000 dense units, and learns CIFAR-10.
    """
    import jax

    images, labels = _digits(28)
    one, two = channels

    def initial(key: Any) -> dict[str, Any]:
        return _weights(
            key,
            conv1=(5, 5, 1, one),
            conv2=(5, 5, one, two),
            dense=(7 * 7 * two, hidden),
            output=(hidden, 10),
        )

    def stage(h: Any, weights: Any, offset: Any) -> Any:
        axes = ("NHWC", "HWIO", "NHWC")
        h = jax.lax.conv_general_dilated(h, weights, (1, 1), "SAME", dimension_numbers=axes)
        n, rows, columns, filters = h.shape
        return (
            jax.nn.relu(h + offset).reshape(n, rows // 2, 2, columns // 2, 2, filters).max((2, 4))
        )

    def loss(p: dict[str, Any], x: Any, y: Any, key: Any) -> Any:
        h = stage(x[..., None], p["conv1"], p["conv1_offset"])
        h = stage(h, p["conv2"], p["conv2_offset"])
        h = jax.nn.relu(h.reshape(len(x), -1) @ p["dense"] + p["dense_offset"])
        return _cross_entropy(h @ p["output"] + p["output_offset"], y)

    return Network(images, labels, initial, loss)


def train(
    network: Network,
    rule: Rule,
    *,
    epochs: int,
    batch: int = 100,
    seed: int = 0,
    watch: bool = False,
    **hyper: Any,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Train one network for each value of the hyper-parameters.

    Parameters
    ----------
    network : Network
    rule : Rule
    epochs, batch : int
        Passes over the digits, each in a new random order; what is left over of one is left out.
    seed : int
        Of the initial parameters, the order and the noise.
    watch : bool
        Keep the metric, what the rule divided by, of the last step of each epoch.
    **hyper : number or array of shape (runs,)
        Hyper-parameters that are not the rule's defaults.

    Returns
    -------
    losses : array of shape (runs, epochs)
        The mean over an epoch's batches, each before its step.
    metrics : array of shape (runs, epochs, parameters), or (runs, 0) unless `watch`
    """
    import jax
    import jax.numpy as jnp
    from jax.flatten_util import ravel_pytree

    values = [np.atleast_1d(np.asarray(v, np.float32)) for v in hyper.values()]
    runs = dict(zip(hyper, map(jnp.asarray, np.broadcast_arrays(*values)), strict=True))
    first, order, noise = jax.random.split(jax.random.key(seed), 3)
    theta0, unravel = ravel_pytree(network.initial(first))
    xp = namespace_of(theta0)
    images, labels = jnp.asarray(network.images), jnp.asarray(network.labels)

    def step(carry: Any, now: Any, t: Any, x: Any, y: Any, key: Any) -> Any:
        theta, _, *state = carry
        loss, g = jax.value_and_grad(lambda theta: network.loss(unravel(theta), x, y, key))(theta)
        return rule.update(xp, t, theta, g, *state, **{**rule.defaults, **now}), loss

    # A loop in Python: inside of jax's own, convolutions are eight times slower on a CPU.
    every = jax.jit(jax.vmap(step, in_axes=(0, 0, None, None, None, None)), donate_argnums=0)
    count = len(next(iter(runs.values())))
    zeros = (jnp.zeros((count, len(theta0))) for _ in ("metric", *rule.state))
    carry = (jnp.tile(theta0, (count, 1)), *zeros)
    t, history, metrics = 0, [], list[Any]()
    for epoch in range(epochs):
        rows = jax.random.permutation(jax.random.fold_in(order, epoch), len(images))
        keys = jax.random.split(jax.random.fold_in(noise, epoch), len(images) // batch)
        losses = []
        for n, key in enumerate(keys):
            now, t = rows[n * batch : (n + 1) * batch], t + 1
            carry, loss = every(carry, runs, jnp.float32(t), images[now], labels[now], key)
            losses.append(loss)
        history.append(np.mean(losses, axis=0))
        metrics += [np.asarray(carry[1])] * watch
    kept = np.stack(metrics, axis=1) if watch else np.empty((count, 0), np.float32)
    return np.stack(history, axis=1), kept
