"""A device is one browser on one phone; for each person who signs in on it, it holds a key.

The key signs what that person does there, also days before it is sent, so a shared handheld can deliver the work of
an earlier user and the hub still knows whose it was.
"""
