"""Figures: their style meets what a reader needs, and they show what the Dataset holds."""

import io
import itertools
import warnings

import numpy as np
import pytest

import adamlab as al
from adamlab import plots


@pytest.fixture(scope="module")
def reddi():
    return al.regret(al.problems.reddi(3), al.AMSGrad(alpha=al.inverse_sqrt(0.5)), horizon=100)


@pytest.fixture(scope="module")
def violation():
    """The counterexample on the whole line, whose regret exceeds Theorem 4.1."""
    opt = al.Adam(alpha=al.inverse_sqrt(0.5), beta1=0, beta2=0.1, eps=0)
    return al.regret(al.problems.reddi_unprojected(3), opt, horizon=1000, checkpoints="all")


@pytest.fixture(scope="module")
def negative():
    """A moving target that one fixed point cannot follow: Adam's regret falls far below zero."""
    game = al.problems.drifting_quadratic(2, horizon=500, period=200)
    return al.regret(game, al.Adam(alpha=0.2), horizon=500)


class Quartic:
    """f(x) = (x - 0.3)^4 for the generic solver."""

    theta0 = np.array([0.5])
    domain = al.Box(-1, 1)
    name = "quartic"

    def loss_and_gradient(self, t, theta):
        return float((theta[0] - 0.3) ** 4), 4 * (theta - 0.3) ** 3

    def cumulative(self, t, theta):
        loss, gradient = self.loss_and_gradient(t, theta)
        return t * loss, t * gradient


def lines(figure):
    """Return the labelled lines of a figure, by their labels."""
    found = figure.axes[0].get_lines()
    return {line.get_label(): line for line in found if not line.get_label().startswith("_")}


def words(figure):
    return [
        text.get_text().replace("\n", " ")
        for text in figure.findobj(lambda a: hasattr(a, "get_text"))
    ]


def pixels(figure):
    from matplotlib.image import imread

    return imread(io.BytesIO(figure._repr_png_()))


# --- style ----------------------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    dark, light = sorted([luminance(a), luminance(b)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(
    "key", ["text.color", "axes.labelcolor", "xtick.labelcolor", "xtick.color"]
)
def test_text_contrasts_with_the_panel(key):
    assert contrast(plots.STYLE[key], plots.STYLE["figure.facecolor"]) >= 4.5


def test_line_colours_can_be_read_as_text_and_told_apart_in_grey():
    panel = plots.STYLE["figure.facecolor"]
    assert all(contrast(colour, panel) >= 4.5 for colour in plots.COLOURS)
    lightness = sorted(116 * luminance(colour) ** (1 / 3) - 16 for colour in plots.COLOURS)
    assert min(np.diff(lightness)) > 4


# Machado, Oliveira & Fernandes 2009: linear RGB as seen without red, and without green, cones.
BLIND = {
    "red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
}


@pytest.mark.parametrize("kind", BLIND)
def test_line_colours_differ_for_colour_blind_eyes(kind):
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )

    def lab(colour):
        rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        x, y, z = np.cbrt(
            to_xyz @ np.clip(np.array(BLIND[kind]) @ linear, 0.01, 1) / [0.9505, 1, 1.089]
        )
        return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])

    distances = [
        np.linalg.norm(lab(a) - lab(b)) for a, b in itertools.combinations(plots.COLOURS, 2)
    ]
    assert min(distances) > 10  # a just noticeable difference is about 2.3


def test_style_is_gone_after_its_context_and_figures_keep_it():
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    with plots.style():
        figure, axes = plt.subplots()
    assert dict(mpl.rcParams) == before
    try:
        pairs = [axes.plot([0, 1])[0] for _ in plots.COLOURS]
        assert [p.get_color() for p in pairs] == list(plots.COLOURS)
        assert len({str(p._dash_pattern) for p in pairs}) == len(pairs)
        assert figure.get_facecolor() == mpl.colors.to_rgba(plots.STYLE["figure.facecolor"])
    finally:
        plt.close(figure)


# --- regret ---------------------------------------------------------------------------------------


def test_leaves_no_global_state(reddi):
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    plots.regret(reddi)
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []


def test_shows_itself_in_a_notebook(reddi, tmp_path):
    figure = plots.regret(reddi)
    png = figure._repr_png_()
    assert png.startswith(b"\x89PNG")
    figure.savefig(tmp_path / "regret.svg")
    assert "regret" in (tmp_path / "regret.svg").read_text()


def test_one_run_has_its_regret_and_every_bound(reddi):
    figure = plots.regret(reddi)
    drawn = lines(figure)
    assert drawn["amsgrad"].get_ydata() == pytest.approx(reddi.regret.values)
    assert drawn["amsgrad"].get_xdata() == pytest.approx(reddi.t.values)
    bounds = [name for name in reddi.data_vars if name.startswith("bound_")]
    assert len(drawn) == 1 + len(bounds)
    for name in bounds:
        theorem = al.bounds.BOUNDS[name.removeprefix("bound_")]
        (line,) = (v for v in drawn.values() if np.array_equal(v.get_ydata(), reddi[name]))
        assert line.get_linestyle() == "--"
        assert ("refuted" in line.get_label()) == (not theorem.valid)
    assert figure.axes[0].get_xscale() == figure.axes[0].get_yscale() == "log"


def test_bounds_can_be_chosen(reddi):
    assert len(lines(plots.regret(reddi, bounds=["amsgrad"]))) == 2
    assert len(lines(plots.regret(reddi, bounds=[]))) == 1
    assert len(lines(plots.regret(reddi, bounds=["adagrad"]))) == 1  # does not apply
    with pytest.raises(KeyError, match="unknown bound 'amsgard'"):
        plots.regret(reddi, bounds=["amsgard"])
    with pytest.raises(TypeError, match="bounds must be a sequence of names"):
        plots.regret(reddi, bounds="amsgrad")


def test_says_where_a_bound_is_first_exceeded(violation):
    figure = plots.regret(violation)
    over = violation.regret_lower > violation.bound_kingma_ba
    first = int(violation.t[np.argmax(over.values)])
    assert any(
        f"first exceeded at t\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{first}" in w
        for w in words(figure)
    )
    rings = [
        v for v in figure.axes[0].get_lines() if v.get_marker() == "o" and len(v.get_xdata()) == 1
    ]
    assert [int(r.get_xdata()[0]) for r in rings] == [first]


def test_average_regret_is_divided_by_the_rounds(reddi):
    drawn = lines(plots.regret(reddi, average=True, bounds=["amsgrad"]))
    assert drawn["amsgrad"].get_ydata() == pytest.approx(reddi.average_regret.values)
    bound = next(v for k, v in drawn.items() if k != "amsgrad")
    assert bound.get_ydata() == pytest.approx(reddi.bound_amsgrad.values / reddi.t.values)


def test_several_runs_differ_in_colour_and_marker_and_show_their_lowest_true_bound(reddi):
    other = al.regret(al.problems.reddi(3), al.AdaGrad(alpha=1.0), horizon=100)
    figure = plots.regret({"one": reddi, "two": other})
    drawn = lines(figure)
    assert set(drawn) == {"one", "two", "bound of one", "bound of two"}
    assert drawn["one"].get_color() == drawn["bound of one"].get_color()
    assert drawn["one"].get_color() != drawn["two"].get_color()
    assert drawn["one"].get_marker() != drawn["two"].get_marker()
    true = [n for n, b in al.bounds.BOUNDS.items() if b.valid and f"bound_{n}" in reddi]
    lowest = min(float(reddi[f"bound_{n}"].mean()) for n in true)
    assert np.mean(drawn["bound of one"].get_ydata()) == pytest.approx(lowest)
    assert any("Bounds: " in w and "AdaGrad" in w for w in words(figure))


def test_negative_regret_is_drawn_on_a_linear_axis(negative):
    assert negative.regret[-1] < 0
    figure = plots.regret(negative)
    assert figure.axes[0].get_yscale() == "linear"
    assert lines(figure)["adam"].get_ydata() == pytest.approx(negative.regret.values)


def test_negative_regret_on_a_logarithmic_axis_is_marked(negative):
    figure = plots.regret(negative, log=True)
    hidden = negative.regret_lower.values <= 0
    shown = lines(figure)["adam"].get_ydata()
    assert np.array_equal(np.isnan(shown), hidden)
    (foot,) = (v for v in figure.axes[0].get_lines() if v.get_marker() == "v")
    assert foot.get_xdata() == pytest.approx(negative.t.values[hidden])
    assert any("not certainly positive" in w for w in words(figure))


def test_nowhere_positive_regret_can_be_drawn(negative):
    later = negative.where(negative.regret < 0, drop=True)
    for log in (None, True, False):
        pixels(plots.regret(later, log=log))


def test_says_how_certain_the_regret_is(reddi):
    assert any("Comparator exact; regret known to within" in w for w in words(plots.regret(reddi)))
    run = al.regret(Quartic(), al.SGD(alpha=0.1), horizon=10)
    (said,) = (w for w in words(plots.regret(run)) if "Comparator certified" in w)
    gap, width = (float(w.strip(".;")) for w in said.split() if "e-" in w)
    assert float(run.comparator_gap.max()) <= gap <= 2 * float(run.comparator_gap.max())
    assert width >= float((run.regret_upper - run.regret_lower).max())
    given = al.regret(Quartic(), al.SGD(alpha=0.1), horizon=10, comparator=[0.0])
    assert any("Comparator supplied" in w for w in words(plots.regret(given)))


def test_an_uncertified_gap_shows_as_a_band(reddi):
    wide = reddi.copy()
    wide["regret_upper"] = wide.regret + 5
    wide["comparator_gap"] = 5 + 0 * wide.comparator_gap
    wide["certified"] = wide.certified & False
    figure = plots.regret(wide, bounds=[])
    assert any("Comparator not certified, gap up to 5;" in w for w in words(figure))
    (band,) = figure.axes[0].collections
    top = band.get_datalim(figure.axes[0].transData).y1
    assert top == pytest.approx(float(wide.regret_upper.max()))


def test_no_page_shows_through(reddi):
    assert (pixels(plots.regret(reddi))[..., 3] == 1).all()


def test_labels_do_not_overlap_and_stay_inside(reddi):
    from matplotlib.text import Text

    runs = {
        f"run {k}": reddi.assign(regret=reddi.regret + k / 10) for k in range(len(plots.COLOURS))
    }
    figure = plots.regret(runs)
    figure.draw_without_rendering()
    labels = [t for t in figure.axes[0].texts if t.get_text()]
    assert len(labels) == 2 * len(runs)
    boxes = [Text.get_window_extent(t) for t in labels]  # without the leader line
    ordered = sorted(boxes, key=lambda b: b.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(ordered))
    assert all(b.x1 <= figure.bbox.x1 and b.y0 >= 0 and b.y1 <= figure.bbox.y1 for b in boxes)


# --- sweeps ---------------------------------------------------------------------------------------


def test_a_small_sweep_has_a_line_for_each_run():
    grid = al.sweep(al.problems.reddi(3), al.Adam, alpha=[0.1, 1.0], beta1=[0.0, 0.9], horizon=50)
    drawn = lines(plots.regret(grid, bounds=[]))
    assert set(drawn) == {f"α={a}, β₁={b}" for a in ("0.1", "1") for b in ("0", "0.9")}
    assert drawn["α=1, β₁=0.9"].get_ydata() == pytest.approx(
        grid.regret.sel(alpha=1.0, beta1=0.9).values
    )


def test_a_large_sweep_shows_the_last_regret_over_its_longest_axis():
    alphas = np.geomspace(0.01, 1, 8)
    grid = al.sweep(al.problems.reddi(3), al.Adam, alpha=alphas, beta1=[0.0, 0.9], horizon=50)
    figure = plots.regret(grid, average=True)
    drawn = lines(figure)
    assert figure.axes[0].get_xlabel() == "α"
    assert drawn["β₁=0.9"].get_xdata() == pytest.approx(alphas)
    assert drawn["β₁=0.9"].get_ydata() == pytest.approx(
        grid.average_regret.sel(beta1=0.9).isel(t=-1).values
    )
    over_beta = plots.regret(grid.isel(alpha=[0, 7]), over="beta1")
    assert len(lines(over_beta)) == 2
    with pytest.raises(ValueError, match=r"runs have 16 lines over t.*along alpha, beta1"):
        plots.regret(grid, over="t")
    with pytest.raises(ValueError, match="over must be one of t, alpha, beta1, got 'gamma'"):
        plots.regret(grid, over="gamma")


def test_runs_without_statistics_can_be_drawn():
    alphas = np.geomspace(0.01, 1, 8)
    game, rule = al.problems.reddi(3), al.AMSGrad
    grid = al.sweep(game, rule, alpha=al.inverse_sqrt(alphas), horizon=50, statistics=False)
    drawn = lines(plots.regret(grid))
    assert drawn["amsgrad"].get_ydata() == pytest.approx(grid.regret.isel(t=-1).values)
    assert len(drawn) == 1


def test_what_was_reached_before_an_interrupt_can_be_drawn(monkeypatch):
    problem, done = al.problems.reddi(3), []
    paid = type(problem).loss_and_gradient

    def interrupted(self, t, theta):
        done.append(t)
        if len(done) == 70:
            raise KeyboardInterrupt
        return paid(self, t, theta)

    monkeypatch.setattr(type(problem), "loss_and_gradient", interrupted)
    with pytest.raises(al.Interrupted) as caught:
        al.sweep(problem, al.AMSGrad, alpha=al.inverse_sqrt([0.1, 0.2, 0.4]), horizon=50)
    partial = caught.value.partial
    drawn = lines(plots.regret(partial, over="t", bounds=[]))
    assert drawn["α=0.2"].get_ydata()[partial.t < 20] == pytest.approx(
        partial.regret.sel(alpha=0.2).values[partial.t < 20]
    )


def test_seeds_become_a_median_and_a_band():
    game = al.problems.reddi_stochastic(3)
    grid = al.sweep(game, al.Adam, alpha=0.1, seed=range(5), horizon=50)
    figure = plots.regret(grid, log=False)
    assert lines(figure)["adam"].get_ydata() == pytest.approx(grid.regret.median("seed").values)
    assert any("median of 5 seeds" in w for w in words(figure))


def test_says_how_many_runs_stopped():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        grid = al.sweep(al.problems.reddi_unprojected(3), al.SGD, alpha=[0.1, 1e308], horizon=20)
    assert any("missing from there on: 1." in w for w in words(plots.regret(grid)))


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [3, "run", {"one": 3}])
def test_refuses_what_is_no_run(what):
    with pytest.raises(TypeError, match=r"must be a Dataset of al\.regret or al\.sweep"):
        plots.regret(what)


def test_refuses_too_many_runs_and_sweeps_among_several(reddi):
    with pytest.raises(ValueError, match="runs must be from 1 to 6"):
        plots.regret({str(k): reddi for k in range(7)})
    with pytest.raises(ValueError, match="runs must be from 1 to 6"):
        plots.regret({})
    grid = al.sweep(al.problems.reddi(3), al.Adam, alpha=[0.1, 1.0], horizon=5)
    with pytest.raises(ValueError, match=r"runs\['grid'\] is a sweep"):
        plots.regret({"grid": grid})
    with pytest.raises(ValueError, match="over must be 't' for single runs"):
        plots.regret({"one": reddi}, over="alpha")
