"""What a person's bonus is reckoned from: dated salary, target bonus and where payroll books it. Pay lives here and nowhere else."""
