"""The plugin, as an installed package would bring it."""

import urllib.request

pytest_plugins = ["wabakit_sandbox.pytest_plugin"]

# No proxy of the environment stands between a test and its own machine.
urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
