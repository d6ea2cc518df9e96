"""Import of tables: a file is read, planned with every problem named, and only then written through the desk."""
