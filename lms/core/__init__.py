"""Database, facts, language, guard, fields: what every floor stands on. Knows no word of training."""
