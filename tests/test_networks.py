"""The networks of section 6, and the runs of its claims."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.sparse import csr_array

import adamlab as al
from adamlab import rules
from adamlab.claims import empirical, networks
from adamlab.namespaces import Time, namespace_of

RNG = np.random.default_rng(6)
IMAGES = RNG.random((12, 3)).astype(np.float32)


def fit(p, x, y, key):
    """Least squares: the gradient is known without autodiff."""
    return jnp.mean((x @ p["w"] - y) ** 2) / 2 + 0 * jax.random.normal(key)


LEAST_SQUARES = networks.Network(
    IMAGES, np.arange(12), lambda key: {"w": jax.random.normal(key, (3,))}, fit
)


@pytest.mark.parametrize("rule", [rules.adam, rules.adagrad, rules.nesterov])
def test_a_run_is_the_rule_on_the_gradients_of_the_loss(rule):
    losses, metrics = networks.train(
        LEAST_SQUARES, rule, epochs=3, batch=12, alpha=[0.01, 0.1], watch=True
    )
    first, _, _ = jax.random.split(jax.random.key(0), 3)
    for run, alpha in enumerate((0.01, 0.1)):
        theta = np.asarray(LEAST_SQUARES.initial(first)["w"], dtype=float)
        state = [np.zeros(3) for _ in rule.state]
        for n in range(3):
            off = IMAGES @ theta - np.arange(12)
            assert losses[run, n] == pytest.approx(np.mean(off**2) / 2, rel=1e-4)
            theta, metric, *state = rule.update(
                namespace_of(theta),
                Time(n + 1),
                theta,
                IMAGES.T @ off / 12,
                *state,
                **{**rule.defaults, "alpha": alpha},
            )
            np.testing.assert_allclose(metrics[run, n], metric, rtol=1e-3)


def test_batches_cover_the_data_once_an_epoch():
    # With a step size of 0 (nearly) the mean over the batches is the mean over all.
    losses, _ = networks.train(LEAST_SQUARES, rules.sgd, epochs=2, batch=4, alpha=1e-12)
    off = IMAGES @ np.asarray(
        LEAST_SQUARES.initial(jax.random.split(jax.random.key(0), 3)[0])["w"]
    ) - np.arange(12)
    np.testing.assert_allclose(losses, np.mean(off**2) / 2, rtol=1e-5)


NETWORKS = (networks.autoencoder, networks.perceptron, networks.convolutional)


@pytest.mark.parametrize("make", NETWORKS)
def test_the_loss_of_a_network_that_knows_nothing(make):
    network = make()
    parameters = jax.tree.map(jnp.zeros_like, network.initial(jax.random.key(1)))
    x, y = jnp.asarray(network.images[:7]), jnp.asarray(network.labels[:7])
    loss = float(jax.jit(network.loss)(parameters, x, y, jax.random.key(2)))
    # a coin for each pixel; a guess among ten digits
    known = 196 * np.log(2) if make is networks.autoencoder else np.log(10)
    assert loss == pytest.approx(known, rel=1e-5)


def test_the_autoencoder_pays_the_divergence_from_the_normal_distribution():
    network = networks.autoencoder(hidden=4, latent=3)
    parameters = jax.tree.map(jnp.zeros_like, network.initial(jax.random.key(1)))
    parameters["mean_offset"] += 2.0
    parameters["spread_offset"] += np.log(0.25)  # of the variance
    x, y = jnp.asarray(network.images[:5]), jnp.asarray(network.labels[:5])
    loss = float(jax.jit(network.loss)(parameters, x, y, jax.random.key(2)))
    # KL(N(2, 1/4), N(0, 1)) = (1/4 + 4 - 1 - log(1/4))/2
    assert loss == pytest.approx(196 * np.log(2) + 3 * (0.25 + 4 - 1 - np.log(0.25)) / 2, rel=1e-5)


@pytest.mark.parametrize("make", NETWORKS)
def test_layers_lie_where_they_are_said_to(make):
    from jax.flatten_util import ravel_pytree

    network = make()
    shapes = network.initial(jax.random.key(0))
    for name, place in network.layers().items():
        marked = {k: jnp.full_like(v, k == name) for k, v in shapes.items()}
        flat = np.asarray(ravel_pytree(marked)[0])
        assert flat[place].all()
        assert flat.sum() == place.stop - place.start


@pytest.mark.parametrize("decayed", [False, True])
@pytest.mark.parametrize("rule", [rules.adam, rules.adagrad, rules.nesterov])
def test_what_is_learned_is_what_an_experiment_plays(rule, decayed):
    problem = al.problems.phishing(domain=empirical.WIDE)
    losses = empirical.learn(problem, rule, [0.01, 0.1], rounds=50, decayed=decayed)
    for row, alpha in zip(losses, (0.01, 0.1), strict=True):
        optimizer = rule(alpha=al.inverse_sqrt(alpha) if decayed else alpha)
        run = al.regret(problem, optimizer, 50, checkpoints=[50], comparator=np.zeros(9))
        assert row.sum() == pytest.approx(run.cumulative_loss[-1].item(), rel=1e-12)


def test_a_race_takes_the_step_size_with_the_least_average_loss():
    problem = al.problems.phishing(domain=empirical.WIDE)
    entrants = {"Adam": empirical.Entrant("adam", (1e-5, 0.1, 10.0), decayed=False)}
    found = empirical.race(problem, entrants, rounds=100)["Adam"]
    every = empirical.learn(problem, rules.adam, (1e-5, 0.1, 10.0), rounds=100).mean(axis=1)
    assert found.alpha == 0.1
    assert found.average == pytest.approx(every.min())
    with pytest.raises(ValueError, match="Adam does best at the edge of its step sizes"):
        empirical.race(problem, {"Adam": empirical.Entrant("adam", (0.1, 10.0))}, rounds=100)


def test_dropout_drops_half_and_doubles_the_others():
    n, d = 400, 50
    features = csr_array(np.ones((n, d)))
    model = al.problems.linear_model(
        features, np.arange(n) % 2, loss="squared", domain=al.Box(-1, 1), batch=n, order="cyclic"
    )
    dropped = empirical.Dropout(model).realise(3)
    theta = np.full(d, 0.01)
    # z is 0.02 times a binomial number: E (z - y)^2/2, by its mean and variance
    mean, variance = 0.5, 0.02**2 * d / 4
    expected = (variance + mean**2 / 2 + (mean - 1) ** 2 / 2) / 2
    losses = [dropped.loss_and_gradient(t, theta)[0] for t in range(1, 41)]
    scale = float(model.loss.value(namespace_of(theta), np.array([1.0]), np.array([0.0]))[0])
    assert np.mean(losses) == pytest.approx(2 * scale * expected, rel=0.02)
    assert losses[0] == dropped.loss_and_gradient(1, theta)[0]
    assert losses[0] != dropped.loss_and_gradient(2, theta)[0]
    assert (features.data == 1).all()


def test_fractions_tell_zeros_from_small_numbers():
    v_hat = np.array([0, 1e-20, 1e-17, 1e-10, 1e-7, 1.0])
    metric = (np.sqrt(v_hat) + 1e-8).astype(np.float32)
    found = empirical.fractions(metric)
    assert found["zero"] == pytest.approx(1 / 6)
    assert found["root below"] == pytest.approx(3 / 6)
    assert found["below"] == pytest.approx(4 / 6)


def test_reviews_that_cannot_be_fetched_leave_the_claim_open(monkeypatch):
    def unavailable(passes):
        raise al.data.DataUnavailable("pip could not fetch it\nmore")

    place = empirical.Place(0.1, np.ones(3))
    monkeypatch.setattr(empirical, "digits", lambda passes: dict.fromkeys(empirical.DIGITS, place))
    monkeypatch.setattr(empirical, "reviews", unavailable)
    found = al.claims.CLAIMS["C49"].check()
    assert found.verdict == "open"
    assert found.findings[-1].what.startswith("The order on words was not checked")
    assert found.findings[-1].what.endswith("could not be had here: pip could not fetch it")
    assert not found.findings[-1].measured
