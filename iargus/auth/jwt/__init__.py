"""JSON Web Tokens (RFC 7519, hardened after RFC 8725): claims, form, key ring. Pure."""
