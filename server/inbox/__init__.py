"""The inbox is the one door: every change of every phone and page enters here as an operation, once.

It takes operations in groups, decides them by the rules of their noun, writes ledger, outcomes and feed in one
transaction, and tells each phone what became of its work and what is new.
"""
