"""The worker of brandbrain: claims jobs, keeps their leases alive, compiles, and ends them."""
