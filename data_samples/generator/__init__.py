"""The generator of the made-up sample municipality; `python -m data_samples.generator OUT_FOLDER` runs it."""
