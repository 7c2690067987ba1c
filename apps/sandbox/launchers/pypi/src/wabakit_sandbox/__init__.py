"""Runs wabakit-sandbox, a stand-in for Meta's WhatsApp Cloud API. `wabakit_sandbox.testing` starts it in tests."""
