"""A person signs in and works; a role says at which level, in which stores or areas, from when to when.

Levels: 1 viewer, 2 associate, 3 store manager, 4 area manager, 5 administrator. Whether somebody may do a thing is
always judged for the person and the moment at which it was done.
"""
