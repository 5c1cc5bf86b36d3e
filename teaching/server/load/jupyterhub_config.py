"""The load test's JupyterHub: any name may log in, every student's server is a process in a folder of its own.

For a test on one machine only. It isolates nobody from anybody: use the recipes beside it for a class.
"""

import os
from pathlib import Path

folder = Path(os.environ["LOAD_TEST_FOLDER"])
front, api, hub = os.environ["LOAD_TEST_PORTS"].split(",")

c = get_config()  # noqa: F821 (given by JupyterHub)
c.JupyterHub.bind_url = f"http://127.0.0.1:{front}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub}"
c.JupyterHub.db_url = f"sqlite:///{folder / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.cleanup_servers = True
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = [os.environ["LOAD_TEST_PROXY"]]
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(folder / "homes" / "{username}")
c.Spawner.default_url = "/lab"
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1", "JUPYTER_CONFIG_PATH": os.environ["LOAD_TEST_SETTINGS"]}
c.Spawner.start_timeout = c.Spawner.http_timeout = 300     # a slow machine is a result, not an error
if hasattr(os, "geteuid") and os.geteuid() == 0:
    c.Spawner.args = ["--allow-root"]
