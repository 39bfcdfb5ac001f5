"""What the comparisons are made with: servers, load generators, stored data, figures."""
