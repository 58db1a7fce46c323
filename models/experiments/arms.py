"""Arms: the schemes that are compared. An arm is a preset and how its people behave.

Knows nothing of data or results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.presets import PRESETS, Choice, Preset


@dataclass(frozen=True)
class Arm:
    """One scheme of a comparison."""

    name: str
    preset: Preset
    #: People must name every image, also those that nobody could.
    forced: bool = False
    #: People err on real and made images like those of CIFAR-10H.
    noisy: bool = False
    #: No queries: the learner gets the whole pool with its true labels.
    supervised: bool = False


PAPER, SEVERAL = PRESETS["paper"], PRESETS["default"]
#: The default as it is on two classes, where it does not matter how several are told apart.
DEFAULT = replace(SEVERAL, learner=Choice("linear_svm"))
#: Band search as it was when most arms were chosen: fewer searches, longer ones, a narrower band,
#: and rare latents let through.
_EARLIER: Mapping[str, float | str] = {
    "starts": 64,
    "steps": 5,
    "width": 0.5,
    "density": "off",
    "density_share": 0.95,
}
EARLIER_BAND = Choice("band", _EARLIER)
#: The default as it was before its features learned from views and labels spread among them, with
#: a narrower band, and whatever its generator drew.
UNSPREAD = replace(
    DEFAULT,
    features=Choice("discriminator"),
    generator=Choice("vae"),
    propagate=False,
    strategies={**DEFAULT.strategies, "synthesized": EARLIER_BAND},
)
#: The default as it was when its other settings were chosen: synthesis never gave way either.
UNYIELDING = replace(UNSPREAD, refusal_limit=1.0)
UNTRAINED = Choice("discriminator", {"epochs": 0})
VIEWS = Choice("contrastive")
#: The paper's pixels, so blurred that a boundary hangs on strokes, and the strength that goes with
#: it. Both were chosen on another pair (`develop-shift`).
BLUR, BLURRED_STRENGTH = 2.0, 0.1
#: How far copies of labeled images are stretched, and the strength that goes with it; chosen there
#: too.
STRETCH, STRETCHED_STRENGTH = 0.8, 0.1
#: A thousand times the paper's strength, so that no pixel weighs much that few labels speak of.
FIRM = Choice("linear_svm", {"strength": 1.0})
POOL_ONLY = {"synthesized": 0.0, "pool": 1.0, "explore": 0.0}
SYNTHESIZED_ONLY = {"synthesized": 1.0, "pool": 0.0, "explore": 0.0}
RANDOM_ONLY = {"synthesized": 0.0, "pool": 0.0, "explore": 1.0}


def arm(name: str, preset: Preset, **changes: object) -> Arm:
    """Name a preset with some choices changed; `mix`, `features`, `learner`, ... as in `Preset`."""
    return Arm(name, replace(preset, **changes))  # type: ignore[arg-type]


def pool_arm(name: str, preset: Preset, strategy: Choice) -> Arm:
    """Take real images alone, by one strategy."""
    strategies: Mapping[str, Choice] = {**preset.strategies, "pool": strategy}
    return arm(name, preset, strategies=strategies, mix=POOL_ONLY)


def synthesis_arm(name: str, preset: Preset, strategy: Choice) -> Arm:
    """Take synthesized images alone, by one strategy."""
    strategies: Mapping[str, Choice] = {**preset.strategies, "synthesized": strategy}
    return arm(name, preset, strategies=strategies, mix=SYNTHESIZED_ONLY)


def paper_arms() -> tuple[Arm, ...]:
    """List the schemes of the paper's figures, all at the paper's settings."""
    return (
        arm("GAAL", PAPER),
        arm("GAAL + random rounds", PAPER, random_round_every=6),
        synthesis_arm("simple GAN", PAPER, Choice("simple_gan")),
        pool_arm("SVMactive", PAPER, Choice("margin")),
        pool_arm("k-means SVMactive", PAPER, Choice("diverse_margin")),
        arm("random", PAPER, mix=RANDOM_ONLY),
        arm("self-taught", PAPER, mix=RANDOM_ONLY, features=Choice("discriminator")),
        Arm("fully supervised", PAPER, supervised=True),
    )


def default_arms() -> tuple[Arm, ...]:
    """List what the default preset is measured beside: each part of it alone, and the controls.

    Those *on a discriminator* have its features, and their labels do not spread.
    """
    return (
        Arm("default", DEFAULT),
        pool_arm("diversified margin", DEFAULT, Choice("diverse_margin")),
        synthesis_arm("band alone", DEFAULT, DEFAULT.strategies["synthesized"]),
        arm("random", DEFAULT, mix=RANDOM_ONLY),
        arm("default, not spread", DEFAULT, propagate=False),
        Arm("default, on a discriminator", UNSPREAD),
        Arm("never giving way, on a discriminator", UNYIELDING),
        pool_arm("diversified margin, on a discriminator", UNSPREAD, Choice("diverse_margin")),
        pool_arm("SVMactive, on a discriminator", UNSPREAD, Choice("margin")),
        synthesis_arm("simple GAN, on a discriminator", UNSPREAD, Choice("simple_gan")),
        arm("random, on a discriminator", UNSPREAD, mix=RANDOM_ONLY),
        arm("default, on an untrained one", UNSPREAD, features=UNTRAINED),
    )


def photo_arms() -> tuple[Arm, ...]:
    """List what the default preset is measured beside on photographs, which no generator of ours
    draws so that people can name them: real ones, changed further than those that stand in.
    """
    changed = replace(DEFAULT, generator=Choice("perturbation"))
    wide = {**DEFAULT.strategies, "synthesized": Choice("band", {"width": 1.5})}
    return (
        *default_arms(),
        Arm("default, real images changed", changed),
        arm("default, real images changed, width 1.5", changed, strategies=wide),
    )


def steer_arms() -> tuple[Arm, ...]:
    """List mixes that keep their shares, that give way to refusals, and that are steered by what
    answers were worth: a usual one, and one that begins at the wrong end.
    """
    wrong = replace(UNYIELDING, mix={"synthesized": 0.6, "pool": 0.1, "explore": 0.3})
    return (
        Arm("usual mix", UNYIELDING),
        Arm("usual mix, giving way", UNSPREAD),
        arm("usual mix, steered", UNYIELDING, steer_mix=True),
        arm("usual mix, giving way and steered", UNSPREAD, steer_mix=True),
        Arm("wrong mix", wrong),
        arm("wrong mix, giving way", wrong, refusal_limit=UNSPREAD.refusal_limit),
        arm("wrong mix, steered", wrong, steer_mix=True),
        pool_arm("diversified margin", UNSPREAD, Choice("diverse_margin")),
        arm("random", UNSPREAD, mix=RANDOM_ONLY),
        Arm("default", DEFAULT),
        arm("default, steered", DEFAULT, steer_mix=True),
    )


def noise_arms() -> tuple[Arm, ...]:
    """List GAAL and its rivals with people who may refuse, who may not, and who err like people."""
    gaal, active = arm("", PAPER), pool_arm("", PAPER, Choice("margin"))
    rest = arm("", PAPER, mix=RANDOM_ONLY)
    return (
        replace(gaal, name="GAAL"),
        replace(gaal, name="GAAL, forced", forced=True),
        replace(gaal, name="GAAL, erring", noisy=True),
        replace(gaal, name="GAAL, forced and erring", forced=True, noisy=True),
        replace(active, name="SVMactive"),
        replace(active, name="SVMactive, erring", noisy=True),
        replace(rest, name="random"),
        replace(rest, name="random, erring", noisy=True),
    )


def ladder_arms() -> tuple[Arm, ...]:
    """List the way from the paper to the default, one modification at a time."""
    band = {**_EARLIER, "width": 0.0, "diversity": "none", "least_chance": 0.0}
    validated = replace(PAPER, learner=Choice("linear_svm"))
    encoded = replace(validated, generator=Choice("vae"))
    wide = {**band, "width": 1.0}
    diverse = {key: value for key, value in wide.items() if key != "diversity"}
    mixed = replace(encoded, mix=UNSPREAD.mix, strategies=UNSPREAD.strategies)
    return (
        arm("1 the paper", PAPER),
        arm("2 strength by validation", validated),
        synthesis_arm("3 search from encoded images", encoded, Choice("band", band)),
        synthesis_arm("4 a band, not the boundary", encoded, Choice("band", wide)),
        synthesis_arm("5 medoids", encoded, Choice("band", diverse)),
        synthesis_arm("6 recognizability gate", encoded, EARLIER_BAND),
        arm("7 half from the pool", mixed),
        arm("8 cold start by medoids", mixed, cold_start=Choice("medoids"), cold_start_size=10),
        Arm("9 learned features", UNYIELDING),
        Arm("10 synthesis gives way", UNSPREAD),
        arm("11 features of views", DEFAULT, propagate=False),
        Arm("12 labels spread (the default)", DEFAULT),
    )


def shift_arms() -> tuple[Arm, ...]:
    """List schemes on pixels alone, for a test of another distribution."""
    validated = replace(PAPER, learner=Choice("linear_svm"))
    encoded = replace(validated, generator=Choice("vae"))
    mixed = replace(encoded, mix=UNSPREAD.mix, strategies=UNSPREAD.strategies)
    weak, firm = (replace(mixed, learner=each) for each in (PAPER.learner, FIRM))
    blurred = _blurred(mixed, BLUR, BLURRED_STRENGTH)
    wide = _stretched(mixed, STRETCH, STRETCHED_STRENGTH)
    return (
        synthesis_arm("band alone", encoded, EARLIER_BAND),
        synthesis_arm("simple VAE", encoded, Choice("simple_gan")),
        arm("default mix", mixed),
        arm("default mix, the paper's strength", weak),
        arm("default mix, walks", mixed, walk_share=1.0),
        synthesis_arm("band alone, strength 1", firm, EARLIER_BAND),
        Arm("default mix, strength 1", firm),
        arm("default mix, walks, strength 1", firm, walk_share=1.0),
        synthesis_arm("band alone, blurred", blurred, EARLIER_BAND),
        Arm("default mix, blurred", blurred),
        arm("default mix, walks, blurred", blurred, walk_share=1.0),
        synthesis_arm("band alone, stretched", wide, EARLIER_BAND),
        synthesis_arm(
            "band alone, stretched, validated", replace(mixed, stretch=STRETCH), EARLIER_BAND
        ),
        Arm("default mix, stretched", wide),
        arm("default mix, walks, stretched", wide, walk_share=1.0),
        pool_arm("diversified margin", validated, Choice("diverse_margin")),
        pool_arm("diversified margin, strength 1", firm, Choice("diverse_margin")),
        pool_arm("diversified margin, blurred", blurred, Choice("diverse_margin")),
        pool_arm("diversified margin, stretched", wide, Choice("diverse_margin")),
        arm("random", validated, mix=RANDOM_ONLY),
        arm("random, strength 1", firm, mix=RANDOM_ONLY),
        arm("random, blurred", blurred, mix=RANDOM_ONLY),
        arm("random, stretched", wide, mix=RANDOM_ONLY),
        arm("GAAL", PAPER),
        pool_arm("SVMactive, the paper's", PAPER, Choice("margin")),
        Arm("fully supervised, the paper's", PAPER, supervised=True),
        Arm("fully supervised", validated, supervised=True),
        Arm("fully supervised, strength 1", firm, supervised=True),
        Arm("fully supervised, blurred", blurred, supervised=True),
        Arm("fully supervised, stretched", wide, supervised=True),
    )


def ten_arms() -> tuple[Arm, ...]:
    """List what the default is measured beside on ten classes.

    Those *on a discriminator* have its features, labels that do not spread, and the hinge loss.
    """
    return (
        Arm("default", SEVERAL),
        pool_arm("diversified margin", SEVERAL, Choice("diverse_margin")),
        pool_arm("margin", SEVERAL, Choice("margin")),
        pool_arm("BADGE", SEVERAL, Choice("badge")),
        pool_arm("TypiClust", SEVERAL, Choice("typiclust")),
        arm("random", SEVERAL, mix=RANDOM_ONLY),
        Arm("default, on a discriminator", UNSPREAD),
        pool_arm("diversified margin, on a discriminator", UNSPREAD, Choice("diverse_margin")),
        pool_arm("margin, on a discriminator", UNSPREAD, Choice("margin")),
        pool_arm("BADGE, on a discriminator", UNSPREAD, Choice("badge")),
        arm("random, on a discriminator", UNSPREAD, mix=RANDOM_ONLY),
    )


def develop_shift_arms() -> tuple[Arm, ...]:
    """List what was tried on pixels for a test of another distribution."""
    mixed = next(each for each in shift_arms() if each.name == "default mix")
    half = {"synthesized": 0.5, "pool": 0.0, "explore": 0.5}
    firm = replace(mixed.preset, learner=FIRM)
    blurred = _blurred(mixed.preset, BLUR, BLURRED_STRENGTH)
    return (
        mixed,
        arm("walks", mixed.preset, walk_share=1.0),
        arm("walks, the rest at random", mixed.preset, walk_share=1.0, mix=half),
        Arm("default mix, strength 1", firm),
        arm("walks, strength 1", firm, walk_share=1.0),
        synthesis_arm("band alone, strength 1", firm, EARLIER_BAND),
        pool_arm("diversified margin, strength 1", firm, Choice("diverse_margin")),
        arm("random, strength 1", firm, mix=RANDOM_ONLY),
        *(
            synthesis_arm(
                f"band alone, blur {blur:g}, strength {strength:g}",
                _blurred(mixed.preset, blur, strength),
                EARLIER_BAND,
            )
            for blur, strength in (
                *((1.0, 0.3), (1.5, 0.1), (1.5, 0.3)),
                *((2.0, 0.03), (2.0, 0.1), (2.0, 0.3), (2.5, 0.03)),
            )
        ),
        Arm("default mix, blurred", blurred),
        pool_arm("diversified margin, blurred", blurred, Choice("diverse_margin")),
        arm("random, blurred", blurred, mix=RANDOM_ONLY),
        *(
            synthesis_arm(
                f"band alone, real images changed by {far:g}, strength 1",
                replace(firm, generator=Choice("perturbation", {"strength": far})),
                EARLIER_BAND,
            )
            for far in (1.0, 2.0)
        ),
        *_stretched_arms(mixed.preset),
    )


def _stretched_arms(mixed: Preset) -> tuple[Arm, ...]:
    wide = _stretched(mixed, STRETCH, STRETCHED_STRENGTH)
    return (
        *(
            synthesis_arm(
                f"band alone, stretched by {by:g}, strength {strength:g}",
                _stretched(mixed, by, strength),
                EARLIER_BAND,
            )
            for by, strength in (
                *((0.4, 0.1), (0.6, 0.1), (0.8, 0.1), (1.0, 0.1)),
                *((0.8, 0.01), (0.8, 1.0)),
            )
        ),
        synthesis_arm("band alone, stretched by 0.8", replace(mixed, stretch=0.8), EARLIER_BAND),
        Arm("default mix, stretched", wide),
        pool_arm("diversified margin, stretched", wide, Choice("diverse_margin")),
        arm("random, stretched", wide, mix=RANDOM_ONLY),
    )


def develop_arms() -> tuple[Arm, ...]:
    """List the choices that the default preset is made of, each beside its alternatives."""
    views = replace(UNYIELDING, features=VIEWS, propagate=True)
    common: dict[str, float | str] = {
        "width": 1.0,
        "density": "mahalanobis",
        "density_share": 0.8,
    }
    chosen = {**common, "starts": 160, "steps": 2}
    changed = replace(views, generator=Choice("perturbation"))
    return (
        Arm("default", UNYIELDING),
        pool_arm("diversified margin", UNYIELDING, Choice("diverse_margin")),
        _band("width 0.25", {"width": 0.25}),
        _band("width 1", {"width": 1.0}),
        _band("width 1, away from the pool", {"width": 1.0, "pool_spacing": 0.5}),
        _band("width 1, far from the pool", {"width": 1.0, "pool_spacing": 1.0}),
        _band("width 1, no gate", {"width": 1.0, "least_chance": 0.0}),
        _band("width 1, strict gate", {"width": 1.0, "least_chance": 0.8}),
        arm("mix 20 / 70 / 10", UNYIELDING, mix={"synthesized": 0.2, "pool": 0.7, "explore": 0.1}),
        arm("mix 50 / 50 / 0", UNYIELDING, mix={"synthesized": 0.5, "pool": 0.5, "explore": 0.0}),
        arm("labels spread", UNYIELDING, propagate=True),
        arm("views", UNYIELDING, features=VIEWS),
        Arm("views, labels spread", views),
        arm("views, labels spread, pool alone", views, mix=POOL_ONLY),
        _band("views, labels spread, width 1", {"width": 1.0}, views),
        _band("views, labels spread, width 1.5", {"width": 1.5}, views),
        _band("views, labels spread, strict gate", {"least_chance": 0.8}, views),
        _band("views, labels spread, width 1, no rare latents", common, views),
        _band("views, labels spread, so and from more starts", chosen, views),
        _band("views, so from more starts, width 1.5", {**chosen, "width": 1.5}, views),
        _band("views, so from more starts, real images changed", chosen, changed),
        _band(
            "views, so from more starts, real images changed, width 1.5",
            {**chosen, "width": 1.5},
            changed,
        ),
        *(
            _band(
                f"views, so from more starts, real images changed by {strength:g}",
                chosen,
                replace(views, generator=Choice("perturbation", {"strength": strength})),
            )
            for strength in (0.25, 0.5)
        ),
    )


def _band(name: str, options: Mapping[str, float | str], preset: Preset = UNYIELDING) -> Arm:
    strategies = {**preset.strategies, "synthesized": Choice("band", {**_EARLIER, **options})}
    return arm(name, preset, strategies=strategies)


def _blurred(preset: Preset, blur: float, strength: float) -> Preset:
    learner = Choice("linear_svm", {"strength": strength})
    return replace(preset, features=Choice("pixels", {"blur": blur}), learner=learner)


def _stretched(preset: Preset, by: float, strength: float) -> Preset:
    return replace(preset, stretch=by, learner=Choice("linear_svm", {"strength": strength}))
