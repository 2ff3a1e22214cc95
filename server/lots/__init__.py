"""Lots: units made together, with one last day. A store's shelves are booked by lot where somebody told which; the last
day is read on the goods by whoever handles them, and the earliest that anybody read stands.

`/expiry` is the worklist of a store: what has expired and what will, with what is left of each lot.
"""
