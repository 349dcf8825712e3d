"""The command line: what it prints, and the codes it exits with."""

import json
import re
import shlex
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import adamlab as al
from adamlab.cli import _interval, _pages, _title, main
from adamlab.data import DataUnavailable

COMMANDS = ("regret", "verify", "rules", "problems", "info")


def call(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def examples():
    """Return every example of the help texts, as a list of arguments."""
    texts = [call("--help").stdout, *(call(c, "--help").stdout for c in COMMANDS)]
    found = re.findall(r"^ +adamlab (.*)$", "\n".join(texts).replace("\\\n", " "), re.MULTILINE)
    return sorted({re.split(r"  +[a-z]", line)[0].strip() for line in found})


def process(*arguments):
    code = "from adamlab.cli import main; main(prog_name='adamlab')"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# --- help -----------------------------------------------------------------------------------------


def test_help_has_examples_for_every_command():
    assert {line.split()[0] for line in examples()} == set(COMMANDS)
    assert len(examples()) >= 10


@pytest.mark.parametrize("line", examples())
def test_examples_of_the_help_run(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call(*shlex.split(line))
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    for file in re.findall(r"--plot (\S+)", line):
        assert (tmp_path / file).stat().st_size > 1000


def test_no_arguments_show_the_help():
    assert "regret" in call().output


def test_version():
    done = call("--version")
    assert done.exit_code == 0
    assert done.stdout == f"adamlab {al.__version__}\n"


def test_help_imports_nothing_heavy():
    # What it takes in seconds depends on the machine; what it imports beside NumPy does not.
    code = "import sys; from adamlab.cli import main; main(['--help'], standalone_mode=False)"
    code += "; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"scipy", "sympy", "mpmath", "z3", "matplotlib", "pandas", "xarray", "numba", "jax"}
    assert not {*heavy, "torch", "optax", "rich.progress"} & set(done.stderr.split())


# --- regret ---------------------------------------------------------------------------------------


def test_json_is_the_dataset():
    done = call("regret", "reddi:C=4", "adam:beta1=0", "--alpha", 0.5, "-T", 100, "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    run = al.regret(al.problems.reddi(4), al.Adam(alpha=0.5, beta1=0), horizon=100)
    assert found["coords"]["t"]["data"] == run.t.values.tolist()
    for name in ("regret", "regret_lower", "regret_upper", "comparator_gap", "certified"):
        assert found["data_vars"][name]["data"] == run[name].values.tolist()
    assert found["attrs"]["problem"] == "reddi(4)"
    assert found["attrs"]["beta1"] == 0


def test_table_has_a_row_for_each_checkpoint_and_a_column_for_each_bound():
    done = call(
        *("regret", "reddi", "amsgrad_decayed_beta1:lam=0.5", "--beta2", 0.9, "-T", 50),
        *("--schedule", "inverse_sqrt", "--alpha", 0.5, "--checkpoints", 2),
    )
    opt = al.rules.amsgrad_decayed_beta1(alpha=al.inverse_sqrt(0.5), beta2=0.9, lam=0.5)
    run = al.regret(al.problems.reddi(3), opt, horizon=50, checkpoints=2)
    rows = [line.split() for line in done.stdout.splitlines() if re.match(r" *\d", line)]
    assert [int(row[0]) for row in rows] == run.t.values.tolist()
    assert [float(row[1]) for row in rows] == pytest.approx(run.regret.values, rel=1e-5)
    assert [float(row[2]) for row in rows] == pytest.approx(run.average_regret.values, rel=1e-5)
    bounds = [n for n in run.data_vars if n.startswith("bound_")]
    assert len(bounds) > 2
    assert [float(row[4]) for row in rows] == pytest.approx(run[bounds[0]].values, rel=1e-5)
    assert all(len(row) == 4 + len(bounds) for row in rows)
    for name in bounds:
        assert name.removeprefix("bound_") + ":" in done.stdout


def test_marks_a_bound_that_is_exceeded():
    # On the line Theorem 4.1 fails for C = 3 before t = 1000.
    where = ("regret", "reddi_unprojected", "adam:beta1=0,beta2=0.1,eps=0", "--alpha", 0.5)
    done = call(*where, "--schedule", "inverse_sqrt", "-T", 1000)
    rows = [line for line in done.stdout.splitlines() if re.match(r" *\d", line)]
    assert rows[-1].rstrip().endswith("*")
    assert not rows[0].rstrip().endswith("*")
    assert "* certainly exceeded" in done.stdout
    assert "certainly exceeded" not in call("regret", "reddi", "adam", "-T", 5).stdout


def test_says_why_a_theorem_about_the_rule_does_not_apply():
    done = call("regret", "reddi", "adam", "--schedule", "inverse_sqrt", "-T", 5)
    assert "no bound kingma_ba: it needs lam in (0, 1)" in done.stdout
    assert "amsgrad" not in done.stdout


def test_the_horizon_is_all_that_the_data_have():
    done = call("regret", "drifting_quadratic:d=2,horizon=37", "sgd", "--json")
    assert json.loads(done.stdout)["coords"]["t"]["data"][-1] == 37


def test_schedule_alone_scales_the_default_alpha():
    done = call("regret", "reddi", "adam", "--schedule", "inverse_sqrt", "-T", 5, "--json")
    attributes = json.loads(done.stdout)["attrs"]
    assert attributes["schedule"] == "inverse_sqrt"
    assert attributes["alpha"] == al.rules.adam.defaults["alpha"]


def test_seed_dtype_and_backend_are_passed_on():
    done = call(
        *("regret", "reddi_stochastic", "adam", "-T", 20, "--seed", 7, "--dtype", "float32"),
        *("--backend", "array_api_strict", "--json"),
    )
    found = json.loads(done.stdout)
    run = al.regret(al.problems.reddi_stochastic(), al.Adam(), 20, seed=7, dtype="float32")
    assert found["data_vars"]["regret"]["data"] == pytest.approx(run.regret.values.tolist())
    chosen = {k: found["attrs"][k] for k in ("seed", "dtype", "backend")}
    assert chosen == {"seed": 7, "dtype": "float32", "backend": "array_api_strict"}


def test_the_help_names_every_backend():
    text = " ".join(call("regret", "--help").stdout.split())
    assert f"auto, {', '.join(al.experiments.BACKENDS)}." in text


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_plot(tmp_path, suffix):
    file = tmp_path / f"run{suffix}"
    done = call("regret", "reddi", "adam", "-T", 20, "--plot", file)
    assert done.exit_code == 0
    start = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[suffix]
    assert file.read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (6 - 1e-15, 6 + 1e-15, "6"),
        (1.2345649, 1.2345651, "[1.23456, 1.23457]"),
        (-1e-16, 1e-16, "[-1e-16, 1e-16]"),
        (1.00000049, 2.0000001, "[1, 2.00001]"),
        (-2.0000001, -1.0, "[-2.00001, -1]"),
    ],
)
def test_digits_shown_are_certain(low, high, text):
    assert _interval(low, high) == text
    ends = [float(x) for x in re.findall(r"-?[\d.]+(?:e-?\d+)?", text)]
    if len(ends) == 2:
        assert ends[0] <= low
        assert ends[1] >= high


def test_columns_that_do_not_fit_go_into_further_tables():
    columns = {"t": ["1"], "one": ["1" * 10], "two": ["2" * 10], "three\n(so)": ["3" * 30]}
    assert _pages(columns, 100) == [["t", "one", "two", "three\n(so)"]]
    assert _pages(columns, 30) == [["t", "one", "two"], ["t", "three\n(so)"]]
    assert _pages(columns, 29) == [["t", "one"], ["t", "two"], ["t", "three\n(so)"]]


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reddy", "adam"], "unknown problem 'reddy'; known are drifting_quadratic, "),
        (["reddi", "adm"], "unknown rule 'adm'; known are adadelta, "),
        (["reddi:D=4", "adam"], "reddi has no parameter 'D'; it has C=3, period=3"),
        (["reddi_long:C=4", "adam"], "reddi_long has no parameter 'C'; it has none"),
        (["reddi:C=four", "adam"], "C of reddi must be a number, got 'four'"),
        (["reddi:period=2.5", "adam"], "period of reddi must be a whole number, got '2.5'"),
        (["reddi:C", "adam"], "PROBLEM must be NAME or NAME:key=value,key=value, got 'reddi:C'"),
        (["reddi:C=1,C=2", "adam"], "C is given twice in 'reddi:C=1,C=2'"),
        (["zhang:n=2", "adam"], "n must be an integer, at least 3, got 2"),
        (["zhang:order=random", "adam"], "order must be one of "),
        (["reddi", "adam:"], "RULE must be NAME or NAME:key=value,key=value, got 'adam:'"),
        (["reddi", "adam:gamma=1"], "adam has no hyper-parameter 'gamma'; it has alpha=0.001, "),
        (["reddi", "adam:eps=small"], "eps must be a number, got 'small'"),
        (["reddi", "adam:alpha=1", "--alpha", "1"], "alpha is given twice: as --alpha and in "),
        (["reddi", "sgd", "--beta1", "0.9"], "sgd has no hyper-parameter 'beta1'"),
        (["reddi", "adam", "--alpha", "-1"], "adam: alpha must be a positive number"),
        (["reddi", "adam", "--alpha", "nan"], "adam: alpha must be a positive number"),
        (["reddi", "adam", "--beta2", "1"], "adam: beta2 must be in [0, 1), got 1"),
        (["reddi", "adam", "--schedule", "cosine"], "schedule must be one of constant, "),
        (["reddi", "adam", "-T", "0"], "horizon must be an integer, at least 1, got 0"),
        (["phishing", "adam", "-T", "9999"], "horizon must be at most 1250"),
        (["reddi", "adam", "--checkpoints", "some"], "checkpoints must be 'log', 'all', "),
        (["reddi", "adam", "--dtype", "int8"], "dtype must be 'float64' or 'float32', got 'int8'"),
        (["reddi", "adam", "--backend", "abacus"], "backend must be auto, numpy, "),
        (["reddi", "adam", "--plot", "run.doc"], "--plot must name a file that ends in .png, "),
        (["reddi", "adam", "--plot", "no/run.png"], "--plot must name a file in a folder that "),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, message):
    done = call("regret", *arguments)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr.startswith(f"adamlab: {message}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["regret"], ["regret", "reddi"], ["regret", "reddi", "adam", "--alpha", "x"], ["go"]],
)
def test_wrong_usage_is_exit_code_2(arguments):
    done = call(*arguments)
    assert done.exit_code == 2
    assert done.stderr
    assert done.stdout == ""


def test_a_run_that_stops_is_exit_code_3_and_keeps_what_came_before():
    # Far to the left the losses are quadratic: at -1e80 they still are finite, a step later not.
    where = ("regret", "zhang:n=3", "sgd:alpha=1e80", "-T", 50, "--checkpoints", "all")
    done = call(*where, "--json")
    assert done.exit_code == 3
    said = re.fullmatch(
        r"adamlab: the (.+) is (-?inf|nan) in round t=(\d+)(, coordinate 0)?; "
        r"the checkpoints before it are printed\n",
        done.stderr,
    )
    t = int(said[3])
    assert t > 1
    rounds = json.loads(done.stdout)["coords"]["t"]["data"]
    assert rounds == list(range(1, t))
    table = call(*where)
    assert table.exit_code == 3
    assert sum(bool(re.match(r" *\d", line)) for line in table.stdout.splitlines()) == t - 1


def test_a_run_that_stops_at_once_prints_an_empty_table(tmp_path):
    file = tmp_path / "none.png"
    where = ("regret", "reddi_unprojected", "sgd:alpha=1e308", "-T", 5, "--plot", file)
    done = call(*where)
    assert done.exit_code == 3
    assert "in round t=1, coordinate 0" in done.stderr
    assert not file.exists()


def test_an_interrupt_is_exit_code_130_and_keeps_what_came_before(monkeypatch):
    run = al.regret(al.problems.reddi(), al.Adam(), 50)

    def interrupted(*arguments, **more):
        raise al.Interrupted(lambda: run.sel(t=slice(20)))

    monkeypatch.setattr(al, "regret", interrupted)
    done = call("regret", "reddi", "adam", "-T", 50, "--json")
    assert done.exit_code == 130
    assert done.stderr == "adamlab: interrupted; the checkpoints that were reached are printed\n"
    rounds = json.loads(done.stdout)["coords"]["t"]["data"]
    assert rounds == [t for t in run.t.values.tolist() if t <= 20]


@pytest.mark.parametrize(
    "error", [ImportError("pip install 'adamlab[data]'"), DataUnavailable("no net")]
)
def test_missing_data_are_exit_code_4(monkeypatch, error):
    def unavailable():
        raise error

    monkeypatch.setattr(al.data, "mnist", unavailable)
    done = call("regret", "mnist", "adam")
    assert done.exit_code == 4
    assert done.stderr == f"adamlab: {error}\n"


def test_a_missing_backend_is_exit_code_4(monkeypatch):
    monkeypatch.setitem(sys.modules, "array_api_strict", None)
    done = call("regret", "reddi", "adam", "--backend", "array_api_strict")
    assert done.exit_code == 4
    assert "array_api_strict is not installed: pip install" in done.stderr


def test_no_comparator_is_exit_code_3(monkeypatch):
    def fails(*arguments):
        raise al.experiments.comparators.ComparatorError("no best fixed point for f")

    monkeypatch.setattr(al.experiments.comparators, "best_fixed_point", fails)
    done = call("regret", "reddi:C=5", "adam", "-T", 5)
    assert done.exit_code == 3
    assert done.stderr == "adamlab: no best fixed point for f\n"


def test_bugs_are_not_hidden(monkeypatch):
    def broken(*arguments, **more):
        raise TypeError("a bug")

    monkeypatch.setattr(al, "regret", broken)
    with pytest.raises(TypeError, match="a bug"):
        call("regret", "reddi", "adam")


# --- lists ----------------------------------------------------------------------------------------


def test_rules_lists_every_rule():
    rows = json.loads(call("rules", "--json").stdout)
    assert [row["rule"] for row in rows] == list(al.rules.RULES)
    for row in rows:
        rule = al.rules.RULES[row["rule"]]
        assert row["hyper-parameters"] == rule.defaults
        assert (row["source"], row["differs"]) == (rule.source, rule.differs)
        assert row["same as"] == list(rule.same_as)
        assert row["title"]


def test_rules_as_a_table():
    text = call("rules").stdout
    squeezed = " ".join(text.split())
    for rule in al.rules.RULES.values():
        assert re.search(rf"^ *{rule.name} ", text, re.MULTILINE)
        assert rule.differs in squeezed
        assert ", ".join(f"{k}={v:.12g}" for k, v in rule.defaults.items()) in squeezed


def test_rules_as_markdown():
    lines = call("rules", "--markdown").stdout.splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    assert [c[0].strip() for c in cells[2:]] == list(al.rules.RULES)
    assert {len(c) for c in cells} == {6}
    assert "**" not in "".join(lines).replace(r"\*", "")


def test_problems_lists_every_problem_and_what_can_follow_its_name():
    rows = {row["problem"]: row for row in json.loads(call("problems", "--json").stdout)}
    with pytest.raises(KeyError) as error:
        al.problems.get_problem("nothing")
    known = error.value.args[0].partition("known are ")[2].split(", ")
    assert sorted(rows) == known
    assert rows["reddi"]["parameters"] == {"C": 3.0, "period": 3}
    assert "domain" not in rows["mnist"]["parameters"]
    text = call("problems").stdout
    assert all(name in text for name in known)
    assert "C=3, period=3" in text


@pytest.mark.parametrize(
    ("docstring", "plain", "markdown"),
    [
        ("Adam.\n\nMore.", "Adam", "Adam"),
        (
            r"With :math:`\beta_{1,t}` = ``lam``.",
            "With beta_1,t = lam",
            r"With $\beta_{1,t}$ = `lam`",
        ),
        (r"One :math:`\frac{1+\delta}{C+1}`, two." + "\n", "One (1+delta)/(C+1), two", None),
        ("A line\nand e.g. another.\nThen.", "A line and e.g. another", None),
    ],
)
def test_titles_are_first_sentences(docstring, plain, markdown):
    assert _title(docstring) == plain
    if markdown:
        assert _title(docstring, markdown=True) == markdown


def test_info():
    found = json.loads(call("info", "--json").stdout)
    assert found["versions"]["adamlab"] == al.__version__
    assert found["versions"]["numpy"] == np.__version__
    assert "pytest" not in found["versions"]
    assert set(found["backends"]) == set(al.experiments.BACKENDS)
    assert found["backends"]["numpy"] == found["backends"]["numba"] == "usable"
    assert found["device"]["machine"]
    assert found["cache"] == {"data and kernels": str(al.data.cache_directory())}
    text = " ".join(call("info").stdout.split())
    for section in found.values():
        assert all(f"{name} {value}" in text for name, value in section.items())


def test_info_does_not_import_numba():
    code = "import sys; from adamlab.cli import main; main(['info'], standalone_mode=False)"
    done = subprocess.run(
        [sys.executable, "-c", code + "; print('numba' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "False"


# --- as a process ---------------------------------------------------------------------------------


def test_process_keeps_stdout_for_the_result_and_stderr_for_messages():
    done = process("regret", "reddi", "adam", "-T", "10", "--json")
    assert done.returncode == 0
    assert done.stderr == ""
    json.loads(done.stdout)
    done = process("regret", "reddi", "adm")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_long_tables_are_not_cut_off_in_a_pipe():
    done = process("rules")
    assert "…" not in done.stdout
    assert "\x1b" not in done.stdout


# --- claims ---------------------------------------------------------------------------------------


def test_verify_prints_the_ledger():
    done = call("verify", "c01", "C35", "--jobs", 1)
    assert done.exit_code == 0
    assert re.search(r"C01 .*1−β₁.*refuted .*intervals .*1\.0101525 α .*1\.0189593 α", done.stdout)
    assert re.search(r"C35 .* holds ", done.stdout)
    assert done.stdout.rstrip().endswith("1 holds, 1 refuted")


def test_verify_shows_statements_and_findings_on_request():
    done = call("verify", "C01", "-v")
    assert r"$1-\beta_1>\sqrt{1-\beta_2}$" in done.stdout
    assert "passed, against (intervals): " in done.stdout
    assert "in Coq, proofs/step_size.v: " in done.stdout
    assert "first_bound_refuted : ~ first_bound_of_the_paper" in done.stdout


def test_verify_as_json():
    done = call("verify", "C01", "C35", "--json", "--jobs", 1)
    rows = json.loads(done.stdout)
    assert [row["id"] for row in rows] == ["C01", "C35"]
    keys = {"id", "statement", "where", "verdict", "method", "claimed", "measured", "seconds"}
    assert keys <= rows[0].keys()
    assert rows[0]["verdict"] == "refuted"


def test_verify_exits_with_1_if_a_verdict_is_not_the_expected_one(monkeypatch):
    monkeypatch.setattr(al.claims, "ledger", lambda: {"C01": "holds"})
    done = call("verify", "C01")
    assert done.exit_code == 1
    assert "C01: refuted, expected holds" in done.stderr
    assert "refuted (expected: holds)" in done.stdout


def test_verify_shows_which_check_failed(monkeypatch):
    monkeypatch.setattr("adamlab.rules.adam", al.SGD)
    done = call("verify", "C01")
    assert done.exit_code == 1
    assert "C01: open, expected refuted; failed: the check stopped: " in done.stderr


def test_verify_notices_a_check_that_failed_in_an_open_claim(monkeypatch):
    failed = al.claims.Finding("a measurement", "experiment", False, "undecided")
    evidence = al.claims.Evidence(al.claims.CLAIMS["C47"], (failed,), 0.0)
    monkeypatch.setattr(al.claims, "verify", lambda chosen, *, jobs: iter([evidence]))
    done = call("verify", "C47")
    assert done.exit_code == 1
    assert "C47: open, expected open; failed: a measurement" in done.stderr


def test_verify_keeps_what_was_checked_before_an_interrupt(monkeypatch):
    def interrupted(chosen, *, jobs):
        yield chosen[0].check()
        raise KeyboardInterrupt

    monkeypatch.setattr(al.claims, "verify", interrupted)
    done = call("verify", "C01", "C35")
    assert done.exit_code == 130
    assert "C01" in done.stdout
    assert "interrupted; 1 of 2 claims were checked" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["C00"], "there is no claim 'C00'"),
        (["--section", "99"], "section must be one of"),
        (["--jobs", "-1"], "--jobs must be 0 or more, got -1"),
    ],
)
def test_verify_refuses_bad_input(arguments, message):
    done = call("verify", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_verify_says_which_extra_is_missing(monkeypatch):
    def missing(chosen, *, jobs):
        raise ImportError("No module named 'z3'")
        yield

    monkeypatch.setattr(al.claims, "verify", missing)
    done = call("verify", "C01")
    assert done.exit_code == 4
    assert "z3" in done.stderr
