"""What is fast, measured against a floor and against peers, one command: `make bench`, or `make bench NAME="page"`.

A ratio comes from one run in which the things compared take turns; absolute figures are of this machine and gate
nothing. Knows nothing of training; refuses to measure anything but what a visitor of the real server would meet.
"""
