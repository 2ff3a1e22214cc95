"""Health is what the operators ask of the program: is it alive, is it ready, how much does it do.

Load balancers ask `/healthz` and `/readyz`, Prometheus asks `/metrics`.
"""
