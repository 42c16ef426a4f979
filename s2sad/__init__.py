"""s2sad: source-to-source automatic differentiation of NumPy programs."""

from s2sad.api import grad, no_grad, stop_gradient, value_and_grad, vjp
from s2sad.checking import check_grads
from s2sad.checkpoints import checkpoint, checkpointed
from s2sad.custom import rule
from s2sad.errors import UnsupportedError
from s2sad.jacobians import hessian, hvp, jacfwd, jacobian, jacrev
from s2sad.pushforward import jvp

__all__ = [
    "UnsupportedError",
    "check_grads",
    "checkpoint",
    "checkpointed",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "no_grad",
    "rule",
    "stop_gradient",
    "value_and_grad",
    "vjp",
]
__version__ = "0.1.0"
