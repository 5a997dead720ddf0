"""Factory Droid: custom droids of projects and users."""
