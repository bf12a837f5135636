"""How an editor starts a theme, tries a change, corrects what was filed wrongly, and learns from that.

    examples, words --phrases--> distinctive --starter--> the text of a new theme file
    two sets of theme files --moves--> which articles go in and out, and by which terms
    corrections --proposals--> terms, each with its effect on past articles --toml_text--> a theme file

``past`` reads the store, ``files`` the disk; the others take values and give values back.
"""
