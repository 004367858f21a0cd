"""Whether the switched VM's verdicts are those of a fresh VM, by an independent second scorer."""
