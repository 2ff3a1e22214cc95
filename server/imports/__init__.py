"""An import is a file that came in: stores, people, goods, what was counted, what tills and suppliers moved.

It is read by a process of its own and booked in short steps, each with how far it got: one that was interrupted goes
on where it stopped. What cannot be taken is kept with its line and the reason; the rest comes in.
"""
