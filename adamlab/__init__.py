"""adamlab: check what the Adam paper says, on the rules that run.

``al.Adam(alpha=1e-3)`` is an optimizer; ``al.regret(problem, optimizer)`` plays it and returns a
labelled `xarray.Dataset` with certified regret and the theorems' bounds; ``al.sweep`` plays many;
``al.attack(bound)`` looks for a game that breaks a bound; ``al.claims`` has the paper's claims.
"""

from adamlab import bounds, claims, data, intervals, plots, problems, rules
from adamlab.adversary import attack
from adamlab.comparators import ComparatorError
from adamlab.domains import Box, WholeSpace
from adamlab.engines.reference import Interrupted, NonFiniteError
from adamlab.experiments import regret, sweep
from adamlab.optimizers import Optimizer, Rule, Schedule, averaged, inverse_sqrt, rule, schedule
from adamlab.symbols import symbolic, unroll

__version__ = "0.1.0"

SGD = rules.sgd
Momentum = rules.momentum
Nesterov = rules.nesterov
AdaGrad = rules.adagrad
RMSProp = rules.rmsprop
AdaDelta = rules.adadelta
Adam = rules.adam
AdaMax = rules.adamax
AMSGrad = rules.amsgrad
AdamNC = rules.adamnc
NAdam = rules.nadam
AdamW = rules.adamw

__all__ = [
    "SGD",
    "AMSGrad",
    "AdaDelta",
    "AdaGrad",
    "AdaMax",
    "Adam",
    "AdamNC",
    "AdamW",
    "Box",
    "ComparatorError",
    "Interrupted",
    "Momentum",
    "NAdam",
    "Nesterov",
    "NonFiniteError",
    "Optimizer",
    "RMSProp",
    "Rule",
    "Schedule",
    "WholeSpace",
    "attack",
    "averaged",
    "bounds",
    "claims",
    "data",
    "intervals",
    "inverse_sqrt",
    "plots",
    "problems",
    "regret",
    "rule",
    "rules",
    "schedule",
    "sweep",
    "symbolic",
    "unroll",
]
