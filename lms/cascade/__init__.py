"""Who taught whom: trainings, sessions, attendance, lineage."""
