"""Tests of LiveViews and components: pages are visited, events sent, and what a visitor sees is asserted."""
