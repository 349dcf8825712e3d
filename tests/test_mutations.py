"""The claims can fail: every small mistake in a rule changes the verdict of one of them.

The mistakes are made in the rules' own source, one at a time: decay rates swapped, a power of t
off by one, a correction dropped, epsilon moved or lost, no maximum, a sign. And AMSGrad's maximum
is taken before or after a bias correction that the paper's rule does not have, as in two libraries.
"""

import ast
import copy
import inspect
import linecache
import textwrap

import pytest

from adamlab import claims, rules

#: For each rule claims that look at it closely, quick ones first.
WATCHED = {
    "adam": ["C12", "C16", "C01", "C02", "C08", "C11", "C04", "C40"],
    "adam_uncorrected": ["C16", "C15", "C41", "C42"],
    "adam_decayed_beta1": ["C18", "C60", "N20", "C33"],
    "adam_eps_hat": ["C11"],
    "adamax": ["C44", "C45", "N12"],
    "amsgrad": ["N40", "N41", "N42"],
    "adamnc": ["N57"],
    "adagrad": ["C40", "N48"],
}


class Mutation(ast.NodeTransformer):
    """Makes the mistake number `which` of all that it knows how to make."""

    def __init__(self, which):
        self.which, self.made = which, None

    def _mistake(self, what, node, mistaken):
        self.which -= 1
        if self.which != -1:
            return node
        self.made = f"{what}: {ast.unparse(node)} -> {ast.unparse(mistaken)}"
        return mistaken

    def visit_Name(self, node):
        swapped = {"beta1": "beta2", "beta2": "beta1"}.get(node.id)
        if swapped is None:
            return node
        return self._mistake("the other decay rate", node, ast.Name(swapped, node.ctx))

    def visit_BinOp(self, node):
        before = copy.deepcopy(node)
        node = self.generic_visit(node)
        if self.made:
            return node
        left, right = before.left, before.right
        match before.op:
            case ast.Sub():
                return self._mistake("sign", before, ast.BinOp(left, ast.Add(), right))
            case ast.Add() if "eps" in ast.unparse(right):
                node = self._mistake("epsilon lost", before, left)
                if self.made or not isinstance(left, ast.Call):
                    return node
                inside = ast.BinOp(left.args[0], ast.Add(), right)
                root = ast.Call(left.func, [inside], [])
                return self._mistake("epsilon inside the root", before, root)
            case ast.Add():
                return self._mistake("sign", before, ast.BinOp(left, ast.Sub(), right))
            case ast.Div() if "** t" in ast.unparse(right):
                return self._mistake("no correction", before, left)
            case ast.Pow() if isinstance(right, ast.Name):
                late = ast.BinOp(right, ast.Sub(), ast.Constant(1))
                return self._mistake("t from 0", before, ast.BinOp(left, ast.Pow(), late))
            case ast.Pow() if isinstance(right, ast.Constant):
                return self._mistake("no square", before, left)
        return node

    def visit_Call(self, node):
        before = copy.deepcopy(node)
        node = self.generic_visit(node)
        if self.made:
            return node
        match before.func.attr:
            case "maximum":
                lesser = ast.Attribute(before.func.value, "minimum", ast.Load())
                node = self._mistake("minimum", before, ast.Call(lesser, before.args, []))
                if not self.made:
                    node = self._mistake("no maximum", before, before.args[1])
            case "sqrt":
                node = self._mistake("no root", before, before.args[0])
            case "abs":
                node = self._mistake("no absolute value", before, before.args[0])
        return node


def mutants(name):
    """Yield what is wrong and the wrong formula, for each mistake that the rule's source allows."""
    source = textwrap.dedent(inspect.getsource(getattr(rules, name).formula))
    tree = ast.parse(source)
    tree.body[0].decorator_list = []
    for which in range(100):
        mutation = Mutation(which)
        mutated = copy.deepcopy(tree)
        body = mutated.body[0].body
        body[:] = [mutation.visit(s) if not isinstance(s, ast.Expr) else s for s in body]
        if mutation.made is None:
            return
        text = ast.unparse(ast.fix_missing_locations(mutated)) + "\n"
        file = f"<mutant {name} {which}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        names = {}
        exec(compile(text, file, "exec"), vars(rules), names)
        yield mutation.made, names[name]


def corrected(library):
    def formula(xp, t, theta, g, m, v, v_hat, *, alpha=1e-3, beta1=0.9, beta2=0.999):
        hyper = {"alpha": alpha, "beta1": beta1, "beta2": beta2, "eps": 0}
        return library.formula(xp, t, theta, g, m, v, v_hat, **hyper)

    return formula


MUTANTS = [
    *(
        pytest.param(name, formula, id=f"{name}-{made}")
        for name in WATCHED
        for made, formula in mutants(name)
    ),
    pytest.param("amsgrad", corrected(rules.amsgrad_torch), id="amsgrad-maximum before correction"),
    pytest.param("amsgrad", corrected(rules.amsgrad_optax), id="amsgrad-maximum after correction"),
]


def test_the_mistakes_that_matter_are_made():
    made = [parameter.id for parameter in MUTANTS]
    for mistake in [
        "adam-the other decay rate: beta1 -> beta2",
        "adam-no correction: v / (1 - beta2 ** t) -> v",
        "adam-t from 0: beta1 ** t -> beta1 ** (t - 1)",
        "adam-epsilon inside the root: xp.sqrt(v_hat) + eps -> xp.sqrt(v_hat + eps)",
        "adamax-no maximum: xp.maximum(beta2 * u, xp.abs(g)) -> xp.abs(g)",
        "amsgrad-no maximum: xp.maximum(v_hat, v) -> v",
    ]:
        assert mistake in made


@pytest.mark.parametrize(("name", "formula"), MUTANTS)
def test_a_claim_notices_the_mistake(name, formula):
    rule = getattr(rules, name)
    right, expected = rule.formula, claims.ledger()
    object.__setattr__(rule, "formula", formula)
    try:
        noticed = any(claims.check(id).verdict != expected[id] for id in WATCHED[name])
    finally:
        object.__setattr__(rule, "formula", right)
    assert noticed, f"no claim of {', '.join(WATCHED[name])} noticed it"
