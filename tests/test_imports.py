"""The layers of the package: who may import whom, and what a bare import costs."""

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import adamlab

PACKAGE = Path(adamlab.__file__).parent

# A module imports only modules that stand above it, wherever in its code the import stands.
ORDER = [
    "namespaces",
    "optimizers",
    "rules",
    "trace",
    "emit",
    "coq",
    "losses",
    "symbols",
    "intervals",
    "smt",
    "domains",
    "data",
    "problems",
    "engines",
    "engines.reference",
    "engines.jit",
    "engines.cpu",
    "engines.gpu",
    "comparators",
    "bounds",
    "experiments",
    "adversary",
    "plots",
    "claims.evidence",
    "claims.tools",
    "claims.update_rule",
    "claims.bias_correction",
    "claims.convergence",
    "claims.appendix",
    "claims.related_work",
    "claims.networks",
    "claims.empirical",
    "claims.extensions",
    "claims.repaired",
    "claims.often_said",
    "claims",
    "cli",
]

# Imported when it is first used, because users look for it there: a step's compiled form.
UPWARDS = {("cli", "adamlab"), ("optimizers", "adamlab.engines.cpu")}
UPWARDS |= {("optimizers", "adamlab.engines.gpu")}

HEAVY = {"cupy", "jax", "llvmlite", "matplotlib", "mlxtend", "mpmath", "numba", "pandas", "rich"}
HEAVY |= {"river", "scipy", "sklearn", "sympy", "torch", "typer", "xarray", "z3"}
#: What a module is about, and it is itself imported only where it is used.
ALLOWED = {
    "cli": {"typer"},
    "engines.jit": {"llvmlite", "numba"},
    "engines.cpu": {"numba"},
}


def submodules():
    found = pkgutil.walk_packages([str(PACKAGE)], prefix="adamlab.")
    return {module.name.removeprefix("adamlab.") for module in found}


def path_of(module):
    path = PACKAGE.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(tree, inside=ast.walk):
    """Yield the full dotted names that a module's code imports; relative ones are not in use."""
    for node in inside(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import_time(tree):
    """Walk the code that an import runs: all but the bodies of functions and of type checks."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from at_import_time(node)


def test_every_module_has_its_place():
    assert submodules() == set(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_imports_only_modules_above(module):
    above = set(ORDER[: ORDER.index(module)])
    tree = ast.parse(path_of(module).read_text())
    for name in imports(tree):
        if name.split(".")[0] != "adamlab" or (module, name) in UPWARDS:
            continue
        parts = name.split(".")[1:]
        # "adamlab.domains.Box" names the module "domains"; "adamlab.Box" names none.
        target = next((".".join(parts[:n]) for n in (2, 1) if ".".join(parts[:n]) in ORDER), None)
        assert target in above, f"adamlab.{module} imports {name}, which does not stand above it"


@pytest.mark.parametrize("module", ORDER)
def test_heavy_libraries_are_imported_where_they_are_used(module):
    tree = ast.parse(path_of(module).read_text())
    top = {name.split(".")[0] for name in imports(tree, at_import_time)}
    assert not (top & HEAVY) - ALLOWED.get(module, set())


def test_no_public_name_is_that_of_a_submodule():
    # Otherwise importing the submodule would silently replace the function.
    public = {
        name
        for name, value in vars(adamlab).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert not public & submodules()


def test_import_adamlab_loads_nothing_heavy():
    code = "import sys, adamlab; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "numpy" in loaded
    assert not loaded & HEAVY
