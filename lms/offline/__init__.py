"""What a phone carries, and how it comes home."""
