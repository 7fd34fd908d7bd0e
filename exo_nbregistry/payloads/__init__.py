"""Models and attachments as verified blobs."""
