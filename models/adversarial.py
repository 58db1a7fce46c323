"""Adversarial training: a maker of images and a judge of them, taught against each other.

Losses and steps only; the networks are handed in. Knows nothing of what becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.augmentation import augmented
from models.interfaces import Images, Indices, Progress
from models.lessons import Lesson, descend
from models.networks import Judge
from models.precision import frozen, laid_out, placed, quickly
from models.training import Schedule, Step, minibatches, report


@dataclass(frozen=True)
class AdversarialLoss:
    """What judge and maker each minimize, on logits (n,)."""

    #: Takes the judge's logits of real and of made images.
    judge: Callable[[Tensor, Tensor], Tensor]
    #: Takes the judge's logits of made images.
    maker: Callable[[Tensor], Tensor]


#: Hinge loss (Lim and Ye 2017; Miyato et al. 2018).
HINGE = AdversarialLoss(
    judge=lambda real, made: functional.relu(1 - real).mean() + functional.relu(1 + made).mean(),
    maker=lambda made: -made.mean(),
)
#: Logistic loss, not saturating (Goodfellow et al. 2014).
LOGISTIC = AdversarialLoss(
    judge=lambda real, made: functional.softplus(-real).mean() + functional.softplus(made).mean(),
    maker=lambda made: functional.softplus(-made).mean(),
)
#: Wasserstein distance in its dual form (Arjovsky et al. 2017).
WASSERSTEIN = AdversarialLoss(
    judge=lambda real, made: made.mean() - real.mean(),
    maker=lambda made: -made.mean(),
)


@dataclass(frozen=True)
class Pair:
    """The two networks and the length of the maker's latents."""

    maker: nn.Module
    judge: Judge
    latent_size: int


@dataclass(frozen=True)
class Conditions:
    """Classes that the judge judges by: a column of its outputs for each, after the first."""

    #: The class of every pool image, (n,).
    classes: Indices
    #: Reads the classes (n,) that latents (n, latent_size) ask for.
    asked: Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Game:
    """The rules that a pair is trained by."""

    loss: AdversarialLoss
    rate: float
    betas: tuple[float, float] = (0.5, 0.999)
    #: Steps of the judge for one of the maker.
    judge_steps: int = 1
    #: Weight of the gradient penalty.
    penalty: float = 0.0
    #: Whether the judge sees randomly changed images only.
    augment: bool = False
    conditions: Conditions | None = None
    #: What both minimize besides: takes the judge's outputs for made images, and their latents.
    besides: Callable[[Tensor, Tensor], Tensor] | None = None


class Duel:
    """One step after another of a maker against a judge."""

    def __init__(
        self, pair: Pair, game: Game, *, generator: torch.Generator, device: str = "cpu"
    ) -> None:
        self._pair, self._game = pair, game
        self._generator, self._device = generator, device
        self.maker, self.judge = placed(pair.maker, device), placed(pair.judge, device)
        self._maker_steps = _optimizer(self.maker, game)
        self._judge_steps = _optimizer(self.judge, game)
        # Batch normalization must not mix real and made images; without it one pass is cheaper.
        self._together = not any(isinstance(m, nn.BatchNorm2d) for m in self.judge.modules())

    def lesson(self) -> Lesson:
        """Return what trains the two."""
        return Lesson(
            networks={"maker": self.maker, "judge": self.judge},
            optimizers={"maker": self._maker_steps, "judge": self._judge_steps},
            generator=self._generator,
            step=self.step,
        )

    def step(self, step: Step) -> Tensor:
        """Teach the judge, and the maker when it is its turn; return the judge's loss."""
        makers_turn = step.number % self._game.judge_steps == 0
        latents = torch.randn(len(step.images), self._pair.latent_size, generator=self._generator)
        latents = latents.to(self._device)
        with torch.set_grad_enabled(makers_turn), quickly(self._device):
            made = torch.sigmoid(self.maker(latents).float())
        loss = self._judge_loss(step, made.detach(), latents)
        descend(self._judge_steps, loss)
        if makers_turn:
            self.judge.requires_grad_(False)
            outputs = self._outputs(self._seen(made))
            descend(self._maker_steps, self._maker_loss(outputs, latents))
            self.judge.requires_grad_(True)
        return loss.detach()

    def _judge_loss(self, step: Step, made: Tensor, latents: Tensor) -> Tensor:
        real_seen, made_seen = self._seen(step.images), self._seen(made)
        if self._together:
            joined = self._outputs(torch.cat([real_seen, made_seen]))
            of_real, of_made = torch.split(joined, len(made))
        else:
            of_real, of_made = self._outputs(real_seen), self._outputs(made_seen)
        loss = self._game.loss.judge(
            self._logits(of_real, self._true_classes(step)),
            self._logits(of_made, self._asked_classes(latents)),
        )
        if self._game.besides:
            loss = loss + self._game.besides(of_made, latents)
        if self._game.penalty:
            loss = loss + self._game.penalty * self._steepness(real_seen, made_seen)
        return loss

    def _maker_loss(self, outputs: Tensor, latents: Tensor) -> Tensor:
        loss = self._game.loss.maker(self._logits(outputs, self._asked_classes(latents)))
        return loss + self._game.besides(outputs, latents) if self._game.besides else loss

    def _seen(self, images: Tensor) -> Tensor:
        return augmented(images, self._generator) if self._game.augment else images

    def _outputs(self, images: Tensor) -> Tensor:
        with quickly(self._device):
            return self.judge.outputs(laid_out(images)).float()

    def _true_classes(self, step: Step) -> Tensor | None:
        if self._game.conditions is None:
            return None
        return torch.from_numpy(self._game.conditions.classes[step.rows]).to(self._device)

    def _asked_classes(self, latents: Tensor) -> Tensor | None:
        return self._game.conditions.asked(latents) if self._game.conditions else None

    def _steepness(self, real: Tensor, made: Tensor) -> Tensor:
        """Return how far the judge's slope is from one between real and made images, squared.

        Gulrajani et al. 2017, in single precision: it is differentiated twice.
        """
        share = torch.rand(len(real), 1, 1, 1, generator=self._generator).to(real)
        between = (share * real + (1 - share) * made).requires_grad_()
        logits = self.judge(laid_out(between))
        (slope,) = torch.autograd.grad(logits.sum(), between, create_graph=True)
        misfit: Tensor = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        return misfit

    @staticmethod
    def _logits(outputs: Tensor, classes: Tensor | None) -> Tensor:
        """Read the logits (n,): the first output, plus that of the class if there are classes.

        The output of a class is the inner product of projection (Miyato and Koyama 2018).
        """
        if classes is None:
            return outputs[:, 0]
        return outputs[:, 0] + outputs[:, 1:].gather(1, classes[:, None])[:, 0]


def train_pair(
    pair: Pair,
    images: Images,
    *,
    loss: AdversarialLoss,
    schedule: Schedule,
    rate: float,
    generator: torch.Generator,
    progress: Progress,
    device: str,
) -> None:
    """Train both networks in place, one step each per minibatch; the loss told is the judge's."""
    duel = Duel(pair, Game(loss, rate), generator=generator, device=device)
    for step in minibatches(images, schedule, generator=generator, device=device):
        report(progress, step, schedule, loss=duel.step(step))
    frozen(pair.maker)
    frozen(pair.judge)


def _optimizer(network: nn.Module, game: Game) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), lr=game.rate, betas=game.betas, fused=True)
