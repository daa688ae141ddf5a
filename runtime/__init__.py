"""What the script `baton` is made of. Standard library only: it runs before anything is installed."""
