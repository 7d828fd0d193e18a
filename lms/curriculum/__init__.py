"""What is taught: modules, lessons, cards, recordings, and the state of their review.

Content is files, never tables; what reviewers sign of it is facts. Refuses to know who reads it: reading is public and
the same for everybody.
"""
