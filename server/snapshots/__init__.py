"""A snapshot is a whole bucket in columns, made once and fetched by every phone that begins anew.

It lies in the data folder as pieces that never change. What moved since it was made comes by an ordinary pull.
"""
