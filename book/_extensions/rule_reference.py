"""Lets autodoc show an update rule like a function, with its source and its relatives."""

from sphinx.ext.autodoc import FunctionDocumenter
from sphinx.util.rst import escape

from adamlab.optimizers import Rule


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
        hyper = [f"{name}={value:g}" for name, value in self.object.defaults.items()]
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


def setup(app):
    app.add_autodocumenter(RuleDocumenter)
    return {"parallel_read_safe": True}
