"""A transfer moves goods from one store to another: requested, approved, dispatched, received.

Asking, approving, taking an approval back, rejecting, cancelling and closing are intents: the first one wins. Dispatch
and receipt are facts: they happened, they add up, and they are booked even when somebody cancelled meanwhile (then it
is an exception).
"""
