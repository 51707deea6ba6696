"""The generator of the made-up municipality: `python -m data_samples.generator OUT_FOLDER`."""
