"""What is known of a program before it is transformed: effects, storage, activity."""
