"""Reads all answers of a brand, or says of each wrong one what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brandbrain_core.errors import InvalidAnswers, Problem
from brandbrain_core.model.answers import Answers, ProofClaim
from brandbrain_core.model.json import JsonObject
from brandbrain_core.policies.answers.cells import Cell, WrongAnswer, kind_of, listed, string, strings
from brandbrain_core.policies.answers.enums import read_enum
from brandbrain_core.policies.answers.rules import read_rules
from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.storable import storable
from brandbrain_core.questions import CATALOGUE, RULES_ID, AnswerType, Question


def read(raw: JsonObject) -> Answers:
    """
    Return the answers, typed.

    Raises:
        InvalidAnswers: With one problem for each wrong answer, in the catalogue's order; the members of platform
            rules are answers of their own. Pointers are relative to the answers.

    >>> read({"tier0.primary_goal": "brand_awareness", "tier0.edge": None}).primary_goal
    'awareness'
    """
    _require_json(raw)
    answered: dict[str, Any] = {}
    problems: list[Problem] = []
    for question in CATALOGUE:
        if question.id == RULES_ID:
            answered["platform_rules"], wrong_rules = read_rules(raw)
            problems.extend(wrong_rules)
        elif raw.get(question.id) is not None:
            try:
                answered |= _read_one(question, Cell(raw[question.id], question.id, f"/{question.id}"))
            except WrongAnswer as wrong:
                problems.append(wrong.problem)
    if problems:
        raise InvalidAnswers(problems)
    return Answers(**answered, raw=raw)


def _require_json(raw: JsonObject) -> None:
    """Refuse what has no JSON form, so that answers can always be stored and hashed."""
    if not isinstance(raw, Mapping):
        raise InvalidAnswers([Problem(code="wrong_type", message=f"Answers must be an object, not {kind_of(raw)}")])
    problems = [problem for name, answer in raw.items() if (problem := _not_json(name, answer)) is not None]
    if problems:
        raise InvalidAnswers(problems)


def _not_json(name: Any, answer: Any) -> Problem | None:
    try:
        canonical({name: answer})
    except ValueError as why:
        shown = storable(str(name))
        pointer = f"/{shown.replace('~', '~0').replace('/', '~1')}"
        return Problem(code="not_json", message=f"{shown} must be JSON: {why}", pointer=pointer)
    return None


def _read_one(question: Question, cell: Cell) -> dict[str, Any]:
    name = question.id.partition(".")[2]
    match question.type:
        case AnswerType.STRING:
            return {name: string(cell)}
        case AnswerType.ENUM:
            return {name: read_enum(string(cell), question.options)}
        case AnswerType.CLAIMS:
            claims = listed(cell, _claim, question.limit)
            return {"proof_claims": claims, "proof_library": tuple(cell.value)}
        case _:
            texts = strings(cell, question.limit)
            return {name: tuple(read_enum(text, question.options) for text in texts) if question.options else texts}


def _claim(cell: Cell) -> ProofClaim:
    if not isinstance(cell.value, Mapping):
        return ProofClaim(claim=string(cell))
    if "claim" not in cell.value:
        raise cell.wrong("wrong_type", "must be a string, or an object with a claim")
    support = None if cell.value.get("support") is None else string(cell.member("support"))
    return ProofClaim(claim=string(cell.member("claim")), support=support)
