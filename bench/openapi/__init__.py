"""Does the service do what its OpenAPI description says, whatever is sent?"""
