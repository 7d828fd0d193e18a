"""A synthetic country to try everything in. Places down to Dioïla's health areas are real; villages, people and facts are not."""
