"""Scanning: a code is read by camera, hand scanner or keyboard, and its item stands there with its stock.

It is where the app opens. A code means what `sync/gs1.py` says; a code that no item of the store has is shown as
unknown and never thrown away.
"""
