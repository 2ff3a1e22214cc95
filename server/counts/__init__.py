"""A count is what eyes saw at a moment. It anchors the book: on hand is what was counted, and what moved after it.

What is told late but happened before a count books itself and the entry that keeps the count true, so the balance stays
the sum of the ledger, whatever order the news comes in.
"""
