"""A newsletter digest e-mailer: feeds in, one responsive e-mail out, everyone exactly once."""
