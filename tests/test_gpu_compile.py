"""The CUDA kernels compile, without a GPU: no spilled register, no double in a float32 update."""

import re
import sys
from dataclasses import dataclass
from itertools import product

import pytest

from adamlab.emit import program
from adamlab.engines import gpu
from adamlab.losses import LOSSES
from adamlab.optimizers import averaged, inverse_sqrt
from adamlab.rules import RULES

if sys.platform == "darwin":
    pytest.skip("NVIDIA has no compiler for macOS", allow_module_level=True)

from cuda.bindings import nvrtc

ARCHITECTURES = ("sm_80", "sm_90", "sm_100")
REALS = {"float32": "float", "float64": "double"}


@dataclass(frozen=True)
class Compiled:
    """What the assembler says of a kernel."""

    registers: int
    stack: int
    spilled: int
    doubles: int


def compiled(code, architecture, macros, warn_doubles=False):
    options = [
        *gpu.OPTIONS,
        f"--gpu-architecture={architecture}",
        "--diag-suppress=177",  # a constant that one kernel has no use for
        "--ptxas-options=-v",
        *(["--ptxas-options=-warn-double-usage"] if warn_doubles else []),
        *(f"-D{name}={value}" for name, value in macros.items()),
    ]
    _, handle = nvrtc.nvrtcCreateProgram(code.encode(), b"kernel.cu", 0, [], [])
    (error,) = nvrtc.nvrtcCompileProgram(handle, len(options), [o.encode() for o in options])
    _, size = nvrtc.nvrtcGetProgramLogSize(handle)
    buffer = b" " * size
    nvrtc.nvrtcGetProgramLog(handle, buffer)
    nvrtc.nvrtcDestroyProgram(handle)
    log = buffer.decode()
    assert error == nvrtc.nvrtcResult.NVRTC_SUCCESS, log
    assert not re.search(r"\): (warning|error)", log), log
    # Of the kernel and, where it calls some, of CUDA's functions.
    used = re.findall(r"(\d+) bytes stack frame, (\d+) bytes spill stores", log)
    stack, spilled = (sum(map(int, numbers)) for numbers in zip(*used, strict=True))
    (registers,) = re.findall(r"Used (\d+) registers", log)
    doubles = log.count("Program is doing double precision computations")
    return Compiled(int(registers), stack, spilled, doubles)


def trajectory(rule, loss, dtype, architecture, shape, varied, d, batch=1, statistics=True):
    code = gpu.source("trajectory", program(rule, {"alpha": SCHEDULE}, varied), loss)
    macros = {
        "REAL": REALS[dtype],
        "DIMENSION": d,
        "THREADS": shape.threads,
        "BLOCK": shape.block,
        "HELD": shape.held,
        "BATCH": batch,
        "OWN_ROWS": batch % 2,
        "L2": batch % 2,
        "STATISTICS": int(statistics),
        "RECORD": 2 ** (1 + len(rule.state)) - 1,
    }
    return compiled(code, architecture, macros)


SCHEDULE = inverse_sqrt(1.0).factor
THREAD, BLOCK = gpu.Shape(1, 128, 2), gpu.Shape(64, 64, 1)


def check_small_shapes(name, kinds):
    # In turn with every loss, by a thread or by a block, with alpha or with everything swept.
    rule, number = RULES[name], list(RULES).index(name)
    for k, (dtype, architecture) in enumerate(kinds, number):
        loss = [*LOSSES.values()][k % len(LOSSES)]
        varied = ("alpha",) if k // 2 % 2 else tuple(rule.defaults)
        shape, d = ((THREAD, 2), (BLOCK, 50))[k % 2]
        kernel = trajectory(rule, loss, dtype, architecture, shape, varied, d)
        assert (kernel.stack, kernel.spilled) == (0, 0), (dtype, architecture)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_compiles_without_spilling(name):
    kinds = zip(("float64", "float32", "float64"), ARCHITECTURES, strict=True)
    check_small_shapes(name, kinds)


@pytest.mark.slow
@pytest.mark.parametrize("name", RULES)
def test_every_rule_compiles_for_every_architecture_without_spilling(name):
    check_small_shapes(name, product(REALS, ARCHITECTURES))


@pytest.mark.parametrize("name", RULES)
def test_a_float32_step_computes_nothing_in_double(name):
    code = gpu.source("step", program(RULES[name], {"alpha": SCHEDULE}, ()))
    single = compiled(code, "sm_90", {"REAL": "float"}, warn_doubles=True)
    assert (single.stack, single.spilled, single.doubles) == (0, 0, 0)


def test_double_arithmetic_would_be_noticed():
    code = gpu.source("step", program(RULES["adam"], {}, ()))
    assert compiled(code, "sm_90", {"REAL": "float"}, warn_doubles=True).doubles == 0
    assert compiled(code, "sm_90", {"REAL": "double"}, warn_doubles=True).doubles > 0
    careless = code.replace("fixed_0 * m_", "0.9 * m_")
    assert careless != code
    assert compiled(careless, "sm_90", {"REAL": "float"}, warn_doubles=True).doubles > 0


def test_spilling_would_be_noticed():
    rule, shape = RULES["adam"], gpu.Shape(1, 1024, 8)  # which leaves 64 registers to each
    kernel = trajectory(rule, LOSSES["squared"], "float64", "sm_90", shape, ("alpha",), 8)
    assert kernel.spilled > 0


def largest(n_state, dtype, statistics, batch):
    """The greatest dimensions of each kind: a thread's, a block's, and beyond its registers."""
    shapes = [
        (d, gpu.shape(d, n_state, dtype, statistics, batch, runs=10**6)) for d in range(1, 9000)
    ]
    by_thread = [(d, s) for d, s in shapes if s.threads == 1]
    by_block = [(d, s) for d, s in shapes if s.threads > 1 and s.held]
    beyond = [(d, s) for d, s in shapes if not s.held]
    assert len(by_thread) >= 6
    assert by_thread[-1][0] < by_block[0][0] < by_block[-1][0] < beyond[0][0]
    return by_thread[-1], by_block[-1], beyond[0]


def check_largest_shapes(rule, dtype, statistics, batch):
    loss, varied = LOSSES["logistic"], ("alpha",)
    for d, shape in largest(len(rule.state), dtype, statistics, batch):
        kernel = trajectory(rule, loss, dtype, "sm_90", shape, varied, d, batch, statistics)
        assert (kernel.stack, kernel.spilled) == (0, 0), (d, shape, kernel)


@pytest.mark.parametrize("dtype", REALS)
@pytest.mark.parametrize("rule", [RULES["adam"], averaged(RULES["nadam"])])
def test_the_largest_shapes_do_not_spill(rule, dtype):
    check_largest_shapes(rule, dtype, statistics=True, batch=1)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", REALS)
@pytest.mark.parametrize("name", RULES)
def test_the_largest_shapes_of_all_rules_do_not_spill(name, dtype):
    check_largest_shapes(RULES[name], dtype, statistics=True, batch=1)
    check_largest_shapes(RULES[name], dtype, statistics=False, batch=5)


def test_small_problems_are_played_by_one_thread_each():
    for dtype, d in (("float32", 16), ("float64", 10)):
        assert gpu.shape(d, 2, dtype, True, 1, runs=1000).threads == 1  # Adam
    mnist = gpu.shape(784, 2, "float64", True, 1, runs=64)
    assert mnist.threads * mnist.held >= 784 > mnist.threads * (mnist.held - 1)
    assert gpu.shape(10**5, 2, "float32", True, 1, runs=64).held == 0
