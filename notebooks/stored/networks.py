"""Compute the runs of the chapter on experiments: six minutes of CPU.

    python notebooks/stored/networks.py

writes networks.nc beside this script, with its provenance in the attributes. The claims of section
6 run the same functions for fewer epochs; the chapter compares.
"""

import datetime
import itertools
import platform
import subprocess
import time
from pathlib import Path

import numpy as np
import xarray as xr

import adamlab as al
from adamlab.claims import empirical

HERE = Path(__file__).resolve().parent
ALPHAS = tuple(float(f"{x:.2g}") for x in 10 ** np.arange(-5, -0.9, 0.5))
LAYERS = ("conv1", "conv2", "dense", "output")


def by_pass(found, rows, passes):
    """The mean loss of each pass, by entrant, and the step size chosen."""
    rounds = np.arange(passes + 1) * rows // 128
    losses = [
        [place.losses[a:b].mean() for a, b in itertools.pairwise(rounds)]
        for place in found.values()
    ]
    return list(found), [place.alpha for place in found.values()], losses


def autoencoders(epochs=20):
    """Section 6.4, on a finer grid of step sizes, with and without correction."""
    runs = [empirical.autoencoders(ALPHAS, epochs, corrected) for corrected in (True, False)]
    return {
        "autoencoder": (("corrected", "betas", "vae_alpha", "vae_epoch"), np.array(runs)),
        "corrected": [True, False],
        "betas": [f"{b1:g}, {b2:g}" for b1, b2 in empirical.BETAS],
        "vae_alpha": list(ALPHAS),
        "vae_epoch": np.arange(1, epochs + 1),
    }


def second_moments(epochs=25):
    """Section 6.3: shares of small second moments, by kind of network, and layers' medians."""
    shares, medians, losses = [], [], []
    for kind in ("convolutional", "perceptron"):
        loss, metrics = empirical.second_moments(epochs, kind)
        losses.append(loss)
        shares.append([*empirical.fractions(np.concatenate([*metrics.values()], axis=1)).values()])
        if kind == "convolutional":
            medians = [np.median(metrics[layer], axis=1) for layer in LAYERS]
    return {
        "share": (("network", "smallness", "epoch"), np.array(shares)),
        "network_loss": (("network", "epoch"), np.array(losses)),
        "median": (("layer", "epoch"), np.array(medians)),
        "network": ["convolutional", "perceptron"],
        "smallness": ["zero", "root below", "below"],
        "layer": list(LAYERS),
        "epoch": np.arange(1, epochs + 1),
    }


def perceptrons(epochs=30):
    """Section 6.2: losses at the step size that is best in the last epoch."""
    found = empirical.perceptrons(epochs)
    best = {name: int(of[:, -1].argmin()) for name, of in found.items()}
    return {
        "perceptron": (("rule", "mlp_epoch"), np.array([found[n][best[n]] for n in found])),
        "perceptron_alpha": (("rule",), [empirical.MULTILAYER[n][best[n]] for n in found]),
        "rule": list(found),
        "mlp_epoch": np.arange(1, epochs + 1),
    }


def logistic_regression(of_digits=45, of_reviews=20):
    """Section 6.1: mean losses by pass, at the step size with the least average loss."""
    found = {}
    for name, run, rows, passes in (
        ("digits", empirical.digits, 5000, of_digits),
        ("reviews", empirical.reviews, 10_568, of_reviews),
    ):
        entrants, alphas, losses = by_pass(run(passes), rows, passes)
        found |= {
            name: ((f"{name}_rule", f"{name}_pass"), np.array(losses)),
            f"{name}_alpha": ((f"{name}_rule",), alphas),
            f"{name}_rule": entrants,
            f"{name}_pass": np.arange(1, passes + 1),
        }
    return found


def provenance(seconds):
    git = ["git", "-C", str(HERE), "rev-parse", "HEAD"]
    return {
        "command": "python notebooks/stored/networks.py",
        "git_commit": subprocess.run(git, capture_output=True, text=True).stdout.strip(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "jax": __import__("jax").__version__,
        "adamlab": al.__version__,
        "device": f"CPU, {platform.machine()}",
        "cpu_seconds": round(seconds, 1),
    }


def main():
    start, content = time.process_time(), {}
    for part in (second_moments, perceptrons, logistic_regression, autoencoders):
        content |= part()
        print(part.__name__, round(time.process_time() - start), "s", flush=True)
    names = {name for name, value in content.items() if isinstance(value, tuple)}
    data = xr.Dataset(
        {name: content[name] for name in names},
        {name: value for name, value in content.items() if name not in names},
        provenance(time.process_time() - start),
    )
    encoding = {name: {"zlib": True} for name in names}
    encoding |= {n: {"zlib": True, "dtype": "float32"} for n in names if not n.endswith("_alpha")}
    path = HERE / "networks.nc"
    data.to_netcdf(path, engine="h5netcdf", encoding=encoding)
    print(path.name, path.stat().st_size, data.attrs)


if __name__ == "__main__":
    main()
