"""A stand-in for CuPy that compiles the CUDA kernels with g++ and runs them on the CPU."""

import contextlib
import ctypes
import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np

SHIM = Path(__file__).with_name("gpu_shim.h")
COMPILER = shutil.which("g++")
ARGUMENTS = {"play": "Game", "step": "Step"}

# Contraction is off on the GPU too. What is hidden is not shared with other kernels' libraries.
FLAGS = ("-std=c++17", "-O1", "-shared", "-fPIC", "-ffp-contract=off", "-fvisibility=hidden")


class Shim:
    """What `adamlab.engines.gpu` asks of CuPy, done by NumPy and g++."""

    xp = np

    def __init__(self, folder, backwards=False, memory=2**40):
        self.folder, self.backwards, self.memory = folder, backwards, memory
        self.launches = 0

    def kernel(self, code, name, macros):
        text = f'#include "{SHIM}"\n{code}\nENTRY({name}, {ARGUMENTS[name]})'
        flags = [*FLAGS, *(f"-D{key}={value}" for key, value in macros.items())]
        digest = hashlib.sha256(repr((text, flags)).encode()).hexdigest()[:24]
        library = self.folder / f"{digest}.so"
        if not library.exists():
            command = [COMPILER, *flags, "-x", "c++", "-", "-o", str(library)]
            subprocess.run(command, input=text, text=True, check=True)
        # A copy has shared memory of its own, which does not yet hold what another shim left there.
        own = shutil.copy(library, self.folder / f"{digest}-{id(self)}.so")
        run = ctypes.CDLL(str(own)).run
        run.restype = ctypes.c_bool

        def launch(blocks, block, argument):
            self.launches += 1
            address = ctypes.c_void_p(argument.ctypes.data)
            assert run(blocks, block, self.backwards, address), "threads at different barriers"

        return launch

    @staticmethod
    def on(array):
        return contextlib.nullcontext()

    @staticmethod
    def address(array):
        return array.ctypes.data

    @staticmethod
    def host(array):
        return array

    def mark(self):
        return lambda: True

    def free(self):
        return self.memory

    def device(self):
        return "device 0 (shim)"
