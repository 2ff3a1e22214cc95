"""A policy is a choice that holds for the whole chain: how much may be adjusted alone, whose stock phones hold.

Each has a default in the code and stands in the book only where somebody chose otherwise. What phones must know of
them travels in the row `policy` of the bucket `chain`.
"""
