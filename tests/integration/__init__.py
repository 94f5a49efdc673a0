"""Parts against real PostgreSQL, Temporal and SMTP on loopback. No sockets beyond it."""
