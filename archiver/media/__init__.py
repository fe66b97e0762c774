"""Images, videos and audio, told from their bytes."""
