"""What implements a port over the network, a file or the system's clock."""
