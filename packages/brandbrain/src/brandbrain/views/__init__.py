"""What people see of snapshots, fields, histories and differences, in a terminal of any width."""
