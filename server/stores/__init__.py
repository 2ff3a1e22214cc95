"""A store is a place where goods stand on shelves and people sell them.

Stores lie in areas, know their neighbours (who may lend goods, nearest first) and carry assortments. Everything the
whole chain may know about its stores travels to phones in one shared bucket, `chain`.
"""
