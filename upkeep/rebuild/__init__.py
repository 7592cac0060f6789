"""Read models anew beside the live ones: built, compared, switched."""
