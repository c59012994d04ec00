"""What people see: pages rendered on the server, with htmx and small modules of our own."""
