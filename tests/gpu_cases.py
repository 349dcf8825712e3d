"""Runs and steps on which a GPU, or the shim in its place, is compared with other arithmetic."""

import numpy as np

import adamlab as al
from adamlab.domains import Box
from adamlab.emit import program
from adamlab.engines import gpu, reference
from adamlab.problems import linear_model

MARKS = (1, 2, 63, 64, 65, 130)  # scalars of t are computed for 64 rounds at a time
TOLERANCE = {"float64": 1e-10, "float32": 1e-4}


class Sweep:
    """Runs of one rule: what the engines are asked, and what the reference says of one run."""

    def __init__(
        self, rule, loss="squared", d=3, runs=37, swept=("alpha",), dtype="float64", **options
    ):
        rng = np.random.default_rng([d, runs])
        self.seeds = options.pop("seeds", 1)
        options = {"domain": Box(-1, 1), "comparison": Box(-1, 1), "order": "cyclic", **options}
        self.problem = linear_model(
            rng.standard_normal((40, d)), np.sign(rng.standard_normal(40)), loss=loss, **options
        )
        self.games = [self.problem.realise(seed) for seed in range(self.seeds)]
        self.rule, self.dtype = rule, dtype
        self.hyper = {name: np.full(runs, value) for name, value in rule.defaults.items()}
        for name in swept:
            self.hyper[name] = SWEPT.get(name, lambda value, k: value * k)(
                rule.defaults[name], np.linspace(0.5, 1.0, runs)
            )
        self.played = np.arange(runs) % self.seeds
        self.theta = np.linspace(-0.5, 0.5, d)
        self.record = ("theta", *rule.state)

    def play(self, **options):
        return gpu.play(
            self.games,
            self.rule,
            {"alpha": al.inverse_sqrt(1.0).factor},
            self.hyper,
            self.played,
            self.theta,
            **{
                "domain": self.problem.domain,
                "dtype": self.dtype,
                "checkpoints": MARKS,
                "record": self.record,
                **options,
            },
        )

    def reference(self, run):
        hyper = {name: values[run] for name, values in self.hyper.items()}
        optimizer = self.rule(**{**hyper, "alpha": al.inverse_sqrt(hyper["alpha"])})
        game = self.games[self.played[run]]
        single = self.dtype == "float32"
        played = game.to(lambda a: np.asarray(a).astype(np.float32)) if single else game
        with np.errstate(all="ignore"):
            return reference.play(
                played,
                optimizer,
                self.theta.astype(self.dtype),
                domain=self.problem.domain,
                checkpoints=MARKS,
                record=self.record,
                precise=game if single else None,
            )

    def check(self, batch, runs=None):
        assert batch.t == list(MARKS)
        assert not batch.stopped.any()
        n = len(self.played)
        for run in runs or sorted({0, n // 2, n - 1}):
            expected = self.reference(run)
            for name, values in batch.scalars.items():
                self.close(values[run], getattr(expected, name), name)
            for name, values in batch.vectors.items():
                of_run = expected.recorded if name in self.record else vars(expected)
                self.close(values[run], of_run[name], name)

    def close(self, actual, expected, name):
        expected = np.array(expected)
        assert actual.shape == expected.shape
        tolerance = TOLERANCE[self.dtype]
        scale = tolerance * np.abs(expected).max()
        np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=scale, err_msg=name)


#: How hyper-parameters vary that may not be scaled down at will.
SWEPT = {
    "alpha": lambda value, k: 0.3 * k**8,
    "beta2": lambda value, k: 1 - (1 - value) * k,
    "rho": lambda value, k: 1 - (1 - value) * k,
}


BLOCKS = [
    # A warp with a rest, three warps, and coordinates in global memory; chunks of rows with a rest.
    ("adam", "float64", 40, None, {}),
    ("amsgrad", "float64", 300, None, {"l2": 0.1}),
    ("adamax", "float64", 70, (64, 64, 0), {"batch": 6, "order": "shuffled"}),
    ("nadam", "float32", 150, (64, 64, 3), {"batch": 6, "l2": 0.1}),
    ("adagrad", "float32", 70, (32, 32, 0), {"batch": 2, "order": "sampled"}),
]


def awkward(dtype, n=700):
    """Pairs of all kinds: zeros, subnormal numbers, infinities, NaN, and numbers of all sizes."""
    rng = np.random.default_rng(3)
    info = np.finfo(dtype)
    special = [0.0, -0.0, info.smallest_subnormal, info.tiny, info.max, np.inf, -np.inf, np.nan]
    x, y = rng.standard_normal((2, n)) * 10.0 ** rng.integers(-8, 8, (2, n))
    m = len(special)
    x[: m * m], y[: m * m] = np.repeat(special, m), np.tile(special, m)
    return x.astype(dtype), y.astype(dtype)


def by_printed_python(optimizer, t, theta, g, *state):
    """The step by the functions that are printed in Python; `test_emit.py` checks those."""
    schedules = {"alpha": optimizer.alpha.factor}
    scope = {name: getattr(np, name) for name in ELEMENTARY} | {"real": theta.dtype.type}
    code = program(optimizer.rule, schedules, ())
    exec(code.python, scope)
    numbers = {**optimizer.hyper, "alpha": optimizer.alpha.scale}
    with np.errstate(all="ignore"):
        fixed = scope["fixed_stage"]([np.float64(numbers[name]) for name in code.fixed_hyper])
        per_round = scope["round_stage"](np.float64(t), fixed)
        run = scope["run_stage"]((), fixed)
        both = scope["run_round_stage"](fixed, per_round, run)
        scalars = (np.array(x, theta.dtype) for x in (fixed, per_round, run, both))
        limits = theta.dtype.type(-np.inf), theta.dtype.type(np.inf)
        new, _, *rest = scope["update"](theta, g, *limits, state, *scalars)
    return [np.broadcast_to(array, theta.shape) for array in (new, *rest)]


ELEMENTARY = ("exp", "expm1", "log", "log1p", "sqrt", "power", "absolute", "sign", "where", "inf")
ELEMENTARY += ("nan", "maximum", "minimum")
