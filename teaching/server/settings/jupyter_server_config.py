"""Settings of every student's Jupyter server, for both recipes. README.md beside this folder says where it goes.

The load test uses this file, too: what it measures is what a class gets.
"""

import os

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's connection to the page that sends each message at once.

    Without this, small messages wait until the one before has been confirmed: a picture lags behind a quick drag by
    some 60 ms, though the kernel is done after a few.
    """

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c = get_config()  # noqa: F821 (given by Jupyter)
c.ServerApp.kernel_websocket_connection_class = PromptConnection

os.environ["OPENBLAS_NUM_THREADS"] = "1"        # kernels inherit it: with more, a busy machine is many times slower

# A kernel that nobody has used for an hour ends, if no page shows its notebook; what is saved stays.
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_interval = 300

# No news and no look for updates: the course needs no network.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
