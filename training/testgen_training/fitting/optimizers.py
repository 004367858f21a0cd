"""The two optimizers, and the learning rate of a step.

AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101), fused, its steps scaled by the size of each tensor as
Adafactor's are, which is what T5 needs (Nawrot 2023, nanoT5, arXiv:2309.02373); Muon (Jordan et al. 2024, as
torch has it) for the matrices inside the blocks, with AdamW for embeddings, norms and position biases, as
its author advises.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import nn

from testgen_training.fitting.config import Optimization


def optimizers_of(model: nn.Module, wanted: Optimization) -> list[torch.optim.Optimizer]:
    """One optimizer, or two for `muon`. Each group keeps its highest rate as `peak`."""
    matrices, others = _parted(model)
    if wanted.optimizer == "muon":
        muon = torch.optim.Muon(matrices, lr=wanted.muon_rate, weight_decay=wanted.weight_decay)
        made: list[torch.optim.Optimizer] = [muon, _adamw([], others, wanted)]
    else:
        made = [_adamw(matrices, others, wanted)]
    for optimizer in made:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return made


def _parted(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Matrices inside the blocks, and everything else: embeddings, norms, position biases."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        inside = parameter.ndim == 2 and ".block." in name and "relative_attention_bias" not in name
        (matrices if inside else others).append(parameter)
    return matrices, others


def _adamw(
    decayed: Iterable[nn.Parameter], others: Iterable[nn.Parameter], wanted: Optimization
) -> torch.optim.Optimizer:
    """AdamW with one group per tensor: each may have a rate of its own."""
    groups = [
        *({"params": [each], "weight_decay": wanted.weight_decay} for each in decayed),
        *({"params": [each], "weight_decay": 0.0} for each in others),
    ]
    made = torch.optim.AdamW(groups, lr=wanted.rate, betas=(0.9, 0.98), eps=1e-8, fused=True)
    for group in made.param_groups:
        group["scaled"] = wanted.scaled
    return made


def rate_share(step: int, steps: int, wanted: Optimization, plateau_share: float = 1.0) -> float:
    """The share of its highest rate that a group has at a step, counted from 0.

    Linear warm-up, then a cosine down to `last_share` at the last step (Loshchilov & Hutter 2017,
    arXiv:1608.03983), or what the plateaus left.
    """
    if step < wanted.warmup_steps:
        return (step + 1) / wanted.warmup_steps
    if wanted.schedule == "plateau":
        return plateau_share
    done = (step - wanted.warmup_steps) / max(1, steps - 1 - wanted.warmup_steps)
    return wanted.last_share + (1 - wanted.last_share) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


@torch.no_grad()
def set_rates(optimizers: Iterable[torch.optim.Optimizer], share: float) -> None:
    """Gives every group its share of its highest rate, times the size of its tensor where it is `scaled`."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            size = _root_mean_square(group["params"][0]) if group.get("scaled") else 1.0
            group["lr"] = group["peak"] * share * size


def _root_mean_square(parameter: nn.Parameter) -> float:
    """Of a tensor's values, at least 0.001: Adafactor's scale (arXiv:1804.04235, section 8)."""
    return max(1e-3, float(parameter.norm()) / math.sqrt(parameter.numel()))
