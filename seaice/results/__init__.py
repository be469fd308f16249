"""What a network makes of scenes: predictions, scores, and files of them."""
