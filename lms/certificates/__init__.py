"""What is awarded, printed, verified, revoked."""
