"""A backup is one file that holds the whole shop as it stood in one moment, whichever database it came from.

It is a SQLite database with our own tables, so it is restored into either kind. A restored hub knows less than the
phones: it makes new epochs, so every phone begins anew, and what phones did since comes back out of their journals.
"""
