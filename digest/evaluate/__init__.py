"""How good themes, stories, summaries and the grounding check are, over a file of examples.

    FILE.jsonl --records--> one kind of item each --themes | stories | summaries | grounding-->
        one prediction per line, and a report where people gave the right answers

The measures are those of ``digest.group.evaluate`` and ``digest.summarise.evaluate``; formats and procedures
stand in ``docs/reference/evaluation.md``. No database is opened.
"""
