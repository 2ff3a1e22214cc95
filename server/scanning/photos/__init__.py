"""Photographs of codes: what readers agree on, or nothing.

`engine.py` reads, `votes.py` believes. `worker.py` is the process that both run in, because a native decoder may die
of a hostile picture; `jobs.py` keeps such a process for the hub and for the command.
"""
