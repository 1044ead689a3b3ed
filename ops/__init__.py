"""The local stack and what surrounds it: embedded servers, supervision, installation."""
