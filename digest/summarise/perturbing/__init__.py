"""The changes that make a true summary false, by what they change.

Every maker takes a text on one line, its sources and a generator, and gives the changed text, or None when
there is nothing to change. Only what the sources bear out is changed, and to nothing that they say as well.
"""
