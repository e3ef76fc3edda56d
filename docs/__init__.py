"""Pictures of the page for the README, and the script that takes them."""
