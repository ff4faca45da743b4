"""What scoring knows of an organization itself: its name and the currency it counts in unless said otherwise."""
