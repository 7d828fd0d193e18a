"""What is checked: quizzes, hands-up quizzes. Refuses to know who taught."""
