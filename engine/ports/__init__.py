"""The seams: what the engine needs from the world, one Protocol each, a module a seam."""

from engine.ports.cancel import CancelReason, CancelToken
from engine.ports.clock import Clock
from engine.ports.equality import AnswerComparer, Comparison, Equality
from engine.ports.event_log import EventLog
from engine.ports.model import ChatModel, Choice, FinishReason, GenerationRequest, Message
from engine.ports.retriever import Retriever
from engine.ports.tool_runner import ToolRunner
from engine.ports.verifier import Claim, Judgement, Verifier

__all__ = [
    "AnswerComparer",
    "CancelReason",
    "CancelToken",
    "ChatModel",
    "Choice",
    "Claim",
    "Clock",
    "Comparison",
    "Equality",
    "EventLog",
    "FinishReason",
    "GenerationRequest",
    "Judgement",
    "Message",
    "Retriever",
    "ToolRunner",
    "Verifier",
]
