"""What is said about a written answer, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from thesis_qa.types import Language
from thesis_qa.write.check import Kind
from thesis_qa.write.failure import Failure, Problem
from thesis_qa.write.models import LOCAL, LanguageModel


@dataclass(frozen=True, slots=True)
class Phrases:
    problem: str  # {reason}
    problems: Mapping[Problem, str]  # {model} {where} {detail} {seconds}
    here: str  # where a model of this machine runs
    reasons: Mapping[Kind, str]  # {what}
    no_number: str  # {what}: a citation that isn't there
    other_language: str


_EN = Phrases(
    problem="No written answer: {reason}. The quotes stand.",
    problems={
        "package": "{model} needs a package that isn't installed ({detail})",
        "file": "{detail}",
        "key": "{where} wants another key, or any; set it in the environment ({detail})",
        "unreachable": "nothing answers at {where}; start the server, or correct llm_base_url",
        "unknown": "{where} has no model {model}; pull it there, or name another",
        "timeout": "{model} didn't finish within {seconds} seconds (llm_timeout)",
        "overflow": "question and evidence are longer than {model} can read (llm_context)",
        "busy": "{where} takes no more requests for now; ask again in a while",
        "broken": "{where} broke off in the middle of the answer",
        "malformed": "{where} sent something that isn't an answer",
        "empty": "{model} wrote nothing",
        "declined": "{model} found no answer in the evidence",
        "unsupported": "the evidence supports too little of what {model} wrote",
        "other": "{model} can't be used ({detail})",
    },
    here="this machine",
    reasons={
        "number": "the evidence cited doesn't hold the number {what}",
        "month": "the evidence cited doesn't name {what}",
        "name": "the evidence cited doesn't name {what}",
        "denial": "the evidence cited says the opposite, or doesn't deny it",
        "support": "the evidence cited doesn't say so",
    },
    no_number="there is no evidence {what}",
    other_language="not in the language of the question",
)

_ID = Phrases(
    problem="Tidak ada jawaban tertulis: {reason}. Kutipannya tetap berlaku.",
    problems={
        "package": "{model} memerlukan paket yang belum dipasang ({detail})",
        "file": "{detail}",
        "key": "{where} meminta kunci lain; atur di environment ({detail})",
        "unreachable": "{where} tidak menjawab; jalankan server atau perbaiki llm_base_url",
        "unknown": "{where} tidak punya model {model}; unduh di sana atau pilih yang lain",
        "timeout": "{model} tidak selesai dalam {seconds} detik (llm_timeout)",
        "overflow": "pertanyaan dan bukti terlalu panjang untuk {model} (llm_context)",
        "busy": "{where} sedang tidak menerima permintaan; coba lagi nanti",
        "broken": "{where} terputus di tengah jawaban",
        "malformed": "{where} mengirim sesuatu yang bukan jawaban",
        "empty": "{model} tidak menulis apa-apa",
        "declined": "{model} tidak menemukan jawaban di dalam bukti",
        "unsupported": "terlalu sedikit tulisan {model} yang didukung bukti",
        "other": "{model} tidak dapat dipakai ({detail})",
    },
    here="mesin ini",
    reasons={
        "number": "bukti yang dikutip tidak memuat angka {what}",
        "month": "bukti yang dikutip tidak menyebut {what}",
        "name": "bukti yang dikutip tidak menyebut {what}",
        "denial": "bukti yang dikutip menyatakan sebaliknya, atau tidak menyangkalnya",
        "support": "bukti yang dikutip tidak menyatakan ini",
    },
    no_number="tidak ada bukti bernomor {what}",
    other_language="bukan dalam bahasa pertanyaan",
)


def phrases(language: Language | None) -> Phrases:
    """The texts for a question in `language`; English where it is neither."""
    return _ID if language == "id" else _EN


def told(failure: Failure, model: LanguageModel, language: Language | None) -> str:
    """Why there is no written answer, in one line and with what can be done."""
    say, where = phrases(language), model.runs_on
    reason = say.problems[failure.problem].format(
        model=model.name,
        where=say.here if where == LOCAL else where or model.name,
        detail=failure.detail or failure.problem,
        seconds=model.options.timeout,
    )
    return say.problem.format(reason=reason)
