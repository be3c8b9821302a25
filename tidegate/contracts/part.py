"""What every section of a contract is: values that are checked and never changed."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Unknown keys are refused, so that a typing error is found, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
