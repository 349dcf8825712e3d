"""One look for every figure of the book, and the plot of a regret experiment.

Figures stand on an opaque light panel, so that they read the same on a light and on a dark page.
Lines differ in colour, dash and marker, and are labelled where they end: nothing hangs on colour.
"""

from __future__ import annotations

import functools
import io
import itertools
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import ROUND_CEILING, Context
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from adamlab.bounds import BOUNDS, get_bound

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "STYLE", "label_lines", "regret", "style"]

#: Blue, ochre, green, purple, brown and ink: the hues of Okabe and Ito, dark enough for text.
#: Chosen by search: far apart for red- and green-blind eyes too, and each of another lightness.
COLOURS = ("#0037c4", "#a15209", "#1d8269", "#893590", "#402908", "#1d2430")

_MARKERS = ("o", "s", "^", "D", "v", "X")
_DASHES = ((0, (5, 2)), (0, (9, 2, 2, 2)), (0, (2.5, 1.5)), (0, (12, 3)), (0, (6, 1.5, 1, 1.5)))
_DOTS = (0, (1, 1.6))
_INK, _GREY, _RULE = "#1d2430", "#565d68", "#dcdcd4"
_PANEL = "#fafaf7"

#: Matplotlib's parameters: ``with style(): ...``, or ``plt.style.use(STYLE)`` for a whole notebook.
#: Type is large for its figure, because a page on a telephone shows the figure at half its size.
STYLE: dict[str, Any] = {
    "figure.figsize": (6.0, 4.0),
    "figure.dpi": 150,
    "figure.facecolor": _PANEL,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.07,
    "figure.constrained_layout.w_pad": 0.1,
    "savefig.facecolor": "auto",
    "savefig.dpi": "figure",
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "text.color": _INK,
    "axes.facecolor": _PANEL,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": f"cycler(color={list(COLOURS)}, linestyle={['-', *_DASHES]})",
    "grid.color": _RULE,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "lines.markersize": 5,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "legend.handlelength": 2.6,
    "image.cmap": "cividis",
}


def style() -> AbstractContextManager[None]:
    """Return a context in which Matplotlib makes its figures in the book's style.

    Examples
    --------
    >>> import adamlab as al
    >>> import matplotlib.pyplot as plt
    >>> with al.plots.style():
    ...     figure, axes = plt.subplots()
    >>> plt.close(figure)
    """
    import matplotlib as mpl

    return mpl.rc_context(cast(Any, STYLE))


def regret(
    runs: Any,
    *,
    over: str | None = None,
    bounds: Sequence[str] | None = None,
    average: bool = False,
    log: bool | None = None,
) -> Figure:
    r"""Plot the regret of runs with its certified interval and the bounds that apply.

    Bounds are dashed, those of refuted theorems dotted; a ring marks the first checkpoint at which
    the regret certainly exceeds one. Where the interval is wider than the line it shows as a band;
    a note below the axes says how wide it is, and how good the comparator. A logarithmic axis
    cannot show a regret that is not certainly positive: open triangles at its foot mark those
    checkpoints.

    Parameters
    ----------
    runs : xarray.Dataset or mapping of str to xarray.Dataset
        A run of `adamlab.regret`, several with their names, or a sweep. Of a sweep over seeds the
        median is drawn, in a band from the lowest to the highest.
    over : str, optional
        The horizontal axis: ``"t"``, or a swept parameter to show the last regret against. By
        default ``t``; the longest swept axis where there are too many runs for one line each.
    bounds : sequence of str, optional
        The bounds to show, by their names in `adamlab.bounds.BOUNDS`. By default all that apply to
        a single run, and for each of several the lowest true one. Over seeds none is shown.
    average : bool
        Show :math:`R(t)/t`.
    log : bool, optional
        Logarithmic axes, or linear ones. By default logarithmic, but for the regret's if a run ends
        with one that is not certainly positive.

    Returns
    -------
    matplotlib.figure.Figure
        Unknown to pyplot: it needs no closing. Save it with ``savefig``.

    Raises
    ------
    TypeError, ValueError
        If there is nothing that can be drawn, or too much; the message says what to select.
    """
    curves, axis = _curves(runs, over)
    with style():
        figure = _figure_class()()
        axes = figure.subplots()
        notes = _draw(axes, curves, axis, bounds, average, log)
        axes.set_xlabel("round $t$" if axis == "t" else _greek(axis))
        at = "t" if axis == "t" else "T"
        axes.set_ylabel(f"average regret $R({at})/{at}$" if average else f"regret $R({at})$")
        problems = {c.runs.attrs["problem"] for c in curves}
        if len(problems) == 1:
            axes.set_title(problems.pop())
        text = "\n".join(line for note in notes for line in textwrap.wrap(note, 74))
        figure.supxlabel(text, x=0.02, ha="left", fontsize=10, color=_GREY, linespacing=1.35)
        label_lines(axes)
    return figure


def label_lines(axes: Axes, width: int = 18) -> None:
    """Write each line's label where the line ends, in its colour; the figure grows until they fit.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The last of their row, in a figure with constrained layout.
    width : int
        Labels are wrapped after so many letters.
    """
    from scipy.optimize import isotonic_regression

    figure: Any = axes.figure
    size = 11
    lines, ends = [], []
    for line in axes.get_lines():
        xy = np.column_stack(line.get_data()).astype(float)
        xy = xy[np.isfinite(xy).all(axis=1)]
        if not str(line.get_label()).startswith("_") and len(xy):
            lines.append(line)
            ends.append(xy[-1])
    if not lines:
        return
    wrapped = [
        textwrap.wrap(str(line.get_label()), width, break_long_words=False) for line in lines
    ]
    needed = np.array([1.2 * len(rows) + 0.35 for rows in wrapped]) * size / 72  # inches
    figure.draw_without_rendering()  # lays the axes out
    missing = needed.sum() - 1.1 * axes.get_window_extent().height / figure.dpi
    if missing > 0:
        figure.set_figheight(figure.get_figheight() + missing)
        figure.draw_without_rendering()
    heights = needed / (axes.get_window_extent().height / figure.dpi)
    positions = axes.transAxes.inverted().transform(axes.transData.transform(np.array(ends)))
    wanted = positions[:, 1].clip(0, 1)

    # The nearest heights, in the order of the lines' ends, at which no two labels overlap.
    order = np.argsort(wanted, kind="stable")
    h = heights[order]
    stacked = np.concatenate([[0], np.cumsum((h[:-1] + h[1:]) / 2)])
    free = isotonic_regression(wanted[order] - stacked).x
    placed = free.clip(-0.05 + h[0] / 2, 1.05 - h[-1] / 2 - stacked[-1]) + stacked
    for k, y in zip(order, placed, strict=True):
        axes.annotate(
            "\n".join(wrapped[k]),
            xy=ends[k],
            xytext=(1.04, y),
            textcoords="axes fraction",
            va="center",
            fontsize=size,
            linespacing=1.15,
            color=lines[k].get_color(),
            arrowprops={
                "arrowstyle": "-",
                "color": lines[k].get_color(),
                "linewidth": 0.8,
                "shrinkA": 2,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
            annotation_clip=False,
        )


# --------------------------------------------------------------------------------------------------
# What is drawn


class _Curve(NamedTuple):
    name: str
    runs: xarray.Dataset  # its variables have the horizontal axis as their only dimension
    seeds: int  # 0 if it is of one seed


def _curves(runs: Any, over: str | None) -> tuple[list[_Curve], str]:
    """Return the lines to draw, and the name of the horizontal axis."""
    import xarray as xr

    most = len(COLOURS)
    if isinstance(runs, Mapping) and not isinstance(runs, xr.Dataset):
        for name, run in runs.items():
            if _swept(run, f"runs[{name!r}]"):
                raise ValueError(
                    f"runs[{name!r}] is a sweep: plot it alone, or select one run of it"
                )
        if over not in (None, "t"):
            raise ValueError(f"over must be 't' for single runs, got {over!r}")
        if not 1 <= len(runs) <= most:
            raise ValueError(
                f"runs must be from 1 to {most}, so that they can be told apart, got {len(runs)}"
            )
        return [_Curve(str(name), run, 0) for name, run in runs.items()], "t"

    swept = _swept(runs, "runs")
    if over not in (None, "t", *swept):
        raise ValueError(f"over must be one of {', '.join(['t', *swept])}, got {over!r}")
    lines = {name: n for name, n in swept.items() if name != "seed"}
    axis = over or "t"
    if over is None and int(np.prod([*lines.values()])) > most:
        axis = max(lines, key=lines.__getitem__)
    if axis != "t":
        runs = runs.assign(last=runs["t"][-1]).isel(t=-1)
        lines.pop(axis, None)
    seeds = swept.get("seed", 0) if axis != "seed" else 0
    cells = int(np.prod([*lines.values()]))
    if cells > most:
        raise ValueError(
            f"runs have {cells} lines over {axis}, of which at most {most} can be told apart: "
            f"select some with runs.sel(...) along {', '.join(lines)}"
        )
    curves = []
    for values in itertools.product(*(runs[name].values.tolist() for name in lines)):
        name = ", ".join(f"{_greek(k)}={v:g}" for k, v in zip(lines, values, strict=True))
        cell = runs.sel(dict(zip(lines, values, strict=True)))
        curves.append(_Curve(name or str(runs.attrs.get("rule", "regret")), cell, seeds))
    return curves, axis


def _swept(run: Any, argument: str) -> dict[str, int]:
    if not hasattr(run, "data_vars") or "regret" not in run:
        raise TypeError(
            f"{argument} must be a Dataset of al.regret or al.sweep, got {type(run).__name__}"
        )
    return {str(name): n for name, n in run["regret"].sizes.items() if name != "t"}


def _draw(
    axes: Axes,
    curves: list[_Curve],
    axis: str,
    bounds: Sequence[str] | None,
    average: bool,
    log: bool | None,
) -> list[str]:
    """Draw the curves; return what must be said in words."""
    certain = [_reduced(c, "regret_lower", average, "median") for c in curves]
    log_y = log if log is not None else all((low[~np.isnan(low)][-1:] > 0).all() for low in certain)
    abscissae = curves[0].runs[axis].values
    wide = axis == "t" or (abscissae.min() > 0 and abscissae.max() >= 10 * abscissae.min())
    if wide and log is not False:
        axes.set_xscale("log")
    if log_y:
        axes.set_yscale("log")

    hidden = stopped = 0
    theorems: list[str] = []
    shown: list[NDArray[np.float64]] = []
    for k, curve in enumerate(curves):
        colour, x = COLOURS[k], curve.runs[axis].values
        y = _reduced(curve, "regret", average, "median")
        low = _reduced(curve, "regret_lower", average, "min")
        high = _reduced(curve, "regret_upper", average, "max")
        visible = certain[k] > 0 if log_y else np.isfinite(y)
        axes.plot(
            x,
            np.where(visible, y, np.nan),
            "-",
            color=colour,
            marker=_MARKERS[k],
            markevery=0.12 if visible.any() else None,  # Matplotlib fails on an empty line
            label=curve.name,
            zorder=3,
        )
        axes.fill_between(x, low, high, where=visible, color=colour, alpha=0.25, linewidth=0)
        shown += [y[visible], high[visible]]
        foot = np.isfinite(y) & ~visible
        if foot.any():
            hidden += 1
            axes.plot(
                x[foot],
                np.zeros(foot.sum()),
                "v",
                transform=axes.get_xaxis_transform(),
                color=colour,
                fillstyle="none",
                markevery=max(1, foot.sum() // 40),
                clip_on=False,
            )
        if "stopped_at" in curve.runs:
            stopped += int((curve.runs["stopped_at"] > 0).sum())
        names = _chosen(curve, len(curves), bounds)
        theorems += [BOUNDS[n].title for n in names if BOUNDS[n].title not in theorems]
        shown += _draw_bounds(axes, curve, k, len(curves), axis, names, average)

    drawn = np.concatenate(shown)
    drawn = drawn[drawn > 0] if log_y else drawn
    if log_y and len(drawn):
        least, most = np.nanmin(drawn), np.nanmax(drawn)
        if most < 10 * least:  # whole decades, or the labels of the axis crowd
            least, most = 10 ** np.floor(np.log10([least, 9.99 * most]))
        axes.set_ylim(least / 1.6, most * 1.6)
    elif not log_y:
        axes.axhline(0, color=_GREY, linewidth=0.8, zorder=1)
    notes = []
    seeds = max(c.seeds for c in curves)
    if seeds:
        notes.append(f"Line: median of {seeds} seeds; band: their range.")
    if theorems and len(curves) > 1:
        notes.append(f"Bounds: {_greek('; '.join(theorems))}.")
    notes.append(_certainty(curves))
    if hidden:
        notes.append("▽ Regret not certainly positive: below a logarithmic axis.")
    if stopped:
        notes.append(
            f"Runs that stopped at a NaN or inf, and are missing from there on: {stopped}."
        )
    return notes


def _draw_bounds(
    axes: Axes,
    curve: _Curve,
    k: int,
    curves: int,
    axis: str,
    names: Sequence[str],
    average: bool,
) -> list[NDArray[np.float64]]:
    drawn = []
    for j, name in enumerate(names):
        theorem = BOUNDS[name]
        x, y = curve.runs[axis].values, _scaled(curve.runs, f"bound_{name}", average).values
        label = f"bound: {_greek(theorem.title)}" if curves == 1 else f"bound of {curve.name}"
        label += "" if theorem.valid else " (refuted)"
        exceeded = np.flatnonzero(_scaled(curve.runs, "regret_lower", average).values > y)
        if len(exceeded):
            first = exceeded[0]
            when = f"{_greek(axis)} = {x[first]:g}".replace(" ", "\N{NO-BREAK SPACE}")
            label += f", first exceeded at {when}"
            axes.plot(
                x[first],
                y[first],
                "o",
                markersize=11,
                fillstyle="none",
                markeredgewidth=1.6,
                color=_INK,
                zorder=4,
            )
        axes.plot(
            x,
            y,
            linestyle=_DASHES[j % len(_DASHES)] if theorem.valid else _DOTS,
            color=COLOURS[k] if curves > 1 else COLOURS[1 + j % (len(COLOURS) - 1)],
            linewidth=1.8,
            label=label,
        )
        drawn.append(y)
    return drawn


def _chosen(curve: _Curve, curves: int, names: Sequence[str] | None) -> Sequence[str]:
    """Return the names of the bounds to draw for a curve."""
    run = curve.runs
    known = [n for n in BOUNDS if f"bound_{n}" in run and run[f"bound_{n}"].notnull().any()]
    if isinstance(names, str):
        raise TypeError(f"bounds must be a sequence of names, got the string {names!r}")
    if curve.seeds:
        return []
    if names is not None:
        for name in names:
            get_bound(name)
        return [n for n in names if n in known]
    if curves == 1:
        return known
    true = [n for n in known if BOUNDS[n].valid]
    return sorted(true, key=lambda n: float(run[f"bound_{n}"].mean()))[:1]


def _scaled(run: xarray.Dataset, name: str, average: bool) -> xarray.DataArray:
    rounds = run["last"] if "last" in run else run["t"]
    return run[name] / rounds if average else run[name]


def _reduced(curve: _Curve, name: str, average: bool, statistic: str) -> NDArray[np.float64]:
    values = _scaled(curve.runs, name, average)
    if curve.seeds:
        values = getattr(values, statistic)("seed")
    return np.asarray(values.values, dtype=np.float64)


def _certainty(curves: list[_Curve]) -> str:
    """Say how good the comparators are, and how well the regret is known."""

    def largest(values: Any) -> str:
        up = Context(prec=1, rounding=ROUND_CEILING)  # "at most" must stay true
        return f"{up.create_decimal(float(values)):g}"

    width = max((c.runs["regret_upper"] - c.runs["regret_lower"]).max() for c in curves)
    gap = max(c.runs["comparator_gap"].max() for c in curves)
    if any(c.runs.attrs.get("comparator") == "supplied" for c in curves):
        comparator = "Comparator supplied"
    elif not all(c.runs["certified"].all() for c in curves):
        comparator = f"Comparator not certified, gap up to {largest(gap)}"
    elif gap == 0:
        comparator = "Comparator exact"
    else:
        comparator = f"Comparator certified, gap at most {largest(gap)}"
    return f"{comparator}; regret known to within {largest(width)}."


def _greek(text: str) -> str:
    for name, sign in (("alpha", "α"), ("beta", "β"), ("β1", "β₁"), ("β2", "β₂")):
        text = text.replace(name, sign)
    return text


@functools.cache
def _figure_class() -> type[Figure]:
    from matplotlib.figure import Figure

    class RegretFigure(Figure):
        """A figure that a notebook can show even where pyplot was never imported."""

        def _repr_png_(self) -> bytes:
            file = io.BytesIO()
            self.savefig(file, format="png")
            return file.getvalue()

    return RegretFigure
