"""The Littlest JupyterHub: what a class needs beyond `tljh-config`. README.md beside this file says where it goes.

The hub loads every *.py file in its folder jupyterhub_config.d; `sudo tljh-config reload hub` makes it do so again.
"""

c = get_config()  # noqa: F821 (given by JupyterHub)

# When a whole class logs in at once, starting takes longer than usual. Nobody is sent away.
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 120
c.JupyterHub.concurrent_spawn_limit = 100

# One BLAS thread for each kernel: with more, a busy machine is many times slower.
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}
