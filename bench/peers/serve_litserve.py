"""The price of a car with LitServe, requests in batches; runs in its own environment."""
# mypy: ignore-errors

import os
import sys

import joblib
import litserve
import pandas as pd

# As many as the load has connections; a batch is also closed when nobody has come for 5 ms.
MOST, WAIT_S = 16, 0.005


class CarPrice(litserve.LitAPI):
    def setup(self, device):  # noqa: ARG002
        self.pipeline = joblib.load(os.environ["BENCH_PIPELINE"])

    def batch(self, inputs):
        return pd.DataFrame(inputs)

    def predict(self, table):
        return self.pipeline.predict(table)

    def unbatch(self, output):
        return output.tolist()

    def encode_response(self, output):
        return {"predicted": output}


if __name__ == "__main__":
    api = CarPrice(max_batch_size=MOST, batch_timeout=WAIT_S)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(
        host="127.0.0.1",
        port=int(sys.argv[1]),
        num_api_servers=1,
        generate_client_file=False,
        log_level="warning",
    )
