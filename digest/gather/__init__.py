"""From sources to articles: fetch, parse, extract.

``collect.gather`` is the run, ``probe.probe`` a look at one source. Nothing is imported here: the
libraries for HTTP and pages are slow to load, and most commands fetch nothing.
"""
