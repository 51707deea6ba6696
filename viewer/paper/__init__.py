"""The parcel's answer as a tagged PDF, made by WeasyPrint in processes of their own."""
