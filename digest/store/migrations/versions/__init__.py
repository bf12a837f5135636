"""One module per revision, named v<revision>_<what>; never changed once released."""
