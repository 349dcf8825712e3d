"""Small mistakes, made one at a time in a rule's own source: decay rates swapped, a power of t off
by one, a correction dropped, epsilon moved or lost, no maximum, a sign, a root, a square.
"""

import ast
import copy
import inspect
import linecache
import textwrap

from adamlab import rules


class Mutation(ast.NodeTransformer):
    """Makes the mistake number `which` of all that it knows how to make."""

    def __init__(self, which, names):
        self.which, self.names, self.made = which, names, None

    def _mistake(self, what, node, mistaken):
        self.which -= 1
        if self.which != -1:
            return node
        self.made = f"{what}: {ast.unparse(node)} -> {ast.unparse(mistaken)}"
        return mistaken

    def visit_Name(self, node):
        rates = {"beta1": "beta2", "beta2": "beta1", "rho": "mu", "mu": "rho"}
        swapped = rates.get(node.id)
        if swapped not in self.names:
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
    names = {argument.arg for argument in tree.body[0].args.kwonlyargs}
    for which in range(100):
        mutation = Mutation(which, names)
        mutated = copy.deepcopy(tree)
        body = mutated.body[0].body
        body[:] = [mutation.visit(s) if not isinstance(s, ast.Expr) else s for s in body]
        if mutation.made is None:
            return
        text = ast.unparse(ast.fix_missing_locations(mutated)) + "\n"
        file = f"<mutant {name} {which}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        made = {}
        exec(compile(text, file, "exec"), vars(rules), made)
        yield mutation.made, made[name]
