"""adamlab: check what the Adam paper says, on the rules that run.

``al.Adam(alpha=1e-3)`` is an optimizer; ``al.regret(problem, optimizer)`` plays it and returns a
labelled `xarray.Dataset` with certified regret and the theorems' bounds; ``al.sweep`` plays many.
"""

from adamlab import rules
from adamlab.domains import Box, WholeSpace
from adamlab.optimizers import (
    Optimizer,
    Rule,
    Schedule,
    averaged,
    inverse_sqrt,
    rule,
    schedule,
)

__version__ = "0.1.0"

SGD = rules.sgd
AdaGrad = rules.adagrad
Adam = rules.adam
AdaMax = rules.adamax
AMSGrad = rules.amsgrad
