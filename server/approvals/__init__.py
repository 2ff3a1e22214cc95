"""An approval rule says what no one person books alone: which work, from how much on, for which reason, in which store;
from which level somebody must accept it, and whether one person is enough. Nobody's word counts for their own work.

Where several rules fit, the highest level and the greatest number of people hold. What waits keeps what was asked of it
when it came: a rule that changes later changes nothing for it.
"""
