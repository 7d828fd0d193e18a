"""What happened afterwards: group life, monthly visits, outreach, referrals, supervision. Not built yet."""
