"""A movement is goods that came or went outside of a transfer: sold, brought back, delivered by a supplier.

Tills, suppliers and other systems tell of them, each with an id of its own there and the time at which it happened.
"""
