"""Shows update rules in the book: in the API, as formulas, and as the table of variants.

All three are made from the rules themselves, so that the book cannot print a formula that does not
run. ``{rule-formula} adam`` prints a rule's lines, ``{rule-source} adam`` its Python function, and
``{rule-table} momentum nesterov`` a table of these rules and of the others whose names begin with
theirs.
"""

import ast
import inspect
from typing import ClassVar

from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from sphinx.ext.autodoc import FunctionDocumenter
from sphinx.util.nodes import nodes
from sphinx.util.rst import escape

from adamlab.optimizers import Rule
from adamlab.rules import RULES, get_rule
from adamlab.symbols import symbolic


class RuleDocumenter(FunctionDocumenter):
    """Documents a `Rule`: its hyper-parameters are the signature that a user calls."""

    objtype = "rule"
    directivetype = "function"
    priority = 20  # above that for data

    @classmethod
    def can_document_member(cls, member, membername, isattr, parent):
        return isinstance(member, Rule)

    def check_module(self):
        return self.object.formula.__module__ == self.modname

    def format_args(self, **kwargs):
        hyper = [f"{name}={value:.12g}" for name, value in self.object.defaults.items()]
        return f"(*, {', '.join(hyper)})"

    def get_doc(self):
        rule = self.object
        facts = {
            "Source": escape(rule.source),
            "Note": escape(rule.differs),
            "State": ", ".join(f"``{name}``" for name in rule.state),
            "The same as": ", ".join(f"``{name}``" for name in rule.same_as),
        }
        lines = [f":{title}: {text}" for title, text in facts.items() if text]
        return [[*rule.__doc__.splitlines(), "", *lines, ""]]


class MystDirective(Directive):
    """A directive that writes MyST for the page that it stands in."""

    has_content = False

    def run(self):
        box = nodes.Element()
        self.state.nested_parse(StringList(self.myst(), "rule_reference"), 0, box)
        return box.children


class RuleFormula(MystDirective):
    required_arguments = 1
    option_spec: ClassVar = {"label": directives.unchanged}

    def myst(self):
        label = [f":label: {self.options['label']}"] if "label" in self.options else []
        latex = symbolic(get_rule(self.arguments[0])).latex()
        return ["```{math}", *label, *latex.splitlines(), "```"]


class RuleSource(MystDirective):
    required_arguments = 1

    def myst(self):
        lines = inspect.getsource(get_rule(self.arguments[0]).formula).splitlines()
        function = ast.parse("\n".join(lines)).body[0]
        docstring = function.body[0]
        head = lines[function.lineno - 1 : docstring.lineno - 1]
        return ["```python", *head, *lines[docstring.end_lineno :], "```"]


class RuleTable(MystDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def myst(self):
        shown = {}
        for family in self.arguments[0].split():
            shown.update({n: r for n, r in RULES.items() if f"{n}_".startswith(f"{family}_")})
        rows = ["* - rule", "  - how it differs", "  - computed by"]
        formulas = []
        for name, rule in shown.items():
            link = f"[`{name}`](#adamlab.rules.{name})"
            same = "<br>".join(f"`{peer}`" for peer in rule.same_as)
            rows += [f"* - {link}", f"  - {rule.differs}", f"  - {same}"]
            formulas += [f"`{name}`", "```{math}", *symbolic(rule).latex().splitlines(), "```", ""]
        table = ["```{list-table}", ":header-rows: 1", ":widths: 27 41 32", *rows, "```"]
        return [*table, "", "````{dropdown} Their formulas", *formulas, "````"]


def setup(app):
    app.add_autodocumenter(RuleDocumenter)
    app.add_directive("rule-formula", RuleFormula)
    app.add_directive("rule-source", RuleSource)
    app.add_directive("rule-table", RuleTable)
    return {"parallel_read_safe": True}
