"""Shapes of people and tokens in the API; each names exactly what may be set."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.tables import Token, User


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UserShape(BaseModel):
    """A person."""

    id: int
    email: str
    name: str
    is_admin: bool
    #: Whether they chose a password; somebody without one signs in by link only.
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None

    @classmethod
    def of(cls, user: User) -> UserShape:
        """Show a person, never their password's hash."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            is_admin=user.is_admin,
            has_password=user.password_hash is not None,
            created_at=user.created_at,
            disabled_at=user.disabled_at,
        )


class UserList(BaseModel):
    """A page of people; `next` is the `after` of the next page."""

    items: list[UserShape]
    next: int | None


class NewUser(_Request):
    """A person to add."""

    email: str = Field(max_length=254, examples=["ada@example.org"])
    name: str = Field(max_length=100, examples=["Ada"])
    is_admin: bool = False


class SignInLinkShape(BaseModel):
    """A one-time link to hand over; it is never shown again."""

    sign_in_url: str
    hours: int


class AddedUser(UserShape):
    """The person just added, and the link to hand over to them."""

    sign_in: SignInLinkShape


class UserChange(_Request):
    """What may be changed about a person; what is left out stays."""

    name: str | None = Field(None, max_length=100)
    is_admin: bool | None = None
    disabled: bool | None = None


class TokenShape(BaseModel):
    """A token, without its secret."""

    id: int
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> TokenShape:
        """Show a token."""
        return cls(
            id=token.id,
            name=token.name,
            prefix=token.prefix,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


class TokenList(BaseModel):
    """A page of tokens; `next` is the `after` of the next page."""

    items: list[TokenShape]
    next: int | None


class NewToken(_Request):
    """A token to make."""

    name: str = Field(max_length=100, examples=["nightly export"])
    days: int = Field(90, ge=1, le=366)


class MadeToken(TokenShape):
    """The token just made, with its secret, which is never shown again."""

    token: str
