"""Around an unattended run: schedules, verifications, reports, and a look at the machine."""
