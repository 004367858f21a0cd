"""The daemon: jobs for editors and the command line, on warm VMs, over a socket that only the user opens."""
