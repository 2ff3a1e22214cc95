"""The setup is a hub's first day: from an empty database to a shop that phones can work in.

Nobody is known yet who could be trusted, so the first step asks for a code that the hub prints where it was started.
Who gives it becomes the first administrator; every later step is theirs, may be skipped, and is found again. What is
done is never noted down: it is seen in the shop itself.
"""
