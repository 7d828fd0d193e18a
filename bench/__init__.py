"""What is fast, measured against a floor and against peers, one command: `make bench`, or `make bench NAME="page"`.

A ratio comes from one run in which the things compared take turns; absolute figures are of this machine and gate
nothing. What is told, and by whom, is the cast of the tests; it refuses to measure anything but what a visitor or a
phone of the real server would meet.
"""
