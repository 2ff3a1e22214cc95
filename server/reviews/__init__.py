"""A review is what somebody must look at before it counts, or although it does: each is settled at most once.

What was held back has effect when it is accepted, under its own id and at its own moment, as if it had been right at
once; what is declined never has any. What was booked with a question mark is merely seen.
"""
