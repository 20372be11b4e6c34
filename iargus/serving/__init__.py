"""Where models come from and where they lie: registry, artefacts, placement, memory."""
