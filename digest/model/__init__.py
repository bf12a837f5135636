"""The nouns of the product as frozen values. Standard library only; no I/O, no clock.

Every ``datetime`` in the model is timezone-aware and in UTC unless its name says ``local``.
"""
