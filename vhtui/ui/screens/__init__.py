"""The screens: the frame with its panels, and the dialogs over it."""
