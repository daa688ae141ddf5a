"""What the heavy pages cost: `./baton bench`. See README.md beside this file."""
