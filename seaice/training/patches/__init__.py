"""Draw training patches from scenes and augment them."""
