"""The standing questions of any thesis: in which words they are asked, and by which headings and
phrases a thesis answers them."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from thesis_qa.question.query import Expected

Zone = Literal["abstract", "introduction", "body", "results", "end"]

PURE = 0.3  # share of a heading that has to be the topic's name


def either(*patterns: str) -> re.Pattern[str]:
    """A pattern for any of `patterns`, in capitals or not."""
    return re.compile("|".join(patterns), re.IGNORECASE)


def asking(*words: str) -> re.Pattern[str]:
    """A pattern for the words of a question, with the possessive that Indonesian adds."""
    return re.compile(rf"\b(?:{'|'.join(words)})(?:nya)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """A standing question: headings that announce its answer, and phrases that give it."""

    name: str
    asked: re.Pattern[str]  # the words that ask for it
    beside: re.Pattern[str]  # words that may stand beside those and add nothing
    headings: tuple[re.Pattern[str], ...]  # the best first
    phrase: re.Pattern[str]
    zones: tuple[Zone, ...]  # where the phrase is believed without such a heading
    late: bool = False  # of several headings, the last is meant
    phrase_first: bool = False  # what the zones say goes before what stands under the heading
    several: bool = False  # more than one thing is asked for
    parts: bool = False  # sections under the heading are its items, named by their headings
    expects: Expected = "any"  # kind of answer that a question for it expects

    def share(self, title: str) -> float:
        """How much of a heading is the topic's name, 0 to 1; a better name counts one more."""
        for rank, pattern in enumerate(self.headings):
            match = pattern.search(title)
            if match and (share := len(match.group()) / len(title)) >= PURE:
                return share + len(self.headings) - 1 - rank
        return 0.0


_OBSTACLES = (
    r"hambatan|kendala|rintangan|terkendala|terhambat",
    r"obstacles?|hindrances?|impediments?|hampered|hindered",
)
_LIMITS = (
    r"keterbatasan|kelemahan|kekurangan",
    r"limitations?|weakness(?:es)?|shortcomings?|threats to validity",
)


def _hindrance(name: str, *kinds: tuple[str, str]) -> Topic:
    """What stood in the way, or what the work leaves undone, by the words for it."""
    indonesian, english = ("|".join(words) for words in zip(*kinds, strict=True))
    return Topic(
        name,
        asking(indonesian, english),
        asking(
            r"dihadapi|dialami|ditemui|ditemukan|muncul|terjadi|sistem|system",
            r"occur\w*|encounter\w*|fac(?:e|es|ed|ing)|met|ar[io]sen?|experienced|acknowledged?",
        ),
        (
            either(
                rf"(?:{indonesian})(?: dan \w+)?(?: penelitian| sistem)?",
                rf"(?:{english})(?: and \w+)?(?: of the (?:study|research))?",
            ),
        ),
        either(rf"\b(?:{indonesian}|{english})\b"),
        ("abstract", "results", "end"),
        late=True,
        several=True,
        parts=True,
    )


TOPICS = (
    Topic(
        "problem",
        asking(
            r"latar belakang(?: masalah| penelitian)?|motivasi",
            r"(?:identifikasi )?(?:per)?masalah(?:an)?(?: (?:utama|penelitian))?",
            r"background|motivation|(?:research )?problem(?: statement)?",
        ),
        asking(
            r"diangkat|diteliti|dibahas|melatarbelakangi|addressed|address(?:es)?|start|solved?"
        ),
        (
            either(
                r"latar belakang(?: masalah| penelitian)?|identifikasi masalah",
                r"(?:problem|background)(?: statement| of the (?:study|problem))?|motivation",
            ),
        ),
        either(
            r"\b(?:masalah(?:nya)? (?:utama|ini|tersebut|yang|adalah|dalam|pada)|permasalahan"
            r"|persoalan"
            r"|tantangan|sayangnya|kesenjangan)\b",
            r"\b(?:problems?|challenges?|unfortunately|gap|lack of|remains? (?:unclear|open))\b",
        ),
        ("introduction", "abstract"),
    ),
    Topic(
        "questions",
        asking(
            r"(?:per)?rumusan (?:masalah|permasalahan)",
            r"pertanyaan(?:-pertanyaan)?(?: (?:penelitian|utama))?",
            r"(?:research |guiding )?questions?",
        ),
        asking(
            r"(?:di|men)jawab|ingin|hendak|diajukan|diangkat|dirumuskan",
            r"answer(?:s|ed)?|asks?|asked|address(?:es|ed)?|raised?|pose[sd]?",
        ),
        (
            either(
                r"(?:per)?rumusan (?:masalah|permasalahan)|pertanyaan penelitian",
                r"(?:research|guiding) questions?|questions?",
            ),
        ),
        either(
            r"\b(?:rumusan masalah|pertanyaan (?:penelitian|sebagai)|mengangkat pertanyaan)\b",
            r"\bresearch questions?\b|\b(?:answers?|asks|addresses) the (?:\w+ )?questions?\b",
            r"\?[\"'”’]*\W*$",
        ),
        ("introduction", "abstract"),
    ),
    Topic(
        "objectives",
        asking(
            r"(?:maksud dan )?tujuan(?: (?:utama|penelitian|umum|khusus))?|bertujuan",
            r"(?:ingin|hendak|akan) dicapai",
            r"(?:research )?(?:objectives?|aims?|goals?|purposes?)",
            r"(?:set out|want|hope|try|seek|intend|aim)s? to (?:achieve|accomplish)",
        ),
        asking(r"dicapai|achieve"),
        (
            either(
                r"(?:maksud dan )?tujuan(?: dan (?:manfaat|kegunaan))?(?: penelitian| studi)?",
                r"(?:research )?(?:objectives?|aims?|goals?|purpose)"
                r"(?: of the (?:study|research|thesis))?",
            ),
        ),
        either(
            r"\b(?:bertujuan|tujuan (?:dari )?(?:penelitian|skripsi|tesis|studi))\b",
            r"\b(?:aims? (?:to|at)|(?:objectives?|goals?|purpose|aim) of th(?:is|e)"
            r" (?:\w+ )?(?:thesis|study|research|work|paper)|(?:thesis|study|research|paper)"
            r" (?:seeks|intends|is intended) to|in this thesis,? (?:we|I)\b)",
        ),
        ("abstract", "introduction"),
    ),
    Topic(
        "scope",
        asking(
            r"batasan(?: (?:masalah|penelitian))?|pembatasan masalah",
            r"(?:ruang lingkup|cakupan|fokus)(?: penelitian)?",
            r"(?:research )?(?:scope|focus)|delimitations?",
        ),
        asking(r"dibatasi|ditetapkan|set"),
        (
            either(
                r"batasan(?: masalah| penelitian)?|pembatasan masalah"
                r"|ruang lingkup(?: penelitian)?",
                r"(?:scope|delimitations?)(?: and (?:de)?limitations?)?(?: of the (?:study"
                r"|research))?",
            ),
        ),
        either(
            r"\b(?:dibatasi|berfokus|difokuskan|ruang lingkup|batasan masalah)\b",
            r"\b(?:this (?:thesis|study|research) (?:focuses|is limited)|restrict(?:ed)? (?:to"
            r"|ourselves)|limited to|the scope of)\b",
        ),
        ("introduction", "abstract"),
    ),
    Topic(
        "theory",
        asking(
            r"(?:landasan |dasar |kajian |kerangka )?(?:teori|konsep|pemikiran)(?:tis|tual)?",
            r"(?:theoretical|conceptual) (?:framework|background|foundations?)",
            r"theor(?:y|ies)|concepts?",
        ),
        asking(
            r"mendasari|melandasi|dasar|landasan|analisis",
            r"rest|based|underl(?:ie|ies|ying)|foundation|analysis",
        ),
        (
            either(
                r"(?:landasan|kerangka|dasar|kajian)(?: dan \w+)? (?:teori(?:tis|tik)?|pemikiran"
                r"|konsep(?:tual)?)",
                r"(?:theoretical|conceptual) (?:framework|background|foundations?)|^theory$",
            ),
            either(
                r"(?:tinjauan|kajian|studi|telaah) (?:pustaka|literatur)",
                r"literature review|(?:foundational )?definitions|fundamentals|preliminaries",
            ),
        ),
        either(
            r"\b(?:(?:menggunakan|berdasarkan|dengan|memakai) (?:\w+ )?(?:teori|konsep|kerangka)"
            r"|(?:landasan|kerangka) (?:teori|konsep|pemikiran))\b",
            r"\b(?:theor(?:y|ies) of|theoretical framework|conceptual framework|using the concepts?"
            r" of|the concepts? of)\b",
        ),
        ("abstract", "introduction"),
        parts=True,
    ),
    Topic(
        "method",
        asking(
            r"(?:jenis|desain|pendekatan|metod(?:e|ologi)|rancangan)(?: penelitian)?",
            r"kerangka metodologi",
            r"(?:research )?(?:methods?|methodolog(?:y|ies)|design|approach)",
        ),
        asking(r"kerja|dipilih|chosen|taken|kind|type"),
        (
            either(
                r"(?:jenis|desain|pendekatan|metod(?:e|ologi)|rancangan)(?: (?:dan|jenis"
                r"|pendekatan))*"
                r"(?: penelitian)?",
                r"(?:research )?(?:method(?:s|ology)?|design|approach)(?: and \w+)?",
            ),
        ),
        either(
            r"\b(?:metode (?:penelitian|yang)|(?:menggunakan|dengan) (?:\w+ )?(?:metod(?:e|ologi)"
            r"|pendekatan)|penelitian (?:kualitatif|kuantitatif|eksperimen\w*)"
            r"|bersifat deskriptif)\b",
            r"\b(?:qualitative|quantitative|mixed[- ]methods?|methodology|method used|case study"
            r"|(?:we|this \w+) (?:use|uses|used|employ\w*|adopt\w*) (?:an? |the )?(?:\w+[ -]){0,3}"
            r"(?:method|approach|design|methodology))\b",
        ),
        ("abstract", "introduction"),
    ),
    Topic(
        "data",
        asking(
            r"(?:sumber |jenis )?data(?: penelitian)?|dataset|sampel(?: penelitian)?|responden",
            r"(?:teknik|metode|cara) pengumpulan data",
            r"(?:research )?data(?: ?sets?| sources?| collection(?: (?:methods?|techniques?))?)?",
            r"samples?|respondents|participants",
        ),
        asking(r"dikumpulkan|analyzed|analysed|collected|gathered|come"),
        (
            either(
                r"(?:teknik )?(?:pengumpulan|sumber|jenis)(?: dan \w+)?(?: \w+)? data|populasi"
                r"(?: dan sampel)?|sampel|(?:pemahaman|persiapan) data|sumber dan spesifikasi data"
                r"|dataset|subjek penelitian",
                r"data(?: collection| sources?|sets?)?|samples?|participants|population",
            ),
        ),
        either(
            r"\b(?:data (?:primer|sekunder)|responden|sampel|wawancara|kuesioner|observasi"
            r"|dataset|sumber data\w*|data (?:diperoleh|didapat\w*|dikumpulkan))\b",
            r"\b(?:data ?sets?|primary data|secondary data|respondents|participants|interviews?"
            r"|questionnaires?|samples? of|data (?:was|were) collected)\b",
        ),
        ("abstract",),
    ),
    Topic(
        "findings",
        asking(
            r"(?:hasil|temuan)(?: (?:penelitian|utama|akhir))?",
            r"(?:research )?(?:results?|findings|outcomes?)|find|found",
        ),
        asking(r"show(?:n|s|ed)?"),
        (
            either(
                r"(?:hasil|temuan)(?: dan (?:pembahasan|analisis)| penelitian| pengujian"
                r"| analisis)*"
                r"(?: dan pembahasan)?|evaluasi|pembahasan",
                r"(?:empirical )?(?:results?|findings|evaluation|summary)(?: and discussions?)?",
            ),
        ),
        either(
            r"\b(?:hasil (?:\w+ ){0,4}(?:menunjukkan|memperlihatkan|membuktikan|diperoleh)"
            r"|menunjukkan bahwa|ditemukan bahwa|hasil (?:penelitian|pengujian|evaluasi"
            r"|analisis))\b",
            r"\b(?:results? (?:\w+ ){0,5}(?:shows?|indicates?|demonstrates?|suggests?)"
            r"|findings (?:show|indicate|suggest)|we (?:find|found|show|prove|demonstrate)"
            r"|shown that|it is shown)\b",
        ),
        ("abstract", "end"),
        phrase_first=True,
    ),
    _hindrance("obstacles", _OBSTACLES, _LIMITS),
    Topic(
        "conclusion",
        asking(r"(?:ke)?simpulan(?: akhir)?|disimpulkan", r"conclusions?|concluded?"),
        asking(r"ditarik|diambil|come"),
        (either(r"(?:ke)?simpulan(?: dan saran| penelitian)?", r"(?:summary and )?conclusions?"),),
        either(
            r"\b(?:(?:dapat )?disimpulkan|(?:ke)?simpulan(?:nya)?)\b",
            r"\b(?:we conclude|it (?:can be|is) concluded|in conclusion|the conclusion)\b",
        ),
        ("end", "abstract"),
        late=True,
        several=True,
    ),
    Topic(
        "suggestions",
        asking(
            r"saran|rekomendasi|disarankan|direkomendasikan",
            r"(?:pekerjaan|penelitian|pengembangan) (?:selanjutnya|lanjutan|mendatang|berikutnya)",
            r"(?:future|further) (?:work|research|stud(?:y|ies)|directions)",
            r"recommendations?|suggestions?|(?:recommend|suggest)(?:s|ed)?",
        ),
        asking(r"selanjutnya|berikutnya|lanjutan|pengembangan|directions?|future|further|made"),
        (
            either(
                r"(?:kesimpulan dan )?saran(?: penelitian| pengembangan)?|rekomendasi"
                r"|(?:pekerjaan|penelitian) (?:selanjutnya|lanjutan|mendatang)|implikasi",
                r"(?:future (?:work|research|directions)|recommendations?|suggestions?|outlook)",
            ),
        ),
        either(
            r"\b(?:disarankan|saran(?:nya)?|direkomendasikan|penelitian (?:selanjutnya|lanjutan"
            r"|berikutnya|mendatang)|sebaiknya)\b",
            r"\b(?:future (?:work|research|studies)|we (?:suggest|recommend)|is recommended"
            r"|further research|would be interesting)\b",
        ),
        ("end", "abstract"),
        late=True,
        several=True,
        parts=True,
    ),
)
"""The topics of a card, in its order."""

_PROBLEM = TOPICS[0]
ASKED = (
    *(topic for topic in TOPICS if topic.name != "obstacles"),
    _hindrance("obstacles", _OBSTACLES),
    _hindrance("limits", _LIMITS),
    replace(_PROBLEM, asked=asking("mengapa", "kenapa", "alasan", "why"), expects="reason"),
    Topic(
        "benefits",
        asking(
            r"(?:manfaat|kegunaan)(?: (?:penelitian|teoritis|praktis))?|kontribusi",
            r"benefits?|significance|contributions?",
        ),
        asking(r"diharapkan|diperoleh|expected|made?"),
        (
            either(
                r"(?:manfaat|kegunaan|kontribusi)(?: penelitian)?|signifikansi penelitian",
                r"(?:benefits?|contributions?|^significance)(?: of the (?:study|research))?",
            ),
        ),
        either(
            r"\b(?:bermanfaat|manfaat (?:dari )?penelitian|kontribusi)\b",
            r"\b(?:contributions? (?:of|are|is)|(?:following|main|key|our) contributions?"
            r"|contributes?|significance of th(?:is|e) study)\b",
        ),
        ("introduction", "abstract"),
        several=True,
    ),
    Topic(
        "hypotheses",
        asking(r"hipotesis(?: penelitian)?", r"(?:research )?hypothes[ie]s"),
        asking(r"diajukan|diuji|tested?"),
        (either(r"hipotesis(?: penelitian)?", r"(?:research )?hypothes[ie]s"),),
        either(r"\bhipotesis\b", r"\bhypothesi[sz]\w*\b"),
        ("introduction", "abstract"),
        several=True,
    ),
    Topic(
        "earlier",
        asking(
            r"(?:penelitian|studi|kajian) (?:terdahulu|terkait|sebelumnya|relevan)",
            r"(?:related|previous|prior|earlier) (?:work|research|studies)",
        ),
        asking(r"dirujuk|diacu|discussed|reviewed"),
        (
            either(
                r"(?:penelitian|studi|kajian) (?:yang )?(?:terdahulu|terkait|sebelumnya|relevan)",
                r"(?:related|previous|prior) (?:work|research|studies)",
            ),
        ),
        either(r"\bpenelitian terdahulu\b", r"\b(?:previous|prior) (?:studies|research)\b"),
        (),
        several=True,
        parts=True,
    ),
)
"""The topics that questions ask for; who asks for obstacles is not told of limits."""
