"""What is served while measuring, each by the very server command of `lms run`."""
