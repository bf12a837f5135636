"""Our own judge of a finished mail, for those who have no other: `digest check --mail`.

    bytes -> parse -> Mail -> rules, one module per matter -> findings, each with how to mend it

Everything here is pure: a message's bytes, or MJML source, in; findings out. It judges any newsletter,
not only ours, and never asks the network.
"""

from digest.maillint.expected import Expected, expected_of
from digest.maillint.finding import Finding, Level, Rule
from digest.maillint.linter import MAIL_RULES, lint, lint_mjml, rule_count, rules_page

__all__ = [
    "MAIL_RULES",
    "Expected",
    "Finding",
    "Level",
    "Rule",
    "expected_of",
    "lint",
    "lint_mjml",
    "rule_count",
    "rules_page",
]
