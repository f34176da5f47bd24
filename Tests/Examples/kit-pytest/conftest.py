pytest_plugins = ["podid"]
